// How each instrumentation is switched on, as its documentation says.
const { load, req, start } = require('./otel.cjs');

// Instrumentations for the OpenTelemetry SDK, by name in WITH.
const plugins = {
  'otel-openai': () => new (req('@opentelemetry/instrumentation-openai').OpenAIInstrumentation)(),
  'otel-aws-sdk': () => new (req('@opentelemetry/instrumentation-aws-sdk').AwsInstrumentation)(),
  'elastic-openai': () => new (req('@elastic/opentelemetry-instrumentation-openai').OpenAIInstrumentation)(),
  'traceloop-openai': () => new (req('@traceloop/instrumentation-openai').OpenAIInstrumentation)({ enrichTokens: false }),
  'traceloop-openai-enrich': () => new (req('@traceloop/instrumentation-openai').OpenAIInstrumentation)({ enrichTokens: true }),
  'traceloop-anthropic': () => new (req('@traceloop/instrumentation-anthropic').AnthropicInstrumentation)(),
  'traceloop-bedrock': () => new (req('@traceloop/instrumentation-bedrock').BedrockInstrumentation)(),
  'traceloop-google': () => new (req('@traceloop/instrumentation-google-generativeai').GenAIInstrumentation)(),
  'openinference-openai': () => new (req('@arizeai/openinference-instrumentation-openai').OpenAIInstrumentation)(),
  'openinference-anthropic': () => new (req('@arizeai/openinference-instrumentation-anthropic').AnthropicInstrumentation)(),
  'openinference-bedrock': () => new (req('@arizeai/openinference-instrumentation-bedrock').BedrockInstrumentation)(),
};

// Packages that set up everything themselves. They return what the program does with a client, and at its end.
const products = {
  openlit: () => {
    const openlit = req('openlit').default ?? req('openlit');
    openlit.init({ otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT, applicationName: process.env.OTEL_SERVICE_NAME });
    return { stop: () => openlit.shutdown?.() ?? flushGlobals() };
  },
  // Laminar instruments the SDKs by itself, with instrumentations of its own.
  laminar: () => {
    const { Laminar } = req('@lmnr-ai/lmnr');
    Laminar.initialize({ projectApiKey: 'dummy', baseUrl: 'http://127.0.0.1', httpPort: Number(new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT).port), forceHttp: true, disableBatch: true });
    return { stop: () => Laminar.shutdown() };
  },
  'traceloop-sdk': () => {
    const traceloop = req('@traceloop/node-server-sdk');
    traceloop.initialize({ appName: process.env.OTEL_SERVICE_NAME, baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT, apiKey: 'dummy', disableBatch: true, silenceInitializationMessage: true });
    return { stop: () => traceloop.forceFlush() };
  },
  sentry: () => {
    const Sentry = req('@sentry/node');
    const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
    const { SimpleSpanProcessor } = req('@opentelemetry/sdk-trace-base');
    Sentry.init({ dsn: 'http://dummy@127.0.0.1:9/1', tracesSampleRate: 1, openTelemetrySpanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] });
    return { stop: () => flushGlobals() };
  },
  langfuse: () => {
    const { LangfuseSpanProcessor } = req('@langfuse/otel');
    const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
    const processor = new LangfuseSpanProcessor({ exporter: new OTLPTraceExporter(), publicKey: 'dummy', secretKey: 'dummy', baseUrl: 'http://127.0.0.1:9' });
    const sdk = start({ spanProcessors: [processor] });
    return { wrap: (client, api) => (api === 'openai' ? req('@langfuse/openai').observeOpenAI(client) : client), stop: () => processor.forceFlush().then(() => sdk.shutdown()) };
  },
  // The OpenTelemetry mode of LangSmith, with its wrappers of SDKs.
  langsmith: () => {
    Object.assign(process.env, { LANGSMITH_TRACING: 'true', LANGSMITH_OTEL_ENABLED: 'true', LANGSMITH_API_KEY: 'dummy', LANGSMITH_ENDPOINT: 'http://127.0.0.1:9' });
    const { DEFAULT_LANGSMITH_SPAN_PROCESSOR: processor } = req('langsmith/experimental/otel/setup').initializeOTEL();
    const client = new (req('langsmith').Client)();
    const wrappers = {
      openai: (c) => req('langsmith/wrappers').wrapOpenAI(c, { client }),
      anthropic: (c) => req('langsmith/wrappers/anthropic').wrapAnthropic(c, { client }),
      gemini: (c) => req('langsmith/wrappers/gemini').wrapGemini(c, { client }),
    };
    return { wrap: (sdk, api) => wrappers[api](sdk), stop: async () => {
      await new Promise((resolve) => setTimeout(resolve, 300)); // ends of streams are noted in the background
      await client.awaitPendingTraceBatches();
      await processor.forceFlush();
    } };
  },
  // Version 3 is an ES module only, so this one is a promise.
  'openinference-vercel': async () => {
    const { OpenInferenceBatchSpanProcessor } = await load('@arizeai/openinference-vercel');
    const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
    const processor = new OpenInferenceBatchSpanProcessor({ exporter: new OTLPTraceExporter() });
    const sdk = start({ spanProcessors: [processor] });
    return { stop: () => processor.forceFlush().then(() => sdk.shutdown()) };
  },
};

async function flushGlobals() {
  const { trace } = req('@opentelemetry/api');
  const provider = trace.getTracerProvider();
  await (provider.getDelegate?.() ?? provider).forceFlush?.();
}

/** Switches on the named ones: products first, then plugins in an SDK of their own where no product brings one. */
exports.setUp = function setUp(names) {
  const product = names.find((n) => products[n]);
  const all = names.filter((n) => n !== product && n !== 'none').map((n) => {
    if (!plugins[n]) throw new Error(`WITH names ${n}; there are ${Object.keys({ ...plugins, ...products }).join(', ')}`);
    return plugins[n]();
  });
  const same = (client) => client;
  if (!product) {
    const sdk = start({ instrumentations: all });
    return { wrap: same, stop: () => sdk.shutdown() };
  }
  const on = products[product]();
  if (on.then) return on;
  if (all.length) req('@opentelemetry/instrumentation').registerInstrumentations({ instrumentations: all });
  return { wrap: same, ...on };
};

// Genkit with its own telemetry. LLM: gemini, openai or anthropic. STREAM=1 streams.
const { main, req } = require('../lib/otel.cjs');

const { genkit, z } = req('genkit');
const { enableTelemetry, flushTracing } = req('genkit/tracing');
const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
const { SimpleSpanProcessor } = req('@opentelemetry/sdk-trace-base');
const { LLM, SCENARIO, STREAM } = process.env;

const models = {
  gemini: () => {
    const { googleAI } = req('@genkit-ai/google-genai');
    return [googleAI({ apiKey: 'dummy', baseUrl: process.env.GOOGLE_GEMINI_BASE_URL }), googleAI.model(/^reasoning/.test(SCENARIO) ? 'gemini-2.5-pro' : 'gemini-2.5-flash')];
  },
  openai: () => {
    const { openAI } = req('@genkit-ai/compat-oai/openai');
    return [openAI({ apiKey: 'dummy', baseURL: process.env.OPENAI_BASE_URL }), openAI.model(/^reasoning/.test(SCENARIO) ? 'gpt-5-mini' : 'gpt-4o')];
  },
  anthropic: () => {
    const { anthropic } = req('@genkit-ai/anthropic');
    return [anthropic({ apiKey: 'dummy' }), anthropic.model('claude-sonnet-4-5')];
  },
};

main(async () => {
  await enableTelemetry({ serviceName: process.env.OTEL_SERVICE_NAME, spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] });
  const [plugin, model] = models[LLM]();
  const ai = genkit({ plugins: [plugin] });
  const lookup = ai.defineTool({ name: 'lookup', description: 'look up a city', inputSchema: z.object({ city: z.string() }), outputSchema: z.string() }, async () => 'cloudy');
  const request = { model, prompt: 'What is it like in Bern?', ...(/^tool-loop/.test(SCENARIO) ? { tools: [lookup] } : {}) };
  if (STREAM) {
    const { stream, response } = ai.generateStream(request);
    for await (const _ of stream);
    await response;
  } else await ai.generate(request);
}, () => flushTracing());

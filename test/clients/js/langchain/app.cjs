// LangChain chat models. WITH names the instrumentations: traceloop, openinference (of LangChain), langfuse (its callback handler),
// traceloop-sdk and openinference-sdk (of the provider's SDK). LLM: openai-chat, openai-responses, anthropic, gemini or bedrock. OUTER=1 runs under a span of the application.
const { inSpan, main, req, start } = require('../lib/otel.cjs');

const { LLM, OUTER, SCENARIO, STREAM, WITH = '' } = process.env;
const withs = WITH.split(' ');
const langfuse = withs.includes('langfuse');
let processor;
if (langfuse) {
  const { LangfuseSpanProcessor } = req('@langfuse/otel');
  const { OTLPTraceExporter } = req('@opentelemetry/exporter-trace-otlp-proto');
  processor = new LangfuseSpanProcessor({ exporter: new OTLPTraceExporter(), publicKey: 'dummy', secretKey: 'dummy', baseUrl: 'http://127.0.0.1:9' });
}
const sdk = start(processor ? { spanProcessors: [processor] } : {});
const callbackManagerModule = req('@langchain/core/callbacks/manager');
const instrument = {
  traceloop: () => new (req('@traceloop/instrumentation-langchain').LangChainInstrumentation)().manuallyInstrument({ callbackManagerModule }),
  openinference: () => new (req('@arizeai/openinference-instrumentation-langchain').LangChainInstrumentation)().manuallyInstrument(callbackManagerModule),
  'traceloop-sdk': () => {
    new (req('@traceloop/instrumentation-openai').OpenAIInstrumentation)({ enrichTokens: false }).manuallyInstrument(req('openai').OpenAI);
    new (req('@traceloop/instrumentation-anthropic').AnthropicInstrumentation)().manuallyInstrument(req('@anthropic-ai/sdk'));
  },
  'openinference-sdk': () => {
    new (req('@arizeai/openinference-instrumentation-openai').OpenAIInstrumentation)().manuallyInstrument(req('openai').OpenAI);
    new (req('@arizeai/openinference-instrumentation-anthropic').AnthropicInstrumentation)().manuallyInstrument(req('@anthropic-ai/sdk'));
  },
  langfuse: () => {},
};
for (const w of withs) instrument[w]();

const openai = (useResponsesApi) => new (req('@langchain/openai').ChatOpenAI)({
  model: /^cache-write/.test(SCENARIO) ? 'gpt-5.6-terra' : 'gpt-5-mini', apiKey: 'dummy', configuration: { baseURL: process.env.OPENAI_BASE_URL }, useResponsesApi, maxRetries: 2,
  ...(/^tier-/.test(SCENARIO) ? { service_tier: SCENARIO.slice(5) } : {}),
});
const models = {
  'openai-chat': () => openai(false),
  'openai-responses': () => openai(true),
  anthropic: () => new (req('@langchain/anthropic').ChatAnthropic)({ model: 'claude-sonnet-4-5', apiKey: 'dummy', anthropicApiUrl: process.env.ANTHROPIC_BASE_URL, maxTokens: 512, maxRetries: 2, streaming: !!STREAM }),
  gemini: () => new (req('@langchain/google-genai').ChatGoogleGenerativeAI)({ model: /^reasoning/.test(SCENARIO) ? 'gemini-2.5-pro' : 'gemini-2.5-flash', apiKey: 'dummy', baseUrl: process.env.GOOGLE_GEMINI_BASE_URL, maxRetries: 2 }),
  bedrock: () => new (req('@langchain/aws').ChatBedrockConverse)({
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', region: 'us-east-1', credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
    client: new (req('@aws-sdk/client-bedrock-runtime').BedrockRuntimeClient)({ region: 'us-east-1', endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' }, requestHandler: new (req('@smithy/node-http-handler').NodeHttpHandler)() }),
  }),
};

async function run() {
  const { HumanMessage, ToolMessage } = req('@langchain/core/messages');
  const { tool } = req('@langchain/core/tools');
  const lookup = tool(async () => 'cloudy', { name: 'lookup', description: 'look up a city', schema: req('zod').z.object({ city: req('zod').z.string() }) });
  const model = models[LLM](), bound = /^tool-loop/.test(SCENARIO) ? model.bindTools([lookup]) : model;
  const config = langfuse ? { callbacks: [new (req('@langfuse/langchain').CallbackHandler)()] } : {};
  const messages = [new HumanMessage('What is it like in Bern?')];
  for (;;) {
    const answer = await bound.invoke(messages, config);
    if (!answer.tool_calls?.length) return;
    messages.push(answer);
    for (const call of answer.tool_calls) messages.push(new ToolMessage({ content: await lookup.invoke(call.args), tool_call_id: call.id }));
  }
}

main(() => (OUTER ? inSpan(run) : run()), async () => {
  await processor?.forceFlush();
  await new Promise((resolve) => setTimeout(resolve, 200)); // callbacks run in the background
  await sdk.shutdown();
});

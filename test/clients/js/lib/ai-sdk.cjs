// A program that uses the Vercel AI SDK, versions 4 to 7. PROVIDER chooses the provider package; API=openai-chat the older API of OpenAI.
// TELEMETRY is how version 7 tells: default, full or legacy. CALL is generate (default), stream, object, embed or embed-many.
const { inSpan, main, req } = require('./otel.cjs');
const { setUp } = require('./instrumentations.cjs');

const { API, CALL = 'generate', SCENARIO, TELEMETRY, WITH = 'none' } = process.env;
const ai = req('ai');
if (TELEMETRY) {
  const { LegacyOpenTelemetry, OpenTelemetry } = req('@ai-sdk/otel');
  const how = { default: () => new OpenTelemetry(), full: () => new OpenTelemetry({ usage: true, providerMetadata: true }), legacy: () => new LegacyOpenTelemetry() };
  ai.registerTelemetry(how[TELEMETRY]());
}
const telemetry = { experimental_telemetry: { isEnabled: true, functionId: 'answer' } };

const caching = { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } };
const models = {
  openai: { reasoning: 'o4-mini', 'reasoning-cached': 'gpt-5-mini', 'tier-flex': 'gpt-5-mini', plain: 'gpt-4o', 'cache-write': 'gpt-5.6-terra', 'cache-write-5m': 'gpt-5.6-terra', 'long-context': 'gpt-5.6-terra', default: 'gpt-4o-2024-08-06' },
  anthropic: { plain: 'claude-haiku-4-5-20251001', default: 'claude-sonnet-4-5-20250929' },
  gemini: { reasoning: 'gemini-2.5-pro', 'reasoning-cached': 'gemini-2.5-pro', 'long-context': 'gemini-2.5-pro', default: 'gemini-2.5-flash' },
  bedrock: { default: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' },
  xai: { default: 'grok-4.5' },
};
const providers = {
  openai: () => req('@ai-sdk/openai').createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, apiKey: 'dummy', compatibility: 'strict' }),
  anthropic: () => req('@ai-sdk/anthropic').createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1`, apiKey: 'dummy' }),
  gemini: () => req('@ai-sdk/google').createGoogleGenerativeAI({ baseURL: `${process.env.GOOGLE_GEMINI_BASE_URL}/v1beta`, apiKey: 'dummy' }),
  bedrock: () => req('@ai-sdk/amazon-bedrock').createAmazonBedrock({ baseURL: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, region: 'us-east-1', accessKeyId: 'dummy', secretAccessKey: 'dummy' }),
  xai: () => req('@ai-sdk/xai').createXai({ baseURL: process.env.XAI_BASE_URL, apiKey: 'dummy' }),
};
const provider = providers[process.env.PROVIDER]();
const name = process.env.MODEL ?? models[process.env.PROVIDER][SCENARIO] ?? models[process.env.PROVIDER].default;
const model = API === 'openai-chat' ? provider.chat(name) : provider(name);

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const lookup = ai.tool({ description: 'look up a city', inputSchema: ai.jsonSchema(schema), parameters: ai.jsonSchema(schema), execute: async () => 'cloudy' });
const loop = /^tool-loop/.test(SCENARIO) ? { tools: { lookup }, ...(ai.stepCountIs ? { stopWhen: ai.stepCountIs(5) } : { maxSteps: 5 }) } : {};
const tier = /^tier-/.test(SCENARIO) ? { providerOptions: { openai: { serviceTier: SCENARIO.slice(5) } } } : {};

async function call() {
  if (CALL.startsWith('embed')) {
    const embedder = (provider.textEmbeddingModel ?? provider.embeddingModel)(process.env.PROVIDER === 'gemini' ? 'gemini-embedding-001' : 'text-embedding-3-small');
    return CALL === 'embed' ? ai.embed({ model: embedder, value: 'a text', ...telemetry }) : ai.embedMany({ model: embedder, values: ['a text', 'another'], ...telemetry });
  }
  const prompt = 'What is it like in Bern?';
  const request = { model, maxRetries: SCENARIO === 'retry-429' ? 2 : 0, ...telemetry, ...loop, ...tier };
  if (/^cache-write/.test(SCENARIO)) Object.assign(request, { messages: [{ role: 'user', content: prompt, providerOptions: caching }] });
  else request.prompt = prompt;
  if (CALL === 'object') return ai.generateObject({ ...request, schema: ai.jsonSchema({ type: 'object', properties: {}, additionalProperties: false }) });
  if (CALL !== 'stream') return ai.generateText(request);
  const controller = new AbortController();
  const result = ai.streamText({ ...request, abortSignal: controller.signal, onError: ({ error }) => console.error(String(error)) });
  let n = 0;
  for await (const _ of result.textStream) if (SCENARIO === 'stream-abort' && ++n === 2) controller.abort();
}

let observability;
main(async () => {
  observability = await setUp(WITH.split(' '));
  return process.env.OUTER ? inSpan(call) : call();
}, () => observability.stop());

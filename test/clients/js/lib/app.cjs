// A program that calls a provider's SDK, under the instrumentations named in WITH.
// API: openai-chat, azure, openai-responses, anthropic, anthropic-bedrock, gemini, gemini-legacy, bedrock-converse or bedrock-invoke.
const { inSpan, main, req } = require('./otel.cjs');
const { setUp } = require('./instrumentations.cjs');

const { API = 'openai-chat', SCENARIO, WITH = '' } = process.env;
const retries = SCENARIO === 'retry-429' ? 2 : 0;
const observability = setUp(WITH.split(' ').filter(Boolean));

// The SDKs are loaded after the instrumentations, as they must be.
const clients = {
  openai: () => new (req('openai'))({ maxRetries: retries }),
  azure: () => new (req('openai').AzureOpenAI)({ endpoint: process.env.AZURE_OPENAI_ENDPOINT, deployment: process.env.MODEL, apiVersion: '2026-01-01', baseURL: undefined, maxRetries: retries }),
  anthropic: () => new (req('@anthropic-ai/sdk'))({ maxRetries: retries }),
  'anthropic-bedrock': () => {
    const { AnthropicBedrock } = req('@anthropic-ai/bedrock-sdk');
    return new AnthropicBedrock({ baseURL: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, awsRegion: 'us-east-1', awsAccessKey: 'dummy', awsSecretKey: 'dummy', maxRetries: retries });
  },
  gemini: () => new (req('@google/genai').GoogleGenAI)({ apiKey: 'dummy', httpOptions: { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL, ...(retries ? { retryOptions: { attempts: 3 } } : {}) } }),
  'gemini-legacy': () => new (req('@google/generative-ai').GoogleGenerativeAI)('dummy'),
  bedrock: () => req('@aws-sdk/client-bedrock-runtime'),
};
const apis = {
  'openai-chat': () => require('./openai.cjs').chat(observability.wrap(clients.openai(), 'openai')),
  azure: () => require('./openai.cjs').chat(observability.wrap(clients.azure(), 'openai')),
  'openai-responses': () => require('./openai.cjs').responses(observability.wrap(clients.openai(), 'openai')),
  anthropic: () => require('./anthropic.cjs').messages(observability.wrap(clients.anthropic(), 'anthropic')),
  'anthropic-bedrock': () => require('./anthropic.cjs').messages(clients['anthropic-bedrock'](), 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
  gemini: () => require('./gemini.cjs').generate(observability.wrap(clients.gemini(), 'gemini')),
  'gemini-legacy': () => require('./gemini.cjs').generateLegacy(clients['gemini-legacy']()),
  'bedrock-converse': () => require('./bedrock.cjs').converse(clients.bedrock()),
  'bedrock-invoke': () => require('./bedrock.cjs').invoke(clients.bedrock()),
};

main(() => (/^tool-loop/.test(SCENARIO) && !process.env.ORPHANS ? inSpan(apis[API]) : apis[API]()), observability.stop);

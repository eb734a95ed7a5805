// TanStack AI with its own OpenTelemetry middleware (WITH=otel) or OpenInference's. LLM: openai or anthropic. STREAM=1 streams.
const { load, main, req, start } = require('../lib/otel.cjs');

const { LLM, SCENARIO, STREAM, WITH = 'otel' } = process.env;
const sdk = start();
const adapters = {
  openai: async () => (await load('@tanstack/ai-openai')).createOpenaiChat(/^reasoning/.test(SCENARIO) ? 'gpt-5-mini' : 'gpt-4o', 'dummy', { baseURL: process.env.OPENAI_BASE_URL }),
  anthropic: async () => (await load('@tanstack/ai-anthropic')).createAnthropicChat('claude-sonnet-4-5', 'dummy', { baseURL: process.env.ANTHROPIC_BASE_URL }),
};
const middlewares = {
  otel: async () => {
    const { metrics, trace } = req('@opentelemetry/api');
    return (await load('@tanstack/ai/middlewares/otel')).otelMiddleware({ tracer: trace.getTracer('app'), meter: metrics.getMeter('app') });
  },
  openinference: async () => (await load('@arizeai/openinference-tanstack-ai')).openInferenceMiddleware(),
};

main(async () => {
  const { chat, toolDefinition } = await load('@tanstack/ai');
  const { z } = await load('zod');
  const tools = /^tool-loop/.test(SCENARIO) ? [toolDefinition({ name: 'lookup', description: 'look up a city', inputSchema: z.object({ city: z.string() }), outputSchema: z.string() }).server(async () => 'cloudy')] : [];
  const middleware = await Promise.all(WITH.split(' ').map((w) => middlewares[w]()));
  const request = { adapter: await adapters[LLM](), messages: [{ role: 'user', content: 'What is it like in Bern?' }], tools, middleware };
  if (!STREAM) return chat({ ...request, stream: false });
  for await (const _ of chat(request));
}, () => sdk.shutdown());

// An agent of the OpenAI Agents SDK under the instrumentations of WITH: agents (OpenInference), openai (OpenInference's of the SDK). API: responses or chat.
const { main, req, start } = require('../lib/otel.cjs');

const { API, SCENARIO, STREAM, WITH = 'agents' } = process.env;
const agents = req('@openai/agents');
const sdk = start();
if (WITH.includes('agents')) {
  const { OpenAIAgentsInstrumentation } = req('@arizeai/openinference-instrumentation-openai-agents');
  new OpenAIAgentsInstrumentation().manuallyInstrument?.(agents);
}
const { OpenAI } = req('openai');
if (WITH.includes('openai')) {
  const { OpenAIInstrumentation } = req('@arizeai/openinference-instrumentation-openai');
  new OpenAIInstrumentation().manuallyInstrument(OpenAI);
}
const z = req('zod').z;

main(async () => {
  agents.setDefaultOpenAIClient(new OpenAI({ maxRetries: SCENARIO === 'retry-429' ? 2 : 0 }));
  agents.setOpenAIAPI(API === 'chat' ? 'chat_completions' : 'responses');
  const lookup = agents.tool({ name: 'lookup', description: 'look up a city', parameters: z.object({ city: z.string() }), execute: async () => 'cloudy' });
  const modelSettings = /^tier-/.test(SCENARIO) ? { providerData: { service_tier: SCENARIO.slice(5) } } : {};
  const agent = new agents.Agent({ name: 'harness', instructions: 'Answer briefly.', model: /^cache-write/.test(SCENARIO) ? 'gpt-5.6-terra' : 'gpt-5-mini', tools: /^tool-loop/.test(SCENARIO) ? [lookup] : [], modelSettings });
  const result = await agents.run(agent, 'What is it like in Bern?', STREAM ? { stream: true } : {});
  if (STREAM) {
    for await (const _ of result);
    await result.completed;
  }
  await agents.getGlobalTraceProvider?.().forceFlush?.();
}, () => sdk.shutdown());

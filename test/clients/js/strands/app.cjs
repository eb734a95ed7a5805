// A Strands agent with its own telemetry. LLM: anthropic, openai-chat, openai-responses, bedrock or gemini. TURNS is how often it is asked.
const { load, main } = require('../lib/otel.cjs');

const { LLM, SCENARIO, TURNS = '1' } = process.env;
const openai = async (api) => {
  const { OpenAIModel } = await load('@strands-agents/sdk/models/openai');
  return new OpenAIModel({ api, apiKey: 'dummy', modelId: /^reasoning/.test(SCENARIO) ? 'gpt-5-mini' : 'gpt-4o', clientConfig: { baseURL: process.env.OPENAI_BASE_URL } });
};
const models = {
  anthropic: async () => {
    const { AnthropicModel } = await load('@strands-agents/sdk/models/anthropic');
    return new AnthropicModel({ apiKey: 'dummy', modelId: 'claude-sonnet-4-5', maxTokens: 512, clientConfig: { baseURL: process.env.ANTHROPIC_BASE_URL } });
  },
  'openai-chat': () => openai('chat'),
  'openai-responses': () => openai('responses'),
  bedrock: async () => {
    const { BedrockModel } = await load('@strands-agents/sdk/models/bedrock');
    const { NodeHttpHandler } = await load('@smithy/node-http-handler');
    return new BedrockModel({ modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', region: 'us-east-1', clientConfig: { endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, requestHandler: new NodeHttpHandler() } });
  },
};
let telemetry = [];
main(async () => {
  const { Agent, tool } = await load('@strands-agents/sdk');
  const { setupMeter, setupTracer } = await load('@strands-agents/sdk/telemetry');
  const { z } = await load('zod');
  telemetry = [setupTracer({ exporters: { otlp: true } }), setupMeter?.({ exporters: { otlp: true } })].filter(Boolean);
  const lookup = tool({ name: 'lookup', description: 'look up a city', inputSchema: z.object({ city: z.string() }), callback: () => 'cloudy' });
  const agent = new Agent({ model: await models[LLM](), tools: /^tool-loop/.test(SCENARIO) ? [lookup] : [], printer: false, name: 'harness' });
  for (let i = 0; i < Number(TURNS); i++) await agent.invoke('What is it like in Bern?');
}, async () => {
  for (const t of telemetry) {
    await (t.provider ?? t).forceFlush?.();
    await (t.provider ?? t).shutdown?.();
  }
});

// A Strands agent with its own telemetry. LLM: anthropic, openai-chat, openai-responses, bedrock or gemini. TURNS is how often it is asked.
import { Agent, tool } from '@strands-agents/sdk';
import { setupMeter, setupTracer } from '@strands-agents/sdk/telemetry';
import { z } from 'zod';

const { LLM, SCENARIO, TURNS = '1' } = process.env;
const tracer = setupTracer({ exporters: { otlp: true } });
const meter = setupMeter({ exporters: { otlp: true } });
const openai = async (api) => {
  const { OpenAIModel } = await import('@strands-agents/sdk/models/openai');
  return new OpenAIModel({ api, apiKey: 'dummy', modelId: /^reasoning/.test(SCENARIO) ? 'gpt-5-mini' : 'gpt-4o', clientConfig: { baseURL: process.env.OPENAI_BASE_URL } });
};
const models = {
  anthropic: async () => {
    const { AnthropicModel } = await import('@strands-agents/sdk/models/anthropic');
    return new AnthropicModel({ apiKey: 'dummy', modelId: 'claude-sonnet-4-5', maxTokens: 512, clientConfig: { baseURL: process.env.ANTHROPIC_BASE_URL } });
  },
  'openai-chat': () => openai('chat'),
  'openai-responses': () => openai('responses'),
  bedrock: async () => {
    const { BedrockModel } = await import('@strands-agents/sdk/models/bedrock');
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    return new BedrockModel({ modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', region: 'us-east-1', clientConfig: { endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, requestHandler: new NodeHttpHandler() } });
  },
};
const lookup = tool({ name: 'lookup', description: 'look up a city', inputSchema: z.object({ city: z.string() }), callback: () => 'cloudy' });
const agent = new Agent({ model: await models[LLM](), tools: /^tool-loop/.test(SCENARIO) ? [lookup] : [], printer: false, name: 'harness' });
for (let i = 0; i < Number(TURNS); i++) await agent.invoke('What is it like in Bern?');
for (const p of [tracer, meter]) {
  await (p.provider ?? p).forceFlush?.();
  await (p.provider ?? p).shutdown?.();
}

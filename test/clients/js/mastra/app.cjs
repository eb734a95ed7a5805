// A Mastra agent with its OpenTelemetry exporter. LLM: openai, anthropic or gemini. STREAM=1 streams.
const { load, main } = require('../lib/otel.cjs');

const { LLM, SCENARIO, STREAM } = process.env;
const models = {
  openai: async () => (await load('@ai-sdk/openai')).createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, apiKey: 'dummy' })(/^cache-write/.test(SCENARIO) ? 'gpt-5.6-terra' : /^reasoning/.test(SCENARIO) ? 'gpt-5-mini' : 'gpt-4o'),
  anthropic: async () => (await load('@ai-sdk/anthropic')).createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1`, apiKey: 'dummy' })('claude-sonnet-4-5'),
  gemini: async () => (await load('@ai-sdk/google')).createGoogleGenerativeAI({ baseURL: `${process.env.GOOGLE_GEMINI_BASE_URL}/v1beta`, apiKey: 'dummy' })(/^reasoning/.test(SCENARIO) ? 'gemini-2.5-pro' : 'gemini-2.5-flash'),
};

let mastra;
main(async () => {
  const { Mastra } = await load('@mastra/core');
  const { Agent } = await load('@mastra/core/agent');
  const { createTool } = await load('@mastra/core/tools');
  const { Observability } = await load('@mastra/observability');
  const { OtelExporter } = await load('@mastra/otel-exporter');
  const { z } = await load('zod');
  const lookup = createTool({ id: 'lookup', description: 'look up a city', inputSchema: z.object({ city: z.string() }), execute: async () => 'cloudy' });
  const agent = new Agent({ id: 'harness', name: 'harness', instructions: 'Answer briefly.', model: await models[LLM](), maxRetries: SCENARIO === 'retry-429' ? 2 : 0, ...(/^tool-loop/.test(SCENARIO) ? { tools: { lookup } } : {}) });
  const provider = { custom: { endpoint: `${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`, protocol: 'http/protobuf' } };
  mastra = new Mastra({
    agents: { harness: agent }, logger: false,
    observability: new Observability({ configs: { otel: { serviceName: process.env.OTEL_SERVICE_NAME, exporters: [new OtelExporter({ provider })] } } }),
  });
  const registered = mastra.getAgent('harness');
  if (STREAM) {
    const stream = await registered.stream('What is it like in Bern?');
    for await (const _ of stream.textStream);
  } else await registered.generate('What is it like in Bern?');
}, () => mastra?.observability?.shutdown?.() ?? mastra?.shutdown?.());

// The OpenAI SDK under the instrumentations named in WITH. API: chat or responses.
const { start, inSpan, main, req } = require('../lib/otel.cjs');
const calls = require('../lib/openai.cjs');

const known = {
  otel: () => new (req('@opentelemetry/instrumentation-openai').OpenAIInstrumentation)(),
  traceloop: () => new (req('@traceloop/instrumentation-openai').OpenAIInstrumentation)({ enrichTokens: false }),
  'traceloop-enrich': () => new (req('@traceloop/instrumentation-openai').OpenAIInstrumentation)({ enrichTokens: true }),
  openinference: () => new (req('@arizeai/openinference-instrumentation-openai').OpenAIInstrumentation)(),
};
const sdk = start({ instrumentations: process.env.WITH.split(' ').map((name) => known[name]()) });
const OpenAI = req('openai');

main(async () => {
  const client = new OpenAI({ maxRetries: process.env.SCENARIO === 'retry-429' ? 2 : 0 });
  const run = () => calls[process.env.API ?? 'chat'](client);
  return /^tool-loop/.test(process.env.SCENARIO) ? inSpan(run) : run();
}, () => sdk.shutdown());

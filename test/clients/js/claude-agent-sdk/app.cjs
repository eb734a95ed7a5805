// The Claude Agent SDK, which runs Claude Code. WITH: openinference, claude-code (its own telemetry), or both.
const { load, main, req, start } = require('../lib/otel.cjs');

const { WITH = '' } = process.env;
const sdk = start();
const own = WITH.includes('claude-code') ? {
  CLAUDE_CODE_ENABLE_TELEMETRY: '1', CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1', OTEL_LOGS_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORT_INTERVAL: '500', OTEL_METRIC_EXPORT_INTERVAL: '500', OTEL_TRACES_EXPORT_INTERVAL: '500',
} : {};

main(async () => {
  let agent = await load('@anthropic-ai/claude-agent-sdk');
  if (WITH.includes('openinference')) {
    const { ClaudeAgentSDKInstrumentation } = req('@arizeai/openinference-instrumentation-claude-agent-sdk');
    agent = new ClaudeAgentSDKInstrumentation().manuallyInstrument(agent);
  }
  const env = { ...process.env, ...own, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_TELEMETRY: '', DISABLE_AUTOUPDATER: '1' };
  const options = { model: 'claude-sonnet-4-5', env, cwd: process.env.HOME, maxTurns: 4 };
  for await (const message of agent.query({ prompt: 'What is it like in Bern?', options })) console.log(message.type, message.subtype ?? '');
}, () => sdk.shutdown());

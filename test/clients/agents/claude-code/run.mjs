// Claude Code, once, without a terminal. MODEL is the model it asks for.
import { end, program, prompt, run } from '../lib/agent.mjs';

const claude = program(`@anthropic-ai/claude-code-linux-${process.arch}/claude`);

end(await run(claude, ['-p', process.env.PROMPT ?? prompt], {
  ANTHROPIC_MODEL: process.env.MODEL ?? 'claude-sonnet-4-5',
  CLAUDE_CODE_ENABLE_TELEMETRY: '1', CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1', // the second is for spans
  OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp', OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_LOGS_EXPORT_INTERVAL: '500', OTEL_TRACES_EXPORT_INTERVAL: '500',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1',
}));

// GitHub Copilot CLI, once, without a terminal, with a model provider of one's own instead of GitHub's.
// TYPE, WIRE and URL say which API of the mock that is, MODEL which model it asks for.
import { end, program, prompt, run } from '../lib/agent.mjs';

const { TYPE = 'anthropic', WIRE = 'completions', URL = process.env.ANTHROPIC_BASE_URL, MODEL = 'claude-sonnet-4-5' } = process.env;
end(await run(process.execPath, [program('@github/copilot/npm-loader.js'), '-p', prompt, '--allow-all-tools'], {
  COPILOT_OFFLINE: 'true', COPILOT_PROVIDER_BASE_URL: URL, COPILOT_PROVIDER_TYPE: TYPE, COPILOT_PROVIDER_API_KEY: 'dummy', COPILOT_PROVIDER_WIRE_API: WIRE,
  COPILOT_MODEL: MODEL, COPILOT_OTEL_ENABLED: 'true',
}));

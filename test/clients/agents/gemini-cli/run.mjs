// Gemini CLI, once, without a terminal. MODEL is the model it asks for.
import { end, program, prompt, run, settings } from '../lib/agent.mjs';

const endpoint = process.env.OTLP_HTTP_ENDPOINT;

settings('.gemini/settings.json', {
  general: { enableAutoUpdate: false },
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: true, traces: true, target: 'local', otlpEndpoint: endpoint, otlpProtocol: 'http', logPrompts: false },
});

end(await run(process.execPath, [program('@google/gemini-cli/bundle/gemini.js'), '-m', process.env.MODEL ?? 'gemini-2.5-pro', '-p', prompt], {
  GEMINI_CLI_NO_RELAUNCH: 'true', GEMINI_CLI_TRUST_WORKSPACE: 'true', GEMINI_DEFAULT_AUTH_TYPE: 'gemini-api-key',
}));

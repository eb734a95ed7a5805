// Qwen Code, once, without a terminal. API is the shape of API it speaks, MODEL the model it asks for.
import { end, program, prompt, run, settings } from '../lib/agent.mjs';

settings('.qwen/settings.json', {
  general: { enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: true, target: 'local', otlpEndpoint: process.env.OTLP_HTTP_ENDPOINT, otlpProtocol: 'http', logPrompts: false },
});

const { API = 'openai', MODEL = 'gpt-5' } = process.env;
end(await run(process.execPath, [program('@qwen-code/qwen-code/cli-entry.js'), '--auth-type', API, '-m', MODEL, '-p', prompt]));

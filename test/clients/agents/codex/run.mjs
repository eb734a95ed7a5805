// Codex, once, without a terminal. MODEL is the model it asks for.
import { end, program, prompt, run, settings } from '../lib/agent.mjs';

const to = (signal) => `{ otlp-http = { endpoint = "${process.env.OTLP_HTTP_ENDPOINT}/v1/${signal}", protocol = "binary" } }`;

settings('.codex/config.toml', `model = "${process.env.MODEL ?? 'gpt-5'}"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "read-only"
check_for_update_on_startup = false

[model_providers.mock]
name = "mock"
base_url = "${process.env.OPENAI_BASE_URL}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
request_max_retries = 3
stream_max_retries = 3

[otel]
environment = "test"
log_user_prompt = false
exporter = ${to('logs')}
trace_exporter = ${to('traces')}
metrics_exporter = ${to('metrics')}
`);

end(await run(process.execPath, [program('@openai/codex/bin/codex.js'), 'exec', '--skip-git-repo-check', prompt]));

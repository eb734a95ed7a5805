// opencode, once. PROVIDER_ID and URL say which API of the mock it speaks, MODEL which model it asks for.
// `opencode run` ends before it has sent all spans; a server that goes on does not.
import { end, pause, program, project, prompt, run, settings, start } from '../lib/agent.mjs';

const { PROVIDER_ID = 'anthropic', URL = `${process.env.ANTHROPIC_BASE_URL}/v1`, MODEL = 'claude-sonnet-4-5' } = process.env;
const model = `${PROVIDER_ID}/${MODEL}`;

settings('.config/opencode/opencode.json', {
  autoupdate: false, share: 'disabled', small_model: model, permission: { '*': 'allow' }, experimental: { openTelemetry: true },
  provider: { [PROVIDER_ID]: { options: { baseURL: URL, apiKey: 'dummy' }, models: { [MODEL]: {} } } },
});

const opencode = program(`opencode-linux-${process.arch}/bin/opencode`);
const env = { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' };
const server = start(opencode, ['serve', '--hostname', '127.0.0.1', '--port', '0'], env, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
const address = await new Promise((resolve, reject) => {
  let printed = '';
  server.stdout.on('data', (d) => {
    printed += d;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
    if (found) resolve(found[0]);
  });
  server.on('exit', () => reject(new Error(`opencode serve ended: ${printed}`)));
});
const status = await run(opencode, ['run', '--attach', address, '--dir', project(), '-m', model, prompt], env);
await pause(7000); // spans leave every five seconds
process.kill(-server.pid, 'SIGKILL'); // and what it has started
end(status);

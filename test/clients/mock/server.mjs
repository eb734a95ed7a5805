// A loopback mock of the providers' APIs. What it answers is chosen by the run, which is the first part of
// every path; every request that it serves is recorded with what it bills.
//
//   node server.mjs [port]      0: any free port; prints {"port":N}
//
//   PUT /run/ID                 {"scenario": NAME, "tool": {"name", "args"}}: starts a run
//   GET /run/ID/__truth         {"calls": [...], "other": [...]}: what the run has billed, and requests that bill nothing
//   *   /run/ID/PROVIDER/...    the provider's API; PROVIDER is openai, azure, xai, anthropic, gemini or bedrock
import http from 'node:http';
import { messages } from './anthropic.mjs';
import { bedrock } from './bedrock.mjs';
import { embed, generate } from './gemini.mjs';
import { chat, embeddings, responses } from './openai.mjs';
import { Run } from './run.mjs';
import { json } from './wire.mjs';

const runs = new Map();

async function bodyOf(req) {
  const chunks = [];
  for await (const c of req) chunks.push(c);
  const raw = Buffer.concat(chunks).toString('utf8');
  try {
    return raw ? JSON.parse(raw) : {};
  } catch {
    return {}; // not of a provider's API
  }
}

// What the first part of a path says about who is billed; without one, the shape of the API does.
const providers = ['openai', 'azure', 'xai', 'anthropic', 'gemini', 'bedrock'];

async function serve(run, req, res, path, body) {
  const named = providers.find((p) => path.startsWith(`/${p}/`));
  const provider = named ?? 'openai';
  let m;
  if (req.method === 'POST') {
    const deployment = /\/deployments\/([^/]+)\//.exec(path)?.[1];
    if (/\/chat\/completions$/.test(path)) return chat(run, res, body, provider, deployment);
    if (/\/responses$/.test(path)) return responses(run, res, body, provider);
    if (/\/embeddings$/.test(path)) return embeddings(run, res, body, provider, deployment);
    if (/\/messages$/.test(path)) return messages(run, res, body);
    if ((m = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(path))) return generate(run, res, body, m[1], m[2]);
    if ((m = /\/models\/([^/:]+):((?:batch)?embedContents?)$/i.exec(path))) return embed(run, res, body, m[1], m[2]);
    if ((m = /\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/.exec(path))) return bedrock(run, res, body, m[1], m[2]);
  }
  run.other.push({ method: req.method, path });
  if (/\/messages\/count_tokens$/.test(path)) return json(res, 200, { input_tokens: 42 });
  if (/:countTokens$/.test(path)) return json(res, 200, { totalTokens: 42 });
  if (req.method === 'GET' && /\/models$/.test(path)) return json(res, 200, { object: 'list', data: [{ id: 'gpt-5-mini', object: 'model', created: 1, owned_by: 'mock' }], models: [] });
  return json(res, 404, { error: { type: 'not_found_error', message: `the mock has no route ${req.method} ${path}` } });
}

const server = http.createServer(async (req, res) => {
  const path = decodeURIComponent(new URL(req.url, 'http://mock').pathname);
  const [, id, rest] = /^\/run\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  try {
    const body = await bodyOf(req);
    if (id && !rest && req.method === 'PUT') {
      runs.set(id, new Run(id, body));
      return json(res, 200, { ok: true });
    }
    const run = runs.get(id);
    if (!run) return json(res, 404, { error: { type: 'not_found_error', message: `there is no run at ${path}; start it with PUT /run/ID` } });
    if (rest === '/__truth') return json(res, 200, { calls: run.truth, other: run.other });
    await serve(run, req, res, rest.replace(/\/{2,}/g, '/'), body);
  } catch (e) {
    console.error('mock:', e.message);
    if (!res.headersSent) json(res, 500, { error: { message: e.message } });
    else res.end();
  }
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));

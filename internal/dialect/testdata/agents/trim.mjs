// Makes test data of what a real agent sent: `node trim.mjs RESULTS NAME`, where RESULTS is a directory that
// `make e2e-clients` kept (raw-*.jsonl and truth.json). Writes NAME.{traces,logs,metrics}.json, one export request
// a line, and NAME.truth.json.
//
// What is no part of a call goes; scopes, keys, types and numbers stay as they were sent. Texts are cut, and ids,
// paths and names are replaced by others of the same form, equal ones by equal ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [, , results, name] = process.argv;

// Events, metrics and spans that tell of calls, or of what is easily taken for one.
const events = /api_request|api_response|api_error|sse_event|inference\.operation|subagent/;
const stages = /^response\.(created|completed)$/;
const metrics = /token|cost|aiu/;
const spanKeys = /usage|token|llm|gen_ai\.(request|response)\.model|operationId/;

const dropped = /^(telemetry|process|host|os|code|thread|terminal|installation|user|ai\.(prompt|settings|telemetry|request)|github\.copilot\.(git|context|interaction)|auth|event\.timestamp|url|network|gen_ai\.(system_instructions|tool\.definitions|input|output\.messages|prompt))\b/;
const whole = /usage|providerMetadata|finish_reasons/;

const seen = new Map();
const stable = (kind, value, form) => {
  const key = `${kind} ${value}`;
  if (!seen.has(key)) seen.set(key, form(seen.size + 1));
  return seen.get(key);
};
const hex = (length) => (n) => n.toString(16).padStart(length, '0');

function text(s, key) {
  if (key === 'service.name') return s.replace(/-\d[\d.]*--.*$/, ''); // the tests' name of the case
  s = s.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => stable('uuid', id, (n) => `00000000-0000-4000-8000-${hex(12)(n)}`));
  s = s.replace(/[0-9a-f]{64}/g, (id) => stable('hash', id, hex(64))).replace(/\/(tmp|root|home|var)\/[^"'\s]*/g, '/path').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:4000');
  return s.length > 100 && !whole.test(key) ? `${s.slice(0, 20)}… (${s.length} characters)` : s;
}

function value(v, key) {
  if (!v) return v;
  if ('stringValue' in v) return { stringValue: text(v.stringValue, key) };
  if (v.arrayValue) return { arrayValue: { values: (v.arrayValue.values ?? []).slice(0, 8).map((x) => value(x, key)) } };
  if (v.kvlistValue) return { kvlistValue: { values: attributes(v.kvlistValue.values) } };
  return v;
}

const attributes = (list = []) => list.filter((a) => !dropped.test(a.key)).map((a) => (a.key === 'server.port' ? { key: a.key, value: { intValue: '4000' } } : { key: a.key, value: value(a.value, a.key) }));
const ids = (o) => {
  for (const [k, length] of [['traceId', 32], ['spanId', 16], ['parentSpanId', 16]]) if (o[k]) o[k] = stable(length, o[k], hex(length));
  return o;
};
const attribute = (o, key) => (o.attributes ?? []).find((a) => a.key === key)?.value.stringValue;

const signals = {
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
};

function keep(signal, all) {
  if (signal === 'metrics') return (m) => metrics.test(m.name) && m.name !== 'token_cost.spend';
  if (signal === 'logs') {
    return (r) => {
      const stage = attribute(r, 'event.kind');
      return events.test(attribute(r, 'event.name') ?? r.body?.stringValue ?? '') && (stage === undefined || stages.test(stage));
    };
  }
  const byId = new Map(all.map((s) => [s.spanId, s])), wanted = new Set();
  for (const s of all) {
    if (!(s.attributes ?? []).some((a) => spanKeys.test(a.key))) continue;
    wanted.add(s);
    if (byId.has(s.parentSpanId)) wanted.add(byId.get(s.parentSpanId));
  }
  return (s) => wanted.has(s);
}

function trimmed(signal, item) {
  if (signal === 'metrics') {
    for (const kind of ['sum', 'gauge', 'histogram', 'exponentialHistogram']) {
      for (const p of item[kind]?.dataPoints ?? []) {
        p.attributes = attributes(p.attributes);
        delete p.exemplars;
        delete p.bucketCounts;
        delete p.explicitBounds;
      }
    }
    delete item.description;
    return item;
  }
  item.attributes = attributes(item.attributes);
  if (item.body) item.body = value(item.body, 'body');
  delete item.events;
  delete item.links;
  if (item.status?.message) item.status.message = text(item.status.message, '');
  return ids(item);
}

for (const [signal, [resources, scopes, items]] of Object.entries(signals)) {
  const file = `${results}/raw-${signal}.jsonl`;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l)) : [];
  const all = lines.flatMap((d) => d[resources].flatMap((r) => r[scopes].flatMap((s) => s[items] ?? [])));
  const wanted = keep(signal, all);
  for (const d of lines) {
    for (const r of d[resources]) {
      for (const s of r[scopes]) s[items] = (s[items] ?? []).filter(wanted).map((x) => trimmed(signal, x));
      r[scopes] = r[scopes].filter((s) => s[items].length > 0);
      r.resource.attributes = attributes(r.resource.attributes);
    }
    d[resources] = d[resources].filter((r) => r[scopes].length > 0);
  }
  const out = lines.filter((d) => d[resources].length > 0).map((d) => `${JSON.stringify(d)}\n`).join('');
  if (out) writeFileSync(`${name}.${signal}.json`, out);
}

// Counts under the names that the tests of this package use for what a provider billed.
const { calls } = JSON.parse(readFileSync(`${results}/truth.json`, 'utf8'));
const names = { input: 'input_uncached', output: 'output_total', 'cache_write.5m': 'cache_write_5m', 'cache_write.1h': 'cache_write_1h', 'cache_write.30m': 'cache_write_30m', web_search: 'web_search_requests' };
const billed = calls.filter((c) => c.billed).map((c) => {
  const billable = {};
  for (const [meter, n] of Object.entries(c.billable)) billable[names[meter === 'reasoning' ? 'output' : meter] ?? meter] = (billable[names[meter === 'reasoning' ? 'output' : meter] ?? meter] ?? 0) + n;
  return { provider: c.provider, model_requested: c.model_requested, model_served: c.model_served, tier: c.tier ?? '', billable };
});
writeFileSync(`${name}.truth.json`, `${JSON.stringify({ scenario: calls[0]?.scenario, failed: calls.length - billed.length, calls: billed }, null, 1)}\n`);

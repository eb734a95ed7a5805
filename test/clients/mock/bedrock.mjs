// The Bedrock Runtime API: Converse and InvokeModel (with Anthropic's body), each also streamed.
import { contentOf, rounds, streamOf, toolsOf, usageOf } from './anthropic.mjs';
import { frame, json, text, words } from './wire.mjs';

function converseUsage(s) {
  const usage = { inputTokens: s.input, outputTokens: s.output + s.reasoning, totalTokens: s.input + s.cacheRead + s.write5m + s.write1h + s.output + s.reasoning };
  if (s.cacheRead || s.write5m || s.write1h) {
    Object.assign(usage, { cacheReadInputTokens: s.cacheRead, cacheWriteInputTokens: s.write5m + s.write1h });
    const details = [['5m', s.write5m], ['1h', s.write1h]].filter(([, n]) => n).map(([ttl, inputTokens]) => ({ ttl, inputTokens }));
    if (details.length) usage.cacheDetails = details;
  }
  return usage;
}

const converseRounds = (b) => (b.messages ?? []).filter((m) => (m.content ?? []).some((c) => c.toolResult)).length;
const converseTools = (b) => (b.toolConfig?.tools ?? []).filter((t) => t.toolSpec).map((t) => ({ name: t.toolSpec.name, schema: t.toolSpec.inputSchema?.json }));

export function bedrock(run, res, b, model, method) {
  const stream = /stream/.test(method), invoke = method.startsWith('invoke');
  const request = { provider: 'bedrock', api: method, model, stream };
  if (invoke) Object.assign(request, { round: rounds(b), tools: toolsOf(b) });
  else Object.assign(request, { round: converseRounds(b), tools: converseTools(b) });
  const begun = run.begin(request), { fail, record } = begun;
  const headers = { 'x-amzn-requestid': run.responseId('', 36) };
  if (fail) {
    const type = fail === 429 ? 'ThrottlingException' : fail >= 500 ? 'InternalServerException' : 'ValidationException';
    return json(res, fail, { message: `failed by the scenario (${fail})` }, { ...headers, 'x-amzn-errortype': type });
  }
  record.response_id = headers['x-amzn-requestid'];
  return (invoke ? answerInvoke : answerConverse)(run, res, begun, stream, headers);
}

function answerInvoke(run, res, { record, s, tool }, stream, headers) {
  const usage = usageOf(s), id = run.responseId('msg_bdrk_', 24);
  Object.assign(record, { response_id: id, usage });
  const model = record.model_served.replace(/^(?:[a-z]+\.)?anthropic\./, '').replace(/-v\d+:\d+$/, '');
  const message = { id, type: 'message', role: 'assistant', model, content: contentOf(run, s, tool), stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null, usage };
  const counts = { 'x-amzn-bedrock-input-token-count': String(s.input), 'x-amzn-bedrock-output-token-count': String(s.output + s.reasoning) };
  if (!stream) return json(res, 200, message, { ...headers, ...counts });
  res.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-bedrock-content-type': 'application/json', ...headers });
  const list = streamOf(message, usage);
  // The last event carries Bedrock's own counts.
  list.at(-1)['amazon-bedrock-invocationMetrics'] = {
    inputTokenCount: s.input, outputTokenCount: s.output + s.reasoning, invocationLatency: 12, firstByteLatency: 3,
    cacheReadInputTokenCount: s.cacheRead, cacheWriteInputTokenCount: s.write5m + s.write1h,
  };
  for (const e of list) res.write(frame('chunk', { bytes: Buffer.from(JSON.stringify(e)).toString('base64') }));
  res.end();
}

function answerConverse(run, res, { record, s, tool }, stream, headers) {
  const usage = converseUsage(s), stopReason = tool ? 'tool_use' : 'end_turn', metrics = { latencyMs: 12 };
  record.usage = usage;
  const use = tool && { toolUseId: run.responseId('tooluse_', 22), name: tool.name };
  const content = tool ? [{ toolUse: { ...use, input: tool.args } }] : [{ text }];
  if (!stream) return json(res, 200, { output: { message: { role: 'assistant', content } }, stopReason, usage, metrics }, headers);
  res.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', ...headers });
  const send = (type, payload) => res.write(frame(type, payload));
  send('messageStart', { role: 'assistant' });
  if (tool) {
    send('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: use } });
    send('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: JSON.stringify(tool.args) } } });
  } else for (const w of words) send('contentBlockDelta', { contentBlockIndex: 0, delta: { text: w } });
  send('contentBlockStop', { contentBlockIndex: 0 });
  send('messageStop', { stopReason });
  send('metadata', { usage, metrics });
  res.end();
}

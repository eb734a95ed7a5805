// The OpenAI shaped APIs: Chat Completions, Responses, embeddings; also those of Azure OpenAI and xAI.
import { events, json, text as prose, words as proseWords } from './wire.mjs';
import { servedModel } from './scenarios.mjs';

const headers = { 'x-request-id': 'req_mock' };

function fail(res, status) {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  json(res, status, { error: { message: `failed by the scenario (${status})`, type, param: null, code: status === 429 ? 'rate_limit_exceeded' : null } }, { ...headers, 'retry-after-ms': '30', 'retry-after': '0' });
}

// What is said: JSON where it is asked for.
const sayings = (format) => (/^json/.test(format?.type ?? '') ? { text: '{}', words: ['{', '}'] } : { text: prose, words: proseWords });

const tierOf = (s, asked) => s.tier ?? (asked && asked !== 'auto' ? asked : 'default');

function chatUsage(provider, s) {
  const prompt = s.input + s.cacheRead + (s.write30m ?? 0) + s.inputAudio;
  const visible = s.output + s.outputAudio;
  // xAI leaves reasoning out of the completion and has it in the total.
  const completion = provider === 'xai' ? visible : visible + s.reasoning;
  const usage = {
    prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + visible + s.reasoning,
    prompt_tokens_details: { cached_tokens: s.cacheRead, audio_tokens: s.inputAudio },
    completion_tokens_details: { reasoning_tokens: s.reasoning, audio_tokens: s.outputAudio, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
  };
  if (s.write30m) usage.prompt_tokens_details.cache_write_tokens = s.write30m;
  return usage;
}

function responsesUsage(s) {
  const input = s.input + s.cacheRead + (s.write30m ?? 0), output = s.output + s.reasoning;
  const usage = {
    input_tokens: input, input_tokens_details: { cached_tokens: s.cacheRead }, output_tokens: output,
    output_tokens_details: { reasoning_tokens: s.reasoning }, total_tokens: input + output,
  };
  if (s.write30m) usage.input_tokens_details.cache_write_tokens = s.write30m;
  return usage;
}

// Rounds of tool results: an assistant's message that calls tools opens one.
const chatRounds = (b) => (b.messages ?? []).filter((m) => m.role === 'assistant' && (m.tool_calls?.length || m.function_call)).length;

export async function chat(run, res, b, provider, deployment) {
  const model = b.model ?? deployment, { text, words } = sayings(b.response_format);
  const tools = (b.tools ?? []).filter((t) => t.function).map((t) => ({ name: t.function.name, schema: t.function.parameters }));
  const { fail: status, record, s, tool } = run.begin({ provider, api: 'chat.completions', model, stream: b.stream, tierAsked: b.service_tier, round: chatRounds(b), tools, forced: b.tool_choice?.function?.name });
  if (status) return fail(res, status);
  const usage = chatUsage(provider, s), id = run.responseId('chatcmpl-', 29), tier = tierOf(s, b.service_tier);
  Object.assign(record, { response_id: id, usage, tier });
  const base = { id, created: Math.floor(Date.now() / 1000), model: servedModel(model), service_tier: tier, system_fingerprint: 'fp_mock' };
  const calls = tool && [{ id: run.responseId('call_', 24), type: 'function', function: { name: tool.name, arguments: JSON.stringify(tool.args) } }];
  const reason = tool ? 'tool_calls' : 'stop';
  if (!b.stream) {
    const message = tool ? { role: 'assistant', content: null, refusal: null, tool_calls: calls } : { role: 'assistant', content: text, refusal: null };
    return json(res, 200, { ...base, object: 'chat.completion', choices: [{ index: 0, message, logprobs: null, finish_reason: reason }], usage }, headers);
  }
  const include = !!b.stream_options?.include_usage;
  record.usage_sent = include;
  const chunk = (delta, finish = null) => ({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...(include ? { usage: null } : {}) });
  const list = [chunk({ role: 'assistant', content: tool ? null : '' })];
  if (tool) list.push(chunk({ tool_calls: [{ index: 0, ...calls[0] }] }));
  else for (const w of words) list.push(chunk({ content: w }));
  list.push(chunk({}, reason));
  if (include) list.push({ ...base, object: 'chat.completion.chunk', choices: [], usage });
  return events(res, record, list, { done: true, stall: s.stall, headers });
}

// With previous_response_id earlier rounds are the server's to remember; then one round of results is all there is.
const responseRounds = (items) => items.filter((m, i) => m.type === 'function_call_output' && items[i + 1]?.type !== 'function_call_output').length;

export async function responses(run, res, b, provider) {
  const items = Array.isArray(b.input) ? b.input : [], { text, words } = sayings(b.text?.format);
  const tools = (b.tools ?? []).filter((t) => t.type === 'function' || t.type === 'custom').map((t) => ({ name: t.name, schema: t.parameters }));
  const { fail: status, record, s, tool } = run.begin({ provider, api: 'responses', model: b.model, stream: b.stream, tierAsked: b.service_tier, round: responseRounds(items), tools });
  if (status) return fail(res, status);
  const usage = responsesUsage(s), id = run.responseId('resp_', 48), tier = tierOf(s, b.service_tier);
  Object.assign(record, { response_id: id, usage, tier });
  const suffix = id.slice(5), output = [];
  if (s.reasoning) output.push({ id: `rs_${suffix}`, type: 'reasoning', summary: [] });
  if (tool) output.push({ id: `fc_${suffix}`, type: 'function_call', status: 'completed', call_id: run.responseId('call_', 24), name: tool.name, arguments: JSON.stringify(tool.args) });
  else output.push({ id: `msg_${suffix}`, type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text, annotations: [], logprobs: [] }] });
  const document = (state, out, u) => ({
    id, object: 'response', created_at: Math.floor(Date.now() / 1000), status: state, background: false, error: null, incomplete_details: null, instructions: null,
    max_output_tokens: null, metadata: {}, model: servedModel(b.model), output: out, parallel_tool_calls: true, previous_response_id: null,
    reasoning: { effort: b.reasoning?.effort ?? null, summary: null }, service_tier: state === 'completed' ? tier : 'auto', store: true, temperature: 1,
    text: { format: { type: 'text' } }, tool_choice: 'auto', tools: [], top_p: 1, truncation: 'disabled', usage: u, user: null,
  });
  if (!b.stream) return json(res, 200, document('completed', output, usage), headers);
  let sequence = 0;
  const event = (type, o) => ({ type, sequence_number: sequence++, ...o });
  const list = [event('response.created', { response: document('in_progress', [], null) }), event('response.in_progress', { response: document('in_progress', [], null) })];
  for (const [output_index, item] of output.entries()) list.push(...itemEvents(event, output_index, item, words));
  list.push(event('response.completed', { response: document('completed', output, usage) }));
  return events(res, record, list, { named: true, stall: s.stall, headers });
}

function itemEvents(event, output_index, item, words) {
  const at = { item_id: item.id, output_index }, added = (partial) => event('response.output_item.added', { output_index, item: partial });
  const list = [];
  if (item.type === 'message') {
    list.push(added({ ...item, status: 'in_progress', content: [] }));
    list.push(event('response.content_part.added', { ...at, content_index: 0, part: { type: 'output_text', text: '', annotations: [] } }));
    for (const delta of words) list.push(event('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] }));
    list.push(event('response.output_text.done', { ...at, content_index: 0, text: words.join(''), logprobs: [] }));
    list.push(event('response.content_part.done', { ...at, content_index: 0, part: item.content[0] }));
  } else if (item.type === 'function_call') {
    list.push(added({ ...item, status: 'in_progress', arguments: '' }));
    list.push(event('response.function_call_arguments.delta', { ...at, delta: item.arguments }));
    list.push(event('response.function_call_arguments.done', { ...at, arguments: item.arguments }));
  } else list.push(added(item));
  list.push(event('response.output_item.done', { output_index, item }));
  return list;
}

export function embeddings(run, res, b, provider, deployment) {
  const model = b.model ?? deployment;
  const { fail: status, record, s } = run.begin({ provider, api: 'embeddings', model });
  if (status) return fail(res, status);
  const all = s.input + s.cacheRead;
  Object.assign(record, { usage: { prompt_tokens: all, total_tokens: all }, billable: { input: all } });
  const vector = [0.5, -0.25, 0.125];
  const embedding = b.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
  const data = [b.input].flat().map((_, index) => ({ object: 'embedding', index, embedding }));
  json(res, 200, { object: 'list', data, model: servedModel(model), usage: record.usage }, headers);
}

// The Anthropic Messages API.
import { events, json, text, words } from './wire.mjs';

// Clients tell their requests apart by this id.
const headersOf = (run) => ({ 'request-id': run.responseId('req_', 24) });

export function usageOf(s, tier) {
  const usage = {
    input_tokens: s.input, cache_creation_input_tokens: s.write5m + s.write1h, cache_read_input_tokens: s.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: s.write5m, ephemeral_1h_input_tokens: s.write1h }, output_tokens: s.output + s.reasoning,
  };
  if (tier) usage.service_tier = tier;
  if (s.reasoning) usage.output_tokens_details = { thinking_tokens: s.reasoning };
  if (s.webSearch) usage.server_tool_use = { web_search_requests: s.webSearch, web_fetch_requests: 0 };
  return usage;
}

export const rounds = (b) => (b.messages ?? []).filter((m) => Array.isArray(m.content) && m.content.some((c) => c.type === 'tool_result')).length;

export const toolsOf = (b) => (b.tools ?? []).filter((t) => t.name && (t.input_schema || t.custom)).map((t) => ({ name: t.name, schema: t.input_schema }));

/** The blocks of an answer. */
export function contentOf(run, s, tool, b = {}) {
  const content = [];
  if (s.reasoning) content.push({ type: 'thinking', thinking: 'a thought', signature: 'bW9jaw==' });
  if (tool) content.push({ type: 'tool_use', id: run.responseId('toolu_', 24), name: tool.name, input: tool.args });
  else content.push({ type: 'text', text: b.output_format || b.output_config?.format ? '{}' : text });
  return content;
}

/** The events of a streamed answer. Usage at its start counts one token of output, as Anthropic's does. */
export function streamOf(message, usage) {
  const { server_tool_use, output_tokens_details, ...atStart } = usage;
  const list = [{ type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { ...atStart, output_tokens: 1 } } }];
  message.content.forEach((c, index) => {
    const delta = (d) => list.push({ type: 'content_block_delta', index, delta: d });
    const start = (content_block) => list.push({ type: 'content_block_start', index, content_block });
    if (c.type === 'text') {
      start({ type: 'text', text: '' });
      for (const w of words) delta({ type: 'text_delta', text: w });
    } else if (c.type === 'thinking') {
      start({ type: 'thinking', thinking: '', signature: '' });
      delta({ type: 'thinking_delta', thinking: c.thinking });
      delta({ type: 'signature_delta', signature: c.signature });
    } else {
      start({ ...c, input: {} });
      delta({ type: 'input_json_delta', partial_json: JSON.stringify(c.input) });
    }
    list.push({ type: 'content_block_stop', index });
  });
  const end = {
    input_tokens: usage.input_tokens, cache_creation_input_tokens: usage.cache_creation_input_tokens, cache_read_input_tokens: usage.cache_read_input_tokens,
    output_tokens: usage.output_tokens,
  };
  if (output_tokens_details) end.output_tokens_details = output_tokens_details;
  if (server_tool_use) end.server_tool_use = server_tool_use;
  list.push({ type: 'message_delta', delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: end }, { type: 'message_stop' });
  return list;
}

export async function messages(run, res, b) {
  const { fail, record, s, tool } = run.begin({ provider: 'anthropic', api: 'messages', model: b.model, stream: b.stream, tierAsked: b.service_tier, round: rounds(b), tools: toolsOf(b), forced: b.tool_choice?.name });
  if (fail) {
    const type = fail === 429 ? 'rate_limit_error' : fail >= 500 ? 'api_error' : 'invalid_request_error';
    return json(res, fail, { type: 'error', error: { type, message: `failed by the scenario (${fail})` }, request_id: 'req_mock' }, { ...headersOf(run), 'retry-after-ms': '30', 'retry-after': '0' });
  }
  const tier = s.tier === 'priority' ? 'priority' : 'standard', usage = usageOf(s, tier), id = run.responseId('msg_01', 22);
  Object.assign(record, { response_id: id, usage, tier });
  const message = { id, type: 'message', role: 'assistant', model: record.model_served, content: contentOf(run, s, tool, b), stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null, usage };
  if (!b.stream) return json(res, 200, message, headersOf(run));
  return events(res, record, streamOf(message, usage), { named: true, stall: s.stall, headers: headersOf(run) });
}

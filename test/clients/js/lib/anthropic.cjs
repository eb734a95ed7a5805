// What a program does with the Anthropic SDK in each scenario. STREAM=1 streams events, STREAM=helper uses messages.stream().
const { SCENARIO, STREAM } = process.env;

const models = { plain: 'claude-haiku-4-5-20251001', reasoning: 'claude-sonnet-4-5' };
const lookup = { name: 'lookup', description: 'look up a city', input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const loops = /^tool-loop/.test(SCENARIO);

function request(model) {
  const r = { model: process.env.MODEL ?? model ?? models[SCENARIO] ?? 'claude-sonnet-4-5-20250929', max_tokens: 4000, messages: [{ role: 'user', content: 'What is it like in Bern?' }] };
  if (/^cache-write/.test(SCENARIO)) {
    r.system = [{ type: 'text', text: 'long rules', cache_control: { type: 'ephemeral', ttl: '1h' } }, { type: 'text', text: 'short rules', cache_control: { type: 'ephemeral' } }];
  }
  if (/^reasoning/.test(SCENARIO)) r.thinking = { type: 'enabled', budget_tokens: 2000 };
  if (SCENARIO === 'tier-priority') r.service_tier = 'auto';
  if (SCENARIO === 'server-tools') r.tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 5 }];
  if (loops) r.tools = [lookup];
  return r;
}

exports.messages = async function messages(client, model) {
  const r = request(model);
  const answer = async () => {
    if (STREAM === 'helper') return client.messages.stream(r).finalMessage();
    if (!STREAM) return client.messages.create(r);
    let n = 0;
    const content = [], json = [];
    for await (const e of await client.messages.create({ ...r, stream: true })) {
      if (SCENARIO === 'stream-abort' && ++n === 3) break;
      if (e.type === 'content_block_start') content.push(e.content_block);
      if (e.type === 'content_block_delta' && e.delta.type === 'input_json_delta') json.push(e.delta.partial_json);
    }
    for (const c of content) {
      if (c.type === 'tool_use') c.input = JSON.parse(json.join('') || '{}');
      if (c.type === 'text') c.text ||= 'said';
    }
    return { content };
  };
  for (;;) {
    const { content } = await answer();
    const uses = content.filter((c) => c.type === 'tool_use');
    if (!uses.length) return;
    r.messages.push({ role: 'assistant', content }, { role: 'user', content: uses.map((u) => ({ type: 'tool_result', tool_use_id: u.id, content: 'cloudy' })) });
  }
};

// What a program does with the OpenAI SDK in each scenario. STREAM=1 streams, STREAM=no-usage without asking for usage.
const { SCENARIO, STREAM } = process.env;

const models = {
  plain: 'gpt-4o', reasoning: 'o4-mini', 'reasoning-cached': 'gpt-5-mini', 'tier-flex': 'gpt-5-mini', 'tier-priority': 'gpt-4o-2024-08-06', 'tier-downgraded': 'gpt-4.1',
  'cache-write': 'gpt-5.6-terra', 'cache-write-read': 'gpt-5.6-terra', 'cache-write-5m': 'gpt-5.6-terra', 'long-context': 'gpt-5.6-terra', audio: 'gpt-4o-audio-preview', embeddings: 'text-embedding-3-small',
};
const model = process.env.MODEL ?? models[SCENARIO] ?? 'gpt-4o-2024-08-06';
const tier = SCENARIO === 'tier-downgraded' ? 'priority' : /^tier-/.test(SCENARIO) ? SCENARIO.slice(5) : undefined;
const lookup = { name: 'lookup', description: 'look up a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const loops = /^tool-loop/.test(SCENARIO);

/** Reads a stream; some go away early. */
async function drain(stream) {
  let n = 0;
  for await (const _ of stream) if (SCENARIO === 'stream-abort' && ++n === 3) break;
}

exports.chat = async function chat(client) {
  if (SCENARIO === 'embeddings') return client.embeddings.create({ model, input: 'a text' });
  const request = { model, messages: [{ role: 'user', content: 'What is it like in Bern?' }] };
  if (tier) request.service_tier = tier;
  if (SCENARIO === 'audio') Object.assign(request, { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } });
  if (loops) request.tools = [{ type: 'function', function: lookup }];
  if (STREAM) {
    const usage = STREAM === 'no-usage' ? {} : { stream_options: { include_usage: true } };
    return drain(await client.chat.completions.create({ ...request, ...usage, stream: true }));
  }
  for (;;) {
    const { choices: [{ message }] } = await client.chat.completions.create(request);
    if (!message.tool_calls) return;
    request.messages.push(message, ...message.tool_calls.map((c) => ({ role: 'tool', tool_call_id: c.id, content: 'cloudy' })));
  }
};

exports.responses = async function responses(client) {
  const request = { model, input: [{ role: 'user', content: 'What is it like in Bern?' }] };
  if (tier) request.service_tier = tier;
  if (loops) request.tools = [{ type: 'function', strict: false, ...lookup }];
  if (STREAM) return drain(await client.responses.create({ ...request, stream: true }));
  for (;;) {
    const { output } = await client.responses.create(request);
    const calls = output.filter((o) => o.type === 'function_call');
    if (!calls.length) return;
    request.input.push(...output, ...calls.map((c) => ({ type: 'function_call_output', call_id: c.call_id, output: 'cloudy' })));
  }
};

// What a program does with the Bedrock Runtime client in each scenario. The mock speaks HTTP/1.1.
const { req } = require('./otel.cjs');

const { SCENARIO, STREAM } = process.env;
const modelId = process.env.MODEL ?? 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const loops = /^tool-loop/.test(SCENARIO);

const clientOf = ({ BedrockRuntimeClient }) => new BedrockRuntimeClient({
  region: 'us-east-1', endpoint: process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME, credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
  maxAttempts: SCENARIO === 'retry-429' ? 3 : 1, requestHandler: new (req('@smithy/node-http-handler').NodeHttpHandler)(),
});

exports.converse = async function converse(sdk) {
  const client = clientOf(sdk);
  const request = { modelId, messages: [{ role: 'user', content: [{ text: 'What is it like in Bern?' }] }], inferenceConfig: { maxTokens: 4000 } };
  if (loops) request.toolConfig = { tools: [{ toolSpec: { name: 'lookup', description: 'look up a city', inputSchema: { json: schema } } }] };
  if (STREAM) {
    const { stream } = await client.send(new sdk.ConverseStreamCommand(request));
    for await (const _ of stream);
    return;
  }
  for (;;) {
    const { output: { message } } = await client.send(new sdk.ConverseCommand(request));
    const uses = message.content.filter((c) => c.toolUse);
    if (!uses.length) return;
    request.messages.push(message, { role: 'user', content: uses.map((u) => ({ toolResult: { toolUseId: u.toolUse.toolUseId, content: [{ text: 'cloudy' }] } })) });
  }
};

exports.invoke = async function invoke(sdk) {
  const client = clientOf(sdk);
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 4000, messages: [{ role: 'user', content: 'What is it like in Bern?' }] };
  if (loops) body.tools = [{ name: 'lookup', description: 'look up a city', input_schema: schema }];
  const request = () => ({ modelId, contentType: 'application/json', accept: 'application/json', body: JSON.stringify(body) });
  if (STREAM) {
    const answer = await client.send(new sdk.InvokeModelWithResponseStreamCommand(request()));
    for await (const _ of answer.body);
    return;
  }
  for (;;) {
    const answer = await client.send(new sdk.InvokeModelCommand(request()));
    const { content } = JSON.parse(Buffer.from(answer.body).toString());
    const uses = content.filter((c) => c.type === 'tool_use');
    if (!uses.length) return;
    body.messages.push({ role: 'assistant', content }, { role: 'user', content: uses.map((u) => ({ type: 'tool_result', tool_use_id: u.id, content: 'cloudy' })) });
  }
};

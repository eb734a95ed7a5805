// The Gemini API: generateContent, streamGenerateContent and embedContent. Vertex AI has the same shape.
import { events, json, text, words } from './wire.mjs';

function usageOf(s) {
  const prompt = s.input + s.cacheRead;
  const usage = {
    promptTokenCount: prompt, candidatesTokenCount: s.output, totalTokenCount: prompt + s.output + s.reasoning + s.toolPrompt,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
  };
  if (s.cacheRead) {
    usage.cachedContentTokenCount = s.cacheRead;
    usage.cacheTokensDetails = [{ modality: 'TEXT', tokenCount: s.cacheRead }];
  }
  if (s.reasoning) usage.thoughtsTokenCount = s.reasoning;
  if (s.toolPrompt) usage.toolUsePromptTokenCount = s.toolPrompt;
  return usage;
}

const contents = (b) => [b.contents ?? []].flat();
const rounds = (b) => contents(b).filter((c) => (c.parts ?? []).some((p) => p.functionResponse)).length;
const toolsOf = (b) => [b.tools ?? []].flat().flatMap((t) => t.functionDeclarations ?? []).map((f) => ({ name: f.name, schema: f.parameters ?? f.parametersJsonSchema }));

export async function generate(run, res, b, model, method) {
  const stream = method === 'streamGenerateContent';
  const { fail, record, s, tool } = run.begin({ provider: 'gemini', api: method, model, stream, round: rounds(b), tools: toolsOf(b) });
  if (fail) return failed(res, fail);
  const usage = usageOf(s), id = run.responseId('', 22);
  Object.assign(record, { response_id: id, usage });
  const tail = { usageMetadata: usage, modelVersion: record.model_served, responseId: id };
  const wantsJSON = /json/.test(b.generationConfig?.responseMimeType ?? '');
  const parts = tool ? [{ functionCall: { name: tool.name, args: tool.args } }] : wantsJSON ? [{ text: '{}' }] : [{ text }];
  if (!stream) return json(res, 200, { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }], ...tail });
  // Every chunk carries usage, which grows; the last is final.
  const pieces = tool || wantsJSON ? parts : words.map((w) => ({ text: w }));
  const list = pieces.map((part, i) => {
    const last = i === pieces.length - 1, output = last ? s.output : Math.floor((s.output * (i + 1)) / pieces.length);
    const sofar = { ...usage, candidatesTokenCount: output, totalTokenCount: usage.totalTokenCount - s.output + output };
    return { candidates: [{ content: { role: 'model', parts: [part] }, ...(last ? { finishReason: 'STOP' } : {}), index: 0 }], ...tail, usageMetadata: sofar };
  });
  return events(res, record, list, { stall: s.stall });
}

/** Embeddings are billed by the input; the API does not tell its tokens. */
export function embed(run, res, b, model, method) {
  const { fail, record, s } = run.begin({ provider: 'gemini', api: method, model });
  if (fail) return failed(res, fail);
  Object.assign(record, { billable: { input: s.input }, usage_sent: false });
  const embedding = { values: [0.5, -0.25, 0.125] };
  json(res, 200, /^batch/i.test(method) ? { embeddings: (b.requests ?? [1]).map(() => embedding) } : { embedding });
}

function failed(res, status) {
  const name = status === 429 ? 'RESOURCE_EXHAUSTED' : status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT';
  json(res, status, { error: { code: status, message: `failed by the scenario (${status})`, status: name } }, { 'retry-after': '0' });
}

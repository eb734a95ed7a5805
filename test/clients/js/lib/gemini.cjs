// What a program does with @google/genai in each scenario.
const { SCENARIO, STREAM } = process.env;

const models = { reasoning: 'gemini-2.5-pro', 'reasoning-cached': 'gemini-2.5-pro', 'long-context': 'gemini-2.5-pro', embeddings: 'gemini-embedding-001' };
const model = process.env.MODEL ?? models[SCENARIO] ?? 'gemini-2.5-flash';
const tools = [{ functionDeclarations: [{ name: 'lookup', description: 'look up a city', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] } }] }];

exports.generate = async function generate(ai) {
  if (SCENARIO === 'embeddings') return ai.models.embedContent({ model, contents: 'a text' });
  const contents = [{ role: 'user', parts: [{ text: 'What is it like in Bern?' }] }];
  const config = /^tool-loop/.test(SCENARIO) ? { tools } : {};
  if (STREAM) {
    let n = 0;
    for await (const _ of await ai.models.generateContentStream({ model, contents, config })) if (SCENARIO === 'stream-abort' && ++n === 3) break;
    return;
  }
  for (;;) {
    const { candidates: [{ content }] } = await ai.models.generateContent({ model, contents, config });
    const calls = content.parts.filter((p) => p.functionCall);
    if (!calls.length) return;
    contents.push(content, { role: 'user', parts: calls.map((c) => ({ functionResponse: { name: c.functionCall.name, response: { sky: 'cloudy' } } })) });
  }
};

/** The same with the older @google/generative-ai. */
exports.generateLegacy = async function generateLegacy(google) {
  const looping = /^tool-loop/.test(SCENARIO);
  const m = google.getGenerativeModel({ model, ...(looping ? { tools } : {}) }, { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL });
  if (SCENARIO === 'embeddings') return m.embedContent('a text');
  const contents = [{ role: 'user', parts: [{ text: 'What is it like in Bern?' }] }];
  if (STREAM) {
    const { stream } = await m.generateContentStream({ contents });
    for await (const _ of stream);
    return;
  }
  for (;;) {
    const { response } = await m.generateContent({ contents });
    const { content } = response.candidates[0];
    const calls = content.parts.filter((p) => p.functionCall);
    if (!calls.length) return;
    contents.push(content, { role: 'function', parts: calls.map((c) => ({ functionResponse: { name: c.functionCall.name, response: { sky: 'cloudy' } } })) });
  }
};

// What each scenario bills. Counts are disjoint: `input` is text that was in no cache, `output` leaves
// `reasoning` out. Every provider renders them in its own convention, inclusive or exclusive.
//
// A scenario is a list of steps. The step of a request is the number of rounds of tool results that its
// messages hold; a step with `tool` answers with a tool call if tools are offered.

const step = (counts) => ({
  input: 0, cacheRead: 0, write5m: 0, write1h: 0, output: 0, reasoning: 0, inputAudio: 0, outputAudio: 0, toolPrompt: 0, webSearch: 0, ...counts,
});

const scenarios = {
  plain: [{ input: 1203, output: 307 }],
  // Cache reads above the uncached input: arithmetic shows which side a count is on. In the next it cannot.
  'cache-read-heavy': [{ input: 811, cacheRead: 9216, output: 205 }],
  'cache-read-light': [{ input: 7919, cacheRead: 1024, write5m: 512, output: 211 }],
  'cache-write': [{ input: 23, write5m: 2048, write1h: 6144, output: 151 }],
  'cache-write-5m': [{ input: 41, write5m: 2560, output: 163 }],
  'cache-write-1h': [{ input: 37, write1h: 5120, output: 157 }],
  'cache-write-read': [{ input: 17, cacheRead: 30720, write5m: 1280, write1h: 3840, output: 166 }],
  reasoning: [{ input: 1511, reasoning: 1088, output: 421 }],
  'reasoning-cached': [{ input: 1511, cacheRead: 512, reasoning: 704, output: 190 }],
  'stream-abort': [{ input: 1709, cacheRead: 2048, write5m: 128, output: 640, stall: true }],
  'tier-priority': [{ input: 2003, cacheRead: 1024, output: 401, tier: 'priority' }],
  'tier-flex': [{ input: 2003, cacheRead: 1024, output: 401, tier: 'flex' }],
  'tier-downgraded': [{ input: 2003, output: 401, tier: 'default' }], // priority asked for, default served
  'retry-429': [{ input: 1407, output: 311, failFirst: 429 }],
  'error-400': [{ fail: 400 }],
  'error-500': [{ fail: 500 }],
  embeddings: [{ input: 857 }],
  'long-context': [{ input: 280013, cacheRead: 40960, write5m: 8192, output: 503 }],
  audio: [{ input: 803, inputAudio: 640, output: 120, outputAudio: 512 }],
  'server-tools': [{ input: 2909, cacheRead: 1536, output: 333, webSearch: 3 }],
  'tool-prompt': [{ input: 903, toolPrompt: 611, reasoning: 96, output: 188 }],
  'tool-loop': [
    { input: 3001, cacheRead: 1152, write5m: 640, output: 97, tool: true },
    { input: 415, cacheRead: 4608, output: 251 },
  ],
  'tool-loop-plain': [{ input: 812, output: 29, tool: true }, { input: 905, output: 44 }],
  'tool-loop-long': [
    { input: 2111, write5m: 1024, output: 61, tool: true },
    { input: 233, cacheRead: 3072, write1h: 512, output: 83, reasoning: 32, tool: true },
    { input: 377, cacheRead: 3584, output: 129 },
  ],
};

export const names = Object.keys(scenarios);

/** The step of a scenario, made distinct for the n-th time that a run reaches it. */
export function stepOf(scenario, round, again) {
  const steps = scenarios[scenario];
  if (!steps) throw new Error(`scenario ${JSON.stringify(scenario)} is unknown; there are ${names.join(', ')}`);
  const s = step(steps[Math.min(round, steps.length - 1)]);
  if (!s.fail) s.input += 8 * again;
  return s;
}

// Alias asked for, and the dated model that serves it.
const dated = {
  'gpt-4o': 'gpt-4o-2024-08-06', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18', 'gpt-4.1': 'gpt-4.1-2025-04-14', 'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-5': 'gpt-5-2025-08-07', 'gpt-5-mini': 'gpt-5-mini-2025-08-07', 'o4-mini': 'o4-mini-2025-04-16',
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5': 'claude-haiku-4-5-20251001', 'claude-opus-4-5': 'claude-opus-4-5-20251101',
};

export const servedModel = (asked) => {
  const model = String(asked ?? '').replace(/\[.*\]$/, '');
  return dated[model] ?? model;
};

/** Folds away what a provider does not bill apart, so that the truth holds only what it does. */
export function shapeFor(provider, model, s) {
  if (provider === 'openai' || provider === 'azure') {
    if (/gpt-(5\.[6-9]|[6-9])/.test(model)) s.write30m = s.write5m + s.write1h;
    else s.input += s.write5m + s.write1h;
    s.write5m = s.write1h = 0;
  } else if (provider !== 'anthropic' && provider !== 'bedrock') {
    s.input += s.write5m + s.write1h;
    s.write5m = s.write1h = 0;
  }
  if (provider !== 'openai' && provider !== 'azure') {
    s.input += s.inputAudio;
    s.output += s.outputAudio;
    s.inputAudio = s.outputAudio = 0;
  }
  if (provider !== 'gemini') {
    s.input += s.toolPrompt;
    s.toolPrompt = 0;
  }
  if (provider !== 'anthropic') s.webSearch = 0;
  return s;
}

/** What is billed, by meter. */
export function billable(s) {
  const all = {
    input: s.input + s.toolPrompt, cache_read: s.cacheRead, 'cache_write.5m': s.write5m, 'cache_write.1h': s.write1h, 'cache_write.30m': s.write30m ?? 0,
    'input.audio': s.inputAudio, output: s.output, reasoning: s.reasoning, 'output.audio': s.outputAudio, web_search: s.webSearch,
  };
  return Object.fromEntries(Object.entries(all).filter(([, n]) => n > 0));
}

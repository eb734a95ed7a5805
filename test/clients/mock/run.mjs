// A run is what one client does in one case: its scenario, and the truth about every request that was served.
import { createHash } from 'node:crypto';
import { billable, names, servedModel, shapeFor, stepOf } from './scenarios.mjs';

export class Run {
  /** tool names the tool that is called, and its arguments; without it the first one offered is called. */
  constructor(id, { scenario = 'plain', tool = null } = {}) {
    if (!names.includes(scenario)) throw new Error(`scenario ${JSON.stringify(scenario)} is unknown; there are ${names.join(', ')}`);
    Object.assign(this, { id, scenario, tool, truth: [], other: [], reached: {}, failed: false });
  }

  /** Decides about a request, and records it. `round` is the number of rounds of tool results in its messages, `forced` the tool that has to be called. */
  begin({ provider, api, model, served, stream = false, tierAsked = null, round = 0, tools = [], forced = null }) {
    const again = this.reached[round] ?? 0;
    const s = shapeFor(provider, model, stepOf(this.scenario, round, again));
    const record = {
      n: this.truth.length, provider, api, stream: !!stream, scenario: this.scenario, round, status: 200, billed: true, model_requested: model,
      model_served: served ?? servedModel(model), tier_requested: tierAsked, tier: null, response_id: null, usage: null, usage_sent: true, aborted: false,
      billable: billable(s),
    };
    this.truth.push(record);
    const status = s.fail ?? (s.failFirst && !this.failed ? s.failFirst : 0);
    if (status) {
      this.failed = true;
      Object.assign(record, { status, billed: false, model_served: null, usage_sent: false, billable: {} });
      return { fail: status, record, s };
    }
    this.reached[round] = again + 1;
    return { fail: 0, record, s, tool: s.tool || forced ? this.#choose(tools, forced) : null };
  }

  #choose(tools, forced) {
    const named = tools.find((t) => t.name === forced);
    if (named) return { name: named.name, args: example(named.schema) };
    if (this.tool) return tools.some((t) => t.name === this.tool.name) ? { name: this.tool.name, args: this.tool.args ?? {} } : null;
    const [first] = tools;
    return first ? { name: first.name, args: example(first.schema) } : null;
  }

  /** An id that is the same in every run of the case and different for every request. */
  responseId(prefix, length) {
    const hash = createHash('sha256').update(`${this.id} ${this.truth.length}`).digest('hex');
    return prefix + hash.slice(0, length);
  }
}

/** Arguments that fit a JSON schema. */
function example(schema) {
  const of = (p = {}) => {
    if (p.enum) return p.enum[0];
    switch (String(Array.isArray(p.type) ? p.type[0] : p.type).toLowerCase()) {
      case 'number': case 'integer': return 2;
      case 'boolean': return true;
      case 'array': return [];
      case 'object': return example(p);
      default: return 'Bern';
    }
  };
  return Object.fromEntries((schema?.required ?? []).map((k) => [k, of(schema.properties?.[k])]));
}

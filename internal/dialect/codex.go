package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// codex is Codex. Of its spans, the leaves, handle_responses, carry usage but
// no model; the turn above them carries the model and the sum. So the turn is
// what can be priced, and the leaves repeat it.
var codex = dialect{
	name:   "codex",
	signal: Logs,
	keys: append([]key{
		count("codex.turn.token_usage.input_tokens", input, 1),
		count("codex.turn.token_usage.cached_input_tokens", cacheRead, 2),
		count("codex.turn.token_usage.cache_write_input_tokens", cacheWrite, 2),
		count("codex.turn.token_usage.output_tokens", output, 1),
		count("codex.turn.token_usage.reasoning_output_tokens", reasoning, 1),
		count("codex.turn.token_usage.total_tokens", rollUpUsage, 0),
		count("codex.usage.reasoning_output_tokens", reasoning, 3),
		count("codex.usage.total_tokens", total, 4),
	}, onlyHere(
		word("model", requestModel, 9),
		count("input_token_count", input, 0),
		count("output_token_count", output, 0),
		count("cached_token_count", cacheRead, 0),
		count("cache_write_token_count", cacheWrite, 0),
		count("reasoning_token_count", reasoning, 0),
		count("tool_token_count", providerTotal, 0), // input and output, in spite of its name
	)...),
	events:   []event{{name: "codex.sse_event", stage: "response.completed", kind: call.Inference, usage: true}},
	metrics:  []metric{tokens("codex.turn.token_usage", "token_type"), spend("codex.turn.cost_microusd", call.MicroUSD)},
	fallback: 1,
	emitters: []emitter{{
		name:   "Codex",
		scopes: []string{"codex*"},
		leaf:   leafTurn,
		clauses: []clause{
			{when: ifLog, in: call.Inclusive, out: call.Inclusive},
			{when: ifMetric, in: call.Inclusive, out: call.Inclusive},
			{in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
		},
		note:   "Log events tell of single calls. The span of a turn is the sum of its calls, so prices that depend on the size of one call are not certain. No served model, tier or response id.",
		source: "seen with 0.169.0",
	}},
}

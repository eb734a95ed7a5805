package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// codex is the spans of Codex. The leaves, handle_responses, carry usage but
// no model; the turn above them carries the model and the sum. So the turn is
// what can be priced, and the leaves repeat it.
var codex = dialect{
	name: "codex",
	keys: append([]key{
		count("codex.turn.token_usage.input_tokens", input, 1),
		count("codex.turn.token_usage.cached_input_tokens", cacheRead, 2),
		count("codex.turn.token_usage.cache_write_input_tokens", cacheWrite, 2),
		count("codex.turn.token_usage.non_cached_input_tokens", inputExcl, 1),
		count("codex.turn.token_usage.output_tokens", output, 1),
		count("codex.turn.token_usage.reasoning_output_tokens", reasoning, 1),
		count("codex.turn.token_usage.total_tokens", rollUpUsage, 0),
		count("codex.usage.reasoning_output_tokens", reasoning, 3),
		count("codex.usage.total_tokens", total, 4),
	}, onlyHere(
		word("model", requestModel, 9),
	)...),
	fallback: 1,
	emitters: []emitter{{
		name:    "Codex",
		scopes:  []string{"codex*"},
		leaf:    leafTurn,
		clauses: []clause{{in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}},
		note:    "A turn is the sum of its calls, so prices that depend on the size of one call are not certain. No served model, tier or response id.",
		source:  "seen with 0.169.0",
	}},
}

package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// claudeCode is Claude Code: spans claude_code.llm_request under interactions
// and tools, log events api_request, and metrics, with bare keys for four
// disjoint counts. Its gen_ai.response.id is the id of the request.
var claudeCode = dialect{
	name:   "claude-code",
	signal: Logs,
	keys: onlyHere(
		count("input_tokens", input, 0),
		count("output_tokens", output, 0),
		count("cache_read_tokens", cacheRead, 0),
		count("cache_creation_tokens", cacheWrite, 0),
		count("cache_creation_5m_tokens", write5m, 0),
		count("cache_creation_1h_tokens", write1h, 0),
		word("model", anyModel, 9),
		word("request_id", responseID, 9),
		word("speed", speed, 0),
		word("span.type", spanType, 0),
		word("anthropic.provider", cloud, 0),
		flag("success", success),
		milliseconds("duration_ms"),
		cost("cost_usd", call.USD, 0),
		cost("cost_usd_micros", call.MicroUSD, 1),
	),
	events: []event{
		{name: "api_request", kind: call.Inference, common: true, usage: true},
		{name: "claude_code.api_request", kind: call.Inference, usage: true},
	},
	metrics:  []metric{tokens("claude_code.token.usage", "type"), spend("claude_code.cost.usage", call.USD)},
	fallback: 1,
	emitters: []emitter{{
		name:          "Claude Code",
		scopes:        []string{"com.anthropic.claude_code*"},
		modelIsServed: true,
		clauses: []clause{
			{when: ifLog, in: call.Exclusive, out: call.Inclusive},
			{in: call.Exclusive, out: call.Inclusive, hides: call.ServedModel},
		},
		note:   "Spans and metrics tell neither retention nor the served model; log events tell both. All three tell of the same calls.",
		source: "seen with 2.1.330",
	}},
}

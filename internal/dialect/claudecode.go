package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// claudeCode is the spans of Claude Code: claude_code.llm_request under
// interactions and tools, with bare keys for four disjoint counts. Its
// gen_ai.response.id is the id of the request.
var claudeCode = dialect{
	name: "claude-code",
	keys: onlyHere(
		count("input_tokens", input, 0),
		count("output_tokens", output, 0),
		count("cache_read_tokens", cacheRead, 0),
		count("cache_creation_tokens", cacheWrite, 0),
		count("cache_creation_5m_tokens", write5m, 0),
		count("cache_creation_1h_tokens", write1h, 0),
		word("model", requestModel, 9),
		word("speed", speed, 0),
		word("span.type", spanType, 0),
		word("anthropic.provider", cloud, 0),
		flag("success", success),
	),
	emitters: []emitter{{
		name:    "Claude Code",
		scopes:  []string{"com.anthropic.claude_code*"},
		clauses: []clause{{in: call.Exclusive, out: call.Inclusive}},
		note:    "Spans tell neither retention nor the served model; log events tell both.",
		source:  "seen with 2.1.330",
	}},
}

package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// qwenCode is Qwen Code, which came from Gemini CLI and speaks the APIs of
// several providers. Its spans tell cache writes and ids, so calls are priced
// there; its log events repeat them with bare keys, and with a total.
var qwenCode = dialect{
	name: "qwen-code",
	keys: onlyHere(
		count("input_token_count", input, 10),
		count("output_token_count", output, 10),
		count("cached_content_token_count", cacheRead, 20),
		count("thoughts_token_count", reasoning, 20),
		count("total_token_count", providerTotal, 0),
		word("model", anyModel, 9),
		word("response_id", responseID, 9),
		flag("success", success),
		milliseconds("duration_ms"),
	),
	events:   []event{{name: "qwen-code.api_response", kind: call.Inference, usage: true, note: "repeats the span, without cache writes"}},
	metrics:  []metric{tokens("qwen-code.token.usage", "type")},
	fallback: 1,
	emitters: []emitter{{
		name:          "Qwen Code",
		scopes:        []string{"qwen-code"},
		modelIsServed: true,
		clauses: []clause{
			{families: google, when: ifLog, in: call.Inclusive, out: call.Exclusive},
			{families: google, in: call.Inclusive, out: call.Exclusive, tells: call.CacheReads, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
			{in: call.Inclusive, out: call.Inclusive},
		},
		note:   "Anthropic's input is added up to include cache. Log events and metrics have no cache writes, spans no tool prompts; none tells retention or tier.",
		source: "seen with 0.24.4",
	}},
}

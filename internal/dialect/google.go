package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// geminiCLI is Gemini CLI: spans llm_call with input and output only, and log
// events with all counts.
var geminiCLI = dialect{
	name:   "gemini-cli",
	signal: Logs,
	keys: onlyHere(
		count("input_token_count", input, 0),
		count("output_token_count", output, 0),
		count("cached_content_token_count", cacheRead, 0),
		count("thoughts_token_count", reasoning, 0),
		count("tool_token_count", toolPrompt, 0),
		count("total_token_count", providerTotal, 0),
		word("model", anyModel, 9), // of the response
		word("auth_type", cloud, 0),
		milliseconds("duration_ms"),
	),
	events: []event{
		{name: "gemini_cli.api_response", kind: call.Inference, usage: true},
		{name: "gen_ai.client.inference.operation.details", kind: call.Inference, common: true, usage: true, again: true, note: "repeats api_response without thoughts and cache"},
	},
	metrics: []metric{
		tokens("gemini_cli.token.usage", "type"),
		{name: "gen_ai.client.token.usage", what: byType, own: true, again: true, note: "repeats gemini_cli.token.usage without thoughts and cache"},
	},
	fallback: 1,
	emitters: []emitter{{
		name:          "Gemini CLI",
		scopes:        []string{"gemini-cli"},
		modelIsServed: true,
		clauses: []clause{
			{when: ifLog, in: call.Inclusive, out: call.Exclusive},
			{when: ifMetric, in: call.Inclusive, out: call.Exclusive},
			{in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
		},
		note:   "Thoughts, cached tokens and tool prompts are lost on spans; log events have them.",
		source: "seen with 0.61.0",
	}},
}

// adk is Google's Agent Development Kit. Older and JavaScript releases have
// usage on call_llm, without an operation.
var adk = dialect{
	name: "google-adk",
	keys: []key{
		count("gen_ai.usage.experimental.reasoning_tokens", reasoning, 11),
		body("gcp.vertex.agent.llm_response", 0, googleBody),
	},
	emitters: []emitter{
		{
			name:     "Google ADK",
			scopes:   []string{"gcp.vertex.agent"},
			versions: "<2.3",
			leaf:     leafCallLLM,
			clauses:  []clause{{in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)}},
			note:     "Cached tokens and thoughts stand in the recorded response only.",
			source:   "seen with JS 2.0.0; source of Python 1.x",
		},
		{
			name:    "Google ADK, later",
			scopes:  []string{"gcp.vertex.agent"},
			leaf:    leafCallLLM,
			clauses: []clause{{in: call.Inclusive, lacks: status.Of(status.ToolPromptNotReported)}},
			note:    "Python includes thoughts and tool prompts since 2.3; whether other languages do is not known.",
			source:  "source of Python 2.3",
		},
	},
}

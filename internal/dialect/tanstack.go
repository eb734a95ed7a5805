package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// tanStack is the OpenTelemetry middleware of TanStack AI. The application
// makes the tracer and names the scope, so its own keys tell it.
var tanStack = dialect{
	name: "tanstack",
	keys: []key{
		word("tanstack.ai.iteration", marker, 0),
		word("tanstack.ai.iterations", marker, 0),
	},
	fallback: 1,
	emitters: []emitter{{
		name: "TanStack AI",
		leaf: leafTurn, // roots have no operation, and sum their iterations up
		clauses: []clause{
			{families: anthropic, when: ifAnthropic, in: call.Exclusive, out: call.Inclusive},
			{families: anthropic | bedrock, out: call.Inclusive},
			{families: google, in: call.Inclusive, out: call.Exclusive, totalProven: true, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
			{families: openAI, in: call.Inclusive, out: call.Inclusive, totalProven: true},
			{families: compatible, in: call.Inclusive, out: call.Inclusive},
		},
		note:   "Recognised by tanstack.ai.iteration: the application names the scope. Adapters pass the provider's counts on; neither retention nor tier, searches nor tokens of tool results are told, and before 0.39 or so neither cache nor reasoning.",
		source: "seen with 0.58.0, and source of @tanstack/ai 0.20.1 to 0.58.0, ai-anthropic 0.18.11, ai-openai 0.23.1 and ai-gemini 0.32.0",
	}},
}

package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// openLLMetry is Traceloop's OpenLLMetry in Python and JavaScript. Its totals
// are mostly its own sums.
var openLLMetry = dialect{
	name: "openllmetry",
	keys: []key{
		count("llm.usage.prompt_tokens", input, 20),
		count("llm.usage.completion_tokens", output, 20),
		count("llm.usage.total_tokens", total, 20),
		count("llm.usage.reasoning_tokens", reasoning, 20),
		word("llm.request.type", requestType, 0),
		word("traceloop.span.kind", spanType, 4),
		flag("llm.is_streaming", streaming),
		flag("gen_ai.is_streaming", streaming),
	},
	emitters: []emitter{
		{
			name:     "OpenLLMetry JS anthropic",
			scopes:   []string{"@traceloop/instrumentation-anthropic"},
			versions: "<=0.27.0",
			clauses:  []clause{{in: call.Exclusive, out: call.Inclusive}},
			note:     "Cache keys are always there, retention, tier and searches never.",
			source:   "seen with 0.27.0; openllmetry-js #1028 folds cache in later",
		},
		{
			name:    "OpenLLMetry JS anthropic, later",
			scopes:  []string{"@traceloop/instrumentation-anthropic"},
			clauses: []clause{{out: call.Inclusive}},
			note:    "Merged code folds cache into input, but no release that does was seen: the counts decide.",
			source:  "openllmetry-js #1028",
		},
		{
			name:         "OpenLLMetry JS openai",
			openAIClient: true,
			scopes:       []string{"@traceloop/instrumentation-openai"},
			clauses: []clause{
				{when: ifChatAPI, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "No cache, tier or modality keys. Streamed Chat Completions carry no counts or, with enrichTokens, a tokenizer's, under the same keys and not to be told apart.",
			source: "seen with 0.27.0, and source of the package",
		},
		{
			name:     "OpenLLMetry JS bedrock",
			scopes:   []string{"@traceloop/instrumentation-bedrock"},
			versions: "<=0.27.0",
			leaf:     leafClient,
			clauses:  []clause{{in: call.Exclusive, out: call.Inclusive, hides: call.ServedModel}},
			note:     "Converse spans have neither usage nor an operation; InvokeModel without cache keys. The model loses its region prefix.",
			source:   "seen with 0.27.0",
		},
		{
			name:    "OpenLLMetry JS bedrock, later",
			scopes:  []string{"@traceloop/instrumentation-bedrock"},
			leaf:    leafClient,
			clauses: []clause{{out: call.Inclusive, hides: call.ServedModel}},
			note:    "No such release was seen: the counts decide.",
			source:  "openllmetry-js #1028",
		},
		{
			name:        "OpenLLMetry JS google",
			scopes:      []string{"@traceloop/instrumentation-google-generativeai", "@traceloop/instrumentation-vertexai"},
			versions:    "<=0.27.0",
			totalProven: true,
			clauses:     []clause{{in: call.Inclusive, out: call.Exclusive, tells: call.CacheReads | call.Reasoning, lacks: status.Of(status.ToolPromptNotReported)}},
			note:        "The total is the provider's, so it tells tool prompts.",
			source:      "seen with 0.27.0",
		},
		{
			name:        "OpenLLMetry JS google, later",
			scopes:      []string{"@traceloop/instrumentation-google-generativeai", "@traceloop/instrumentation-vertexai"},
			totalProven: true,
			clauses:     []clause{{in: call.Inclusive, lacks: status.Of(status.ToolPromptNotReported)}},
			note:        "No such release was seen: the counts and the total decide.",
			source:      "source of 0.27.0",
		},
		{
			name:     "OpenLLMetry JS langchain",
			scopes:   []string{"@traceloop/instrumentation-langchain"},
			versions: "<=0.27.0",
			wrapper:  true,
			clauses: []clause{
				{families: anthropic | bedrock, in: call.Exclusive, out: call.Inclusive},
				{in: call.Inclusive, out: call.Inclusive, hides: call.ServedModel},
			},
			note:   "No cache keys at all; the response model of OpenAI is the one asked for.",
			source: "seen with 0.27.0",
		},
		{
			name:    "OpenLLMetry JS langchain, later",
			scopes:  []string{"@traceloop/instrumentation-langchain"},
			wrapper: true,
			clauses: []clause{
				{families: anthropic | bedrock, out: call.Inclusive},
				{in: call.Inclusive, out: call.Inclusive, hides: call.ServedModel},
			},
			note:   "No such release was seen: the counts decide.",
			source: "source of 0.27.0",
		},
		{
			name:    "OpenLLMetry Python anthropic (and the OpenTelemetry package of the same name)",
			scopes:  []string{"opentelemetry.instrumentation.anthropic"},
			clauses: []clause{{when: ifStreamed, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}, {in: call.Inclusive, out: call.Inclusive}},
			note:    "Streamed output has the count of message_start added. No retention, tier or searches.",
			source:  "seen with 0.61.0 and 0.62.4; inclusive since openllmetry #2175, October 2024",
		},
		{
			name:    "OpenLLMetry Python langchain",
			scopes:  []string{"opentelemetry.instrumentation.langchain"},
			wrapper: true,
			clauses: []clause{
				{families: anthropic | bedrock, when: ifUnwritten, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.CacheWriteNotReported)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "LangChain tells cache writes by retention, which is not passed on: they are told as none.",
			source: "seen with 0.62.4 and langchain-anthropic 1.7.7",
		},
		{
			name:    "OpenTelemetry Python langchain",
			scopes:  []string{"opentelemetry.instrumentation.genai.langchain"},
			wrapper: true,
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:    "Neither retention nor tier.",
			source:  "seen with 1.3b0; opentelemetry-python-genai #640",
		},
		{
			name:         "OpenLLMetry Python openai and others",
			openAIClient: true,
			scopes:       []string{"opentelemetry.instrumentation.openai.v*", "opentelemetry.instrumentation.openai", "opentelemetry.instrumentation.mistralai", "opentelemetry.instrumentation.groq", "opentelemetry.instrumentation.cohere", "opentelemetry.instrumentation.llamaindex"},
			clauses:      []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:         "OpenAI's cache writes have no key; streams do not tell the tier.",
			source:       "seen with openai 0.62.4, and source of 0.62.1",
		},
		{
			name:     "OpenLLMetry Python bedrock",
			scopes:   []string{"opentelemetry.instrumentation.bedrock"},
			versions: "<=0.62.4",
			clauses:  []clause{{in: call.Exclusive, out: call.Inclusive}},
			note:     "Converse tells cache, InvokeModel does not. The total is its own sum.",
			source:   "source of 0.62.4; openllmetry #4449",
		},
		{
			name:    "OpenLLMetry Python bedrock, later",
			scopes:  []string{"opentelemetry.instrumentation.bedrock"},
			clauses: []clause{{out: call.Inclusive}},
			note:    "It is asked to fold cache into input: the counts decide.",
			source:  "openllmetry #4449",
		},
		{
			name:        "OpenLLMetry Python google",
			scopes:      []string{"opentelemetry.instrumentation.google_generativeai", "opentelemetry.instrumentation.vertexai"},
			versions:    "<=0.62.4",
			totalProven: true,
			clauses:     []clause{{in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)}},
			source:      "source of 0.62.4",
		},
		{
			name:        "OpenLLMetry Python google, later",
			scopes:      []string{"opentelemetry.instrumentation.google_generativeai", "opentelemetry.instrumentation.vertexai"},
			totalProven: true,
			clauses:     []clause{{in: call.Inclusive, lacks: status.Of(status.ToolPromptNotReported)}},
			note:        "No such release was seen: the counts and the total decide.",
			source:      "source of 0.62.4",
		},
	},
}

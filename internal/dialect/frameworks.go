package dialect

import (
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// inclusive is the clause of emitters that keep to the conventions.
var inclusive = []clause{{in: call.Inclusive, out: call.Inclusive}}

// mastra is Mastra's OpenTelemetry exporter. The conventions' keys, and
// retention under names of its own.
var mastra = dialect{
	name: "mastra",
	keys: []key{
		count("gen_ai.usage.cached_input_tokens", cacheRead, 24).untelling(call.CacheWrites), // exporters to 1.0.16 add up steps, but not their writes
		count("gen_ai.usage.cache_creation.5m_input_tokens", write5m, 3),
		count("gen_ai.usage.cache_creation.1h_input_tokens", write1h, 3),
		count("gen_ai.usage.audio_input_tokens", inputAudio, 6),
		count("gen_ai.usage.audio_output_tokens", outputAudio, 6),
	},
	emitters: []emitter{{
		name:    "Mastra",
		scopes:  []string{"@mastra/*"},
		clauses: inclusive,
		note:    "The provider is the id of the AI SDK. Tier stands in the body that the parent span records.",
		source:  "seen with otel-exporter 1.4.0, and source of the package",
	}},
}

// pydanticAI is Pydantic AI and Logfire's own integrations. Details repeat the
// counts of the conventions.
var pydanticAI = dialect{
	name: "pydantic-ai",
	keys: append([]key{
		count("gen_ai.usage.details.cache_read_tokens", cacheRead, 16),
		count("gen_ai.usage.details.cache_read_input_tokens", cacheRead, 17),
		count("gen_ai.usage.details.cache_write_tokens", cacheWrite, 16),
		count("gen_ai.usage.details.cache_creation_input_tokens", cacheWrite, 17),
		count("gen_ai.usage.details.reasoning_tokens", reasoning, 16),
		count("gen_ai.usage.details.input_audio_tokens", inputAudio, 8),
		count("gen_ai.usage.details.output_audio_tokens", outputAudio, 8),
		count("gen_ai.aggregated_usage.input_tokens", rollUpUsage, 1),
		cost("operation.cost", call.USD, 4),
		blob("gen_ai.usage.raw", usageJSON, 5, logfireUsage),
	}, onlyHere(
		blob("usage", detailsJSON, 5, paths(atRoot(openAIResponsesDetails(""))...)),
	)...),
	emitters: []emitter{
		{
			name: "Pydantic AI", scopes: []string{"pydantic-ai"}, clauses: inclusive,
			note:   "Counts that are zero have no key. No retention and no tier.",
			source: "seen with 2.31.1; pydantic-ai #4364",
		},
		{
			name: "Logfire anthropic, earlier", scopes: []string{"logfire.anthropic"}, versions: "<4.31",
			clauses: []clause{{in: call.Exclusive, out: call.Inclusive}}, source: "logfire #1812",
		},
		{
			name: "Logfire openai-agents", scopes: []string{"logfire.openai_agents"}, leaf: leafIfUsage, clauses: inclusive,
			note:   "Chat Completions have no operation. Turns and tasks sum their calls up in JSON.",
			source: "seen with 6.0.0b8",
		},
		{
			name: "Logfire", scopes: []string{"logfire.anthropic", "logfire.openai", "logfire.*"}, clauses: inclusive,
			note:   "Cache, retention and tier stand in the provider's own usage. A stream has two spans, the second with the counts.",
			source: "seen with 6.0.0b8; logfire #1812",
		},
	},
}

// logfireUsage is the provider's own usage, whose totals stand in attributes too.
var logfireUsage = paths(atRoot(slices.Concat(
	anthropicDetails(""), openAIDetails(""), openAIResponsesDetails(""), []path{
		at("total_tokens", providerTotal),
		at("prompt_tokens", inputIncl).telling(cacheFacts),
		at("cache_creation_input_tokens", cacheWrite).telling(cacheFacts | call.ToolUse),
	},
))...)

// microsoft is Microsoft.Extensions.AI, Semantic Kernel and Agent Framework.
var microsoft = dialect{
	name: "microsoft",
	keys: []key{
		count("anthropic.cache_creation_input_tokens", cacheWrite, 18),
		count("anthropic.cache_read_input_tokens", cacheRead, 18),
	},
	emitters: []emitter{
		{
			name: "Microsoft.Extensions.AI", scopes: []string{"Experimental.Microsoft.Extensions.AI*", "Microsoft.Extensions.AI*"},
			clauses: []clause{{families: openAI | compatible, in: call.Inclusive, out: call.Inclusive}},
			note:    "Its contract says that cached tokens are part of input; clients of third parties may differ. No key for cache writes.",
			source:  "source of dotnet/extensions",
		},
	},
}

// sentry is the Sentry SDKs up to 10, and the spellings of older ones.
var sentry = dialect{
	name: "sentry",
	keys: []key{
		count("gen_ai.usage.input_tokens.cached", cacheRead, 19),
		count("gen_ai.usage.input_tokens.cache_write", cacheWrite, 19),
		count("gen_ai.usage.output_tokens.reasoning", reasoning, 19),
		flag("gen_ai.response.streaming", streaming),
		cost(attrkey.SentryCostTotal, call.USD, 6),
	},
	shared:   true,
	fallback: 1,
	emitters: []emitter{{
		name:   "Sentry, OpenRouter Broadcast",
		scopes: []string{"@sentry/*", "sentry*", "openrouter*"},
		clauses: []clause{
			{families: google, in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads | call.Reasoning, totalProven: true, lacks: status.Of(status.ToolPromptNotReported)},
			{in: call.Inclusive, out: call.Inclusive},
		},
		note:   "Counts are normalised. No tier, no retention.",
		source: "seen with @sentry/node 10.78.0, and source of @sentry/core; sentry-docs #15195",
	}},
}

// copilot is GitHub Copilot in the editor and on the command line. Its costs
// are credits, not money.
var copilot = dialect{
	name: "copilot",
	keys: []key{
		cost("github.copilot.nano_aiu", call.Credits, 8),
		cost("github.copilot.cost", call.Credits, 7),
	},
	events: []event{{name: "copilot_chat.agent.turn", kind: call.Inference, usage: true, again: true, note: "repeats a chat span, without its model"}},
	emitters: []emitter{
		{
			name:    "GitHub Copilot CLI",
			scopes:  []string{"github.copilot*", "github-copilot*"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads | call.CacheWrites | call.Reasoning, hides: call.ServedModel}},
			note:    "Counts of cache and reasoning are left out where they are none. Neither retention nor tier, and the response model can be the one asked for.",
			source:  "seen with 1.0.102 and a provider of one's own",
		},
		{
			name:    "GitHub Copilot in the editor",
			scopes:  []string{"copilot-chat*"},
			clauses: inclusive,
			note:    "The agent's span sums its calls up.",
			source:  "documentation of the vendor",
		},
	},
}

// servers are engines and gateways whose spans have usage without an operation.
var servers = dialect{
	name: "server",
	keys: append([]key{
		count("gen_ai.usage.input_cached_tokens", cacheRead, 22),
	}, onlyHere(
		word("model_name", requestModel, 20), // of vLLM's metrics
	)...),
	metrics: []metric{counter("vllm:prompt_tokens", input), counter("vllm:generation_tokens", output)},
	emitters: []emitter{
		{name: "vLLM", scopes: []string{"vllm*"}, leaf: leafIfUsage, clauses: inclusive, source: "source of vLLM"},
		{name: "LiveKit Agents", scopes: []string{"livekit*"}, leaf: leafIfUsage, clauses: inclusive, source: "tests of the package"},
	},
}

// outliers are instrumentations that are known to differ.
var outliers = dialect{
	name: "other",
	emitters: []emitter{
		{
			name: "ruby_llm", scopes: []string{"opentelemetry-instrumentation-ruby_llm"},
			clauses: []clause{
				{families: openAI | anthropic | bedrock, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.InputSideAmbiguous)},
				{out: call.Inclusive},
			},
			note:   "A change that folds cache in is proposed, and the version does not tell whether a release has it.",
			source: "ruby_llm instrumentation #38",
		},
		{
			name: "AgentOps", scopes: []string{"agentops*"},
			clauses: []clause{{families: anthropic | bedrock, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.InputSideAmbiguous)}, {in: call.Inclusive, out: call.Inclusive}},
			note:    "Anthropic's cache was never told; what a release does that tells it is not known.",
			source:  "agentops #1445",
		},
	},
}

package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// langChainMetadata is what LangChain's chat models say of themselves. For many
// it is the only place of provider and model. In JavaScript they tell versions
// since langchainjs #10106, which came after that of usage, #9520.
var langChainMetadata = paths(
	atText("ls_provider", provider),
	atText("ls_model_name", anyModel),
	atText("versions.@langchain/anthropic", clientVersion),
)

// openInference is Arize's OpenInference in Python and JavaScript.
var openInference = dialect{
	name: "openinference",
	keys: append(onlyHere(blob("metadata", metadataJSON, 1, langChainMetadata)),
		word("openinference.span.kind", spanKind, 0),
		word("llm.provider", provider, 15),
		word("llm.system", system, 0),
		word("llm.model_name", anyModel, 3),
		word("embedding.model_name", anyModel, 1),
		word("reranker.model_name", anyModel, 2),
		word("llm.request.model_name", requestModel, 15),
		word("llm.response.model_name", responseModel, 15),
		count("llm.token_count.prompt", input, 15),
		count("llm.token_count.completion", output, 15),
		count("llm.token_count.total", total, 15),
		count("llm.token_count.prompt_details.cache_read", cacheRead, 15),
		count("llm.token_count.prompt_details.cache_write", cacheWrite, 15),
		count("llm.token_count.prompt_details.audio", inputAudio, 15),
		count("llm.token_count.completion_details.reasoning", reasoning, 15),
		count("llm.token_count.completion_details.audio", outputAudio, 15),
		blob("llm.invocation_parameters", parametersJSON, 1, openInferenceParameters),
		cost(attrkey.OpenInferenceCostTotal, call.USD, 5),
		currency("llm.cost.currency"),
		body("output.value", 1, responseBody),
	),
	emitters: []emitter{
		{
			name:     "OpenInference JS anthropic, earlier",
			scopes:   []string{"@arizeai/openinference-instrumentation-anthropic"},
			versions: "<0.2.0",
			clauses:  []clause{{in: call.Exclusive, out: call.Inclusive}},
			note:     "No cache keys, and the input leaves cache out. Streams have no counts.",
			source:   "seen with 0.1.12, and source of the packages to 0.1.22",
		},
		{
			name:    "OpenInference anthropic",
			scopes:  []string{"@arizeai/openinference-instrumentation-anthropic", "openinference.instrumentation.anthropic"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads | call.CacheWrites}},
			note:    "Cache keys stand only where they are not zero. Retention, tier and searches only in the recorded response.",
			source:  "seen with 0.2.8; Python source, inclusive since openinference #1429",
		},
		{
			name:          "OpenInference openai",
			openAIClient:  true,
			scopes:        []string{"@arizeai/openinference-instrumentation-openai"},
			modelIsServed: true,
			clauses:       []clause{{when: ifStreamed, in: call.Inclusive, out: call.Inclusive}, {in: call.Inclusive, out: call.Inclusive}},
			note:          "Cache writes have no key. Streamed Chat Completions and embeddings have no counts.",
			source:        "seen with 4.2.7",
		},
		{
			name:          "OpenInference Python openai",
			openAIClient:  true,
			scopes:        []string{"openinference.instrumentation.openai"},
			modelIsServed: true,
			clauses:       []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:          "The tier that served and the response id stand only in the recorded response. Streamed Chat Completions have counts if they are asked for.",
			source:        "seen with 0.1.66",
		},
		{
			name:    "OpenInference openai-agents",
			echoes:  true,
			scopes:  []string{"@arizeai/openinference-instrumentation-openai-agents", "openinference.instrumentation.openai_agents"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:    "Responses repeat the response among the parameters, so model and tier are the served ones; Chat Completions tell those asked for. Cache writes have no key.",
			source:  "seen with 0.2.15",
		},
		{
			name:    "OpenInference JS langchain",
			scopes:  []string{"@arizeai/openinference-instrumentation-langchain"},
			wrapper: true,
			clauses: []clause{
				{families: anthropic, when: ifStreamed, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{families: anthropic, when: ifVersionless, out: call.Inclusive},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "Cache writes have no key. @langchain/anthropic excluded cache before 1.2.2: where the metadata does not tell its version, the counts decide. LangChain adds the count of message_start to Anthropic's streamed output.",
			source: "seen with 4.0.14 and @langchain/anthropic 0.3.34, and with 4.1.1 and 1.5.11; changelog of @langchain/anthropic, #9520",
		},
		{
			name:    "OpenInference langchain",
			scopes:  []string{"openinference.instrumentation.langchain"},
			wrapper: true,
			clauses: []clause{
				{families: anthropic, when: ifStreamed, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "LangChain adds the count of message_start to Anthropic's streamed output.",
			source: "seen with 0.1.80",
		},
		{
			name:    "OpenInference bedrock",
			scopes:  []string{"@arizeai/openinference-instrumentation-bedrock"},
			clauses: []clause{{in: call.Exclusive, out: call.Inclusive}},
			note:    "Converse has no cache keys, and the total tells that they are missing. The model can be the word anthropic.",
			source:  "seen with 0.5.1",
		},
		{
			name:     "OpenInference Python bedrock, earlier",
			scopes:   []string{"openinference.instrumentation.bedrock"},
			versions: "<0.1.60",
			clauses:  []clause{{out: call.Inclusive}},
			note:     "InvokeModel of Claude includes cache, Converse excludes it: the counts and the total decide.",
			source:   "source of 0.1.30, 0.1.45 and 0.1.59",
		},
		{
			name:    "OpenInference Python bedrock",
			scopes:  []string{"openinference.instrumentation.bedrock"},
			clauses: []clause{{when: ifNova, out: call.Inclusive}, {in: call.Inclusive, out: call.Inclusive}},
			note:    "Converse and InvokeModel of Claude include cache, InvokeModel of Nova excludes it.",
			source:  "seen with 0.1.61, and source of 0.1.60",
		},
		{
			name:          "OpenInference google-genai",
			scopes:        []string{"openinference.instrumentation.google_genai"},
			modelIsServed: true,
			clauses:       []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads | call.ToolPrompt | call.Reasoning}},
			note:          "Counts that are zero have no key.",
			source:        "seen with 1.4.14",
		},
		{
			name:    "OpenInference google-adk",
			scopes:  []string{"openinference.instrumentation.google_adk"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.ToolPrompt | call.Reasoning}},
			source:  "source of the package",
		},
		{
			name:        "OpenInference JS claude-agent-sdk",
			scopes:      []string{"@arizeai/openinference-instrumentation-claude-agent-sdk"},
			agentIsCall: true,
			clauses:     []clause{{in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}},
			note:        "Agent spans are the only ones with counts, of all calls and models together and without cache.",
			source:      "source of 0.3.1",
		},
		{
			name:        "OpenInference Python claude-agent-sdk, earlier",
			scopes:      []string{"openinference.instrumentation.claude_agent_sdk"},
			versions:    "<0.1.22",
			agentIsCall: true,
			clauses:     []clause{{out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}},
			note:        "Excluded cache before some release: the counts decide.",
			source:      "source of the package, August 2026",
		},
		{
			name:        "OpenInference Python claude-agent-sdk",
			scopes:      []string{"openinference.instrumentation.claude_agent_sdk"},
			agentIsCall: true,
			clauses:     []clause{{in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}},
			note:        "Agent spans are the only ones with counts, of all calls and models together.",
			source:      "source of 0.1.22",
		},
		{
			name:         "OpenInference, others",
			openAIClient: true,
			scopes:       []string{"openinference.instrumentation.*", "@arizeai/openinference-instrumentation-*"},
			clauses:      []clause{{in: call.Inclusive, out: call.Inclusive}},
			source:       "source of the Python packages openai, litellm, llama-index",
		},
	},
}

// openInferenceParameters is what the parameters of a request tell.
var openInferenceParameters = paths(
	at("stream", streaming),
	atText("service_tier", tierRequested),
	atText("id", echoedID),
)

package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// conventionRank is the highest rank of a provider in the conventions' own keys.
const conventionRank = 5

// semconv is the OpenTelemetry GenAI conventions in all their ages, and the
// instrumentations of OpenTelemetry itself. Input includes cache, output
// includes reasoning (open-telemetry/semantic-conventions-genai, client
// inference spans); not everybody keeps to it.
var semconv = dialect{
	name: "semconv",
	keys: []key{
		word(attrkey.ProviderName, provider, 0).styled(newStyle),
		word(attrkey.System, provider, conventionRank).styled(oldStyle),
		word(attrkey.OperationName, operation, 0),
		word(attrkey.RequestModel, requestModel, 0),
		word(attrkey.ResponseModel, responseModel, 0),
		word(attrkey.ResponseID, responseID, 0),
		common(attrkey.ServerAddress, host, 0),
		common(attrkey.ErrorType, errorType, 0),
		common("rpc.method", rpcMethod, 0),

		count(attrkey.InputTokens, input, 0),
		count("gen_ai.usage.prompt_tokens", input, 10),
		count(attrkey.OutputTokens, output, 0),
		count("gen_ai.usage.completion_tokens", output, 10),
		count("gen_ai.usage.total_tokens", total, 0),

		count(attrkey.CacheReadTokens, cacheRead, 0).styled(newStyle),
		count("gen_ai.usage.cache_read_input_tokens", cacheRead, 10).styled(oldStyle),
		count("gen_ai.usage.cache_read_tokens", cacheRead, 11).styled(oldStyle),
		count("gen_ai.usage.prompt_tokens_details.cached_tokens", cacheRead, 12),
		count("gen_ai.usage.input_tokens_details.cached_tokens", cacheRead, 13),
		count(attrkey.CacheWriteTokens, cacheWrite, 0).styled(newStyle),
		count("gen_ai.usage.cache_creation.input_tokens", cacheWrite, 1).styled(newStyle),
		count("gen_ai.usage.cache_creation_input_tokens", cacheWrite, 10).styled(oldStyle),
		count("gen_ai.usage.cache_write_input_tokens", cacheWrite, 11).styled(oldStyle),
		count("gen_ai.usage.cache_write_tokens", cacheWrite, 12).styled(oldStyle),
		count("gen_ai.usage.prompt_tokens_details.cache_creation_tokens", cacheWrite, 13),
		count("gen_ai.usage.input_cache_creation", cacheWrite, 14),
		count(attrkey.ReasoningTokens, reasoning, 0),
		count("gen_ai.usage.reasoning_output_tokens", reasoning, 9),
		count("gen_ai.usage.reasoning_tokens", reasoning, 10),
		count("gen_ai.usage.completion_tokens_details.reasoning_tokens", reasoning, 12),
		count("gen_ai.usage.output_tokens_details.reasoning_tokens", reasoning, 13),

		count("gen_ai.usage.text.input_tokens", inputText, 0),
		count("gen_ai.usage.audio.input_tokens", inputAudio, 0),
		count("gen_ai.usage.image.input_tokens", inputImage, 0),
		count("gen_ai.usage.video.input_tokens", inputVideo, 0),
		count("gen_ai.usage.text.output_tokens", outputText, 0),
		count("gen_ai.usage.audio.output_tokens", outputAudio, 0),
		count("gen_ai.usage.image.output_tokens", outputImage, 0),
		count("gen_ai.usage.video.output_tokens", outputVideo, 0),
		count("gen_ai.usage.text.cache_read.input_tokens", cacheReadText, 0),
		count("gen_ai.usage.audio.cache_read.input_tokens", cacheReadAudio, 0),
		count("gen_ai.usage.image.cache_read.input_tokens", cacheReadImage, 0),
		count("gen_ai.usage.input_audio_tokens", inputAudio, 5),
		count("gen_ai.usage.output_audio_tokens", outputAudio, 5),

		word("openai.response.service_tier", tierServed, 0),
		word("gen_ai.openai.response.service_tier", tierServed, 1),
		word("gen_ai.response.service_tier", tierServed, 2),
		word("openai.request.service_tier", tierRequested, 0),
		word("gen_ai.openai.request.service_tier", tierRequested, 1),
		word("gen_ai.request.service_tier", tierRequested, 2),
		word("openai.api.type", apiType, 0),
		word("gen_ai.token.semantics", tokenSemantics, 0),
		flag("gen_ai.request.stream", streaming),

		cost(attrkey.SemconvCostAmount, call.USD, 0),
		cost(attrkey.OpenLITCost, call.USD, 1),
		cost("gen_ai.usage.total_cost", call.USD, 2),
		cost("gen_ai.cost.total_cost", call.USD, 3),
		// Proposed beside the amount; the others are what emitters of the older
		// costs would call it. A currency that is read can only make less certain.
		currency(attrkey.SemconvCostCurrency),
		currency("gen_ai.usage.cost_currency"),
		currency("gen_ai.cost.currency"),
	},
	events: []event{{name: "gen_ai.client.inference.operation.details", kind: call.Inference, usage: true, answer: "gen_ai.output.messages", note: "repeats the span"}},
	metrics: []metric{
		counter("gen_ai.client.inference.usage.input_tokens", input).of(usageCounters),
		counter("gen_ai.client.inference.usage.output_tokens", output).of(usageCounters),
		counter("gen_ai.client.inference.usage.cache_read.input_tokens", cacheRead).of(usageCounters),
		counter("gen_ai.client.inference.usage.cache_write.input_tokens", cacheWrite).of(usageCounters),
		counter("gen_ai.client.inference.usage.reasoning.output_tokens", reasoning).of(usageCounters),
		counter("gen_ai.client.inference.operation.input_tokens", input).of(operationSizes),
		counter("gen_ai.client.inference.operation.output_tokens", output).of(operationSizes),
		tokens("gen_ai.client.token.usage", "").of(tokenUsage),
		spend("gen_ai.usage.cost", call.USD),            // OpenLIT, LiteLLM
		spend("gen_ai.client.token.cost", call.USD),     // earlier LiteLLM
		spend("gen_ai.client.operation.cost", call.USD), // proposed in semantic-conventions-genai #443, with gen_ai.usage.cost.currency
		spend("kong.gen_ai.llm.cost", call.Credits),     // Kong: in the unit of the prices that its operator wrote down
	},
	emitters: []emitter{
		{
			name:         "OpenTelemetry JS openai",
			openAIClient: true,
			scopes:       []string{"@opentelemetry/instrumentation-openai"},
			clauses:      []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:         "No cache keys, no service tier, no modalities; nothing for streams without stream_options.include_usage.",
			source:       "seen with 0.22.0",
		},
		{
			name:    "OpenTelemetry Python openai-v2, and the rest of python-genai",
			scopes:  []string{"opentelemetry.instrumentation.openai_v2", "opentelemetry.instrumentation.genai.groq", "opentelemetry.instrumentation.genai.cohere"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:    "openai-v2 has no cache keys, and no spans for Responses.",
			source:  "seen with openai-v2 2.3b0, and source of the packages",
		},
		{
			name:     "OpenTelemetry Python openai, earlier",
			scopes:   []string{"opentelemetry.instrumentation.genai.openai"},
			versions: "<1.2",
			clauses:  []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads}},
			note:     "Cache writes have no key.",
			source:   "source of 1.0b0 and 1.1b0",
		},
		{
			name:         "OpenTelemetry Python openai, anthropic",
			openAIClient: true,
			scopes:       []string{"opentelemetry.instrumentation.genai.openai", "opentelemetry.instrumentation.genai.anthropic"},
			clauses:      []clause{{in: call.Inclusive, out: call.Inclusive, tells: cacheFacts}},
			note:         "Counts that are zero have no key. Of Anthropic neither retention nor tier nor searches.",
			source:       "seen with 1.3b0",
		},
		{
			name:     "OpenTelemetry Python google-genai, earlier",
			scopes:   []string{"opentelemetry.instrumentation.google_genai", "opentelemetry.instrumentation.genai.google*"},
			versions: "<1",
			clauses:  []clause{{in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)}},
			note:     "Neither cached tokens nor thoughts nor tokens of tool results.",
			source:   "seen with 0.7b2",
		},
		{
			name:    "OpenTelemetry Python google-genai",
			scopes:  []string{"opentelemetry.instrumentation.google_genai", "opentelemetry.instrumentation.genai.google*"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive, tells: call.CacheReads | call.Reasoning, lacks: status.Of(status.ToolPromptNotReported)}},
			note:    "Tokens of tool results are left out of the prompt's. Counts that are zero have no key.",
			source:  "seen with 1.3b0, and source of 1.0b0",
		},
		{
			name:     "OpenTelemetry Python bedrock",
			scopes:   []string{"opentelemetry.instrumentation.genai.bedrock"},
			versions: "<=1.3",
			clauses:  []clause{{in: call.Exclusive, out: call.Inclusive, tells: cacheFacts}},
			note:     "Raw Bedrock counts under the conventions' keys. Counts that are zero have no key.",
			source:   "seen with 1.3b0",
		},
		{
			name:    "OpenTelemetry Python bedrock, later",
			scopes:  []string{"opentelemetry.instrumentation.genai.bedrock"},
			clauses: []clause{{out: call.Inclusive}},
			note:    "The side may change, as the conventions ask for: the counts decide.",
			source:  "opentelemetry-python-genai #606, #721, #722",
		},
		{
			name:     "OpenTelemetry Python botocore",
			scopes:   []string{"opentelemetry.instrumentation.botocore.bedrock-runtime", "opentelemetry.instrumentation.botocore"},
			versions: "<=0.66",
			clauses: []clause{
				{when: ifInvokeModelCounted, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Exclusive, out: call.Inclusive},
			},
			note:   "Raw Bedrock counts, in newer releases beside spec-looking cache keys, which InvokeModel has in streams only. Tokens of Mistral's and Cohere's models are counted by their characters with InvokeModel.",
			source: "source of 0.66b2; opentelemetry-python-contrib #4614, #4615",
		},
		{
			name:    "OpenTelemetry Python botocore, later",
			scopes:  []string{"opentelemetry.instrumentation.botocore.bedrock-runtime", "opentelemetry.instrumentation.botocore"},
			clauses: []clause{{when: ifInvokeModelCounted, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}, {out: call.Inclusive}},
			note:    "The side may change, as the conventions ask for: the counts decide.",
			source:  "opentelemetry-python-contrib #4614",
		},
		{
			name:     "OpenTelemetry JS aws-sdk",
			scopes:   []string{"@opentelemetry/instrumentation-aws-sdk"},
			versions: "<=0.79.0",
			clauses: []clause{
				{when: ifInvokeModelStream, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Exclusive, out: call.Inclusive},
			},
			note:   "No cache keys. Streamed InvokeModel reports the output count of message_start, which is 1.",
			source: "seen with 0.79.0",
		},
		{
			name:    "OpenTelemetry JS aws-sdk, later",
			scopes:  []string{"@opentelemetry/instrumentation-aws-sdk"},
			clauses: []clause{{when: ifInvokeModelStream, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)}, {out: call.Inclusive}},
			note:    "No such release was seen: the counts decide.",
			source:  "source of 0.79.0",
		},
		{
			name:         "Elastic JS openai",
			openAIClient: true,
			scopes:       []string{"@elastic/opentelemetry-instrumentation-openai"},
			clauses:      []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:         "No cache keys, no service tier.",
			source:       "seen with 0.5.1",
		},
	},
}

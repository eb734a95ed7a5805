package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// anthropicSDK is what Anthropic's own SDK emits since 0.134.0, as soon as a
// tracer provider is registered.
var anthropicSDK = dialect{
	name: "anthropic-sdk",
	keys: []key{
		count("anthropic.usage.cache_creation.ephemeral_5m_input_tokens", write5m, 0),
		count("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", write1h, 0),
		count("anthropic.usage.compaction.input_tokens", extraInput, 0).untelling(cacheFacts),
		count("anthropic.usage.compaction.output_tokens", extraOutput, 0).untelling(cacheFacts),
		word("anthropic.response.service_tier", tierServed, 3),
		word("anthropic.request.service_tier", tierRequested, 3),
		{name: "anthropic.beta", what: isList, num: fastAsked, prefix: "fast-mode"},
	},
	emitters: []emitter{
		{
			name:           "Anthropic SDK on Bedrock",
			scopes:         []string{"com.anthropic.sdk.typescript.bedrock"},
			clauses:        []clause{{in: call.Inclusive, out: call.Inclusive}},
			requestIsPrice: true, // an inference profile, which tells the region; the answer has Anthropic's name of the model
			note:           "The model that is asked for is the inference profile, with its region.",
			source:         "seen with @anthropic-ai/bedrock-sdk 1.1.3",
		},
		{
			name:    "Anthropic SDK",
			scopes:  []string{"com.anthropic.sdk.*"},
			clauses: []clause{{in: call.Inclusive, out: call.Inclusive}},
			note:    "Keys are there even when zero. Searches are not told. Compactions are billed beside the message, and their cache is not told apart.",
			source:  "seen with 1.12.0, and source of the package",
		},
	},
}

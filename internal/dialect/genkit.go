package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// genkit is Firebase Genkit: usage stands only in the JSON of genkit:output,
// and the enclosing generate span repeats it.
var genkit = dialect{
	name: "genkit",
	keys: []key{
		word("genkit:metadata:subtype", spanType, 2),
		word("genkit:type", genkitType, 0),
		word("genkit:name", anyModel, 5),
		blob("genkit:output", usageJSON, paths(append([]path{
			at("usage.inputTokens", input),
			at("usage.outputTokens", output),
			at("usage.totalTokens", total),
			at("usage.thoughtsTokens", reasoning),
			at("usage.cachedContentTokens", cacheRead),
			at("usage.inputAudioFiles", ignored),
			at("usage.custom.cache_read_input_tokens", cacheRead),
			at("usage.custom.cache_creation_input_tokens", cacheWrite),
			at("usage.custom.ephemeral_5m_input_tokens", write5m),
			at("usage.custom.ephemeral_1h_input_tokens", write1h),
			at("raw.usage.prompt_tokens_details.cached_tokens", cacheRead),
			at("raw.usage.prompt_tokens_details.cache_write_tokens", cacheWrite),
			at("raw.usage.completion_tokens_details.reasoning_tokens", reasoning),
			at("raw.usage.cache_creation.ephemeral_5m_input_tokens", write5m),
			at("raw.usage.cache_creation.ephemeral_1h_input_tokens", write1h),
			atText("raw.service_tier", tierServed),
			atText("raw.usage.service_tier", tierServed),
			atText("raw.model", responseModel),
			atText("custom.model", responseModel),
		}, geminiUsage("raw.usageMetadata")...)...)),
	},
	fallback: 1,
	emitters: []emitter{{
		name:   "Genkit",
		scopes: []string{"genkit*"},
		clauses: []clause{
			{families: anthropic | bedrock, in: call.Exclusive, out: call.Inclusive},
			{families: google, in: call.Inclusive, out: call.Exclusive, totalProven: true},
			{in: call.Inclusive, out: call.Inclusive},
		},
		note:   "Only spans of subtype model are calls.",
		source: "seen with 1.42.0, and source of the packages",
	}},
}

package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// genkit is Firebase Genkit: usage stands only in the JSON of genkit:output,
// and the enclosing generate span repeats it.
var genkit = dialect{
	name: "genkit",
	keys: append([]key{
		word("genkit:metadata:subtype", spanType, 2),
		word("genkit:type", genkitType, 0),
		word("genkit:name", anyModel, 5),
		blob("genkit:output", usageJSON, 2, genkitOutput()),
	}, onlyHere(
		word("modelName", anyModel, 6), // of metrics
	)...),
	metrics: []metric{
		counter("genkit/ai/generate/input/tokens", input), counter("genkit/ai/generate/output/tokens", output),
		counter("genkit/ai/generate/thinking/tokens", reasoning),
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

// genkitOutput is where usage stands in a model's output: Genkit's own counts,
// and the provider's response as the plugin keeps it.
func genkitOutput() *node {
	rows := []path{
		at("usage.inputTokens", input),
		at("usage.outputTokens", output),
		at("usage.totalTokens", total),
		at("usage.thoughtsTokens", reasoning),
		at("usage.cachedContentTokens", cacheRead),
		at("usage.custom.cache_read_input_tokens", cacheRead),
		at("usage.custom.cache_creation_input_tokens", cacheWrite),
		at("usage.custom.ephemeral_5m_input_tokens", write5m),
		at("usage.custom.ephemeral_1h_input_tokens", write1h),
	}
	for _, under := range []string{"raw", "custom"} {
		rows = append(rows,
			atText(under+".model", responseModel),
			atText(under+".id", responseID),
			atText(under+".service_tier", tierServed),
		)
		rows = append(rows, anthropicDetails(under+".usage")...)
		rows = append(rows, openAIDetails(under+".usage")...)
		rows = append(rows, geminiUsage(under+".usageMetadata")...)
	}
	return paths(rows...)
}

package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// langSmith is the OpenTelemetry mode of LangSmith: counts as attributes,
// details as JSON in LangChain's shape. Under a tier of its own, OpenAI's cache
// and reasoning stand under names with the tier before them.
var langSmith = dialect{
	name: "langsmith",
	keys: []key{
		word("langsmith.span.kind", spanType, 1),
		blob("langsmith.usage_metadata", usageJSON, 1, langSmithUsage),
		blob("langsmith.metadata.usage_metadata", usageJSON, 6, langSmithUsage),
		blob("gen_ai.usage.input_token_details", detailsJSON, 0, paths(langChainInput("")...)),
		blob("gen_ai.usage.output_token_details", outputJSON, 0, paths(langChainOutput("")...)),
		flag("langsmith.request.streaming", streaming),
	},
	emitters: []emitter{{
		name:    "LangSmith",
		scopes:  []string{"langsmith*"},
		clauses: []clause{{in: call.Inclusive, out: call.Inclusive}},
		note:    "OpenAI's cache writes are not told. Anthropic's retention is. Python writes details as its own notation, and as JSON among the metadata. LangChain in JavaScript has no details there, so that cache is not told.",
		source:  "seen with JS 0.12.0 and Python 0.15.0, and source of the packages",
	}},
	fallback: 1,
}

var langSmithUsage = paths(append(append([]path{
	at("input_tokens", input),
	at("output_tokens", output),
	at("total_tokens", total),
}, langChainInput("input_token_details.")...), langChainOutput("output_token_details.")...)...)

func langChainInput(under string) []path {
	return []path{
		at(under+"cache_read", cacheRead),
		at(under+"priority_cache_read", cacheRead).under("priority"),
		at(under+"flex_cache_read", cacheRead).under("flex"),
		at(under+"cache_creation", cacheWrite).besideParts().telling(call.CacheWrites),
		at(under+"priority_cache_creation", cacheWrite).under("priority"),
		at(under+"flex_cache_creation", cacheWrite).under("flex"),
		at(under+"ephemeral_5m_input_tokens", write5m),
		at(under+"ephemeral_1h_input_tokens", write1h),
		at(under+"ephemeral_1hr_input_tokens", write1h),
		at(under+"audio", inputAudio),
	}
}

func langChainOutput(under string) []path {
	return []path{
		at(under+"reasoning", reasoning),
		at(under+"priority_reasoning", reasoning).under("priority"),
		at(under+"flex_reasoning", reasoning).under("flex"),
		at(under+"audio", outputAudio),
	}
}

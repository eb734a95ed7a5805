package genai

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// OpenLIT, in JavaScript: the convention's keys, with the provider's own sides.
// server.address is a constant whatever the client talked to.
var openLITEmitters = []emitter{
	{
		dialect: "openlit", scope: "@openlit/instrumentation-openai", version: "1.0.0", families: []family{openAI},
		lacks: []scenario{embeddings}, call: openLITOpenAI,
	},
	{
		dialect: "openlit", scope: "@openlit/instrumentation-anthropic", version: "1.0.0", families: []family{anthropic},
		// Its streamed output counts are one too many.
		lacks: []scenario{streamed}, call: openLITAnthropic,
	},
	{
		dialect: "openlit", scope: "@openlit/instrumentation-google-ai", version: "1.0.0", families: []family{gemini},
		// Streams lose cached and reasoning tokens.
		lacks: []scenario{streamed}, call: openLITGemini,
	},
}

func openLITOpenAI(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	a := on(s)
	if r.counts.cacheRead > 0 {
		a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	}
	if r.counts.reasoning > 0 {
		a.num("gen_ai.usage.reasoning.output_tokens", r.counts.reasoning)
	}
	a.str("openai.api.type", "responses")
	a.str("openai.response.service_tier", r.tier)
	// Where a stream has no usage it writes its own estimate, which looks the same.
	return status.Of(status.CacheWriteNotReported, status.RegionNotReported, status.ToolUseNotReported, status.ModalityNotReported) |
		unless(!r.stream, status.UsageEstimatedByEmitter, status.CacheNotReported)
}

func openLITAnthropic(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	a := on(s)
	a.num("gen_ai.usage.input_tokens", r.counts.input)
	a.num("gen_ai.usage.output_tokens", r.counts.allOutput())
	if r.counts.cacheRead > 0 {
		a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	}
	if r.counts.writes() > 0 {
		a.num("gen_ai.usage.cache_creation.input_tokens", r.counts.writes())
	}
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported) |
		unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

func openLITGemini(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	a := on(s)
	a.num("gen_ai.usage.input_tokens", r.counts.allInput())
	a.num("gen_ai.usage.output_tokens", r.counts.output)
	if r.counts.cacheRead > 0 {
		a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	}
	if r.counts.reasoning > 0 {
		a.num("gen_ai.usage.reasoning_tokens", r.counts.reasoning)
	}
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported, status.ToolPromptNotReported,
		status.ModalityNotReported, status.ReasoningNotReported, status.CacheWriteNotReported)
}

package genai

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Instrumentations that follow the OpenTelemetry GenAI conventions: input holds
// cached tokens, output holds reasoning.
var semconvEmitters = []emitter{
	{dialect: "otel", scope: "opentelemetry.instrumentation.genai.openai", families: []family{openAI}, call: otelOpenAI, rollUp: otelAgent},
	{dialect: "otel", scope: "opentelemetry.instrumentation.genai.anthropic", families: []family{anthropic}, call: otelAnthropic, rollUp: otelAgent},
	{dialect: "otel", scope: "opentelemetry.instrumentation.google_genai", families: []family{gemini}, call: otelGemini, rollUp: otelAgent},
	{dialect: "anthropic-sdk", scope: "com.anthropic.sdk.typescript", version: "1.12.0", families: []family{anthropic}, call: anthropicSDK},
	{
		dialect: "otel-js", scope: "@opentelemetry/instrumentation-openai", version: "0.22.0", families: []family{openAI},
		call: otelJSOpenAI,
	},
}

// semconvCall writes what all of these share, and reports whether there is a response.
func semconvCall(s ptrace.Span, r *request, providerKey string) bool {
	s.SetName(r.operation() + " " + r.model.asked)
	s.SetKind(ptrace.SpanKindClient)
	a := on(s)
	a.str("gen_ai.operation.name", r.operation())
	a.str(providerKey, r.names().otel)
	a.str("gen_ai.request.model", r.model.asked)
	a.str("server.address", r.names().host)
	a.num("server.port", 443)
	if r.stream {
		a.PutBool("gen_ai.request.stream", true)
	}
	if r.failed {
		a.str("error.type", "BadRequestError")
		fail(s, "BadRequestError")
		return false
	}
	a.str("gen_ai.response.model", r.model.served)
	if !r.model.embedding {
		a.str("gen_ai.response.id", r.id)
		a.list("gen_ai.response.finish_reasons", "stop")
	}
	return true
}

// inclusiveUsage writes the two counts that every dialect of this family has.
func inclusiveUsage(s ptrace.Span, c counts) {
	on(s).num("gen_ai.usage.input_tokens", c.allInput())
	if c.allOutput() > 0 {
		on(s).num("gen_ai.usage.output_tokens", c.allOutput())
	}
}

func otelOpenAI(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	a := on(s)
	if r.model.embedding {
		return unless(false, status.ServiceTierNotReported)
	}
	a.str("openai.api.type", "chat_completions")
	a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	a.num("gen_ai.usage.reasoning.output_tokens", r.counts.reasoning)
	if r.tierAsked != "" {
		a.str("openai.request.service_tier", r.tierAsked)
	}
	a.str("openai.response.service_tier", r.tier)
	return status.Of(status.CacheWriteNotReported, status.ToolUseNotReported)
}

func otelAnthropic(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	on(s).num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	on(s).num("gen_ai.usage.cache_write.input_tokens", r.counts.writes())
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported) |
		unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

func otelGemini(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.provider.name") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	on(s).num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	on(s).num("gen_ai.usage.reasoning.output_tokens", r.counts.reasoning)
	// Earlier releases of the same scope left reasoning out of the output count.
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ModalityNotReported, status.ToolUseNotReported,
		status.ToolPromptNotReported, status.CacheWriteNotReported) | unless(r.counts.reasoning == 0, status.OutputSideAmbiguous)
}

// anthropicSDK is the one emitter that tells how long written tokens are kept.
func anthropicSDK(s ptrace.Span, r *request) status.Set {
	ok := semconvCall(s, r, "gen_ai.provider.name")
	s.SetName("anthropic.messages.create")
	if !ok {
		return 0
	}
	inclusiveUsage(s, r.counts)
	a := on(s)
	a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	a.num("gen_ai.usage.cache_write.input_tokens", r.counts.writes())
	a.num("gen_ai.usage.reasoning.output_tokens", r.counts.reasoning)
	a.num("anthropic.usage.cache_creation.ephemeral_5m_input_tokens", r.counts.write5m)
	a.num("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", r.counts.write1h)
	a.str("anthropic.response.service_tier", "standard")
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported)
}

// otelJSOpenAI tells neither cached tokens nor the service tier, and still names
// the provider gen_ai.system.
func otelJSOpenAI(s ptrace.Span, r *request) status.Set {
	if !semconvCall(s, r, "gen_ai.system") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	return status.Of(status.CacheNotReported, status.ServiceTierNotReported, status.ToolUseNotReported, status.ModalityNotReported)
}

func otelAgent(s ptrace.Span, r *request) {
	s.SetName("invoke_agent support")
	s.SetKind(ptrace.SpanKindInternal)
	a := on(s)
	a.str("gen_ai.operation.name", "invoke_agent")
	a.str("gen_ai.provider.name", r.names().otel)
	a.str("gen_ai.agent.name", "support")
	a.str("gen_ai.request.model", r.model.asked)
	inclusiveUsage(s, r.counts)
}

package genai

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// OpenLLMetry, in Python: the current release, and one from before the GenAI
// conventions, with their deprecated names.
var openLLMetryEmitters = []emitter{
	{
		dialect: "openllmetry", scope: "opentelemetry.instrumentation.openai.v1", version: "0.62.1", families: []family{openAI},
		lacks: []scenario{embeddings}, call: openLLMetryOpenAI,
	},
	{dialect: "openllmetry", scope: "opentelemetry.instrumentation.anthropic", version: "0.62.1", families: []family{anthropic}, call: openLLMetryAnthropic},
	{dialect: "openllmetry", scope: "opentelemetry.instrumentation.bedrock", version: "0.62.1", families: []family{bedrock}, call: openLLMetryBedrock},
	{
		dialect: "otel-deprecated", scope: "opentelemetry.instrumentation.openai.v1", version: "0.33.0", families: []family{openAI},
		lacks: []scenario{embeddings}, call: openLLMetryOld,
	},
}

func openLLMetryCall(s ptrace.Span, r *request, span string, provider string) bool {
	s.SetName(span)
	s.SetKind(ptrace.SpanKindClient)
	a := on(s)
	a.str("gen_ai.operation.name", "chat")
	a.str("gen_ai.provider.name", provider)
	a.str("gen_ai.request.model", r.model.asked)
	a.str("traceloop.workflow.name", "support")
	if r.failed {
		a.str("error.type", "BadRequestError")
		fail(s, "BadRequestError")
		return false
	}
	a.str("gen_ai.response.model", r.model.served)
	a.str("gen_ai.response.id", r.id)
	return true
}

func openLLMetryOpenAI(s ptrace.Span, r *request) status.Set {
	if !openLLMetryCall(s, r, "openai.chat", "openai") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	a := on(s)
	a.num("gen_ai.usage.total_tokens", r.counts.allTokens())
	a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	if r.counts.reasoning > 0 {
		a.num("gen_ai.usage.reasoning_tokens", r.counts.reasoning)
	}
	if r.tierAsked != "" {
		a.str("openai.request.service_tier", r.tierAsked)
	}
	a.str("openai.response.service_tier", r.tier)
	return status.Of(status.CacheWriteNotReported, status.RegionNotReported, status.ToolUseNotReported, status.ModalityNotReported)
}

func openLLMetryAnthropic(s ptrace.Span, r *request) status.Set {
	if !openLLMetryCall(s, r, "anthropic.chat", "anthropic") {
		return 0
	}
	inclusiveUsage(s, r.counts)
	a := on(s)
	a.num("gen_ai.usage.total_tokens", r.counts.allTokens())
	a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	a.num("gen_ai.usage.cache_creation.input_tokens", r.counts.writes())
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported) |
		unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

// openLLMetryBedrock passes on the provider's count, which leaves cached tokens
// out, under the keys of the convention that says they are in.
func openLLMetryBedrock(s ptrace.Span, r *request) status.Set {
	if !openLLMetryCall(s, r, "bedrock.completion", "aws.bedrock") {
		return 0
	}
	a := on(s)
	a.num("gen_ai.usage.input_tokens", r.counts.input)
	a.num("gen_ai.usage.output_tokens", r.counts.allOutput())
	a.num("gen_ai.usage.total_tokens", r.counts.input+r.counts.allOutput())
	a.num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	a.num("gen_ai.usage.cache_creation.input_tokens", r.counts.writes())
	return status.Of(status.ServiceTierNotReported, status.InputSideAmbiguous) | unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

func openLLMetryOld(s ptrace.Span, r *request) status.Set {
	s.SetName("openai.chat")
	s.SetKind(ptrace.SpanKindClient)
	a := on(s)
	a.str("gen_ai.system", r.names().system)
	a.str("gen_ai.request.model", r.model.asked)
	a.str("llm.request.type", "chat")
	a.PutBool("llm.is_streaming", r.stream)
	if r.failed {
		fail(s, "BadRequestError")
		return 0
	}
	a.str("gen_ai.response.model", r.model.served)
	a.num("gen_ai.usage.prompt_tokens", r.counts.allInput())
	a.num("gen_ai.usage.completion_tokens", r.counts.allOutput())
	a.num("llm.usage.total_tokens", r.counts.allTokens())
	return status.Of(status.CacheNotReported, status.CacheWriteNotReported, status.ServiceTierNotReported, status.RegionNotReported,
		status.ToolUseNotReported, status.ModalityNotReported)
}

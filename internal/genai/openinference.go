package genai

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// OpenInference has a vocabulary of its own; input holds cached tokens, output
// holds reasoning.
var openInferenceEmitters = []emitter{
	{
		dialect: "openinference", scope: "@arizeai/openinference-instrumentation-openai", version: "4.2.7", families: []family{openAI},
		lacks: []scenario{embeddings, streamed, failed}, call: openInferenceOpenAI,
	},
	{
		dialect: "openinference", scope: "@arizeai/openinference-instrumentation-anthropic", version: "0.2.8", families: []family{anthropic},
		call: openInferenceAnthropic,
	},
}

func openInferenceCall(s ptrace.Span, r *request) bool {
	s.SetKind(ptrace.SpanKindInternal)
	a := on(s)
	a.str("openinference.span.kind", "LLM")
	a.str("llm.system", r.names().otel)
	a.str("llm.provider", r.names().otel)
	if r.failed {
		a.str("llm.model_name", r.model.asked)
		fail(s, "BadRequestError")
		return false
	}
	a.str("llm.model_name", r.model.served)
	a.num("llm.token_count.prompt", r.counts.allInput())
	a.num("llm.token_count.completion", r.counts.allOutput())
	a.num("llm.token_count.total", r.counts.allTokens())
	a.num("llm.token_count.prompt_details.cache_read", r.counts.cacheRead)
	return true
}

func openInferenceOpenAI(s ptrace.Span, r *request) status.Set {
	s.SetName("OpenAI Chat Completions")
	if !openInferenceCall(s, r) {
		return 0
	}
	a := on(s)
	a.num("llm.token_count.prompt_details.audio", 0)
	a.num("llm.token_count.completion_details.audio", 0)
	a.num("llm.token_count.completion_details.reasoning", r.counts.reasoning)
	return status.Of(status.CacheWriteNotReported, status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported,
		status.ResponseModelNotReported, status.ModalityNotReported)
}

func openInferenceAnthropic(s ptrace.Span, r *request) status.Set {
	s.SetName("Anthropic Messages")
	if !openInferenceCall(s, r) {
		return 0
	}
	on(s).num("llm.token_count.prompt_details.cache_write", r.counts.writes())
	return status.Of(status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported, status.ResponseModelNotReported) |
		unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

package genai

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// The Vercel AI SDK changed its telemetry, and what its counts hold, with each
// major version. Every call stands below a root that repeats it.
var aiSDKEmitters = []emitter{
	{
		// Without a stream, version 5 loses the cached tokens; only its streams are generated.
		dialect: "ai-sdk-5", scope: "ai", families: []family{openAI, anthropic}, lacks: []scenario{embeddings},
		call: aiSDK5, rollUp: aiSDK5Root, alwaysRoot: true,
	},
	{
		dialect: "ai-sdk-6", scope: "ai", families: []family{openAI, anthropic, gemini}, lacks: []scenario{embeddings},
		call: aiSDK6, rollUp: aiSDK6Root, alwaysRoot: true,
	},
	{
		dialect: "ai-sdk-7", scope: "gen_ai", families: []family{openAI, anthropic, gemini}, lacks: []scenario{embeddings},
		call: aiSDK7, rollUp: aiSDK7Root, alwaysRoot: true, step: aiSDK7Step,
	},
}

// aiSDKSpan writes what the versions 5 and 6 share, on calls and roots.
func aiSDKSpan(s ptrace.Span, r *request, operation, userAgent string) {
	s.SetName(operation)
	s.SetKind(ptrace.SpanKindInternal)
	a := on(s)
	a.str("operation.name", operation+" support")
	a.str("resource.name", "support")
	a.str("ai.operationId", operation)
	a.str("ai.telemetry.functionId", "support")
	a.str("ai.model.provider", r.names().aiSDK)
	a.str("ai.model.id", r.model.asked)
	a.num("ai.settings.maxRetries", 2)
	a.str("ai.request.headers.user-agent", userAgent)
}

// aiSDKCall writes what the calls of the versions 5 and 6 share, and tells whether
// they have an answer.
func aiSDKCall(s ptrace.Span, r *request, operation, userAgent string) bool {
	aiSDKSpan(s, r, operation, userAgent)
	a := on(s)
	a.str("gen_ai.system", r.names().aiSDK)
	a.str("gen_ai.request.model", r.model.asked)
	if r.failed {
		fail(s, "AI_APICallError")
		return false
	}
	a.str("ai.response.finishReason", "stop")
	a.str("ai.response.id", r.id)
	a.str("ai.response.model", r.model.served)
	a.list("gen_ai.response.finish_reasons", "stop")
	a.str("gen_ai.response.id", r.id)
	a.str("gen_ai.response.model", r.model.served)
	a.str("ai.response.providerMetadata", providerMetadata(r))
	return true
}

// providerMetadata is where the SDK passes on what the provider said beyond the counts.
func providerMetadata(r *request) string {
	switch r.model.family {
	case openAI:
		return fmt.Sprintf(`{"openai":{"responseId":%q,"serviceTier":%q}}`, r.id, r.tier)
	case anthropic:
		c := r.counts
		return fmt.Sprintf(`{"anthropic":{"usage":{"input_tokens":%d,"output_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,`+
			`"cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d},"service_tier":"standard"},"stopSequence":null}}`,
			c.input, c.allOutput(), c.writes(), c.cacheRead, c.write5m, c.write1h)
	default:
		return `{"google":{"groundingMetadata":null}}`
	}
}

// aiSDKUntold is what the three versions leave out.
func aiSDKUntold(r *request) status.Set {
	rs := status.Of(status.RegionNotReported, status.ToolUseNotReported, status.ModalityNotReported, status.CacheWriteNotReported)
	if r.model.family != openAI {
		rs.Add(status.ServiceTierNotReported)
	}
	if r.model.family == gemini {
		rs.Add(status.ToolPromptNotReported)
	}
	return rs
}

// aiSDK5 passes on the provider's count: Anthropic's leaves cached tokens out.
func aiSDK5(s ptrace.Span, r *request) status.Set {
	if !aiSDKCall(s, r, "ai.streamText.doStream", "ai/5.0.277") {
		return 0
	}
	aiSDK5Usage(s, r)
	a := on(s)
	a.num("gen_ai.usage.input_tokens", aiSDK5Input(r))
	a.num("gen_ai.usage.output_tokens", r.counts.allOutput())
	return aiSDKUntold(r)
}

func aiSDK5Input(r *request) int64 {
	if r.model.family == anthropic {
		return r.counts.input
	}
	return r.counts.allInput()
}

func aiSDK5Usage(s ptrace.Span, r *request) {
	a := on(s)
	a.num("ai.usage.inputTokens", aiSDK5Input(r))
	a.num("ai.usage.outputTokens", r.counts.allOutput())
	a.num("ai.usage.totalTokens", aiSDK5Input(r)+r.counts.allOutput())
	a.num("ai.usage.cachedInputTokens", r.counts.cacheRead)
	if r.model.family != anthropic {
		a.num("ai.usage.reasoningTokens", r.counts.reasoning)
	}
}

func aiSDK5Root(s ptrace.Span, r *request) {
	aiSDKSpan(s, r, "ai.streamText", "ai/5.0.277")
	if !r.counts.isEmpty() {
		aiSDK5Usage(s, r)
	}
}

func aiSDK6(s ptrace.Span, r *request) status.Set {
	if !aiSDKCall(s, r, "ai.generateText.doGenerate", "ai/6.0.326") {
		return 0
	}
	aiSDK6Usage(s, r)
	inclusiveUsage(s, r.counts)
	return aiSDKUntold(r)
}

func aiSDK6Usage(s ptrace.Span, r *request) {
	a, c := on(s), r.counts
	a.num("ai.usage.inputTokens", c.allInput())
	a.num("ai.usage.inputTokenDetails.noCacheTokens", c.input)
	a.num("ai.usage.inputTokenDetails.cacheReadTokens", c.cacheRead)
	if r.model.family == anthropic {
		a.num("ai.usage.inputTokenDetails.cacheWriteTokens", c.writes())
	} else {
		a.num("ai.usage.outputTokenDetails.textTokens", c.output)
		a.num("ai.usage.outputTokenDetails.reasoningTokens", c.reasoning)
		a.num("ai.usage.reasoningTokens", c.reasoning)
	}
	a.num("ai.usage.outputTokens", c.allOutput())
	a.num("ai.usage.totalTokens", c.allTokens())
	a.num("ai.usage.cachedInputTokens", c.cacheRead)
}

func aiSDK6Root(s ptrace.Span, r *request) {
	aiSDKSpan(s, r, "ai.generateText", "ai/6.0.326")
	if !r.counts.isEmpty() {
		aiSDK6Usage(s, r)
	}
}

// aiSDK7 follows the GenAI conventions, with an older name for cache writes. By
// default it tells neither their retention nor the service tier.
func aiSDK7(s ptrace.Span, r *request) status.Set {
	s.SetName("chat " + r.model.asked)
	s.SetKind(ptrace.SpanKindClient)
	a := on(s)
	a.str("gen_ai.operation.name", "chat")
	a.str("gen_ai.provider.name", r.names().otel)
	a.str("gen_ai.request.model", r.model.asked)
	if r.failed {
		a.num("http.response.status_code", 400)
		fail(s, "AI_APICallError")
		return 0
	}
	a.list("gen_ai.response.finish_reasons", "stop")
	a.str("gen_ai.response.id", r.id)
	a.str("gen_ai.response.model", r.model.served)
	aiSDK7Usage(s, r)
	return aiSDKUntold(r) | status.Of(status.ServiceTierNotReported) | unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

func aiSDK7Usage(s ptrace.Span, r *request) {
	inclusiveUsage(s, r.counts)
	on(s).num("gen_ai.usage.cache_read.input_tokens", r.counts.cacheRead)
	if r.model.family == anthropic {
		on(s).num("gen_ai.usage.cache_creation.input_tokens", r.counts.writes())
	}
}

func aiSDK7Step(s ptrace.Span) {
	s.SetName("step 1")
	s.SetKind(ptrace.SpanKindInternal)
	on(s).str("gen_ai.operation.name", "agent_step")
}

func aiSDK7Root(s ptrace.Span, r *request) {
	s.SetName("invoke_agent " + r.model.asked)
	s.SetKind(ptrace.SpanKindInternal)
	a := on(s)
	a.str("gen_ai.operation.name", "invoke_agent")
	a.str("gen_ai.provider.name", r.names().otel)
	a.str("gen_ai.request.model", r.model.asked)
	a.str("gen_ai.agent.name", "support")
	if !r.counts.isEmpty() {
		aiSDK7Usage(s, r)
	}
}

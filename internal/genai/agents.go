package genai

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Emitters with disjoint counts: a coding agent, and an SDK that writes its usage
// as JSON.
var agentEmitters = []emitter{
	{
		dialect: "claude-code", scope: "com.anthropic.claude_code.tracing", version: "2.1.330", families: []family{anthropic},
		lacks: []scenario{failed}, call: claudeCode,
	},
	{
		dialect: "langfuse", scope: "langfuse-sdk", version: "5.11.1", families: []family{openAI},
		lacks: []scenario{embeddings, failed}, call: langfuse, hidesProvider: true,
	},
}

// claudeCode writes bare names and none of the convention's usage keys.
func claudeCode(s ptrace.Span, r *request) status.Set {
	s.SetName("claude_code.llm_request")
	s.SetKind(ptrace.SpanKindInternal)
	a := on(s)
	a.str("span.type", "llm_request")
	a.str("gen_ai.system", "anthropic")
	a.str("gen_ai.provider.name", "anthropic")
	a.str("gen_ai.request.model", r.model.asked)
	a.str("model", r.model.asked)
	a.str("speed", "normal")
	a.str("gen_ai.response.id", "req_"+r.id)
	a.str("request_id", "req_"+r.id)
	a.num("input_tokens", r.counts.input)
	a.num("output_tokens", r.counts.allOutput())
	a.num("cache_read_tokens", r.counts.cacheRead)
	a.num("cache_creation_tokens", r.counts.writes())
	a.PutBool("success", true)
	a.num("attempt", 1)
	return status.Of(status.RegionNotReported, status.ResponseModelNotReported, status.ServiceTierNotReported, status.ToolUseNotReported) |
		unless(r.counts.writes() == 0, status.CacheTTLNotReported)
}

// langfuse names the served model, but for streams the one asked for.
func langfuse(s ptrace.Span, r *request) status.Set {
	s.SetName("support")
	s.SetKind(ptrace.SpanKindInternal)
	a, c := on(s), r.counts
	a.str("langfuse.observation.type", "generation")
	name := r.model.served
	if r.stream {
		name = r.model.asked
	}
	a.str("langfuse.observation.model.name", name)
	a.str("langfuse.observation.usage_details", fmt.Sprintf(
		`{"input":%d,"output":%d,"total":%d,"input_cached_tokens":%d,"input_audio_tokens":0,"output_reasoning_tokens":%d,"output_audio_tokens":0}`,
		c.input, c.output, c.allTokens(), c.cacheRead, c.reasoning))
	return status.Of(status.ProviderInferred, status.ServiceTierNotReported, status.RegionNotReported, status.ToolUseNotReported,
		status.CacheWriteNotReported, status.ResponseModelNotReported)
}

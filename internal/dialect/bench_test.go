package dialect

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// span makes a span of attributes under a scope. Values are strings, ints,
// doubles or truth values.
func span(scope, version string, attrs ...any) (pcommon.Resource, pcommon.InstrumentationScope, ptrace.Span) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName(scope)
	ss.Scope().SetVersion(version)
	s := ss.Spans().AppendEmpty()
	s.SetStartTimestamp(1)
	put(s.Attributes(), attrs...)
	return rs.Resource(), ss.Scope(), s
}

func put(m pcommon.Map, attrs ...any) {
	for i := 0; i < len(attrs); i += 2 {
		k := attrs[i].(string)
		switch v := attrs[i+1].(type) {
		case string:
			m.PutStr(k, v)
		case int:
			m.PutInt(k, int64(v))
		case float64:
			m.PutDouble(k, v)
		case bool:
			m.PutBool(k, v)
		default:
			panic("kind of value")
		}
	}
}

var (
	ordinary = []any{
		"http.request.method", "GET", "http.response.status_code", 200, "http.route", "/v1/orders/{id}", "url.path", "/v1/orders/17",
		"url.scheme", "https", "server.port", 443, "network.protocol.version", "1.1", "network.peer.address", "10.0.0.7",
		"db.system.name", "postgresql", "db.query.text", "SELECT 1", "user_agent.original", "curl/8", "client.address", "10.1.1.1",
	}
	chat = []any{
		"gen_ai.operation.name", "chat", "gen_ai.provider.name", "anthropic", "gen_ai.request.model", "claude-sonnet-4-5",
		"gen_ai.response.model", "claude-sonnet-4-5-20250929", "gen_ai.response.id", "msg_01", "gen_ai.request.max_tokens", 4096,
		"gen_ai.usage.input_tokens", 35857, "gen_ai.usage.output_tokens", 166, "gen_ai.usage.cache_read.input_tokens", 30720,
		"gen_ai.usage.cache_creation.input_tokens", 5120, "server.address", "api.anthropic.com", "gen_ai.conversation.id", "c-1",
	}
)

func benchmarkSpan(b *testing.B, scope string, attrs []any) {
	r := newReader(b, Options{})
	res, sc, sp := span(scope, "1.0.0", attrs...)
	var s Scratch
	var c call.Call
	known := r.Scope(res, sc, "", &s)
	b.ReportAllocs()
	for b.Loop() {
		r.Span(known, sp, &s, &c)
	}
}

func BenchmarkSpanOrdinary12(b *testing.B) { benchmarkSpan(b, "net/http", ordinary) }

func BenchmarkSpanChat12(b *testing.B) { benchmarkSpan(b, "com.anthropic.sdk.typescript", chat) }

func BenchmarkSpanChat12UnknownScope(b *testing.B) { benchmarkSpan(b, "app", chat) }

func BenchmarkSpanVercelBlob(b *testing.B) { benchmarkSpan(b, "ai", vercelSpan) }

func BenchmarkScope(b *testing.B) {
	r := newReader(b, Options{})
	res, sc, _ := span("@traceloop/instrumentation-openai", "0.27.0")
	put(res.Attributes(), "service.name", "shop", "service.version", "1", "deployment.environment.name", "prod", "host.name", "h")
	var s Scratch
	b.ReportAllocs()
	for b.Loop() {
		r.Scope(res, sc, "", &s)
	}
}

var vercelSpan = []any{
	"ai.operationId", "ai.generateText.doGenerate", "ai.model.provider", "anthropic.messages", "ai.model.id", "claude-sonnet-4-5",
	"gen_ai.system", "anthropic.messages", "gen_ai.request.model", "claude-sonnet-4-5", "gen_ai.response.model", "claude-sonnet-4-5-20250929",
	"ai.usage.inputTokens", 35857, "ai.usage.inputTokenDetails.noCacheTokens", 17, "ai.usage.inputTokenDetails.cacheReadTokens", 30720,
	"ai.usage.inputTokenDetails.cacheWriteTokens", 5120, "ai.usage.outputTokens", 166, "gen_ai.usage.input_tokens", 35857,
	"ai.response.providerMetadata", `{"anthropic":{"usage":{"input_tokens":17,"output_tokens":166,"cache_creation_input_tokens":5120,"cache_read_input_tokens":30720,"cache_creation":{"ephemeral_5m_input_tokens":1280,"ephemeral_1h_input_tokens":3840},"service_tier":"standard"},"cacheCreationInputTokens":5120,"stopSequence":null}}`,
}

// Reading allocates nothing, whatever the span.
func TestReadingAllocatesNothing(t *testing.T) {
	r := newReader(t, Options{})
	for name, attrs := range map[string][]any{
		"ordinary": ordinary, "chat": chat, "blob": vercelSpan,
		"facts":    append([]any{"token_usage.cache_write.1h", 3, "token_usage.mode", "batch", "token_usage.web_search", 2}, chat...),
		"langfuse": {"langfuse.observation.type", "generation", "langfuse.observation.usage_details", `{"input":1557,"output":277,"total":5930,"input_cached_tokens":4096,"input_audio_tokens":0}`},
	} {
		res, sc, sp := span("ai", "", attrs...)
		put(res.Attributes(), "token_usage.geo", "eu", "service.name", "x")
		var s Scratch
		var c call.Call
		r.Scope(res, sc, "", &s)
		if n := testing.AllocsPerRun(100, func() { r.Span(r.Scope(res, sc, "", &s), sp, &s, &c) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

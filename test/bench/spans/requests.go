package spans

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// RequestSize is how many spans a request has: what SDKs send at once by default.
const RequestSize = 512

// Requests makes one request for each dialect that the generator speaks, as from
// one process each, of which the given share of spans is of its GenAI
// instrumentation: calls, and roll-ups where it makes them. The others are plain.
func Requests(share float64) ([]ptrace.Traces, error) {
	var out []ptrace.Traces
	for i, dialect := range genai.Dialects() {
		g, err := genai.New(genai.Options{Seed: uint64(i + 1), Dialects: []string{dialect}, Start: start, Step: time.Second})
		if err != nil {
			return nil, err
		}
		out = append(out, request(g, int(share*RequestSize)))
	}
	return out, nil
}

// request makes a request with n spans of the generator.
func request(g *genai.Generator, n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	resource(rs.Resource().Attributes())
	for left := n; left > 0; {
		trace := g.Next().Traces.ResourceSpans().At(0)
		for i := range trace.ScopeSpans().Len() {
			from := trace.ScopeSpans().At(i)
			if from.Scope().Name() == "app" {
				continue
			}
			into := scope(rs, from.Scope())
			from.Spans().RemoveIf(func(ptrace.Span) bool { left--; return left < 0 })
			from.Spans().MoveAndAppendTo(into)
		}
	}
	if n == RequestSize {
		return td
	}
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName(plainScope)
	for i := range RequestSize - n {
		s := ss.Spans().AppendEmpty()
		identify(i, s)
		fillPlain(i, s)
	}
	return td
}

// scope returns the spans of a scope of the request, which it adds if need be.
func scope(rs ptrace.ResourceSpans, like pcommon.InstrumentationScope) ptrace.SpanSlice {
	for _, ss := range rs.ScopeSpans().All() {
		if ss.Scope().Name() == like.Name() && ss.Scope().Version() == like.Version() {
			return ss.Spans()
		}
	}
	ss := rs.ScopeSpans().AppendEmpty()
	like.CopyTo(ss.Scope())
	return ss.Spans()
}

// resource writes what an SDK in a container of a cluster detects.
func resource(a pcommon.Map) {
	for _, kv := range [][2]string{
		{"service.name", "support"},
		{"service.version", "3.14.1"},
		{"deployment.environment.name", "production"},
		{"telemetry.sdk.name", "opentelemetry"},
		{"telemetry.sdk.language", "python"},
		{"telemetry.sdk.version", "1.38.0"},
		{"k8s.namespace.name", "support"},
		{"k8s.pod.name", "support-6c5d8f7b9-x2x9k"},
	} {
		a.PutStr(kv[0], kv[1])
	}
}

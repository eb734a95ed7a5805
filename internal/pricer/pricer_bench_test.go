package pricer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
)

// bookOf writes a book of n models of one provider and opens it.
func bookOf(t testing.TB, n int) *bookstore.Store {
	t.Helper()
	text := "schema: tokencost.pricebook/v1\nversion: test\nproviders:\n  openai:\n    models:\n"
	for i := range n {
		text += fmt.Sprintf("      model-%d: {dated: true, prices: [{rates: {input: 2.5, cache_read: 1.25, output: 10}, adjust: {mode: {flex: {times: {tokens: 0.5}}}}}]}\n", i)
	}
	file := filepath.Join(t.TempDir(), "book.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	store, err := bookstore.Open(bookstore.Source{Files: []string{file}})
	require.NoError(t, err)
	return store
}

func newPricer(t testing.TB, models int) *Pricer {
	t.Helper()
	p, err := New(DefaultConfig(), bookOf(t, models))
	require.NoError(t, err)
	return p
}

// genaiSpan fills a span with twelve attributes of an exact call.
func genaiSpan(span ptrace.Span, i int, model string) {
	span.SetName("chat " + model)
	span.SetTraceID(pcommon.TraceID{byte(i), byte(i >> 8), 1})
	span.SetSpanID(pcommon.SpanID{byte(i), byte(i >> 8), 1})
	span.SetStartTimestamp(1_795_422_516_000_000_000)
	span.SetEndTimestamp(1_795_422_517_000_000_000)
	a := span.Attributes()
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutStr("gen_ai.request.model", model)
	a.PutStr("gen_ai.response.model", model)
	a.PutStr("gen_ai.response.id", fmt.Sprintf("chatcmpl-%d", i))
	a.PutStr("server.address", "api.openai.com")
	a.PutInt("server.port", 443)
	a.PutInt("gen_ai.usage.input_tokens", 1250)
	a.PutInt("gen_ai.usage.cache_read.input_tokens", 1000)
	a.PutInt("gen_ai.usage.cache_write.input_tokens", 0)
	a.PutInt("gen_ai.usage.output_tokens", 80)
	a.PutStr("openai.response.service_tier", "default")
}

// plainSpan fills a span with twelve attributes of an HTTP client call.
func plainSpan(span ptrace.Span) {
	span.SetName("GET")
	a := span.Attributes()
	a.PutStr("http.request.method", "GET")
	a.PutStr("url.full", "https://example.com/a/b?c=d")
	a.PutStr("url.scheme", "https")
	a.PutStr("server.address", "example.com")
	a.PutInt("server.port", 443)
	a.PutInt("http.response.status_code", 200)
	a.PutStr("network.protocol.version", "1.1")
	a.PutStr("network.peer.address", "192.0.2.1")
	a.PutStr("user_agent.original", "curl/8")
	a.PutStr("http.route", "/a/{id}")
	a.PutStr("client.address", "192.0.2.2")
	a.PutStr("thread.name", "main")
}

func batchOf(spans int, fill func(int, ptrace.Span)) ptrace.Traces {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName("opentelemetry.instrumentation.openai_v2")
	for i := range spans {
		fill(i, ss.Spans().AppendEmpty())
	}
	return td
}

const benchSpans = 100 // a batch that stays in the processor's caches, as one fresh from the receiver does

func benchmark(b *testing.B, p *Pricer, fill func(int, ptrace.Span)) {
	b.Helper()
	b.ReportAllocs()
	source := batchOf(benchSpans, fill)
	batches := make([]ptrace.Traces, 16)
	next := len(batches)
	for b.Loop() {
		if next == len(batches) {
			b.StopTimer()
			for k := range batches {
				batches[k] = ptrace.NewTraces()
				source.CopyTo(batches[k])
			}
			next = 0
			b.StartTimer()
		}
		p.Traces(context.Background(), batches[next], nil)
		next++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchSpans, "ns/span")
}

func BenchmarkPricedSpan(b *testing.B) {
	for _, models := range []int{10, 5000} {
		b.Run(fmt.Sprintf("book of %d", models), func(b *testing.B) {
			benchmark(b, newPricer(b, models), func(i int, s ptrace.Span) { genaiSpan(s, i, fmt.Sprintf("model-%d", i*models/benchSpans)) })
		})
	}
}

func BenchmarkSpanWithoutGenAI(b *testing.B) {
	benchmark(b, newPricer(b, 10), func(_ int, s ptrace.Span) { plainSpan(s) })
}

func TestAllocationsPerSpan(t *testing.T) {
	if raceDetector {
		t.Log("the race detector allocates by itself; counts are checked without it")
		return
	}
	p := newPricer(t, 10)
	p.Traces(t.Context(), batchOf(1, func(i int, s ptrace.Span) { genaiSpan(s, i, "model-1") }), nil)

	plain := batchOf(benchSpans, func(_ int, s ptrace.Span) { plainSpan(s) })
	allocs := testing.AllocsPerRun(10, func() { p.Traces(context.Background(), plain, nil) })
	require.LessOrEqual(t, allocs, 1.0, "a span without GenAI attributes must not allocate")

	const batches = 11 // one more than the runs, for the warm-up of AllocsPerRun
	var todo []ptrace.Traces
	for range batches {
		todo = append(todo, batchOf(benchSpans, func(i int, s ptrace.Span) { genaiSpan(s, i, "model-1") }))
	}
	var wrote int
	allocs = testing.AllocsPerRun(batches-1, func() {
		before := todo[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Len()
		p.Traces(context.Background(), todo[0], nil)
		wrote = todo[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Len() - before
		todo = todo[1:]
	})
	require.Positive(t, wrote)
	require.LessOrEqual(t, (allocs-2)/benchSpans, float64(wrote)+1, "a priced span allocates its attributes and the room for them, no more")
}

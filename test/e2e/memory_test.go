package e2e

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// memoryBound is what the Collector may hold after hostile input: its own size,
// one batch of each kind in flight, and what the garbage collector lets lie.
const memoryBound = 1 << 30

var residentMemory = regexp.MustCompile(`(?m)^otelcol_process_memory_rss[a-z_]*(?:\{[^}]*\})? ([0-9.e+]+)$`)

// resident returns the resident memory of the Collector in bytes, by its own metrics.
func (r *rig) resident() float64 {
	r.t.Helper()
	resp, err := http.Get("http://" + r.metrics + "/metrics")
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	m := residentMemory.FindSubmatch(body)
	if m == nil {
		r.t.Fatal("the Collector does not tell its memory")
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

// spans makes a batch of chat spans with distinct ids.
func spans(n int, edit func(i int, a pcommon.Map)) ptrace.Traces {
	traces := ptrace.NewTraces()
	scope := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	scope.Spans().EnsureCapacity(n)
	for i := range n {
		span := scope.Spans().AppendEmpty()
		var id pcommon.SpanID
		binary.BigEndian.PutUint64(id[:], 1<<40+uint64(i))
		span.SetSpanID(id)
		span.SetTraceID(pcommon.TraceID{1})
		span.SetStartTimestamp(1_795_422_516_000_000_000)
		a := span.Attributes()
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.provider.name", "openai")
		a.PutInt("gen_ai.usage.input_tokens", int64(i))
		a.PutInt("gen_ai.usage.output_tokens", 1)
		edit(i, a)
	}
	return traces
}

// TestMemoryIsBoundedWhateverArrives sends ten thousand distinct model names of
// 4 KiB, spans with a thousand attributes, a batch of fifty thousand spans, and
// deeply nested values, several times over.
func TestMemoryIsBoundedWhateverArrives(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, "testdata/truth.yaml", "PRICES=testdata/prices.yaml")
	start := r.resident()
	filler := strings.Repeat("x", 4096-16)
	for round := range 3 {
		for batch := range 20 {
			r.send(spans(500, func(i int, a pcommon.Map) {
				a.PutStr("gen_ai.response.model", fmt.Sprintf("%16d%s", (round*20+batch)*500+i, filler))
			}))
		}
		r.send(spans(100, func(_ int, a pcommon.Map) {
			for k := range 1000 {
				a.PutStr("gen_ai.attribute."+strconv.Itoa(k), "value")
			}
		}))
		r.send(spans(50_000, func(_ int, a pcommon.Map) { a.PutStr("gen_ai.response.model", "gpt-4o") }))
		r.send(spans(10, func(_ int, a pcommon.Map) {
			v := a.PutEmptySlice("gen_ai.input.messages")
			for range 30 {
				v = v.AppendEmpty().SetEmptySlice()
			}
		}))
		t.Logf("round %d: %.0f MiB resident, %.0f MiB at the start", round+1, r.resident()/(1<<20), start/(1<<20))
	}
	if v := r.price(1); v.Total.String() != "0.0025" {
		t.Errorf("after all that the call costs %s (%s %v), want 0.0025", v.Total, v.Status, v.Reasons)
	}
	if got := r.resident(); got > memoryBound {
		t.Errorf("%.0f MiB resident, at most %d MiB are allowed", got/(1<<20), memoryBound>>20)
	}
}

package dialect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// seen is a span in a batch: who emitted it, where it hangs, and its counts.
type seen struct {
	scope         string
	trace, id     byte
	parent        byte
	start, end    int64
	responseID    string
	in, out, read int
	empty         bool
	operation     string
}

func (x seen) span() (pcommon.Resource, pcommon.InstrumentationScope, ptrace.Span) {
	op := x.operation
	if op == "" {
		op = "chat"
	}
	attrs := []any{"gen_ai.operation.name", op, "gen_ai.provider.name", "openai"}
	if !x.empty {
		attrs = append(attrs, "gen_ai.usage.input_tokens", x.in, "gen_ai.usage.output_tokens", x.out)
	}
	if x.read > 0 {
		attrs = append(attrs, "gen_ai.usage.cache_read.input_tokens", x.read)
	}
	if x.responseID != "" {
		attrs = append(attrs, "gen_ai.response.id", x.responseID)
	}
	res, sc, sp := span(x.scope, "", attrs...)
	sp.SetTraceID(pcommon.TraceID{x.trace + 1})
	sp.SetSpanID(pcommon.SpanID{x.id})
	sp.SetParentSpanID(pcommon.SpanID{x.parent})
	sp.SetStartTimestamp(pcommon.Timestamp(x.start))
	sp.SetEndTimestamp(pcommon.Timestamp(x.end))
	return res, sc, sp
}

// kept returns the ids of the spans that are no duplicates.
func kept(t *testing.T, d *Duplicates, batch []seen) map[byte]bool {
	t.Helper()
	r := newReader(t, Options{})
	d.Reset()
	var s Scratch
	numbers := make([]int, len(batch))
	for i, x := range batch {
		res, sc, sp := x.span()
		var c call.Call
		known := r.Scope(res, sc, "", &s)
		if !r.Span(known, sp, &s, &c) {
			t.Fatal("no GenAI span")
		}
		numbers[i] = d.Add(known, sp, &c)
	}
	out := map[byte]bool{}
	for i, n := range numbers {
		if !d.Duplicate(n) {
			out[batch[i].id] = true
		}
	}
	return out
}

const (
	chain = "@traceloop/instrumentation-langchain"
	sdk   = "@traceloop/instrumentation-openai"
)

// The same call seen twice in a batch is kept once, whatever the order.
func TestDuplicates(t *testing.T) {
	for name, c := range map[string]struct {
		batch []seen
		want  string
	}{
		"one call":                           {[]seen{{scope: "a", id: 1, in: 10, out: 5}}, "[1]"},
		"two calls":                          {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "a", id: 2, in: 10, out: 5}}, "[1 2]"},
		"the same response id":               {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 5, read: 3, responseID: "r"}}, "[2]"},
		"the same response id, other traces": {[]seen{{scope: "a", id: 1, in: 10, out: 5, read: 3, responseID: "r"}, {scope: "b", id: 2, trace: 1, in: 10, out: 5, responseID: "r"}}, "[1]"},
		"an id that everybody has":           {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "0"}, {scope: "a", id: 2, trace: 1, in: 10, out: 6, responseID: "0"}}, "[1 2]"},
		"three with one id":                  {[]seen{{scope: "a", id: 1, in: 10, out: 5, responseID: "r"}, {scope: "b", id: 2, in: 10, out: 5, responseID: "r"}, {scope: "c", id: 3, in: 10, out: 5, read: 1, responseID: "r"}}, "[3]"},
		"parent and child":                   {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, parent: 1, in: 10, out: 5, read: 3}}, "[2]"},
		"parent that leaves cache out":       {[]seen{{scope: "a", id: 1, in: 7, out: 5}, {scope: "b", id: 2, parent: 1, in: 10, out: 5, read: 3}}, "[2]"},
		"parent that calls another":          {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, parent: 1, in: 11, out: 5}}, "[1 2]"},
		"a root without usage":               {[]seen{{scope: "a", id: 1, empty: true, operation: "embeddings"}, {scope: "a", id: 2, parent: 1, in: 10, operation: "embeddings"}}, "[2]"},
		"parent in another trace":            {[]seen{{scope: "a", id: 1, in: 10, out: 5}, {scope: "b", id: 2, trace: 1, parent: 1, in: 10, out: 5}}, "[1 2]"},
		"framework beside SDK":               {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[2]"},
		"framework and SDK without a root":   {[]seen{{scope: chain, id: 1, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, trace: 1, start: 20, end: 40, in: 10, out: 5, read: 1}}, "[2]"},
		"framework after SDK":                {[]seen{{scope: chain, id: 1, parent: 9, start: 41, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 20, end: 40, in: 10, out: 5}}, "[1 2]"},
		"two frameworks over one SDK":        {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: chain, id: 3, parent: 9, start: 11, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 12, end: 40, in: 10, out: 5, read: 1}}, "[2 3]"},
		"two frameworks over two SDK calls":  {[]seen{{scope: chain, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: chain, id: 3, parent: 9, start: 11, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 12, end: 40, in: 10, out: 5, read: 1}, {scope: sdk, id: 4, parent: 9, start: 13, end: 40, in: 10, out: 5, read: 1}}, "[2 4]"},
		"two SDK calls at the same time":     {[]seen{{scope: sdk, id: 1, parent: 9, start: 10, end: 50, in: 10, out: 5}, {scope: sdk, id: 2, parent: 9, start: 11, end: 50, in: 10, out: 5}}, "[1 2]"},
		"an agent takes no part":             {[]seen{{scope: "a", id: 1, in: 10, out: 5, operation: "invoke_agent"}, {scope: "a", id: 2, parent: 1, in: 10, out: 5}}, "[1 2]"},
	} {
		var d Duplicates
		for i := range 6 {
			rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(c.batch), func(i, j int) { c.batch[i], c.batch[j] = c.batch[j], c.batch[i] })
			got := kept(t, &d, c.batch)
			var ids []int
			for id := range 10 {
				if got[byte(id)] {
					ids = append(ids, id)
				}
			}
			if s := fmt.Sprint(ids); s != c.want {
				t.Errorf("%s, order %d: kept %s, want %s", name, i, s, c.want)
			}
		}
	}
}

// A batch beyond the bound is taken as it is, and identical calls do not make
// comparing slow.
func TestDuplicatesAreBounded(t *testing.T) {
	r := newReader(t, Options{})
	var s Scratch
	var d Duplicates
	res, sc, sp := seen{scope: chain, id: 1, in: 10, out: 5}.span()
	var c call.Call
	known := r.Scope(res, sc, "", &s)
	r.Span(known, sp, &s, &c)
	for range maxDuplicates {
		if d.Add(known, sp, &c) < 0 {
			t.Fatal("refused too early")
		}
	}
	if n := d.Add(known, sp, &c); n != -1 {
		t.Errorf("call beyond the bound is number %d", n)
	}
	if d.Duplicate(maxDuplicates - 1) {
		t.Error("frameworks are no duplicates of each other")
	}
	if d.Duplicate(-1) || d.Duplicate(1<<30) {
		t.Error("numbers that nobody has are duplicates")
	}
}

package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const benchModel = `{dated: true, prices: [
  {until: 2026-01-01T00:00:00Z, rates: {input: 5, cache_read: 2.5, output: 15}},
  {from: 2026-01-01T00:00:00Z, rates: {input: 2.5, cache_read: 1.25, cache_write: 3, cache_write.1h: 5, input.audio: 40, cache_read.audio: 2.5, output: 10}, fees: {web_search: 0.01},
   adjust: {context: [{input: {over: 272000}, times: {input: 2, cache: 2, output: 1.5}}], mode: {batch: {times: {tokens: 0.5}}, priority: {names: [fast], times: {tokens: 2}}}, geo: {eu: {times: {tokens: 1.1}}}}}]}`

// benchCalls are calls from the plainest to the one with most to work out.
var benchCalls = []struct {
	name   string
	counts counts
	mode   string
	model  string
}{
	{"plain", counts{"input": 1200, "output": 300}, "", "m"},
	{"cache", counts{"input": 1200, "cache_read": 1000, "output": 300}, "", "m"},
	{"tier", counts{"input": 1200, "cache_read": 1000, "output": 300}, "priority", "m"},
	{"retention", counts{"input": 1200, "cache_read": 600, "cache_write": 500, "cache_write.1h": 100, "output": 300}, "", "m"},
	{"audio", counts{"input": 1200, "cache_read": 600, "input.audio": 900, "cache_read.audio": 500, "output": 300}, "", "m"},
	{"fees", counts{"input": 1200, "output": 300, "web_search": 2}, "", "m"},
	{"schedule", counts{"input": 1200, "output": 300}, "", "scheduled"},
}

func benchBook(t testing.TB) *pricebook.Book {
	t.Helper()
	scheduled := strings.Replace(benchModel, "geo: {", `schedule: [{tz: Asia/Shanghai, days: mon-fri, hours: ["09:00-12:00", "14:00-18:00"], times: {tokens: 2}}], geo: {`, 1)
	return mustLoad(t, "providers:\n  p:\n    models:\n      m: "+strings.ReplaceAll(benchModel, "\n", " ")+"\n      scheduled: "+strings.ReplaceAll(scheduled, "\n", " ")+"\n")
}

func benchCall(t testing.TB, i int) call.Call {
	t.Helper()
	c := benchCalls[i].counts.call(t)
	c.ResponseModel, c.Mode = benchCalls[i].model, benchCalls[i].mode
	return c
}

func TestPricingDoesNotAllocate(t *testing.T) {
	book := benchBook(t)
	for i, tc := range benchCalls {
		c := benchCall(t, i)
		var r engine.Result
		engine.Price(book, &c, &r)
		assert.Equal(t, status.Exact, r.Status, "%s: %s", tc.name, r.Reasons)
		assert.Zero(t, testing.AllocsPerRun(100, func() { engine.Price(book, &c, &r) }), tc.name)
	}
}

func BenchmarkPrice(b *testing.B) {
	book := benchBook(b)
	for i, bc := range benchCalls {
		b.Run(bc.name, func(b *testing.B) {
			c := benchCall(b, i)
			var r engine.Result
			b.ReportAllocs()
			for b.Loop() {
				engine.Price(book, &c, &r)
			}
		})
	}
}

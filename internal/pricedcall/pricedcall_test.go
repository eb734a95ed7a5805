package pricedcall

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

func TestADoubleGivesTheExactAmountBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		want := money.Quanta(r.Uint64() % 8192e12 >> r.IntN(50))
		got, ok := Amount(want.Float64())
		assert.True(t, ok)
		if got != want {
			t.Fatalf("%s became %s", want, got)
		}
	}
	for _, f := range []float64{-1, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(1, -1)} {
		_, ok := Amount(f)
		assert.False(t, ok, f)
	}
	big, ok := Amount(1e9)
	assert.True(t, ok)
	assert.Equal(t, "1000000000", big.String())
}

func TestResultsAreReadWithoutTrust(t *testing.T) {
	attrs := pcommon.NewMap()
	attrs.PutStr("token_cost.status", "partial")
	attrs.PutDouble("token_cost.total", 0.0125)
	attrs.PutDouble("token_cost.output", 0.01)
	attrs.PutDouble("token_cost.input", -1)
	attrs.PutStr("token_cost.cache_read", "free")
	attrs.PutStr("token_cost.currency", "USD")
	attrs.PutStr("token_cost.price", "openai/org/gpt@4@2026-01-01T00:00:00Z")
	attrs.PutEmptySlice("token_cost.reasons").FromRaw([]any{"meter_not_priced", "because", 7})
	attrs.PutStr("token_costs.status", "exact")
	var c Call
	assert.True(t, NewReader("token_cost").Read(attrs, &c))
	assert.Equal(t, status.Partial, c.Status)
	assert.Equal(t, status.Of(status.MeterNotPriced), c.Reasons)
	assert.Equal(t, "0.0125", c.Total.String())
	assert.Equal(t, [NumParts]money.Amount{Output: money.Quanta(1e10)}, c.Parts)
	provider, model := c.Model()
	assert.Equal(t, [2]string{"openai", "org/gpt@4"}, [2]string{provider, model})

	for _, v := range []string{"", "perfect", "Exact"} {
		attrs.PutStr("token_cost.status", v)
		assert.False(t, NewReader("token_cost").Read(attrs, &c), v)
	}
	assert.False(t, NewReader("acme").Read(attrs, &c))
}

func BenchmarkRead(b *testing.B) {
	attrs := pcommon.NewMap()
	for _, k := range []string{"a.b", "http.request.method", "gen_ai.operation.name", "gen_ai.response.model"} {
		attrs.PutStr(k, "x")
	}
	attrs.PutStr("token_cost.status", "exact")
	for _, k := range []string{"total", "input", "cache_read", "output"} {
		attrs.PutDouble("token_cost."+k, 0.0125)
	}
	attrs.PutStr("token_cost.currency", "USD")
	attrs.PutStr("token_cost.price", "openai/gpt-4o@open")
	r := NewReader("token_cost")
	var c Call
	b.ReportAllocs()
	for b.Loop() {
		r.Read(attrs, &c)
	}
}

package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Sums over many calls are priced at the base of what depends on one call.
func TestSumsOverCallsArePricedWithoutWhatDependsOnOneCall(t *testing.T) {
	book := mustLoad(t, `
providers:
  p:
    models:
      tiers: {prices: [{rates: {input: 1, output: 2}, adjust: {context: [{input: {over: 1000}, contested: true, times: {tokens: 2}}]}}]}
      fee: {prices: [{rates: {input: 1, output: 2}, fees: {request: 0.005}}]}
      per-call: {prices: [{fees: {request: 0.005}}]}
`)
	aggregated := status.Of(status.UsageAggregated)
	for _, tc := range []struct {
		name, model string
		told        counts
		total       string
		reasons     status.Set
	}{
		{"the size of a sum is no size of a context", "tiers", counts{"input": 3_000_000, "output": 1_000_000}, "5", aggregated},
		{"a boundary is none for a sum", "tiers", counts{"input": 1000, "output": 0}, "0.001", aggregated},
		{"requests that nobody counted cost nothing", "fee", counts{"input": 1_000_000, "output": 0}, "1", aggregated},
		{"requests that were counted do", "fee", counts{"input": 1_000_000, "output": 0, "request": 40}, "1.2", aggregated},
		{"where only requests are billed they must be counted", "per-call", counts{"input": 1_000_000, "output": 0}, "", aggregated | status.Of(status.UsageMissing)},
		{"as here", "per-call", counts{"input": 1_000_000, "output": 0, "request": 40}, "0.2", aggregated},
		{"a sum can be beyond any call", "fee", counts{"input": usage.MaxSum, "output": 0}, "1000000000", aggregated},
		{"but not beyond belief", "fee", counts{"input": usage.MaxSum + 1, "output": 0}, "", aggregated | status.Of(status.UsageInvalid)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := told(tc.model, tc.told)(t)
			c.Reasons = aggregated
			var r engine.Result
			engine.Price(book, &c, &r)
			assert.Equal(t, tc.reasons.String(), r.Reasons.String())
			if tc.total != "" {
				assert.Equal(t, status.Estimated, r.Status)
				assert.Equal(t, tc.total, r.Total.String())
			} else {
				assert.Equal(t, status.Unpriced, r.Status)
			}
		})
	}
}

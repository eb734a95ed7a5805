package pricer

import (
	"math"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// reportedUSD returns the cost that the telemetry carries, if it is money.
// Credits and negative or infinite amounts are not.
func reportedUSD(c *call.Call) (float64, bool) {
	v := c.ReportedCost
	switch c.ReportedUnit {
	case call.USD:
	case call.MicroUSD:
		v /= 1e6
	default:
		return 0, false
	}
	return v, v >= 0 && !math.IsInf(v, 1)
}

// useReported puts the reported cost beside ours, or in its place, as configured.
func (b *batch) useReported(w *written, c *call.Call) {
	r := &b.s.result
	usd, ok := reportedUSD(c)
	if !ok || b.p.reported == Ignore {
		return
	}
	billable := r.Status.Priced() || r.Status == status.Unpriced
	if r.Status.Priced() && r.Currency == "USD" {
		b.stats.Reported++
		b.stats.Difference += usd - r.Total.Float64()
	}
	// A cost of zero is what many write for models that they do not know.
	known := usd > 0 || r.Status.Priced() && r.Total.IsZero()
	if b.p.reported == Prefer && billable && known {
		if total, ok := money.FromFloat(usd); ok {
			r.Replace(total)
		}
	}
	w.reported, w.hasReported = usd, true
}

// restore gives a call the cost that its sender reported, which an earlier
// result kept; what was read may be that result itself, under another name.
func (e earlier) restore(c *call.Call) {
	switch {
	case e.hasReported:
		c.ReportedCost, c.ReportedUnit = e.reported, call.USD
	case e.hasTotal && c.ReportedCost == e.total:
		c.ReportedUnit = call.NoCost
	}
}

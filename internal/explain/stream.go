package explain

import (
	"maps"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// stream identifies a cumulative series: each of its points holds all that the
// points before it held.
type stream struct {
	attributes, resource dialect.Fingerprint
	scope, version, name string
	start                pcommon.Timestamp
}

// grown is what a stream came to at a time.
type grown struct {
	at       pcommon.Timestamp
	currency string
	amount   money.Amount
}

// streamOf returns the stream that a usage is a point of, or none.
func streamOf(v *pricer.Visited) (s stream) {
	if v.Group.Temporality != pmetric.AggregationTemporalityCumulative {
		return s
	}
	s = stream{attributes: v.Group.Fingerprint, scope: v.Scope.Name(), version: v.Scope.Version(), name: v.Metric.Name(), start: v.Group.Start}
	for key, value := range v.Resource.Attributes().All() {
		s.resource = s.resource.Plus(dialect.FingerprintOf(key, value))
	}
	return s
}

// grow takes the cost of a point of a stream.
func (s *Summary) grow(c *Call) {
	if s.grown == nil {
		s.grown = map[stream]grown{}
	}
	if last, ok := s.grown[c.stream]; !ok || c.at >= last.at {
		s.grown[c.stream] = grown{c.at, c.Currency, *c.Total}
	}
}

// sums adds up the costs by currency.
func (s *Summary) sums() map[string]money.Amount {
	totals := map[string]money.Amount{}
	maps.Copy(totals, s.totals)
	for _, g := range s.grown {
		totals[g.currency] = totals[g.currency].Add(g.amount)
	}
	return totals
}

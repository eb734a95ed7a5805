package dialect

import (
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Group reads a group into c, which it fills completely, as if all of its calls
// were one. The strings in c point into the telemetry.
func (r *Reader) Group(sc *Scope, g *Group, s *Scratch, c *call.Call) {
	row := &g.row
	if row.own || registry[row.dialect] != &semconv {
		sc = s.under(sc, row.dialect)
	}
	rd := &s.rd
	rd.reset()
	rd.hit |= 1 << row.dialect
	for name, v := range g.Attributes.All() {
		if g.OwnKey(name) {
			rd.dimension(row, name, v)
		}
	}
	if sc.has {
		for name, v := range sc.facts.All() {
			if !rd.hasOwnWord(name) {
				rd.wordOfFact(name, v)
			}
		}
	}
	g.counts(rd)
	if g.costUnit != call.NoCost {
		rd.putCost(g.costUnit, 0, g.cost)
	}
	start := g.Start
	if start == 0 {
		start = g.Time
	}
	r.understand(sc, source{start: uint64(start), metric: true}, s, c)
	if g.again {
		c.Reasons.Add(status.DuplicateCall)
	}
	if g.calls > 0 && row.source != ownMetrics && c.Kind == call.Inference { // a recording of the conventions is a call
		c.Usage.SetFee(meter.Request, g.calls)
	}
}

// hasOwnWord tells whether the points have a fact that is no count.
func (rd *record) hasOwnWord(name string) bool {
	switch name {
	case attrkey.FactMode:
		return rd.mode != ""
	case attrkey.FactGeo:
		return rd.geo != ""
	case attrkey.FactBilling:
		return rd.billing != ""
	}
	return false
}

// counts puts the counts of the group in the record, and says what is doubtful
// about them.
func (g *Group) counts(rd *record) {
	rd.reasons.Add(status.UsageAggregated)
	for rest := g.told; rest != 0; rest &= rest - 1 {
		n := number(bits.TrailingZeros64(rest))
		how := valid
		if g.invalid&(1<<n) != 0 {
			how = invalid
		}
		rd.put(n, 0, g.count[n], how)
	}
	rd.below = rd.below || g.below
	if g.tellsModalities() {
		rd.told |= call.Modalities
	}
	if g.twice {
		rd.reasons.Add(status.UsageContradictory)
	}
	if g.unknown > 0 {
		rd.reasons.Add(status.MeterNotPriced)
	}
	if g.Temporality == pmetric.AggregationTemporalityUnspecified {
		rd.reasons.Add(status.MetricNotAdditive)
	}
}

// tellsModalities tells whether every input and output token has a modality.
func (g *Group) tellsModalities() bool {
	seen := g.modal[input] | g.modal[output]
	return seen != 0 && seen&(1<<noModality|1<<otherModality) == 0
}

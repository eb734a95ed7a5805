package dialect

import (
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// onceInBothTemporalities marks the deltas of a stream that its scope tells as a
// growing sum too: an instrument with two readers. The sum is kept, which holds
// what the deltas tell and comes with every export, so that neither money nor
// the continuity of a stream is lost.
func (g *Groups) onceInBothTemporalities() {
	var delta, cumulative bool
	for i := range g.groups {
		delta = delta || g.groups[i].Temporality == pmetric.AggregationTemporalityDelta
		cumulative = cumulative || g.groups[i].Temporality == pmetric.AggregationTemporalityCumulative
	}
	if !delta || !cumulative {
		return
	}
	clear(g.sums)
	if g.sums == nil {
		g.sums = map[groupKey]int32{}
	}
	for i := range g.groups {
		c := &g.groups[i]
		if c.Temporality != pmetric.AggregationTemporalityCumulative || c.again || c.invalid != 0 || c.below {
			continue
		}
		if last, ok := g.sums[c.stream()]; !ok || c.Time > g.groups[last].Time {
			g.sums[c.stream()] = int32(i)
		}
	}
	for i := range g.groups {
		c := &g.groups[i]
		if c.Temporality != pmetric.AggregationTemporalityDelta {
			continue
		}
		if sum, ok := g.sums[c.stream()]; ok && g.groups[sum].holds(c) {
			c.again = true
		}
	}
}

// stream identifies what a group is about, whatever its time and temporality.
func (g *Group) stream() groupKey {
	return groupKey{attrs: g.Fingerprint, dialect: g.row.dialect, source: g.row.source}
}

// holds tells whether a growing sum can contain a delta: it began no later, and
// no count of the delta is larger or missing.
func (g *Group) holds(delta *Group) bool {
	if g.Start > delta.Start || delta.told&^g.told != 0 || delta.unknown > g.unknown {
		return false
	}
	for n := range g.count {
		if delta.count[n] > g.count[n] {
			return false
		}
	}
	return true
}

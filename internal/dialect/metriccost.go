package dialect

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// costPoint is a cost that the telemetry carries, until the groups are complete.
type costPoint struct {
	key    groupKey // of no source: costs stand beside any
	unit   call.CostUnit
	amount float64
}

// carry keeps the cost of a point.
func (g *Groups) carry(row *metricRow, attrs Fingerprint, temporality pmetric.AggregationTemporality, limit int) {
	if len(g.costs) < limit && temporality != pmetric.AggregationTemporalityUnspecified {
		g.costs = append(g.costs, costPoint{groupKey{attrs: attrs, time: g.point.time, temporality: temporality}, row.unit, g.point.value})
	}
}

// match gives each group the cost with the same attributes, and the same or
// the nearest time.
func (g *Groups) match() {
	if len(g.costs) == 0 || len(g.groups) == 0 {
		return
	}
	clear(g.seconds)
	for i := range g.costs {
		key := g.costs[i].key.second(0)
		if _, taken := g.seconds[key]; !taken {
			g.seconds[key] = int32(i)
		}
	}
	for i := range g.groups {
		c := &g.groups[i]
		key := groupKey{attrs: c.Fingerprint, time: uint64(c.Time), temporality: c.Temporality}
		least := uint64(near)
		for offset := int64(-1); offset <= 1; offset++ {
			j, ok := g.seconds[key.second(offset)]
			if !ok {
				continue
			}
			if d := apart(g.costs[j].key.time, key.time); d < least {
				least = d
				c.cost, c.costUnit = g.costs[j].amount, g.costs[j].unit
			}
		}
	}
}

package dialect

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
)

// choose marks the groups of which a better source tells: one that tells of
// their operation, as some sources tell of chats alone and others of embeddings
// too. What has no operation can be of any.
func (g *Groups) choose() {
	best, worst := tokenUsage, ownMetrics
	for i := range g.groups {
		if c := &g.groups[i]; c.additive() {
			best = min(best, c.row.source)
		}
		worst = max(worst, g.groups[i].row.source)
	}
	several := worst > best
	if several {
		g.compare()
	}
	for i := range g.groups {
		c := &g.groups[i]
		c.again = c.row.again || several && c.row.source > g.bestFor(c.operation(), best)
	}
}

// compare notes the best source of each operation.
func (g *Groups) compare() {
	if g.best == nil {
		g.best = map[string]tokenSource{}
	}
	for i := range g.groups {
		c := &g.groups[i]
		if !c.additive() {
			continue
		}
		op := c.operation()
		if b, ok := g.best[op]; !ok || c.row.source < b {
			g.best[op] = c.row.source
		}
	}
}

// bestFor returns the best source of an operation, where best is that of all.
func (g *Groups) bestFor(operation string, best tokenSource) tokenSource {
	if operation == "" {
		return best
	}
	least := tokenUsage
	for _, op := range [...]string{operation, ""} {
		if b, ok := g.best[op]; ok {
			least = min(least, b)
		}
	}
	return least
}

// additive tells whether the group can stand for others: it adds up, and is not
// one that always stands behind another metric.
func (g *Group) additive() bool {
	return !g.row.again && g.Temporality != pmetric.AggregationTemporalityUnspecified
}

// operationKeys are the keys of the operation, plain and as Prometheus spells them.
var operationKeys = [...]string{attrkey.OperationName, underscored(attrkey.OperationName)}

// operation returns what the calls of the group do, if it is told.
func (g *Group) operation() string {
	for _, key := range operationKeys {
		if v, ok := g.Attributes.Get(key); ok {
			return v.AsString()
		}
	}
	return ""
}

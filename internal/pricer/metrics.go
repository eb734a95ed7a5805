package pricer

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// maxGroups is how many usages of a batch are priced: each stands in the points
// of several types of token. What is beyond is counted.
const maxGroups = 16384

// meters is what pricing metrics needs besides the batch.
type meters struct {
	groups dialect.Groups
	call   call.Call
	end    engine.Result // with the price at the end of the interval
	spends spends
}

// Metrics adds what the token counts of a batch cost beside them, in place. The
// visit function may be nil.
func (p *Pricer) Metrics(ctx context.Context, md pmetric.Metrics, visit func(*Visited)) Stats {
	b := p.begin(ctx, visit)
	defer p.give(b.s)
	left := maxGroups
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		for j := range rm.ScopeMetrics().Len() {
			left -= b.meters(rm, rm.ScopeMetrics().At(j), left)
		}
	}
	return b.stats
}

// meters prices the usages of a scope, at most limit, and returns how many
// there were.
func (b *batch) meters(rm pmetric.ResourceMetrics, sm pmetric.ScopeMetrics, limit int) int {
	m, metrics := &b.s.meters, sm.Metrics()
	sc := b.p.reader.Scope(rm.Resource(), sm.Scope(), sm.SchemaUrl(), &b.s.scratch)
	b.stats.Items += numPoints(metrics)
	beyond := b.p.reader.Metrics(sc, metrics, limit, &m.groups)
	b.stats.ByStatus[status.Unpriced] += int64(beyond)
	b.stats.ByReason[status.LimitExceeded] += int64(beyond)
	groups := m.groups.All()
	defer m.groups.Reset()
	if len(groups) == 0 {
		return 0
	}
	m.spends.begin(b.p.writer, metrics, b.p.replace)
	for i := range groups {
		b.group(sc, &groups[i], rm, sm)
	}
	m.spends.end()
	return len(groups)
}

// group prices one usage.
func (b *batch) group(sc *dialect.Scope, g *dialect.Group, rm pmetric.ResourceMetrics, sm pmetric.ScopeMetrics) {
	m, r := &b.s.meters, &b.s.result
	c := &m.call
	b.p.reader.Group(sc, g, &b.s.scratch, c)
	at := subject{signal: dialect.Metrics, metrics: rm, meters: sm, metric: sm.Metrics().At(g.Metric)}
	if attrs, ok := m.spends.of(g); ok {
		b.stats.Kept++
		b.showGroup(sc, g, &at, attrs, nil)
		return
	}
	if nothing(c) {
		return
	}
	if len(b.p.assume)+len(b.p.overheads) > 0 {
		at.point = pointOf(at.metric, g.Point)
	}
	for i := range b.p.assume {
		if b.p.assume[i].holds(b.ctx, &at) {
			b.p.assume[i].apply(c)
		}
	}
	b.interval(c, uint64(g.Time))
	w := written{result: r}
	b.useReported(&w, c)
	if r.Status.Priced() {
		b.addOverhead(&w, &at)
		w.further = b.find(g.Attributes, &at)
		m.spends.add(g, &w, func(attrs pcommon.Map) { b.attribute(attrs, w.further) })
	}
	b.count(c)
	b.showGroup(sc, g, &at, g.Attributes, r)
}

// nothing tells that all counts are zero: a stream that has not begun, or one
// of calls that failed (semantic-conventions-genai records zeros for them).
// Where a whole is told besides, its parts are not known to be zero.
func nothing(c *call.Call) bool {
	const expected = 1<<status.UsageAggregated | 1<<status.UsageMissing
	return !c.Usage.Empty() && !c.Usage.Any() && !c.Usage.HasFees() && c.Reasons&^expected == 0
}

// showGroup lets the visitor see a usage.
func (b *batch) showGroup(sc *dialect.Scope, g *dialect.Group, at *subject, attrs pcommon.Map, r *engine.Result) {
	if b.visit == nil {
		return
	}
	b.visit(&Visited{
		Signal: at.signal, Resource: at.resource(), Scope: at.scope(), Metric: at.metric, Group: g, Attributes: attrs,
		Emitter: sc.Emitter(), Call: &b.s.meters.call, Result: r, Book: b.book,
	})
}

// longest is the interval over which a price by time of day is taken for that
// of its start, in nanoseconds.
const longest = 15 * 60 * 1_000_000_000

// interval prices a usage at the price in force when its interval starts, so
// that what a stream of growing sums costs never falls. A model whose price
// came into force within the interval has the first one.
func (b *batch) interval(c *call.Call, end uint64) {
	r, after := &b.s.result, &b.s.meters.end
	engine.Price(b.book, c, r)
	if end <= c.StartUnixNano {
		return
	}
	changed := false
	if r.Reasons.Has(status.NoPriceAtTime) {
		if first, ok := r.Resolution.Model.FirstAfter(int64(c.StartUnixNano), int64(end)); ok {
			cached := r.Cached
			c.StartUnixNano, changed = uint64(first), true
			engine.Price(b.book, c, r)
			r.Cached = cached
		}
	}
	if !r.Status.Priced() {
		return
	}
	start := c.StartUnixNano
	c.StartUnixNano = end
	engine.Price(b.book, c, after)
	c.StartUnixNano = start
	if changed || after.Price != r.Price || after.Choice != r.Choice || r.Price.Scheduled() && end-start > longest {
		r.Reasons.Add(status.PriceChanged)
		r.Status = r.Reasons.Status()
	}
}

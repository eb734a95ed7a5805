package dialect

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Group is the points of a scope that tell one usage together: they differ in
// nothing but the type of the tokens they count. The usage is that of all calls
// within an interval.
type Group struct {
	Attributes  pcommon.Map // of its first point; OwnKey tells which are the group's
	Fingerprint Fingerprint // of those
	Start, Time pcommon.Timestamp
	Temporality pmetric.AggregationTemporality // unspecified if the points cannot be added up
	Points      int
	Metric      int // index in the scope of the metric of the first point
	Point       int // index of the first point in that

	row      metricRow
	told     uint64           // bit per count
	invalid  uint64           // bit per count with a value that is none
	count    [streaming]int64 // by number
	modal    [streaming]uint8 // bit per modality told of a count
	unknown  int64            // tokens of types that nobody knows
	below    bool             // some value is below zero
	twice    bool             // some count was told twice
	again    bool             // another group tells of the same tokens, and more
	metrics  uint64           // bit per count of the metrics with one each
	before   int32            // 1 + index of the group before it in the same second
	calls    int64            // recordings of input
	cost     float64          // as the telemetry tells it
	costUnit call.CostUnit
}

// OwnKey tells whether an attribute is part of what the group is about, and
// does not only tell its points apart.
func (g *Group) OwnKey(key string) bool {
	return g.row.role(key) == aboutUsage
}

// Underscored tells whether the telemetry is spelled as Prometheus spells it.
func (g *Group) Underscored() bool { return g.row.underscored }

// Groups is the memory that metrics are read in. One belongs to one goroutine
// and may be used again for every scope; the zero value is ready.
type Groups struct {
	groups []Group
	at     map[groupKey]int32 // by the time of the points
	// seconds finds the last of each second: groups of sources with several
	// metrics while they are made, and then costs.
	seconds map[groupKey]int32
	costs   []costPoint
	best    map[string]tokenSource // by operation, of a scope with several sources
	sums    map[groupKey]int32     // the last growing sum of each stream, of a scope with deltas too
	point   point
}

// groupKey is what the points of a group have in common.
type groupKey struct {
	attrs       Fingerprint
	time        uint64
	dialect     uint8
	source      tokenSource
	temporality pmetric.AggregationTemporality
}

// maxKept is how many groups the memory keeps room for between scopes.
const maxKept = 1024

// Reset forgets what was read.
func (g *Groups) Reset() {
	if cap(g.groups) > maxKept {
		*g = Groups{}
		return
	}
	clear(g.groups) // they point into telemetry
	g.groups = g.groups[:0]
	g.costs = g.costs[:0]
	clear(g.at)
	clear(g.seconds)
	clear(g.best) // it holds strings of telemetry
	clear(g.sums)
}

// All returns the groups in the order of their first points. They are valid
// until the next Reset.
func (g *Groups) All() []Group { return g.groups }

// Metrics groups the token counts among the metrics of a scope, at most limit
// groups. It returns how many points of further groups there were.
func (r *Reader) Metrics(sc *Scope, metrics pmetric.MetricSlice, limit int, g *Groups) (beyond int) {
	for i := range metrics.Len() {
		m := metrics.At(i)
		row, ok := findMetric(sc, m.Name())
		if !ok {
			continue
		}
		temporality := temporalityOf(m)
		pointsOf(m, &g.point, func(at int) {
			attrs, k := g.fingerprint(&row)
			if row.unit != call.NoCost {
				g.carry(&row, attrs, temporality, limit)
				return
			}
			group := g.join(&row, attrs, temporality, limit)
			if group == nil {
				beyond++
				return
			}
			if group.Points == 0 {
				group.Metric, group.Point = i, at
			}
			group.add(&g.point, k)
		})
	}
	g.choose()
	g.onceInBothTemporalities()
	g.match()
	return beyond
}

// fingerprint identifies the attributes that say what the point is about, and
// tells what it counts.
func (g *Groups) fingerprint(row *metricRow) (f Fingerprint, k kind) {
	k.count = row.what
	for key, v := range g.point.attrs.All() {
		switch by := row.role(key); by {
		case aboutUsage:
			f = f.Plus(FingerprintOf(key, v))
		case tellsMedium:
			k.of(v)
		default:
			k.typed(v, by)
		}
	}
	return f, k
}

// near is how far apart the times of points can be that different metrics tell
// of one usage: some SDKs read the clock for each metric anew.
const near = 1_000_000_000

// join returns the group of a point, or nil if it would be one too many. Points
// of one metric belong together if they have the same time, those of several
// metrics of a source if their times are near.
func (g *Groups) join(row *metricRow, attrs Fingerprint, temporality pmetric.AggregationTemporality, limit int) *Group {
	p := &g.point
	key := groupKey{attrs, p.time, row.dialect, row.source, temporality}
	if i, ok := g.at[key]; ok {
		return g.groups[i].extend(row, p)
	}
	if row.what != byType {
		if i, ok := g.nearest(key, 1<<row.what); ok {
			g.at[key] = i
			return g.groups[i].extend(row, p)
		}
	}
	if len(g.groups) >= limit {
		return nil
	}
	if g.at == nil {
		g.at, g.seconds = map[groupKey]int32{}, map[groupKey]int32{}
	}
	i := int32(len(g.groups))
	g.groups = append(g.groups, Group{
		Attributes: p.attrs, Fingerprint: attrs, Time: pcommon.Timestamp(p.time), Temporality: temporality, row: *row,
	})
	g.at[key] = i
	if row.what != byType {
		g.groups[i].before = g.seconds[key.second(0)]
		g.seconds[key.second(0)] = i + 1
	}
	return g.groups[i].extend(row, p)
}

// second is the key of what happened in the same second, or one beside it.
func (k groupKey) second(offset int64) groupKey {
	k.time = uint64(int64(k.time/near) + offset)
	return k
}

// maxInSecond is how many groups of a second a point is compared with.
const maxInSecond = 16

// nearest returns the group that is the nearest in time of those that have no
// points of the metric yet.
func (g *Groups) nearest(key groupKey, metric uint64) (found int32, ok bool) {
	least := uint64(near)
	for offset := int64(-1); offset <= 1; offset++ {
		next := g.seconds[key.second(offset)]
		for n := 0; next != 0 && n < maxInSecond; n++ {
			i := next - 1
			c := &g.groups[i]
			if d := apart(uint64(c.Time), key.time); d < least && c.metrics&metric == 0 {
				found, ok, least = i, true, d
			}
			next = c.before
		}
	}
	return found, ok
}

func apart(a, b uint64) uint64 { return max(a, b) - min(a, b) }

// extend makes the interval of the group hold that of a point.
func (g *Group) extend(row *metricRow, p *point) *Group {
	if row.what != byType {
		g.metrics |= 1 << row.what
	}
	if p.start != 0 && (g.Start == 0 || p.start < uint64(g.Start)) {
		g.Start = pcommon.Timestamp(p.start)
	}
	return g
}

// add counts a point. Values of one count that several modalities have are
// added up; so are those of points that differ in nothing, which is said.
func (g *Group) add(p *point, k kind) {
	g.Points++
	if p.how == negative {
		g.below = true
	}
	if k.count == byType || k.count >= streaming {
		if p.how == valid {
			g.unknown = min(g.unknown+p.n, usage.MaxSum)
		}
		return
	}
	bit := uint8(1) << k.modality
	g.twice = g.twice || g.modal[k.count]&bit != 0 && k.modality != otherModality
	g.modal[k.count] |= bit
	g.tell(k.count, p)
	if part := parts[k.count]; k.modality < otherModality && part[k.modality] != input {
		g.tell(part[k.modality], p)
	}
	if k.count == input {
		g.calls = max(g.calls, p.calls)
	}
}

// tell adds the value of a point to a count.
func (g *Group) tell(n number, p *point) {
	g.told |= 1 << n
	g.count[n] += p.n
	if p.how != valid || g.count[n] > usage.MaxSum {
		g.count[n] = 0
		g.invalid |= 1 << n
	}
}

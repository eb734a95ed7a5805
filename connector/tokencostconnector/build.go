package tokencostconnector

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// builder turns series into metrics. Each currency has metrics of its own,
// because the unit is a property of a metric.
type builder struct {
	names       names
	temporality pmetric.AggregationTemporality
	resource    pcommon.Map // of the metrics: who counted
	bounds      []float64   // of explicit buckets, if there are any
	breakdown   bool

	out    pmetric.MetricSlice
	byName map[metricKey]pmetric.Metric
	at     pcommon.Timestamp
}

type metricKey struct{ name, unit string }

// build collects the store into metrics, and tells how many series expired.
func (b *builder) build(store *series.Store, t *teller, now time.Time) (pmetric.Metrics, int) {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	b.resource.CopyTo(rm.Resource().Attributes())
	sm := rm.ScopeMetrics().AppendEmpty()
	sm.Scope().SetName(metadata.ScopeName)
	b.out, b.byName, b.at = sm.Metrics(), map[metricKey]pmetric.Metric{}, pcommon.NewTimestampFromTime(now)
	expired := store.Collect(now, b.series)
	if t != nil {
		expired += b.interactions(t, now)
	}
	return md, expired
}

func (b *builder) series(s *series.Series) {
	if s.HasSpend {
		unit := b.unit(&s.Common)
		p := b.point(b.sum(b.names.spend, unit, "Cost of calls."), &s.Common)
		p.SetDoubleValue(s.Spend.Float64())
		if b.breakdown {
			b.parts(s, unit)
		}
		d := series.Distribution{Exponential: s.Cost, Buckets: s.Buckets, Bounds: b.bounds, Sum: s.Spend.Float64()} // the exact sum, not that of the histogram
		b.distribution(b.names.callCost, unit, "Distribution of the cost of calls.", &s.Common, &d, s.Exemplars)
	}
	for m, n := range s.Tokens {
		if n > 0 {
			p := b.point(b.sum(b.names.tokens, "{token}", "Tokens of calls, by meter; every token is in one."), &s.Common)
			p.Attributes().PutStr(b.names.meter, series.Meter(m).String())
			p.SetIntValue(n)
		}
	}
	for _, c := range s.Calls {
		p := b.point(b.sum(b.names.calls, "{call}", "Calls, by the reason that decided their status."), &s.Common)
		if c.Reason != series.NoReason {
			p.Attributes().PutStr(b.names.reason, c.Reason.Code())
		}
		p.SetIntValue(c.N)
	}
}

func (b *builder) parts(s *series.Series, unit string) {
	for p, amount := range s.Parts {
		if !amount.IsZero() {
			point := b.point(b.sum(b.names.parts, unit, "Cost of calls by part; the parts add up to the spend."), &s.Common)
			point.Attributes().PutStr(b.names.part, pricedcall.Part(p).String())
			point.SetDoubleValue(amount.Float64())
		}
	}
}

// unit is that of the amounts of a series.
func (b *builder) unit(s *series.Common) string {
	currency := ""
	if v, ok := s.Attributes.Get(b.names.currency); ok {
		currency = v.Str()
	}
	return "{" + currency + "}"
}

// metric returns the metric of a name and unit.
func (b *builder) metric(name, unit, description string) (m pmetric.Metric, fresh bool) {
	k := metricKey{name, unit}
	if m, ok := b.byName[k]; ok {
		return m, false
	}
	m = b.out.AppendEmpty()
	m.SetName(name)
	m.SetUnit(unit)
	m.SetDescription(description)
	b.byName[k] = m
	return m, true
}

func (b *builder) sum(name, unit, description string) pmetric.Sum {
	m, fresh := b.metric(name, unit, description)
	if !fresh {
		return m.Sum()
	}
	s := m.SetEmptySum()
	s.SetIsMonotonic(true)
	s.SetAggregationTemporality(b.temporality)
	return s
}

func (b *builder) point(sum pmetric.Sum, s *series.Common) pmetric.NumberDataPoint {
	p := sum.DataPoints().AppendEmpty()
	p.SetStartTimestamp(s.Start)
	p.SetTimestamp(b.at)
	p.Attributes().EnsureCapacity(s.Attributes.Len() + 1)
	s.Attributes.CopyTo(p.Attributes())
	return p
}

// distribution adds a histogram of the kind that is configured, if there are values.
func (b *builder) distribution(name, unit, description string, s *series.Common, d *series.Distribution, examples []series.Exemplar) {
	if d.Count() == 0 {
		return
	}
	m, fresh := b.metric(name, unit, description)
	if d.Exponential == nil {
		b.buckets(m, fresh, s, d, examples)
		return
	}
	if fresh {
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(b.temporality)
	}
	p := m.ExponentialHistogram().DataPoints().AppendEmpty()
	p.SetStartTimestamp(s.Start)
	p.SetTimestamp(b.at)
	s.Attributes.CopyTo(p.Attributes())
	h := d.Exponential
	p.SetCount(h.Count())
	p.SetSum(d.Sum)
	p.SetMin(h.Min())
	p.SetMax(h.Max())
	p.SetZeroCount(h.ZeroCount())
	p.SetScale(h.Scale())
	p.Positive().SetOffset(h.Positive().Offset())
	counts := p.Positive().BucketCounts()
	counts.EnsureCapacity(int(h.Positive().Len()))
	for i := range h.Positive().Len() {
		counts.Append(h.Positive().At(i))
	}
	exemplars(examples, p.Exemplars())
}

// buckets are the histogram for backends that know fixed buckets only.
func (b *builder) buckets(m pmetric.Metric, fresh bool, s *series.Common, d *series.Distribution, examples []series.Exemplar) {
	if fresh {
		m.SetEmptyHistogram().SetAggregationTemporality(b.temporality)
	}
	p := m.Histogram().DataPoints().AppendEmpty()
	p.SetStartTimestamp(s.Start)
	p.SetTimestamp(b.at)
	s.Attributes.CopyTo(p.Attributes())
	p.SetCount(d.Buckets.Count())
	p.SetSum(d.Sum)
	p.ExplicitBounds().FromRaw(d.Bounds)
	p.BucketCounts().FromRaw(d.Buckets)
	exemplars(examples, p.Exemplars())
}

func exemplars(examples []series.Exemplar, out pmetric.ExemplarSlice) {
	for _, e := range examples {
		x := out.AppendEmpty()
		x.SetDoubleValue(e.Cost)
		x.SetTraceID(e.Trace)
		x.SetSpanID(e.Span)
		x.SetTimestamp(e.At)
	}
}

package dialect

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// point is one data point of a metric, of whatever kind.
type point struct {
	attrs       pcommon.Map
	start, time uint64
	value       float64 // as a double, for costs
	n           int64   // as a count
	how         reading
	calls       int64 // recordings of a histogram
}

// pointsOf reads the points of a metric that have a value into p, and calls each
// with the place of every one.
func pointsOf(m pmetric.Metric, p *point, each func(i int)) {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		numberPoints(m.Sum().DataPoints(), p, each)
	case pmetric.MetricTypeGauge:
		numberPoints(m.Gauge().DataPoints(), p, each)
	case pmetric.MetricTypeHistogram:
		points := m.Histogram().DataPoints()
		for i := range points.Len() {
			if d := points.At(i); !d.Flags().NoRecordedValue() {
				*p = point{attrs: d.Attributes(), start: uint64(d.StartTimestamp()), time: uint64(d.Timestamp())}
				p.recorded(d.Sum(), d.HasSum(), d.Count())
				each(i)
			}
		}
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		for i := range points.Len() {
			if d := points.At(i); !d.Flags().NoRecordedValue() {
				*p = point{attrs: d.Attributes(), start: uint64(d.StartTimestamp()), time: uint64(d.Timestamp())}
				p.recorded(d.Sum(), d.HasSum(), d.Count())
				each(i)
			}
		}
	case pmetric.MetricTypeSummary:
		points := m.Summary().DataPoints()
		for i := range points.Len() {
			if d := points.At(i); !d.Flags().NoRecordedValue() {
				*p = point{attrs: d.Attributes(), start: uint64(d.StartTimestamp()), time: uint64(d.Timestamp())}
				p.recorded(d.Sum(), true, d.Count())
				each(i)
			}
		}
	case pmetric.MetricTypeEmpty:
	}
}

func numberPoints(points pmetric.NumberDataPointSlice, p *point, each func(int)) {
	for i := range points.Len() {
		d := points.At(i)
		if d.Flags().NoRecordedValue() {
			continue
		}
		*p = point{attrs: d.Attributes(), start: uint64(d.StartTimestamp()), time: uint64(d.Timestamp())}
		switch d.ValueType() {
		case pmetric.NumberDataPointValueTypeInt:
			p.value = float64(d.IntValue())
			p.n, p.how = credibleSum(d.IntValue())
		case pmetric.NumberDataPointValueTypeDouble:
			p.value = d.DoubleValue()
			p.n, p.how = sumFromDouble(d.DoubleValue())
		default:
			continue
		}
		each(i)
	}
}

// recorded takes the sum of a histogram. One that recorded something and has
// no sum tells no count.
func (p *point) recorded(sum float64, has bool, count uint64) {
	p.value, p.calls = sum, int64(min(count, usage.MaxSum))
	switch {
	case has:
		p.n, p.how = sumFromDouble(sum)
	case count == 0:
		p.how = valid
	default:
		p.value, p.how = math.NaN(), invalid
	}
}

// credibleSum is credible for sums over calls.
func credibleSum(n int64) (int64, reading) {
	switch {
	case n < 0:
		return 0, negative
	case n > usage.MaxSum:
		return 0, invalid
	}
	return n, valid
}

// sumFromDouble is fromDouble for sums over calls.
func sumFromDouble(f float64) (int64, reading) {
	switch {
	case f < 0:
		return 0, negative
	case !(f <= usage.MaxSum) || f != math.Trunc(f):
		return 0, invalid
	}
	return int64(f), valid
}

// temporalityOf returns how the values of a metric are to be added up;
// unspecified for gauges, summaries, sums that can fall, and what does not say.
func temporalityOf(m pmetric.Metric) pmetric.AggregationTemporality {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		if m.Sum().IsMonotonic() {
			return m.Sum().AggregationTemporality()
		}
	case pmetric.MetricTypeHistogram:
		return m.Histogram().AggregationTemporality()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().AggregationTemporality()
	}
	return pmetric.AggregationTemporalityUnspecified
}

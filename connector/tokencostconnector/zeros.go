package tokencostconnector

import (
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// zeros tells every new sum as zero once, one flush before its value. Backends
// that scrape do not read when a sum began, so that they take its first value
// for what was there before: without a zero, the first call of every series
// would be missing in increase() and rate() of Prometheus.
type zeros struct {
	seed  maphash.Seed
	known map[uint64]begun // by metric and attributes, of the points of the last flush
	round uint64
}

// begun is a sum that was told: its start, and the round of flushes it was last in.
type begun struct {
	start pcommon.Timestamp
	round uint64
}

func newZeros() *zeros { return &zeros{seed: maphash.MakeSeed(), known: map[uint64]begun{}} }

// begin sets the sums that were not told yet to zero. It holds as many sums as
// the last flush had. Two that share a hash are taken for one, which costs the
// second its zero and nothing else.
func (z *zeros) begin(md pmetric.Metrics) {
	z.round++
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				z.metric(m)
			}
		}
	}
	for key, t := range z.known {
		if t.round != z.round {
			delete(z.known, key)
		}
	}
}

func (z *zeros) metric(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		for _, p := range m.Sum().DataPoints().All() {
			if z.isNew(m.Name(), p.Attributes(), p.StartTimestamp()) {
				if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
					p.SetIntValue(0)
				} else {
					p.SetDoubleValue(0)
				}
			}
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			if z.isNew(m.Name(), p.Attributes(), p.StartTimestamp()) {
				p.BucketCounts().FromRaw(make([]uint64, p.BucketCounts().Len()))
				p.SetCount(0)
				p.SetSum(0)
				p.RemoveMin()
				p.RemoveMax()
			}
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			if z.isNew(m.Name(), p.Attributes(), p.StartTimestamp()) {
				pmetric.NewExponentialHistogramDataPointBuckets().MoveTo(p.Positive())
				p.SetZeroCount(0)
				p.SetCount(0)
				p.SetSum(0)
				p.RemoveMin()
				p.RemoveMax()
			}
		}
	}
}

// isNew tells whether a sum was not told yet, and notes that it is now. Points
// of a series have their attributes in the same order at every flush.
func (z *zeros) isNew(name string, attributes pcommon.Map, start pcommon.Timestamp) bool {
	var h maphash.Hash
	h.SetSeed(z.seed)
	text := func(s string) {
		_, _ = h.WriteString(s)
		_ = h.WriteByte(0)
	}
	text(name)
	for key, v := range attributes.All() {
		text(key)
		text(v.AsString())
	}
	key := h.Sum64()
	before, ok := z.known[key]
	z.known[key] = begun{start, z.round}
	return !ok || before.start != start
}

package subject

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

func nop() consumer.Metrics { return consumertest.NewNop() }

// tally is what a connector told: for each metric the values of its points, by
// their attributes.
type tally struct {
	mu     sync.Mutex
	values map[string]map[string]float64
}

// patience is how long a proof waits for a flush.
var patience = 10 * time.Second

// proof runs a connector once over all batches of a subject, and fails unless
// it tells every series of every metric, and the right sums.
func (c *counting) proof(ctx context.Context, s *Subject) error {
	t := &tally{values: map[string]map[string]float64{}}
	next, err := consumer.NewMetrics(t.take)
	if err != nil {
		return err
	}
	interval := "100ms"
	if s.Series > 1000 {
		interval = "1s" // looking at one flush takes as long as some of these
	}
	r, err := runConnector(ctx, c.factory, strings.ReplaceAll(c.config, never, interval), next)
	if err != nil {
		return err
	}
	once := &Subject{Batch: s.Batch, Rest: s.Rest, processor: r}
	if err := once.process(ctx); err != nil {
		return err
	}
	cost := s.total()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		wrong := t.differs(c.metrics, s, cost)
		if wrong == nil {
			return r.stop()
		}
		if time.Now().After(deadline) {
			return errors.Join(wrong, r.stop())
		}
	}
}

// differs compares what was told with the batches, and with what their spans cost.
func (t *tally) differs(metrics []string, s *Subject, cost float64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range metrics {
		told := t.values[name]
		if len(told) < s.Series {
			return fmt.Errorf("%s has %d series, not %d", name, len(told), s.Series)
		}
		got, want := 0.0, 0.0
		for _, v := range told {
			got += v
		}
		switch {
		case strings.HasSuffix(name, "spend"):
			want = cost
		case strings.HasSuffix(name, "calls"):
			want = float64(s.Batches() * spans.BatchSize)
		default:
			continue
		}
		if math.Abs(got-want) > 1e-9*want {
			return fmt.Errorf("%s is %v, not %v", name, got, want)
		}
	}
	return nil
}

// take notes metrics: the last value of sums that go on, and the sum of differences.
func (t *tally) take(_ context.Context, md pmetric.Metrics) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				t.metric(rm.Resource().Attributes(), m)
			}
		}
	}
	return nil
}

func (t *tally) metric(resource pcommon.Map, m pmetric.Metric) {
	note := func(attrs pcommon.Map, how pmetric.AggregationTemporality, v float64) {
		told := t.values[m.Name()]
		if told == nil {
			told = map[string]float64{}
			t.values[m.Name()] = told
		}
		series := fmt.Sprint(resource.AsRaw(), attrs.AsRaw())
		if how == pmetric.AggregationTemporalityDelta {
			v += told[series]
		}
		told[series] = v
	}
	switch m.Type() {
	case pmetric.MetricTypeSum:
		for _, p := range m.Sum().DataPoints().All() {
			note(p.Attributes(), m.Sum().AggregationTemporality(), p.DoubleValue()+float64(p.IntValue()))
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			note(p.Attributes(), m.Histogram().AggregationTemporality(), p.Sum())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			note(p.Attributes(), m.ExponentialHistogram().AggregationTemporality(), p.Sum())
		}
	}
}

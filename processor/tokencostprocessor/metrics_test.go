package tokencostprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadatatest"
)

// addCounts adds the input and output counts of a model.
func addCounts(points pmetric.NumberDataPointSlice, model string, input, output int64) {
	for kind, n := range map[string]int64{"input": input, "output": output} {
		d := points.AppendEmpty()
		d.SetStartTimestamp(1_795_422_516_000_000_000)
		d.SetTimestamp(1_795_422_576_000_000_000)
		d.SetIntValue(n)
		d.Attributes().PutStr("gen_ai.provider.name", "acme")
		d.Attributes().PutStr("gen_ai.response.model", model)
		d.Attributes().PutStr("gen_ai.token.type", kind)
	}
}

// What cannot be priced is counted, by status and reason, and stays as it is.
func TestMetricsTellWhatBecameOfEveryCount(t *testing.T) {
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(t.Context())) }()
	cfg, _ := pricedByOne(t)
	cfg.Signals = []pricer.SignalConfig{{Scope: "app", Signal: "metrics"}}
	sink := new(consumertest.MetricsSink)
	p, err := NewFactory().CreateMetrics(t.Context(), metadatatest.NewSettings(tel), cfg, sink)
	require.NoError(t, err)
	require.True(t, p.Capabilities().MutatesData)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()

	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	fill := func(scope string, add func(pmetric.NumberDataPointSlice)) {
		sm := rm.ScopeMetrics().AppendEmpty()
		sm.Scope().SetName(scope)
		m := sm.Metrics().AppendEmpty()
		m.SetName("gen_ai.client.token.usage")
		s := m.SetEmptySum()
		s.SetIsMonotonic(true)
		s.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		add(s.DataPoints())
	}
	fill("app", func(points pmetric.NumberDataPointSlice) {
		addCounts(points, "m", 1_000_000, 1_000_000)
		addCounts(points, "unheard-of", 1, 1)
		addCounts(points, "m ", -1, 1)
	})
	fill("another", func(points pmetric.NumberDataPointSlice) { addCounts(points, "m", 1, 1) })
	before := pmetric.NewMetrics()
	md.CopyTo(before)
	require.NoError(t, p.ConsumeMetrics(t.Context(), md))

	out := sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics()
	for i := range out.Len() {
		assert.Equal(t, before.ResourceMetrics().At(0).ScopeMetrics().At(i).Metrics().At(0), out.At(i).Metrics().At(0), "counts are never changed")
	}
	require.Equal(t, 2, out.At(0).Metrics().Len())
	require.Equal(t, 1, out.At(1).Metrics().Len())
	spend := out.At(0).Metrics().At(1)
	assert.Equal(t, "token_cost.spend", spend.Name())
	require.Equal(t, 1, spend.Sum().DataPoints().Len(), "what has no price has no cost, rather than zero")
	assert.InDelta(t, 3.0, spend.Sum().DataPoints().At(0).DoubleValue(), 0)

	ignore := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualProcessorTokenCostDataPoints(t, tel, []metricdata.DataPoint[int64]{{Value: 8}}, ignore)
	metadatatest.AssertEqualProcessorTokenCostCalls(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: ofStatus("estimated")}, {Value: 2, Attributes: ofStatus("unpriced")}, {Value: 1, Attributes: ofStatus("not_billable")},
	}, ignore)
	metadatatest.AssertEqualProcessorTokenCostReasons(t, tel, []metricdata.DataPoint[int64]{
		{Value: 3, Attributes: ofReason("estimated", "usage_aggregated")},
		{Value: 1, Attributes: ofReason("unpriced", "model_unknown")},
		{Value: 1, Attributes: ofReason("unpriced", "usage_invalid")},
		{Value: 1, Attributes: ofReason("not_billable", "priced_in_other_signal")},
	}, ignore)
}

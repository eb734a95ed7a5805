package tokencostconnector

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

func TestExplicitBucketsCountCallsUpToEachBoundAndAboveAll(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	cfg := configured(t, func(c *Config) { c.Histogram.Type, c.Histogram.Buckets = explicit, []float64{0.01, 0.1, 1} })
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.ConsumeTraces(t.Context(), traces(exact("m", 0.005), exact("m", 0.01), exact("m", 0.02), exact("m", 0.1), exact("m", 1.5))))
	require.NoError(t, c.Shutdown(t.Context()))
	var p pmetric.HistogramDataPoint
	for _, m := range sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if m.Name() == "token_cost.call.cost" {
			p = m.Histogram().DataPoints().At(0)
		}
	}
	assert.Equal(t, []float64{0.01, 0.1, 1}, p.ExplicitBounds().AsRaw())
	assert.Equal(t, []uint64{2, 2, 0, 1}, p.BucketCounts().AsRaw(), "a cost that is a bound is in the bucket below it")
	assert.EqualValues(t, 5, p.Count())
	assert.Equal(t, 1.635, p.Sum())
	assert.Equal(t, 1.5, p.Exemplars().At(0).DoubleValue())
}

func TestExplicitBucketsMustBeAmountsInAscendingOrder(t *testing.T) {
	for _, buckets := range [][]float64{{}, {1, 1}, {2, 1}, {0, 1}, {-1}, {math.NaN()}, {math.Inf(1)}, make([]float64, 257)} {
		cfg := HistogramConfig{Type: explicit, Buckets: buckets}
		assert.ErrorContains(t, cfg.Validate(), "buckets: ", "%v", buckets)
	}
}

func TestPartsAddUpToTheSpend(t *testing.T) {
	call := exact("gpt-4o", 0.75)
	call.attrs = map[string]any{"token_cost.input": 0.5, "token_cost.cache_read": 0.0625, "token_cost.output": 0.125, "token_cost.fees": 0.0625}
	const attrs = "gen_ai.provider.name:openai gen_ai.response.model:gpt-4o service.name:shop token_cost.currency:USD token_cost.part:"
	got := counted(t, nil, traces(call, call))
	for part, value := range map[string]string{"input": "1", "cache_read": "0.125", "output": "0.25", "fees": "0.125"} {
		assert.Contains(t, got, "token_cost.spend.parts {USD} map["+attrs+part+" token_cost.status:exact] "+value)
	}
	assert.Len(t, values(got, "token_cost.spend.parts"), 4, "a part that is empty is not told")
	off := func(c *Config) { c.Breakdown = false }
	assert.Empty(t, values(counted(t, off, traces(call)), "token_cost.spend.parts"))
}

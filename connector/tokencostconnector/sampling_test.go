package tokencostconnector

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

func TestATracestateTellsOfASampler(t *testing.T) {
	for tracestate, want := range map[string]bool{
		"":                               false,
		"ot=th:8":                        true, // half
		"ot=th:e6666666666668":           true, // one in ten
		"ot=rv:e6666666666668;th:c":      true,
		"vendor=th:8,ot=th:8":            true,
		"vendor=1, ot=th:8":              true,
		"ot=th:0":                        false, // everything
		"ot=rv:e6666666666668":           false, // randomness and no threshold
		"vendor=th:8":                    false,
		"ot=th:":                         false,
		"ot=th:xyz":                      false,
		"ot=th:8,":                       true,
		"ot=th:8888888888888888888":      false, // more than 56 bits
		"not=th:8":                       false,
		"ot=a:1,ot=th:8":                 false, // a member is there once
		strings.Repeat("a=b,", 1<<12):    false,
		"ot=p:8;r:10":                    false, // an older experiment, with other letters
		"ot=th:00000000000000":           false,
		"ot=th:00000000000001;x:y,z=1,,": true,
	} {
		assert.Equal(t, want, thresholdOf(tracestate) != 0, "%.80s", tracestate)
	}
}

// A threshold of half doubles everything, and says so; without weigh nothing changes.
func TestSampledSpansStandForOthersIfThatIsAskedFor(t *testing.T) {
	for weigh, want := range map[bool][2]float64{false: {1, 2}, true: {1.5, 3}} {
		sink := new(consumertest.MetricsSink)
		cfg := createDefaultConfig().(*Config)
		cfg.Sampling.Weigh = weigh
		c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
		require.NoError(t, err)
		require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
		require.NoError(t, c.ConsumeTraces(t.Context(), sampledCalls("ot=th:8", "")))
		require.NoError(t, c.Shutdown(t.Context()))
		var got [2]float64
		marked := 0
		for _, m := range sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
			switch m.Name() {
			case "token_cost.spend":
				for _, p := range m.Sum().DataPoints().All() {
					got[0] += p.DoubleValue()
					if _, ok := p.Attributes().Get("token_cost.weighted"); ok {
						marked++
					}
				}
			case "token_cost.calls":
				for _, p := range m.Sum().DataPoints().All() {
					got[1] += float64(p.IntValue())
				}
			}
		}
		assert.Equal(t, want, got, "weigh: %v", weigh)
		assert.Equal(t, weigh, marked == 1)
	}
}

func TestWeights(t *testing.T) {
	half := func() *series.Sample {
		x := &series.Sample{Cost: money.Units(3), HasCost: true}
		x.Parts[0], x.Parts[1] = money.Units(1), money.Units(2)
		x.Tokens[series.Input] = 7
		return x
	}
	x := half()
	require.True(t, weigh(x, 1<<55))
	assert.Equal(t, money.Units(6), x.Spend)
	assert.Equal(t, money.Units(3), x.Cost, "what one call costs is as it was")
	assert.EqualValues(t, 2, x.Calls)
	assert.EqualValues(t, 14, x.Tokens[series.Input])
	for _, threshold := range []uint64{0, 1 << 56, 1<<56 - 1} { // none, none allowed, and one that stands for 2^56 calls
		x := half()
		assert.False(t, weigh(x, threshold))
		assert.Equal(t, half(), x)
	}
	// Three of ten are kept: every span stands for 3 1/3 calls, in the mean.
	threshold, calls, parts := thresholdOf("ot=th:b3333333333334"), int64(0), money.Amount{}
	for id := range uint64(30_000) {
		x := half()
		binary.BigEndian.PutUint64(x.Span[:], id*0x9e3779b97f4a7c15)
		require.True(t, weigh(x, threshold))
		calls += x.Calls
		parts = x.Parts[0].Add(x.Parts[1])
		require.Equal(t, parts, x.Spend)
	}
	assert.InEpsilon(t, 100_000, calls, 1e-3)
	assert.InEpsilon(t, 10, parts.Float64(), 1e-12)
}

// The warning is for people, once; the metric is for alerts, and counts.
func TestSampledSpansAreCountedAndWarnedOfOnce(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	core, logs := observer.New(zap.WarnLevel)
	set := connectortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), set, createDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	for range 3 {
		require.NoError(t, c.ConsumeTraces(t.Context(), sampledCalls("ot=th:8", "", "ot=th:0")))
	}
	assert.Equal(t, 1, logs.FilterMessageSnippet("docs/sampling.md").Len())
	got, err := telemetry.GetMetric("otelcol_connector_token_cost_sampled_spans")
	require.NoError(t, err)
	metricdatatest.AssertAggregationsEqual(t, sumOfThree, got.Data, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
	require.NoError(t, c.Shutdown(t.Context()))
}

var sumOfThree = metricdata.Sum[int64]{Temporality: metricdata.CumulativeTemporality, IsMonotonic: true, DataPoints: []metricdata.DataPoint[int64]{{Value: 3}}}

// sampledCalls are priced spans with tracestates.
func sampledCalls(tracestates ...string) ptrace.Traces {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, tracestate := range tracestates {
		s := spans.AppendEmpty()
		s.TraceState().FromRaw(tracestate)
		s.Attributes().PutStr("token_cost.status", "exact")
		s.Attributes().PutStr("token_cost.currency", "USD")
		s.Attributes().PutDouble("token_cost.total", 0.5)
	}
	return td
}

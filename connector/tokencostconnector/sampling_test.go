package tokencostconnector

import (
	"context"
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
		assert.Equal(t, want, sampledBefore(tracestate), "%.80s", tracestate)
	}
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

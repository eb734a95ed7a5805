package tokencostconnector

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// flushed feeds spans to a connector, one after each flush, and returns the
// points that each flush sends.
func flushed(t *testing.T, change func(*Config), spans ...[]spanOf) (out [][]string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sink, cfg := new(consumertest.MetricsSink), configured(t, change)
		c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
		require.NoError(t, err)
		require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
		for _, s := range spans {
			require.NoError(t, c.ConsumeTraces(t.Context(), traces(s...)))
			time.Sleep(cfg.MetricsFlushInterval)
			synctest.Wait()
		}
		require.NoError(t, c.Shutdown(t.Context()))
		for _, md := range sink.AllMetrics() {
			out = append(out, points(md))
		}
	})
	return out
}

// values are the last words of the points of a metric.
func values(points []string, metric string) (out []string) {
	for _, p := range points {
		if strings.HasPrefix(p, metric+" ") {
			_, value, _ := strings.Cut(p, "] ")
			out = append(out, value)
		}
	}
	return out
}

func fromZero(c *Config) { c.Series.StartAtZero = true }

func TestNewSumsAreToldAsZeroBeforeTheirValue(t *testing.T) {
	got := flushed(t, fromZero, []spanOf{exact("gpt-4o", 1)}, []spanOf{exact("gpt-4o", 2)})
	require.Len(t, got, 3)
	assert.Equal(t, []string{"0"}, values(got[0], "token_cost.spend"))
	assert.Equal(t, []string{"3"}, values(got[1], "token_cost.spend"))
	assert.Equal(t, []string{"0"}, values(got[0], "token_cost.calls"))
	assert.Equal(t, []string{"2"}, values(got[1], "token_cost.calls"))
	assert.Equal(t, []string{"0 0"}, values(got[0], "token_cost.call.cost"))
	assert.Equal(t, []string{"2 3"}, values(got[1], "token_cost.call.cost"))
}

func TestASumThatIsNewInAKnownSeriesIsToldAsZeroToo(t *testing.T) {
	failed := func(reason string) spanOf {
		return spanOf{provider: "p", model: "m", status: "unpriced", reasons: []any{reason}}
	}
	got := flushed(t, fromZero, []spanOf{failed("model_unknown")}, []spanOf{failed("usage_missing")})
	assert.Equal(t, []string{"1", "0"}, values(got[1], "token_cost.calls"))
}

func TestASeriesThatComesBackStartsAtZeroAgain(t *testing.T) {
	got := flushed(t, func(c *Config) {
		c.Series.StartAtZero, c.Series.Expiration, c.Histogram.Exemplars = true, c.MetricsFlushInterval*3/2, 0
	}, []spanOf{exact("gpt-4o", 1)}, nil, nil, []spanOf{exact("gpt-4o", 2)}, []spanOf{exact("gpt-4o", 4)})
	require.Len(t, got, 4, "nothing is told while there is no series")
	var spends []string
	for _, points := range got {
		spends = append(spends, values(points, "token_cost.spend")...)
	}
	assert.Equal(t, []string{"0", "0", "6", "6"}, spends)
}

func TestTheLastFlushTellsWhatWasCounted(t *testing.T) {
	got := counted(t, fromZero, traces(exact("gpt-4o", 1)))
	assert.Equal(t, []string{"1"}, values(got, "token_cost.spend"))
}

func TestDifferencesCannotStartAtZero(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Temporality, cfg.Series.StartAtZero = delta, true
	assert.ErrorContains(t, cfg.Validate(), "series.start_at_zero")
}

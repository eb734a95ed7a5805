package tokencostconnector

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// guarded is a pipeline that takes nothing before its exporters are started, or
// after they are shut down.
type guarded struct {
	mu      sync.Mutex
	runs    bool
	early   int
	metrics []pmetric.Metrics
	logs    []plog.Logs
}

func (g *guarded) run(runs bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.runs = runs
}

var errNotRunning = errors.New("the exporters do not run")

func (g *guarded) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (g *guarded) ConsumeMetrics(_ context.Context, md pmetric.Metrics) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.runs {
		g.early++
		return errNotRunning
	}
	g.metrics = append(g.metrics, md)
	return nil
}

func (g *guarded) ConsumeLogs(_ context.Context, ld plog.Logs) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.runs {
		g.early++
		return errNotRunning
	}
	g.logs = append(g.logs, ld)
	return nil
}

// The Collector starts the exporters of a pipeline before what feeds it, and
// shuts them down after that; about other pipelines it promises nothing.
func TestNothingIsSentToAPipelineThatDoesNotRun(t *testing.T) {
	for _, first := range []end{toMetrics, toLogs} {
		synctest.Test(t, func(t *testing.T) {
			metrics, logs := &guarded{}, &guarded{}
			set, cfg := connectortest.NewNopSettings(metadata.Type), configured(t, func(c *Config) {
				c.Budgets = []BudgetConfig{{Name: "all", Amount: 1, Currency: "USD", Period: "month", TimeZone: "UTC", Thresholds: []float64{0.5}}}
				c.Policies = []PolicyConfig{{Name: "none", DeniedModels: []string{"*"}}}
			})
			m, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, metrics)
			require.NoError(t, err)
			l, err := NewFactory().CreateTracesToLogs(t.Context(), set, cfg, logs)
			require.NoError(t, err)
			host := componenttest.NewNopHost()
			open := [numEnds]func(){
				toMetrics: func() { metrics.run(true); require.NoError(t, m.Start(t.Context(), host)) },
				toLogs:    func() { logs.run(true); require.NoError(t, l.Start(t.Context(), host)) },
			}
			shut := [numEnds]func(){
				toMetrics: func() { require.NoError(t, m.Shutdown(t.Context())); metrics.run(false) },
				toLogs:    func() { require.NoError(t, l.Shutdown(t.Context())); logs.run(false) },
			}
			open[first]()
			td := traces(exact("gpt-4o", 0.75))
			td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
			require.NoError(t, m.ConsumeTraces(t.Context(), td))
			require.NoError(t, l.ConsumeTraces(t.Context(), td))
			time.Sleep(time.Minute)
			open[1-first]()
			shut[first]()
			time.Sleep(time.Minute)
			shut[1-first]()
			assert.Zero(t, metrics.early, "metrics")
			assert.Zero(t, logs.early, "logs")
			assert.NotEmpty(t, metrics.metrics)
			assert.Len(t, logs.logs, 2, "the event of the budget, and that of the policy")
		})
	}
}

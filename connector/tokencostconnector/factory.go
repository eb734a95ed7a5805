package tokencostconnector

import (
	"context"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// NewFactory returns the factory of the token_cost connector.
func NewFactory() connector.Factory {
	return connector.NewFactory(
		metadata.Type,
		createDefaultConfig,
		connector.WithTracesToMetrics(createTracesToMetrics, metadata.TracesToMetricsStability),
		connector.WithLogsToMetrics(createLogsToMetrics, metadata.LogsToMetricsStability),
	)
}

func createTracesToMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Traces, error) {
	f, err := feedOf(set, cfg, next)
	if err != nil {
		return nil, err
	}
	return &tracesFeed{f}, nil
}

func createLogsToMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Logs, error) {
	f, err := feedOf(set, cfg, next)
	if err != nil {
		return nil, err
	}
	return &logsFeed{f}, nil
}

// The Collector makes one component for each pair of signals that a connector
// joins. Those of one configuration share one connector, and find each other
// by it: the Collector gives all of them the same.
var (
	sharedMu sync.Mutex
	shared   = map[*Config]*joined{}
)

// joined is a connector with the number of its feeds.
type joined struct {
	*tokenCost
	config          *Config
	created, closed int
	start           sync.Once
	startErr        error
}

func feedOf(set connector.Settings, cfg component.Config, next consumer.Metrics) (feed, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return feed{}, fmt.Errorf("configuration is %T, not %T", cfg, config)
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	j := shared[config]
	if j == nil {
		c, err := newConnector(set, config, next)
		if err != nil {
			return feed{}, err
		}
		j = &joined{tokenCost: c, config: config}
		shared[config] = j
	}
	j.created++
	return feed{j}, nil
}

// feed is the end of one kind of pipeline.
type feed struct{ joined *joined }

// Start starts the connector, once.
func (f feed) Start(ctx context.Context, host component.Host) error {
	f.joined.start.Do(func() { f.joined.startErr = f.joined.tokenCost.start(ctx, host) })
	return f.joined.startErr
}

// Shutdown closes the connector with its last feed, when nothing can come any more.
func (f feed) Shutdown(ctx context.Context) error {
	sharedMu.Lock()
	f.joined.closed++
	last := f.joined.closed == f.joined.created
	if last {
		delete(shared, f.joined.config)
	}
	sharedMu.Unlock()
	if !last {
		return nil
	}
	return f.joined.shutdown(ctx)
}

// Capabilities tells that the connector changes nothing.
func (feed) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

type tracesFeed struct{ feed }

// ConsumeTraces adds the calls of a batch.
func (f *tracesFeed) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	return f.joined.consumeTraces(ctx, td)
}

type logsFeed struct{ feed }

// ConsumeLogs adds the calls of a batch.
func (f *logsFeed) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	return f.joined.consumeLogs(ctx, ld)
}

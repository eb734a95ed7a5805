package tokencostconnector

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// NewFactory returns the factory of the token_cost connector.
func NewFactory() connector.Factory {
	return connector.NewFactory(
		metadata.Type,
		createDefaultConfig,
		connector.WithTracesToMetrics(createTracesToMetrics, metadata.TracesToMetricsStability),
		connector.WithLogsToMetrics(createLogsToMetrics, metadata.LogsToMetricsStability),
		connector.WithTracesToLogs(createTracesToLogs, metadata.TracesToLogsStability),
		connector.WithLogsToLogs(createLogsToLogs, metadata.LogsToLogsStability),
	)
}

func createTracesToMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Traces, error) {
	f, err := feedOf(set, cfg, pipeline.SignalTraces, toMetrics, sendsMetrics(next))
	return &tracesFeed{f}, err
}

func createLogsToMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Logs, error) {
	f, err := feedOf(set, cfg, pipeline.SignalLogs, toMetrics, sendsMetrics(next))
	return &logsFeed{f}, err
}

func createTracesToLogs(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Traces, error) {
	f, err := feedOf(set, cfg, pipeline.SignalTraces, toLogs, sendsEvents(next))
	return &tracesFeed{f}, err
}

func createLogsToLogs(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Logs, error) {
	f, err := feedOf(set, cfg, pipeline.SignalLogs, toLogs, sendsEvents(next))
	return &logsFeed{f}, err
}

// Every feed of a configuration has the same metrics pipelines behind it, and
// the same logs pipelines.
func sendsMetrics(next consumer.Metrics) func(*tokenCost) {
	return func(c *tokenCost) { c.next = next }
}

func sendsEvents(next consumer.Logs) func(*tokenCost) {
	return func(c *tokenCost) {
		c.feedsLogs = true
		if c.budgets != nil {
			c.budgets.events = next
		}
		if c.policies != nil {
			c.policies.events = next
		}
		if c.catalog != nil {
			c.catalog.events = next
		}
	}
}

// The Collector makes one component for each pair of signals that a connector
// joins. Those of one configuration share one connector, and find each other
// by it: the Collector gives all of them the same.
var (
	sharedMu sync.Mutex
	shared   = map[*Config]*joined{}
)

// end is the kind of pipeline that a feed leads to.
type end uint8

const (
	toMetrics end = iota
	toLogs
	numEnds
)

// joined is a connector with its feeds.
type joined struct {
	*tokenCost
	config *Config
	fed    map[pipeline.Signal]bool // has a feed that counts

	mu       sync.Mutex
	started  bool
	startErr error
	begun    [numEnds]bool
	open     [numEnds]int // feeds that are not shut down
}

func feedOf(set connector.Settings, cfg component.Config, from pipeline.Signal, to end, connect func(*tokenCost)) (feed, error) {
	config, ok := cfg.(*Config)
	if !ok {
		return feed{}, fmt.Errorf("configuration is %T, not %T", cfg, config)
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	j := shared[config]
	if j == nil {
		c, err := newConnector(set, config)
		if err != nil {
			return feed{}, err
		}
		j = &joined{tokenCost: c, config: config, fed: map[pipeline.Signal]bool{}}
		shared[config] = j
	}
	connect(j.tokenCost)
	counts := !j.fed[from]
	j.fed[from] = true
	j.open[to]++
	return feed{j, to, counts}, nil
}

// feed is the end of one kind of pipeline. Of the feeds of a signal, one to
// metrics and one to logs, each gets all of its telemetry, and the first counts.
type feed struct {
	joined *joined
	to     end
	counts bool
}

// Start opens the connector with its first feed. It sends to a kind of pipeline
// from the first feed on that leads there: only then do its exporters run.
func (f feed) Start(ctx context.Context, host component.Host) error {
	j := f.joined
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.started {
		j.started, j.startErr = true, j.tokenCost.start(ctx, host)
	}
	if j.startErr == nil && !j.begun[f.to] {
		j.begun[f.to] = true
		j.begin(f.to)
	}
	return j.startErr
}

// Shutdown sends what is left with the last feed to a kind of pipeline, while its
// exporters run: what that feed gets, and all others to it, has come by then. The
// last feed of all closes the connector.
func (f feed) Shutdown(ctx context.Context) error {
	j := f.joined
	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	if j.open[f.to]--; j.open[f.to] == 0 && j.begun[f.to] {
		err = j.finish(ctx, f.to)
	}
	if j.open != [numEnds]int{} {
		return err
	}
	sharedMu.Lock()
	delete(shared, j.config)
	sharedMu.Unlock()
	if !j.started || j.startErr != nil {
		return err
	}
	return errors.Join(err, j.shutdown(ctx))
}

// Capabilities tells that the connector changes nothing.
func (feed) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

type tracesFeed struct{ feed }

// ConsumeTraces adds the calls of a batch.
func (f *tracesFeed) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if !f.counts {
		return nil
	}
	return f.joined.consumeTraces(ctx, td)
}

type logsFeed struct{ feed }

// ConsumeLogs adds the calls of a batch.
func (f *logsFeed) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if !f.counts {
		return nil
	}
	return f.joined.consumeLogs(ctx, ld)
}

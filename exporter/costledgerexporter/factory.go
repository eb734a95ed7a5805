package costledgerexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-tokencost/otelcol-tokencost/exporter/costledgerexporter/internal/metadata"
)

// NewFactory returns the factory of the cost_ledger exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(
		metadata.Type,
		createDefaultConfig,
		exporter.WithTraces(createTraces, metadata.TracesStability),
		exporter.WithLogs(createLogs, metadata.LogsStability),
	)
}

func createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	s, err := sharedBy(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewTraces(ctx, set, cfg, s.consumeTraces, s.options()...)
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	s, err := sharedBy(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewLogs(ctx, set, cfg, s.consumeLogs, s.options()...)
}

// options are those of exporterhelper, of traces and of logs.
func (s *shared) options() []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		exporterhelper.WithTimeout(s.cfg.Timeout),
		exporterhelper.WithQueue(s.cfg.Queue),
		exporterhelper.WithRetry(s.cfg.Retry),
		exporterhelper.WithStart(s.start),
		exporterhelper.WithShutdown(s.shutdown),
	}
}

// shared is one ledger, which the exporters of traces and of logs with the same
// configuration have in common.
type shared struct {
	*costLedger
	mu      sync.Mutex // of started
	started bool
	users   int // that are made and not shut down, started or not; under allMu
}

var (
	all   = map[*Config]*shared{}
	allMu sync.Mutex
)

func sharedBy(set exporter.Settings, cfg *Config) (*shared, error) {
	allMu.Lock()
	defer allMu.Unlock()
	if s := all[cfg]; s != nil {
		s.users++
		return s, nil
	}
	l, err := newCostLedger(set, cfg)
	if err != nil {
		return nil, err
	}
	s := &shared{costLedger: l, users: 1}
	all[cfg] = s
	return s, nil
}

func (s *shared) start(ctx context.Context, _ component.Host) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return nil
	}
	err := s.costLedger.start(ctx)
	s.started = err == nil
	return err
}

// shutdown closes the ledger with its last user. The Collector shuts down also
// what it did not start, because something else failed to.
func (s *shared) shutdown(context.Context) error {
	allMu.Lock()
	s.users--
	last := s.users == 0
	if last {
		delete(all, s.cfg)
	}
	allMu.Unlock()
	if !last {
		return nil
	}
	return s.costLedger.shutdown()
}

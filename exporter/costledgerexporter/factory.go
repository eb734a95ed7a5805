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
	mu    sync.Mutex
	users int
}

var (
	all   = map[*Config]*shared{}
	allMu sync.Mutex
)

func sharedBy(set exporter.Settings, cfg *Config) (*shared, error) {
	allMu.Lock()
	defer allMu.Unlock()
	if s := all[cfg]; s != nil {
		return s, nil
	}
	l, err := newCostLedger(set, cfg)
	if err != nil {
		return nil, err
	}
	s := &shared{costLedger: l}
	all[cfg] = s
	return s, nil
}

func (s *shared) start(ctx context.Context, _ component.Host) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users > 0 {
		s.users++
		return nil
	}
	err := s.costLedger.start(ctx)
	if err == nil {
		s.users++
	}
	return err
}

func (s *shared) shutdown(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	allMu.Lock()
	delete(all, s.cfg)
	allMu.Unlock()
	if s.users < 0 {
		return nil // never started
	}
	return s.costLedger.shutdown()
}

package tokencostprocessor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// tokenCost is the processor. It is created with a book that was read, so that
// a Collector with a broken price book does not start.
type tokenCost struct {
	logger    *zap.Logger
	store     *bookstore.Store
	pricer    *pricer.Pricer
	telemetry *telemetry
	interval  time.Duration

	stop  context.CancelFunc
	watch sync.WaitGroup
}

func newProcessor(set processor.Settings, config component.Config) (*tokenCost, error) {
	cfg, ok := config.(*Config)
	if !ok {
		return nil, fmt.Errorf("configuration is %T, not %T", config, cfg)
	}
	store, err := bookstore.Open(bookstore.Source{Builtin: cfg.PriceBook.Builtin, Files: cfg.PriceBook.Files})
	if err != nil {
		return nil, fmt.Errorf("price_book: %w", err)
	}
	p, err := pricer.New(cfg, store)
	if err != nil {
		return nil, err
	}
	t, err := newTelemetry(set.TelemetrySettings, store)
	if err != nil {
		return nil, err
	}
	interval := cfg.PriceBook.ReloadInterval
	if len(cfg.PriceBook.Files) == 0 {
		interval = 0 // the built-in book does not change
	}
	return &tokenCost{logger: set.Logger, store: store, pricer: p, telemetry: t, interval: interval}, nil
}

func (p *tokenCost) start(_ context.Context, host component.Host) error {
	book := p.store.Book()
	p.logger.Info("price book in force", zap.String("book", book.Label), zap.Int("models", book.NumModels()))
	if p.interval == 0 {
		return nil
	}
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.watch.Go(func() {
		p.store.Watch(ctx, p.interval, func(outcome bookstore.Outcome, err error) { p.reloaded(ctx, host, outcome, err) })
	})
	return nil
}

// reloaded tells people and monitors how a change of the files ended.
func (p *tokenCost) reloaded(ctx context.Context, host component.Host, outcome bookstore.Outcome, err error) {
	book := p.store.Book()
	p.telemetry.reloaded(ctx, outcome)
	if outcome == bookstore.Refused {
		p.logger.Error("price book refused; the book before stays in force", zap.String("book", book.Label), zap.Error(err))
		componentstatus.ReportStatus(host, componentstatus.NewRecoverableErrorEvent(fmt.Errorf("price book refused: %w", err)))
		return
	}
	p.logger.Info("price book replaced", zap.String("book", book.Label), zap.Int("models", book.NumModels()))
	componentstatus.ReportStatus(host, componentstatus.NewEvent(componentstatus.StatusOK))
}

func (p *tokenCost) shutdown(context.Context) error {
	if p.stop != nil {
		p.stop()
	}
	p.watch.Wait()
	p.telemetry.shutdown()
	return nil
}

func (p *tokenCost) processTraces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	stats := p.pricer.Traces(ctx, td, nil)
	p.telemetry.count(ctx, p.telemetry.builder.ProcessorTokenCostSpans, &stats)
	return td, nil
}

func (p *tokenCost) processLogs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	stats := p.pricer.Logs(ctx, ld, nil)
	p.telemetry.count(ctx, p.telemetry.builder.ProcessorTokenCostLogRecords, &stats)
	return ld, nil
}

func (p *tokenCost) processMetrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	stats := p.pricer.Metrics(ctx, md, nil)
	p.telemetry.count(ctx, p.telemetry.builder.ProcessorTokenCostDataPoints, &stats)
	return md, nil
}

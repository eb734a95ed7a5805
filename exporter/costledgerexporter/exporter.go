package costledgerexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/exporter/costledgerexporter/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
)

// costLedger stores calls.
type costLedger struct {
	cfg      *Config
	logger   *zap.Logger
	metrics  *metadata.TelemetryBuilder
	recorder *recorder.Recorder
	focus    *focus.Options // nil unless files of FOCUS rows are kept

	mu     sync.Mutex // of store, tried and closed
	store  ledger.Store
	tried  time.Time // when the ledger was last tried to be opened
	closed bool      // for good
	stop   context.CancelFunc
	upkeep sync.WaitGroup
	warned sync.Once // of calls without calculation
	kept   int64     // of shrink
}

func newCostLedger(set exporter.Settings, cfg *Config) (*costLedger, error) {
	reader, err := cfg.Usage.Reader()
	if err != nil {
		return nil, fmt.Errorf("usage: %w", err)
	}
	metrics, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	l := &costLedger{
		cfg: cfg, logger: set.Logger, metrics: metrics,
		recorder: recorder.New(recorder.Options{Prefix: cfg.Prefix, Reader: reader, Tags: cfg.Tags, Contexts: cfg.Contexts.Limit}),
	}
	if f := cfg.Focus.Get(); f != nil {
		if l.focus, err = f.options(set.BuildInfo); err != nil {
			return nil, fmt.Errorf("focus: %w", err)
		}
	}
	return l, metrics.RegisterExporterCostLedgerSizeCallback(l.observeSize)
}

// start opens the ledger. A server that does not answer is tried again when
// calls come; everything else that is wrong is wrong now.
func (l *costLedger) start(ctx context.Context) error {
	if q := l.cfg.Queue.Get(); q != nil && q.StorageID == nil && !q.WaitForResult {
		l.logger.Warn("sending_queue keeps calls in memory until they are stored, and they are lost if the process is killed; name a storage extension under sending_queue: storage, or set wait_for_result")
	}
	if _, err := l.ready(ctx); err != nil {
		if !errors.Is(err, open.ErrUnavailable) {
			return err
		}
		l.logger.Error("the ledger does not answer; calls wait until it does", zap.Error(err))
	}
	background, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.upkeep.Go(func() { l.maintain(background) })
	return nil
}

func (l *costLedger) shutdown() error {
	if l.stop != nil {
		l.stop()
		l.upkeep.Wait()
	}
	l.metrics.Shutdown()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.store == nil {
		return nil
	}
	err := l.store.Close()
	l.store = nil
	return err
}

// reopen is how long a server that did not answer is left alone.
const reopen = 2 * time.Second

// ready returns the open ledger.
func (l *costLedger) ready(ctx context.Context) (ledger.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store != nil {
		return l.store, nil
	}
	if l.closed {
		return nil, errors.New("the ledger is closed")
	}
	if wait := reopen - time.Since(l.tried); wait > 0 && !l.tried.IsZero() {
		return nil, fmt.Errorf("%w: it is tried again in %s", open.ErrUnavailable, wait.Round(time.Millisecond))
	}
	l.tried = time.Now()
	store, err := open.Open(ctx, string(l.cfg.DSN))
	if err != nil {
		return nil, err
	}
	l.store = store
	return store, nil
}

func (l *costLedger) consumeTraces(ctx context.Context, td ptrace.Traces) error {
	rows, stats := l.recorder.Traces(td)
	return l.keep(ctx, rows, stats)
}

func (l *costLedger) consumeLogs(ctx context.Context, ld plog.Logs) error {
	rows, stats := l.recorder.Logs(ld)
	return l.keep(ctx, rows, stats)
}

// keep stores rows, and counts what became of what they were made of.
func (l *costLedger) keep(ctx context.Context, rows []*ledger.Row, stats recorder.Stats) error {
	if len(rows) > 0 {
		store, err := l.ready(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		out, refused, err := write(ctx, store, rows)
		l.metrics.ExporterCostLedgerWriteDuration.Record(ctx, time.Since(began).Seconds())
		l.count(ctx, out, len(refused))
		if err != nil {
			return err
		}
		if len(refused) > 0 {
			l.logger.Error("calls cannot be stored, and are dropped", zap.Int("calls", len(refused)), zap.Error(refused[0]))
		}
	}
	l.skipped(ctx, "no_call", stats.NoCalls)
	l.skipped(ctx, "out_of_range", stats.OutOfRange)
	if stats.Overflow > 0 {
		l.metrics.ExporterCostLedgerOverflowCalls.Add(ctx, int64(stats.Overflow))
	}
	if n := stats.NoCalculation + stats.Damaged; n > 0 {
		l.metrics.ExporterCostLedgerUncalculatedCalls.Add(ctx, int64(n))
		l.warned.Do(func() {
			l.logger.Warn("calls came without token_cost.calculation, so that their unit prices are not known; set attributes: {calculation: true} in the token_cost processor that prices them")
		})
	}
	return nil
}

// write stores rows. If the ledger refuses them for good, it stores those that
// it does not refuse, and returns the errors of the others.
func write(ctx context.Context, store ledger.Writer, rows []*ledger.Row) (out ledger.Outcome, refused []error, err error) {
	out, err = store.Write(ctx, rows)
	switch {
	case err == nil || !errors.Is(err, ledger.ErrPermanent):
		return out, nil, err
	case len(rows) == 1:
		return ledger.Outcome{}, []error{err}, nil
	}
	for _, half := range [][]*ledger.Row{rows[:len(rows)/2], rows[len(rows)/2:]} {
		o, r, err := write(ctx, store, half)
		out.Inserted, out.Duplicates, out.Versions, out.Late = out.Inserted+o.Inserted, out.Duplicates+o.Duplicates, out.Versions+o.Versions, out.Late+o.Late
		out.Expired += o.Expired
		refused = append(refused, r...)
		if err != nil {
			return out, refused, err
		}
	}
	return out, refused, nil
}

func (l *costLedger) count(ctx context.Context, out ledger.Outcome, refused int) {
	for outcome, n := range map[string]int{"inserted": out.Inserted, "duplicate": out.Duplicates, "version": out.Versions} {
		if n > 0 {
			l.metrics.ExporterCostLedgerCalls.Add(ctx, int64(n), metric.WithAttributes(attribute.String("outcome", outcome)))
		}
	}
	if out.Late > 0 {
		l.metrics.ExporterCostLedgerLateCalls.Add(ctx, int64(out.Late))
	}
	l.skipped(ctx, "expired", out.Expired)
	l.skipped(ctx, "refused", refused)
}

func (l *costLedger) skipped(ctx context.Context, reason string, n int) {
	if n > 0 {
		l.metrics.ExporterCostLedgerSkipped.Add(ctx, int64(n), metric.WithAttributes(attribute.String("reason", reason)))
	}
}

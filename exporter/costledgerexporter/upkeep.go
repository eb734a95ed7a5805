package costledgerexporter

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// upkeepInterval is how often periods are closed and old calls removed.
const upkeepInterval = 10 * time.Minute

// maintain looks after the ledger until it is stopped.
func (l *costLedger) maintain(ctx context.Context) {
	every := upkeepInterval
	if f := l.cfg.Focus.Get(); f != nil {
		every = min(every, f.Interval)
	}
	var exported time.Time
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for now := time.Now(); ; {
		err := l.upkeepOnce(ctx, now)
		if err == nil && l.focus != nil && now.Sub(exported) >= l.cfg.Focus.Get().Interval {
			if err = l.exportOnce(ctx); err == nil {
				exported = now
			}
		}
		if err != nil && ctx.Err() == nil {
			l.metrics.ExporterCostLedgerUpkeepFailures.Add(ctx, 1)
			l.logger.Error("upkeep of the ledger failed; it is tried again", zap.Error(err), zap.Duration("in", every))
		}
		select {
		case now = <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (l *costLedger) exportOnce(ctx context.Context) error {
	store, err := l.ready(ctx)
	if err != nil {
		return err
	}
	return l.exportFocus(ctx, store)
}

// upkeepOnce closes periods and removes what is too old or too much.
func (l *costLedger) upkeepOnce(ctx context.Context, now time.Time) error {
	store, err := l.ready(ctx)
	if err != nil {
		return err
	}
	if after := l.cfg.Periods.CloseAfter; after > 0 {
		if err := store.ClosePeriods(ctx, ledger.Month(now.Add(-after).UnixNano())); err != nil {
			return fmt.Errorf("close periods: %w", err)
		}
	}
	r := l.cfg.Retention
	if r.Calls > 0 || r.Sums > 0 {
		if _, err := store.Expire(ctx, before(now, r.Calls), before(now, r.Sums)); err != nil {
			return fmt.Errorf("retention: %w", err)
		}
	}
	if r.MaxSize > 0 {
		if err := shrink(ctx, store, r.MaxSize, &l.kept, now); err != nil {
			return fmt.Errorf("retention: max_size: %w", err)
		}
	}
	return nil
}

// before is the instant before which things that are kept for some time are removed.
func before(now time.Time, kept time.Duration) int64 {
	if kept == 0 {
		return 0
	}
	return now.Add(-kept).UnixNano()
}

// maxDays bounds the days that one upkeep removes for their size.
const maxDays = 4000

// shrink removes the oldest days of calls until the ledger is small enough, but
// never the last two. PostgreSQL keeps the room of what was removed for new
// calls: kept is how large it was then, and nothing more is removed before it
// grows beyond that.
func shrink(ctx context.Context, store ledger.Store, size int64, kept *int64, now time.Time) error {
	for range maxDays {
		n, err := store.Size(ctx)
		if err != nil || n <= max(size, *kept) {
			return err
		}
		first, _, any, err := store.Bounds(ctx)
		if err != nil || !any {
			return err
		}
		next := (ledger.Day(first) + int64(day/time.Second)) * int64(time.Second)
		if next == 0 { // which would expire nothing
			next = int64(day)
		}
		if next > now.Add(-2*day).UnixNano() {
			return fmt.Errorf("the last two days take %d bytes, more than the %d that are allowed", n, size)
		}
		if _, err := store.Expire(ctx, next, 0); err != nil {
			return err
		}
		if left, err := store.Size(ctx); err != nil {
			return err
		} else if left >= n {
			*kept = left
		}
	}
	return nil
}

// observeSize tells the size of the ledger, if it is open.
func (l *costLedger) observeSize(ctx context.Context, o metric.Int64Observer) error {
	l.mu.Lock()
	store := l.store
	l.mu.Unlock() // calls need not wait for the answer
	if store == nil {
		return nil
	}
	n, err := store.Size(ctx)
	if err == nil {
		o.Observe(n)
	}
	return err
}

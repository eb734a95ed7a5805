package tokencostconnector

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
)

// loop is work in the background, which is begun and ended once.
type loop struct {
	stop  context.CancelFunc // nil unless it was begun
	work  sync.WaitGroup
	ended bool
}

func (l *loop) begin(work ...func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	for _, w := range work {
		l.work.Go(func() { w(ctx) })
	}
}

// end stops the work, and reports whether there was any.
func (l *loop) end() bool {
	if l.stop == nil || l.ended {
		return false
	}
	l.ended = true
	l.stop()
	l.work.Wait()
	return true
}

// start opens what is kept across restarts. What has nowhere to be sent begins
// now: sums without a pipeline of metrics, and events without one of logs.
func (c *tokenCost) start(ctx context.Context, host component.Host) error {
	if c.catalog != nil {
		if err := c.catalog.open(ctx, host); err != nil {
			return err
		}
	}
	if c.budgets != nil {
		if err := c.budgets.open(ctx, host); err != nil {
			if c.catalog != nil {
				err = errors.Join(err, c.catalog.close(ctx))
			}
			return err
		}
	}
	if c.next == nil {
		c.begin(toMetrics)
	}
	if !c.feedsLogs {
		c.begin(toLogs)
	}
	return nil
}

// begin sends to a kind of pipeline from now on.
func (c *tokenCost) begin(to end) {
	if to == toMetrics {
		if c.flushing.stop == nil {
			c.flushing.begin(c.flushes)
		}
		return
	}
	if c.telling.stop != nil {
		return
	}
	var work []func(context.Context)
	if c.policies != nil {
		work = append(work, c.violations)
	}
	if c.budgets != nil {
		work = append(work, func(ctx context.Context) { c.budgets.deliveries(ctx, c.interval) })
	}
	if c.catalog != nil {
		work = append(work, c.catalog.tells)
	}
	c.telling.begin(work...)
}

// finish sends what is left to a kind of pipeline.
func (c *tokenCost) finish(ctx context.Context, to end) error {
	if to == toMetrics {
		if !c.flushing.end() {
			return nil
		}
		return c.flush(ctx, true)
	}
	if !c.telling.end() {
		return nil
	}
	if c.policies != nil {
		c.policies.tell(ctx)
	}
	if c.budgets != nil {
		c.budgets.finish(ctx)
	}
	if c.catalog != nil {
		c.catalog.tell(ctx, true)
	}
	return nil
}

// shutdown finishes what has no pipeline, and closes what is kept.
func (c *tokenCost) shutdown(ctx context.Context) error {
	err := errors.Join(c.finish(ctx, toMetrics), c.finish(ctx, toLogs))
	if c.budgets != nil {
		err = errors.Join(err, c.budgets.shutdown(ctx))
	}
	if c.catalog != nil {
		err = errors.Join(err, c.catalog.close(ctx))
	}
	c.metrics.Shutdown()
	return err
}

func (c *tokenCost) flushes(ctx context.Context) {
	ticker := time.NewTicker(c.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = c.flush(ctx, false) // counted and logged
		case <-ctx.Done():
			return
		}
	}
}

// violations tells of policies that are violated.
func (c *tokenCost) violations(ctx context.Context) {
	ticker := time.NewTicker(c.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.policies.tell(ctx)
		case <-ctx.Done():
			return
		}
	}
}

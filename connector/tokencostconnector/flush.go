package tokencostconnector

import (
	"context"

	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
)

// flush sends the sums on. Differences that are refused are kept, and sent
// again before anything new: until then the sums go on in the store. The last
// flush tells every sum as it is.
func (c *tokenCost) flush(ctx context.Context, last bool) error {
	c.builderM.Lock()
	defer c.builderM.Unlock()
	if !c.failed {
		now := c.sums.now()
		var t *teller
		if c.actions != nil {
			c.actions.sweep(now, last)
			t = c.actions.teller
		}
		md, expired := c.builder.build(c.sums.store, t, now)
		if c.policies != nil {
			c.builder.policies(c.policies, now)
		}
		if c.budgets != nil {
			c.builder.budgets(c.budgets, now)
		}
		if c.catalog != nil {
			expired += c.builder.inventory(c.catalog, now)
		}
		if expired > 0 {
			c.metrics.ConnectorTokenCostExpired.Add(ctx, int64(expired))
		}
		if md.DataPointCount() == 0 || c.next == nil {
			return nil
		}
		if c.zeros != nil && !last {
			c.zeros.begin(md)
		}
		c.unsent = md
	}
	return c.send(ctx)
}

func (c *tokenCost) send(ctx context.Context) error {
	md := c.unsent
	if c.sums.store.Delta() {
		md.MarkReadOnly() // it may have to be sent again
	}
	err := c.next.ConsumeMetrics(ctx, md)
	c.failed = err != nil && c.sums.store.Delta()
	if err != nil {
		c.metrics.ConnectorTokenCostFailedFlushes.Add(ctx, 1)
		c.logger.Warn("metrics were refused; the next flush tells the sums again", zap.Error(err))
	}
	return err
}

// observe is the gauge of series.
func (c *tokenCost) observe(_ context.Context, o metric.Int64Observer) error {
	o.Observe(int64(c.sums.store.Len()))
	return nil
}

// observeInteractions is the gauge of open interactions.
func (c *tokenCost) observeInteractions(_ context.Context, o metric.Int64Observer) error {
	o.Observe(int64(c.actions.window.Open()))
	return nil
}

package tokencostconnector

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
)

// deliveries sends events once they are there, and those that were refused, and
// those of a run before, with each tick.
func (b *budgets) deliveries(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		b.deliver(ctx)
		select {
		case <-b.wake:
		case <-ticker.C:
			b.ledger.Tick(b.now())
			b.stored(ctx, b.ledger.SaveBurn(ctx, b.now()))
		case <-ctx.Done():
			return
		}
	}
}

// finish sends what is due.
func (b *budgets) finish(ctx context.Context) {
	b.ledger.Tick(b.now())
	b.deliver(ctx)
}

// shutdown stores the rest, and closes the store. Events that came after the
// last pipeline of logs was closed are sent by the next run.
func (b *budgets) shutdown(ctx context.Context) error {
	b.ledger.Tick(b.now())
	b.stored(ctx, b.ledger.Close(ctx, b.now()))
	return b.close(ctx)
}

// deliver sends the events that wait, one by one and in the order of crossings,
// until one is refused. Each is stored before it is sent, and taken out of the
// store after it was accepted.
func (b *budgets) deliver(ctx context.Context) {
	for ctx.Err() == nil {
		e, ok, err := b.ledger.Next(ctx)
		if !ok {
			return
		}
		b.stored(ctx, err)
		if err := b.send(ctx, &e); err != nil {
			b.telemetry.ConnectorTokenCostBudgetRefusedEvents.Add(ctx, 1)
			b.logger.Warn("the event of a budget was refused; it is sent again", zap.String("event", e.ID), zap.Error(err))
			return
		}
		b.stored(ctx, b.ledger.Sent(ctx, e.ID))
		b.telemetry.ConnectorTokenCostBudgetEvents.Add(ctx, 1)
	}
}

func (b *budgets) send(ctx context.Context, e *budget.Event) error {
	if b.events == nil {
		b.logger.Warn(sentence(e), zap.String("event", e.ID))
		return nil
	}
	return b.events.ConsumeLogs(ctx, b.log(e))
}

// thresholdEvent is the name of the event, after the prefix and a dot.
const thresholdEvent = "budget.threshold"

// log writes an event as a log record. The same event makes the same bytes,
// also in another run: there is nothing in it but the event and the Collector's
// service.name.
func (b *budgets) log(e *budget.Event) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	if b.host != "" {
		rl.Resource().Attributes().PutStr("service.name", b.host)
	}
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(metadata.ScopeName)
	r := sl.LogRecords().AppendEmpty()
	r.SetEventName(b.names.prefix + thresholdEvent)
	r.SetTimestamp(pcommon.NewTimestampFromTime(e.At))
	r.SetObservedTimestamp(r.Timestamp())
	r.SetSeverityNumber(plog.SeverityNumberWarn)
	if e.Kind == budget.Actual && e.Threshold >= 1 {
		r.SetSeverityNumber(plog.SeverityNumberError)
	}
	r.SetSeverityText(r.SeverityNumber().String())
	r.Body().SetStr(sentence(e))
	b.names.attributes(r.Attributes(), e.Budget, e.Period, e.Currency)
	a := r.Attributes()
	a.PutStr(b.names.eventID, e.ID)
	a.PutStr(b.names.start, e.Start.Format(time.RFC3339))
	a.PutStr(b.names.end, e.End.Format(time.RFC3339))
	a.PutStr(b.names.kind, string(e.Kind))
	a.PutDouble(b.names.threshold, e.Threshold)
	a.PutDouble(b.names.spent, e.Spent.Float64())
	a.PutDouble(b.names.amount, e.Amount.Float64())
	if e.Kind == budget.Projected {
		a.PutDouble(b.names.projected, e.Projected.Float64())
	}
	return ld
}

// sentence tells an event to people.
func sentence(e *budget.Event) string {
	unit, what, reached := e.Currency, "spent", e.Spent
	if unit == "" {
		unit = "tokens"
	}
	if e.Kind == budget.Projected {
		what, reached = "projected to be spent", e.Projected
	}
	return fmt.Sprintf("budget %s: %s of %s %s %s in the %s that began %s: %g of the budget is reached",
		e.Budget, reached, e.Amount, unit, what, e.Period, e.Start.Format(time.RFC3339), e.Threshold)
}

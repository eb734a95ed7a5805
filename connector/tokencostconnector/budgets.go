package tokencostconnector

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// budgets counts calls against the configured budgets, and sends the events of
// thresholds that are crossed.
type budgets struct {
	id        component.ID
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	names     budgetNames
	host      string        // service.name of the Collector, of which events tell
	events    consumer.Logs // nil without a logs pipeline: then events are logged
	storage   *component.ID
	limits    []budget.Limit
	selectors []*pricer.Selector
	now       func() time.Time

	ledger  *budget.Ledger
	store   *clientStore // nil without storage
	failing atomic.Bool  // the store refused the last write
	wake    chan struct{}
}

// newBudgets returns nil if none are configured.
func newBudgets(set connector.Settings, cfg *Config, telemetry *metadata.TelemetryBuilder, now func() time.Time) (*budgets, error) {
	if len(cfg.Budgets) == 0 {
		return nil, nil
	}
	b := &budgets{
		id: set.ID, logger: set.Logger, telemetry: telemetry, names: budgetNamesUnder(cfg.Prefix), storage: cfg.Storage, now: now,
		wake: make(chan struct{}, 1),
	}
	if v, ok := set.Resource.Attributes().Get("service.name"); ok {
		b.host = v.AsString()
	}
	for _, c := range cfg.Budgets {
		limit, err := c.limit()
		if err != nil {
			return nil, fmt.Errorf("budget %q: %w", c.Name, err)
		}
		selector, err := pricer.NewSelector(c.Conditions)
		if err != nil {
			return nil, fmt.Errorf("budget %q: conditions: %w", c.Name, err)
		}
		b.limits, b.selectors = append(b.limits, limit), append(b.selectors, selector)
	}
	return b, nil
}

// span counts the call of a span that was read.
func (b *budgets) span(ctx context.Context, x *batch, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) {
	at := b.begin(x)
	for i, s := range b.selectors {
		if s.Span(ctx, rs, ss, span) {
			b.count(x, i, &at)
		}
	}
}

// record counts the call of a log record that was read.
func (b *budgets) record(ctx context.Context, x *batch, rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) {
	at := b.begin(x)
	for i, s := range b.selectors {
		if s.Record(ctx, rl, sl, record) {
			b.count(x, i, &at)
		}
	}
}

// callOf is what the entries of a call have in common.
type callOf struct {
	at   time.Time
	call uint64 // zero until it is needed
}

func (b *budgets) begin(x *batch) callOf {
	if x.sample.At == 0 {
		return callOf{at: b.now()}
	}
	return callOf{at: x.sample.At.AsTime()}
}

// fingerprint tells calls apart also where they share a span, as log records do.
func (c *callOf) fingerprint(x *batch) uint64 {
	if c.call == 0 {
		s := &x.sample
		le := binary.LittleEndian
		c.call = budget.Fingerprint(le.Uint64(s.Trace[:8]), le.Uint64(s.Trace[8:]), le.Uint64(s.Span[:]), uint64(s.At),
			math.Float64bits(s.Cost.Float64()), uint64(s.Tokens[series.Input]), uint64(s.Tokens[series.Output]))
	}
	return c.call
}

// count notes what the call adds to a budget, until the batch is settled.
func (b *budgets) count(x *batch, i int, c *callOf) {
	e := budget.Entry{Budget: i, At: c.at, Call: c.fingerprint(x)}
	limit := &b.limits[i]
	switch {
	case limit.Currency == "":
		var tokens uint64
		for _, n := range x.sample.Tokens {
			tokens += uint64(max(n, 0))
		}
		e.Amount = money.Units(tokens)
	case !x.sample.HasCost:
		return
	case x.result.Currency != limit.Currency:
		x.otherCurrency++
		return
	default:
		e.Amount = x.sample.Cost
	}
	if !e.Amount.IsZero() {
		x.spends = append(x.spends, e)
	}
}

// settle adds what the calls of a batch spent, and stores it, before the batch
// is acknowledged.
func (b *budgets) settle(ctx context.Context, x *batch) {
	if x.otherCurrency > 0 {
		b.telemetry.ConnectorTokenCostBudgetLeftOut.Add(ctx, x.otherCurrency, leftOutOtherCurrency)
		x.otherCurrency = 0
	}
	if len(x.spends) == 0 {
		return
	}
	o, err := b.ledger.Spend(ctx, x.spends, b.now())
	x.spends = x.spends[:0]
	b.stored(ctx, err)
	if o.Late > 0 {
		b.telemetry.ConnectorTokenCostBudgetLeftOut.Add(ctx, int64(o.Late), leftOutLate)
	}
	if o.Repeated > 0 {
		b.telemetry.ConnectorTokenCostBudgetLeftOut.Add(ctx, int64(o.Repeated), leftOutRepeated)
	}
	if o.Events {
		b.awake()
	}
}

// awake makes events be sent now.
func (b *budgets) awake() {
	select {
	case b.wake <- struct{}{}:
	default: // it is awake
	}
}

// stored notes how a write to the store went. The first failure of a row is
// told, and that it is over.
func (b *budgets) stored(ctx context.Context, err error) {
	if err != nil {
		b.telemetry.ConnectorTokenCostBudgetStorageFailures.Add(ctx, 1)
		if !b.failing.Swap(true) {
			b.logger.Error("budgets cannot be stored; a restart now would lose what was spent since", zap.Error(err))
		}
		return
	}
	if b.failing.Load() && b.failing.Swap(false) {
		b.logger.Info("budgets are stored again")
	}
}

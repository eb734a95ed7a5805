package tokencostconnector

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// tokenCost is one connector, whatever the number of pipelines that feed it: a
// series that calls of spans and of log records add to is one series.
type tokenCost struct {
	logger   *zap.Logger
	next     consumer.Metrics // nil if no metrics are wanted
	sums     *sums
	actions  *interactions // nil unless they are told
	budgets  *budgets      // nil unless there are any
	policies *policies     // nil unless there are any
	catalog  *catalog      // nil unless there is an inventory
	builder  *builder
	builderM sync.Mutex
	interval time.Duration
	idle     chan *batch
	metrics  *metadata.TelemetryBuilder

	zeros   *zeros    // nil unless new sums are to start at zero
	sampled sync.Once // warned of spans that were sampled before

	unsent pmetric.Metrics // differences that the next component refused
	failed bool

	feedsLogs         bool // has a feed to logs
	flushing, telling loop
}

func newConnector(set connector.Settings, cfg *Config) (*tokenCost, error) {
	reader, err := cfg.Usage.Reader()
	if err != nil {
		return nil, fmt.Errorf("usage: %w", err)
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	n, dims := namesUnder(cfg.Prefix), newDimensions(cfg.Dimensions)
	bounds := cfg.Histogram.bounds()
	c := &tokenCost{
		logger: set.Logger, interval: cfg.MetricsFlushInterval, metrics: telemetry,
		idle: make(chan *batch, 2*runtime.GOMAXPROCS(0)),
		sums: &sums{
			reader: reader, keys: newKeys(cfg, dims), dims: dims, byBook: cfg.Model == priceBook, weigh: cfg.Sampling.Weigh,
			names: n, now: time.Now,
			store: series.New(series.Options{
				Limit: cfg.Series.Limit, Expiration: cfg.Series.Expiration, HistogramSize: cfg.Histogram.MaxSize, Bounds: bounds,
				Exemplars: cfg.Histogram.Exemplars, Delta: cfg.Temporality == delta, Parts: cfg.Breakdown,
			}),
		},
		builder: &builder{names: n, temporality: pmetric.AggregationTemporalityCumulative, resource: writer(set), bounds: bounds, breakdown: cfg.Breakdown},
	}
	if cfg.Temporality == delta {
		c.builder.temporality = pmetric.AggregationTemporalityDelta
	}
	if c.budgets, err = newBudgets(set, cfg, telemetry, c.sums.now); err != nil {
		return nil, err
	}
	if c.policies, err = newPolicies(cfg, set.Logger, c.sums.now); err != nil {
		return nil, err
	}
	if c.catalog, err = newCatalog(set, cfg, telemetry, c.sums.now); err != nil {
		return nil, err
	}
	if c.catalog != nil {
		if err := telemetry.RegisterConnectorTokenCostInventoryEntriesCallback(c.catalog.observe); err != nil {
			return nil, err
		}
	}
	if c.actions, err = newInteractions(cfg, c.sums); err != nil {
		return nil, err
	}
	if c.actions != nil {
		c.actions.teller.ended = c.interactionEnded
		if err := telemetry.RegisterConnectorTokenCostInteractionsOpenCallback(c.observeInteractions); err != nil {
			return nil, err
		}
	}
	if cfg.Series.StartAtZero {
		c.zeros = newZeros()
	}
	return c, telemetry.RegisterConnectorTokenCostSeriesCallback(c.observe)
}

// writer is the resource of the metrics: the Collector that counted. Its
// service.instance.id keeps the sums of several replicas apart.
func writer(set connector.Settings) pcommon.Map {
	attrs := pcommon.NewMap()
	for _, key := range []string{"service.name", "service.instance.id"} {
		if v, ok := set.Resource.Attributes().Get(key); ok {
			v.CopyTo(attrs.PutEmpty(key))
		}
	}
	return attrs
}

func (c *tokenCost) consumeTraces(ctx context.Context, td ptrace.Traces) error {
	b := c.take()
	defer c.give(ctx, b)
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			var scope *dialect.Scope
			spans := ss.Spans()
			for k := range spans.Len() {
				if k == 0 {
					b.under(rs.Resource().Attributes(), ss.Scope().Attributes())
					scope = b.reader.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &b.scratch)
				}
				span := spans.At(k)
				counts := b.read(span.Attributes(), scope)
				if counts {
					b.sample.Trace, b.sample.Span, b.sample.At = span.TraceID(), span.SpanID(), span.StartTimestamp()
					if b.threshold = thresholdOf(span.TraceState().AsRaw()); b.threshold != 0 {
						b.sampled++
					}
					b.add(b.reader.Taken(scope, span, &b.scratch, &b.call))
				}
				if b.lookout != nil {
					b.lookout.span(b, span, counts, func() bool { return b.reader.Taken(scope, span, &b.scratch, &b.call) })
				}
				if b.actions != nil {
					b.actions.traceSpan(ctx, b, rs, ss, span, counts)
				}
				if counts && c.policies != nil { // after the interaction took the call
					c.policies.span(ctx, b, rs, ss, span)
				}
				if counts && c.budgets != nil {
					c.budgets.span(ctx, b, rs, ss, span)
				}
			}
		}
	}
	if b.lookout != nil {
		b.lookout.settle(td)
	}
	return nil
}

func (c *tokenCost) consumeLogs(ctx context.Context, ld plog.Logs) error {
	b := c.take()
	defer c.give(ctx, b)
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			var scope *dialect.Scope
			records := sl.LogRecords()
			for k := range records.Len() {
				if k == 0 {
					b.under(rl.Resource().Attributes(), sl.Scope().Attributes())
				}
				record := records.At(k)
				if !b.read(record.Attributes(), nil) {
					continue
				}
				if scope == nil {
					scope = b.reader.Scope(rl.Resource(), sl.Scope(), sl.SchemaUrl(), &b.scratch)
				}
				b.sample.Trace, b.sample.Span, b.sample.At = record.TraceID(), record.SpanID(), record.Timestamp()
				b.add(b.reader.Log(scope, record, &b.scratch, &b.call))
				if b.lookout != nil {
					b.lookout.call(b)
				}
				if b.actions != nil {
					b.actions.record(ctx, b, rl, sl, record)
				}
				if c.policies != nil { // after the interaction took the call
					c.policies.record(ctx, b, rl, sl, record)
				}
				if c.budgets != nil {
					c.budgets.record(ctx, b, rl, sl, record)
				}
			}
		}
	}
	return nil
}

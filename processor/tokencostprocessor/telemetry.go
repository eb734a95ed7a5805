package tokencostprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadata"
)

// statusKey is the key of the verdict in the processor's own metrics.
const statusKey = attrkey.DefaultPrefix + "." + attrkey.Status

// telemetry records what batches came to. Attribute sets are closed and built
// once; each batch adds to every counter at most once per set.
type telemetry struct {
	builder  *metadata.TelemetryBuilder
	byStatus [status.NumStatuses][]metric.AddOption
	byReason [status.NumReasons][]metric.AddOption
	hit      []metric.AddOption
	miss     []metric.AddOption
	replaced metric.MeasurementOption
	refused  metric.MeasurementOption
}

func newTelemetry(set component.TelemetrySettings, store *bookstore.Store) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	one := func(key, value string) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))
	}
	t := &telemetry{
		builder: builder,
		hit:     []metric.AddOption{one("result", "hit")}, miss: []metric.AddOption{one("result", "miss")},
		replaced: one("outcome", "replaced"), refused: one("outcome", "refused"),
	}
	for s := range t.byStatus {
		t.byStatus[s] = []metric.AddOption{one(statusKey, status.Status(s).String())}
	}
	for r := range t.byReason {
		reason := status.Reason(r)
		t.byReason[r] = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(
			attribute.String(statusKey, reason.Status().String()), attribute.String("reason", reason.Code())))}
	}
	return t, t.observe(store)
}

// observe registers the gauges of the price book.
func (t *telemetry) observe(store *bookstore.Store) error {
	err := t.builder.RegisterProcessorTokenCostPriceBookAgeCallback(func(_ context.Context, o metric.Float64Observer) error {
		o.Observe(time.Since(store.LoadedAt()).Seconds(), metric.WithAttributes(attribute.String("book", store.Book().Label)))
		return nil
	})
	if err != nil {
		return err
	}
	err = t.builder.RegisterProcessorTokenCostPriceBookFailingCallback(func(_ context.Context, o metric.Int64Observer) error {
		failing := int64(0)
		if store.Failing() {
			failing = 1
		}
		o.Observe(failing)
		return nil
	})
	if err != nil {
		return err
	}
	return t.builder.RegisterProcessorTokenCostPriceBookModelsCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(int64(store.Book().NumModels()))
		return nil
	})
}

// count adds what a batch came to; items counts what was in it.
func (t *telemetry) count(ctx context.Context, items metric.Int64Counter, s *pricer.Stats) {
	b := t.builder
	add := func(c metric.Int64Counter, n int64, opts []metric.AddOption) {
		if n != 0 {
			c.Add(ctx, n, opts...)
		}
	}
	add(items, s.Items, nil)
	for i, n := range s.ByStatus {
		add(b.ProcessorTokenCostCalls, n, t.byStatus[i])
	}
	for i, n := range s.ByReason {
		add(b.ProcessorTokenCostReasons, n, t.byReason[i])
	}
	add(b.ProcessorTokenCostKept, s.Kept, nil)
	add(b.ProcessorTokenCostContradictions, s.Contradict, nil)
	add(b.ProcessorTokenCostResolutions, s.CacheHits, t.hit)
	add(b.ProcessorTokenCostResolutions, s.CacheMiss, t.miss)
	add(b.ProcessorTokenCostReportedCalls, s.Reported, nil)
	if s.Difference != 0 {
		b.ProcessorTokenCostReportedDifference.Add(ctx, s.Difference)
	}
}

func (t *telemetry) reloaded(ctx context.Context, outcome bookstore.Outcome) {
	option := t.replaced
	if outcome == bookstore.Refused {
		option = t.refused
	}
	t.builder.ProcessorTokenCostPriceBookReloads.Add(ctx, 1, option)
}

func (t *telemetry) shutdown() { t.builder.Shutdown() }

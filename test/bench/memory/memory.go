// Package memory measures what the connector remembers while strangers send it
// label values and traces that never come again.
package memory

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector"
)

// Scenario is something of which every call has another one.
type Scenario struct {
	Name  string
	Limit int            // of what is kept: series, or open interactions
	each  int64          // bytes that one of them may take
	conf  map[string]any // of the connector
	vary  func(i uint64, span ptrace.Span)
}

// Report is what was found after all of them.
type Report struct {
	Scenario
	Series   int64 // series of calls that are held
	Overflow int64 // calls that are in the overflow series
	Open     int64 // open interactions
	Heap     int64 // bytes that the heap grew by
	Bound    int64 // bytes that it may grow by
}

// never is a flush interval that is not reached.
const never = "1h"

// Scenarios are all of them, with the limits that are usual and a larger one.
func Scenarios() []Scenario {
	byUser := func(limit int) map[string]any {
		return map[string]any{
			"metrics_flush_interval": never, "dimensions": []any{map[string]any{"name": "user.id"}},
			"series": map[string]any{"limit": limit}, "interactions": map[string]any{"enabled": false},
		}
	}
	user := func(pad int) func(uint64, ptrace.Span) {
		tail := strings.Repeat("-", pad)
		return func(i uint64, span ptrace.Span) {
			span.Attributes().PutStr("user.id", "user-"+strconv.FormatUint(i, 10)+tail)
		}
	}
	return []Scenario{
		{Name: "label values", Limit: 10_000, each: 3 << 10, conf: byUser(10_000), vary: user(0)},
		{Name: "label values", Limit: 100_000, each: 3 << 10, conf: byUser(100_000), vary: user(0)},
		{Name: "label values of 4 kB, cut to 256 bytes", Limit: 10_000, each: 4 << 10, conf: byUser(10_000), vary: user(4 << 10)},
		{
			Name: "traces in the window", Limit: 20_000, each: 2 << 10,
			conf: map[string]any{"metrics_flush_interval": never, "interactions": map[string]any{"window": "1h", "root_timeout": "1h", "max_age": "1h", "limit": 20_000}},
			vary: func(i uint64, span ptrace.Span) {
				id := span.TraceID()
				binary.BigEndian.PutUint64(id[8:], i)
				span.SetTraceID(id)
			},
		},
	}
}

// batchSize is how many calls come at once.
const batchSize = 1000

// Run sends calls, every one with another value, and measures the heap.
func (s Scenario) Run(ctx context.Context, calls int) (Report, error) {
	r := Report{Scenario: s, Bound: int64(s.Limit) * s.each}
	reader := sdkmetric.NewManualReader()
	c, err := s.start(ctx, reader)
	if err != nil {
		return r, err
	}
	td := batch()
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	before := heap()
	for sent := 0; sent < calls; sent += batchSize {
		for i := range spans.Len() {
			s.vary(uint64(sent+i+1), spans.At(i))
		}
		if err := errors.Join(ctx.Err(), c.ConsumeTraces(ctx, td)); err != nil {
			return r, errors.Join(err, c.Shutdown(context.WithoutCancel(ctx)))
		}
	}
	r.Heap = heap() - before
	if err := r.read(ctx, reader); err != nil {
		return r, err
	}
	return r, c.Shutdown(ctx)
}

func (s *Scenario) start(ctx context.Context, reader sdkmetric.Reader) (connector.Traces, error) {
	factory := tokencostconnector.NewFactory()
	cfg := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(s.conf).Unmarshal(cfg); err != nil {
		return nil, fmt.Errorf("configuration of %q: %w", s.Name, err)
	}
	set := connectortest.NewNopSettings(factory.Type())
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	c, err := factory.CreateTracesToMetrics(ctx, set, cfg, consumertest.NewNop())
	if err != nil {
		return nil, err
	}
	return c, c.Start(ctx, componenttest.NewNopHost())
}

// batch is of calls that are priced.
func batch() ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "support")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range batchSize {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{6: byte(i >> 8), 7: byte(i) | 1})
		a := s.Attributes()
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.provider.name", "openai")
		a.PutStr("gen_ai.response.model", "gpt-4o")
		a.PutInt("gen_ai.usage.input_tokens", 1250)
		a.PutInt("gen_ai.usage.output_tokens", 80)
		a.PutStr("token_cost.status", "exact")
		a.PutDouble("token_cost.total", 0.003925)
		a.PutDouble("token_cost.input", 0.003125)
		a.PutDouble("token_cost.output", 0.0008)
		a.PutStr("token_cost.currency", "USD")
		a.PutStr("token_cost.price", "openai/gpt-4o@open")
	}
	return td
}

// heap is how many bytes are in use once what is garbage is collected.
func heap() int64 {
	runtime.GC()
	runtime.GC() // finishes what the first one left to be swept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// read takes the connector's own metrics.
func (r *Report) read(ctx context.Context, reader sdkmetric.Reader) error {
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		return err
	}
	into := map[string]*int64{
		"otelcol_connector_token_cost_series": &r.Series, "otelcol_connector_token_cost_overflow": &r.Overflow,
		"otelcol_connector_token_cost_interactions_open": &r.Open,
	}
	for _, sm := range all.ScopeMetrics {
		for _, m := range sm.Metrics {
			to := into[m.Name]
			if to == nil {
				continue
			}
			switch data := m.Data.(type) {
			case metricdata.Gauge[int64]:
				*to += data.DataPoints[0].Value
			case metricdata.Sum[int64]:
				*to += data.DataPoints[0].Value
			}
		}
	}
	return nil
}

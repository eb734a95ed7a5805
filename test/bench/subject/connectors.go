package subject

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/signaltometricsconnector"
	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/spanmetricsconnector"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// counting is a connector with a configuration by which it counts calls by
// service, provider, model and status, and further of what the name says.
type counting struct {
	name      string
	factory   connector.Factory
	config    string
	newTraces bool
	metrics   []string // at least one point of each for every series
	target    bool     // our own goal is meant for this work
}

// never is a flush interval that no measurement reaches: what is measured is
// counting. signal_to_metrics keeps nothing, and so tells every batch at once.
const never = "1h"

// The dimensions that token_cost has by itself, for the connectors of others.
const (
	spanMetricsDimensions = `dimensions: [{name: gen_ai.provider.name}, {name: gen_ai.response.model}, {name: token_cost.status}, {name: token_cost.currency}]
exclude_dimensions: [span.name, span.kind, status.code]
metrics_flush_interval: ` + never + `
dimensions_cache_size: 100000
`
	signalAttributes = `include_resource_attributes: [{key: service.name}], attributes: [{key: gen_ai.provider.name}, {key: gen_ai.response.model}, {key: token_cost.status}, {key: token_cost.currency}]`
)

// connectors are those that are compared. What each does is its name: none of
// the others can do all that token_cost does.
func connectors() []counting {
	const ours, sums = "metrics_flush_interval: " + never + "\nseries: {limit: 20000}\n", "breakdown: false\nhistogram: {max_size: 0}\ninteractions: {enabled: false}\n"
	cost := signalSum("spend", `Double(span.attributes["token_cost.total"])`)
	all := cost + signalSum("calls", "1") + signalSum("input", `span.attributes["gen_ai.usage.input_tokens"]`) + signalSum("output", `span.attributes["gen_ai.usage.output_tokens"]`)
	return []counting{
		{name: "token_cost: spend, tokens, calls", factory: tokencostconnector.NewFactory(), config: ours + sums, metrics: []string{"token_cost.spend", "token_cost.tokens", "token_cost.calls"}, target: true},
		{
			name: "token_cost: and parts, distribution, exemplars", factory: tokencostconnector.NewFactory(), config: ours + "interactions: {enabled: false}\n",
			metrics: []string{"token_cost.spend", "token_cost.spend.parts", "token_cost.tokens", "token_cost.calls", "token_cost.call.cost"}, target: true,
		},
		{name: "token_cost: and interactions", factory: tokencostconnector.NewFactory(), config: ours, metrics: []string{"token_cost.spend", "token_cost.call.cost"}, newTraces: true},
		{name: "span_metrics: calls", factory: spanmetricsconnector.NewFactory(), config: spanMetricsDimensions + "histogram: {disable: true}\n", metrics: []string{"traces.span.metrics.calls"}},
		{name: "span_metrics: calls, distribution of durations", factory: spanmetricsconnector.NewFactory(), config: spanMetricsDimensions, metrics: []string{"traces.span.metrics.calls", "traces.span.metrics.duration"}},
		{name: "signal_to_metrics: spend", factory: signaltometricsconnector.NewFactory(), config: "spans:\n" + cost, metrics: []string{"spend"}},
		{name: "signal_to_metrics: spend, input, output, calls", factory: signaltometricsconnector.NewFactory(), config: "spans:\n" + all, metrics: []string{"spend", "calls", "input", "output"}},
	}
}

// signalSum is a sum of signal_to_metrics.
func signalSum(name, value string) string {
	return fmt.Sprintf("  - {name: %s, %s, sum: {value: '%s', monotonic: true}}\n", name, signalAttributes, value)
}

// seriesOfConnectors are how many series the batches add to, as services and
// models: one batch is of one service.
var seriesOfConnectors = []struct{ services, models int }{{1, 10}, {100, 100}}

// connectorTarget is what counting a priced span should take at 10,000 series.
var connectorTarget = Target{NS: 400}

// NewConnectors starts connectors on priced spans, each with one goroutine and
// with two, and proves of each that it works.
func NewConnectors(ctx context.Context, dir string) (*List, error) {
	l := &List{dir: dir, ctx: ctx}
	for _, n := range seriesOfConnectors {
		batches := l.pricedBatches(n.services, n.models)
		for _, c := range connectors() {
			for goroutines := 1; goroutines <= 2; goroutines++ {
				l.connect(c, batches, n.services*n.models, goroutines)
			}
		}
	}
	if l.err != nil {
		return nil, errors.Join(l.err, l.Close())
	}
	return l, nil
}

// pricedBatches makes a batch for each service, with all models, as token_cost
// prices it.
func (l *List) pricedBatches(services, models int) (out []spans.Batch) {
	book := l.book(models)
	if l.err != nil {
		return nil
	}
	p, err := run(l.ctx, tokenCost(), book)
	if err != nil {
		l.err = err
		return nil
	}
	defer func() { l.err = errors.Join(l.err, p.stop()) }()
	for i := range services {
		b := exactCalls(12, models)
		b.Traces.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", fmt.Sprintf("service-%d", i))
		l.err = errors.Join(l.err, p.ConsumeTraces(l.ctx, b.Traces))
		b.Attributes = spans.In(b.Traces).At(0).Attributes().Len()
		out = append(out, b)
	}
	return out
}

// connect starts a connector for a subject, and checks what a second one tells
// of the same batches.
func (l *List) connect(c counting, batches []spans.Batch, series, goroutines int) {
	if l.err != nil {
		return
	}
	s := &Subject{Name: c.name, Batch: batches[0], Goroutines: goroutines, Series: series, NewTraces: c.newTraces}
	for _, b := range batches[1:] {
		s.Rest = append(s.Rest, b.Traces)
	}
	if c.target && goroutines == 1 && series > 1000 {
		s.Target = &connectorTarget
	}
	if goroutines == 1 {
		if l.err = c.proof(l.ctx, s); l.err != nil {
			l.err = fmt.Errorf("%s, %d series: %w", c.name, series, l.err)
			return
		}
	}
	if s.processor, l.err = runConnector(l.ctx, c.factory, c.config, nop()); l.err == nil {
		l.put(s)
	}
}

// runConnector creates a connector as the Collector does, before a consumer of its metrics.
func runConnector(ctx context.Context, factory connector.Factory, config string, next consumer.Metrics) (*running, error) {
	cfg, err := configuration(factory, config)
	if err != nil {
		return nil, err
	}
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	set := connectortest.NewNopSettings(factory.Type())
	set.MeterProvider = metrics
	c, err := factory.CreateTracesToMetrics(ctx, set, cfg, next)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", factory.Type(), err)
	}
	return start(ctx, factory, c, metrics)
}

// process takes all batches once, in order.
func (s *Subject) process(ctx context.Context) error {
	for i := range s.Batches() {
		td := s.FreshAt(i)
		td.MarkReadOnly()
		if err := s.Process(ctx, td); err != nil {
			return err
		}
	}
	return nil
}

// total adds up what the spans of a subject cost.
func (s *Subject) total() (sum float64) {
	for i := range s.Batches() {
		for _, span := range spans.In(s.FreshAt(i)).All() {
			v, _ := span.Attributes().Get("token_cost.total")
			sum += v.Double()
		}
	}
	return sum
}

package tokencostconnector

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// spanOf is a priced span.
type spanOf struct {
	service, provider, model, status string
	reasons                          []any
	total                            float64
	attrs                            map[string]any
}

func (s spanOf) append(td ptrace.Traces) {
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", s.service)
	s.fill(rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty())
}

func (s spanOf) fill(span ptrace.Span) {
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{2})
	s.fillAttributes(span.Attributes())
}

func (s spanOf) fillAttributes(a pcommon.Map) {
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("gen_ai.provider.name", s.provider)
	a.PutStr("gen_ai.response.model", s.model)
	a.PutInt("gen_ai.usage.input_tokens", 100)
	a.PutInt("gen_ai.usage.output_tokens", 10)
	a.PutInt("gen_ai.usage.cache_read.input_tokens", 40)
	a.PutInt("gen_ai.usage.reasoning.output_tokens", 4)
	a.PutStr("token_cost.status", s.status)
	if len(s.reasons) > 0 {
		if err := a.PutEmptySlice("token_cost.reasons").FromRaw(s.reasons); err != nil {
			panic(err)
		}
	}
	if s.total > 0 {
		a.PutDouble("token_cost.total", s.total)
		a.PutStr("token_cost.currency", "USD")
		a.PutStr("token_cost.price", s.provider+"/"+s.model+"@open")
	}
	for k, v := range s.attrs {
		if err := a.PutEmpty(k).FromRaw(v); err != nil {
			panic(err)
		}
	}
}

func traces(spans ...spanOf) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, s := range spans {
		s.append(td)
	}
	return td
}

func exact(model string, total float64) spanOf {
	return spanOf{service: "shop", provider: "openai", model: model, status: "exact", total: total}
}

func configured(t testing.TB, change func(*Config)) *Config {
	t.Helper()
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	cfg.Interactions.Enabled = false // they have tests of their own
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	return cfg
}

// counted feeds traces to a connector and returns the points that its last
// flush sends, by name, attributes and value, as text.
func counted(t *testing.T, change func(*Config), batches ...ptrace.Traces) []string {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), configured(t, change), sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	for _, td := range batches {
		td.MarkReadOnly()
		require.NoError(t, c.ConsumeTraces(t.Context(), td))
	}
	require.NoError(t, c.Shutdown(t.Context()))
	all := sink.AllMetrics()
	if len(all) == 0 {
		return nil
	}
	return points(all[len(all)-1])
}

func points(md pmetric.Metrics) (out []string) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				switch m.Type() {
				case pmetric.MetricTypeSum:
					for _, p := range m.Sum().DataPoints().All() {
						value := fmt.Sprint(p.IntValue())
						if p.ValueType() == pmetric.NumberDataPointValueTypeDouble {
							value = fmt.Sprint(p.DoubleValue())
						}
						out = append(out, fmt.Sprintf("%s %s %v %s", m.Name(), m.Unit(), p.Attributes().AsRaw(), value))
					}
				case pmetric.MetricTypeExponentialHistogram:
					for _, p := range m.ExponentialHistogram().DataPoints().All() {
						out = append(out, fmt.Sprintf("%s %s %v %d %v", m.Name(), m.Unit(), p.Attributes().AsRaw(), p.Count(), p.Sum()))
					}
				}
			}
		}
	}
	return out
}

func TestACallAddsToSpendTokensCallsAndDistribution(t *testing.T) {
	const attrs = "gen_ai.provider.name:openai gen_ai.response.model:gpt-4o service.name:shop token_cost.currency:USD"
	got := counted(t, nil, traces(exact("gpt-4o", 0.0125), exact("gpt-4o", 0.0125)))
	assert.ElementsMatch(t, []string{
		"token_cost.spend {USD} map[" + attrs + " token_cost.status:exact] 0.025",
		"token_cost.call.cost {USD} map[" + attrs + " token_cost.status:exact] 2 0.025",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:input token_cost.status:exact] 120",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:cache_read token_cost.status:exact] 80",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:output token_cost.status:exact] 12",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:reasoning token_cost.status:exact] 8",
		"token_cost.calls {call} map[" + attrs + " token_cost.status:exact] 2",
	}, got)
}

func TestACallCountsForTheReasonThatDecidedItsStatus(t *testing.T) {
	off := func(c *Config) { c.Dimensions, c.Histogram.MaxSize = nil, 0 }
	got := counted(t, off, traces(
		spanOf{provider: "p", model: "m", status: "unpriced", reasons: []any{"cache_not_reported", "model_unknown", "usage_missing"}},
		spanOf{provider: "p", model: "m", status: "not_billable", reasons: []any{"roll_up"}},
		spanOf{provider: "p", model: "m", status: "not_billable", reasons: []any{"duplicate_call"}},
		spanOf{provider: "p", model: "m", status: "not_billable", reasons: []any{"priced_in_other_signal"}},
		spanOf{provider: "p", model: "m", status: "not_billable", reasons: []any{"failed_call"}},
		spanOf{provider: "p", model: "m", status: "invented"},
	))
	const attrs = "gen_ai.provider.name:p gen_ai.response.model:m"
	assert.ElementsMatch(t, []string{
		"token_cost.calls {call} map[" + attrs + " token_cost.reason:model_unknown token_cost.status:unpriced] 1",
		"token_cost.calls {call} map[" + attrs + " token_cost.reason:failed_call token_cost.status:not_billable] 1",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:input token_cost.status:unpriced] 60",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:cache_read token_cost.status:unpriced] 40",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:output token_cost.status:unpriced] 6",
		"token_cost.tokens {token} map[" + attrs + " token_cost.meter:reasoning token_cost.status:unpriced] 4",
	}, got)
}

func TestDimensionsAreReadFromCallScopeAndResourceInThisOrder(t *testing.T) {
	none := "none"
	config := func(c *Config) {
		c.Histogram.MaxSize = 0
		c.Dimensions = []DimensionConfig{
			{Name: "team", From: []string{"token_cost.team", "service.name"}, Default: &none},
			{Name: "service.name"},
			{Name: "feature", Default: &none},
			{Name: "absent"},
		}
	}
	own := exact("gpt-4o", 1)
	own.attrs = map[string]any{"token_cost.team": 7, "service.name": "of the span"}
	var spends []string
	for _, p := range counted(t, config, traces(own, exact("gpt-4o", 2))) {
		if len(p) > 17 && p[:17] == "token_cost.spend " {
			spends = append(spends, p)
		}
	}
	const attrs = "gen_ai.provider.name:openai gen_ai.response.model:gpt-4o"
	assert.ElementsMatch(t, []string{
		"token_cost.spend {USD} map[feature:none " + attrs + " service.name:of the span team:7 token_cost.currency:USD token_cost.status:exact] 1",
		"token_cost.spend {USD} map[feature:none " + attrs + " service.name:shop team:shop token_cost.currency:USD token_cost.status:exact] 2",
	}, spends)
}

func TestTheModelIsTheReportedOneOrThatOfThePriceBook(t *testing.T) {
	dated := exact("gpt-4o-2024-08-06", 1)
	dated.attrs = map[string]any{"token_cost.price": "openai/gpt-4o@open"}
	for model, want := range map[string]string{reported: "gpt-4o-2024-08-06", priceBook: "gpt-4o"} {
		got := counted(t, func(c *Config) { c.Model, c.Histogram.MaxSize = model, 0 }, traces(dated))
		assert.Contains(t, got[0], "gen_ai.response.model:"+want+" ")
	}
}

func TestBeyondTheLimitCallsAreInTheOverflowSeriesOfTheirStatus(t *testing.T) {
	var spans []spanOf
	for i := range 100 {
		spans = append(spans, exact(fmt.Sprint("m", i), 0.5))
	}
	got := counted(t, func(c *Config) { c.Series.Limit, c.Histogram.MaxSize = 10, 0 }, traces(spans...))
	assert.Contains(t, got, "token_cost.spend {USD} map[otel.metric.overflow:true token_cost.currency:USD token_cost.status:exact] 45")
	own := 0
	for _, p := range got {
		if strings.HasPrefix(p, "token_cost.spend ") && strings.HasSuffix(p, "] 0.5") {
			own++
		}
	}
	assert.Equal(t, 10, own)
}

func TestLogRecordsAndSpansAddToTheSameSeries(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	cfg, set := configured(t, func(c *Config) { c.Histogram.MaxSize = 0 }), connectortest.NewNopSettings(metadata.Type)
	tr, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	lg, err := NewFactory().CreateLogsToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	require.NoError(t, tr.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, lg.Start(t.Context(), componenttest.NewNopHost()))
	td := traces(exact("gpt-4o", 1))
	require.NoError(t, tr.ConsumeTraces(t.Context(), td))
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "shop")
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().CopyTo(rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes())
	require.NoError(t, lg.ConsumeLogs(t.Context(), ld))
	require.NoError(t, tr.Shutdown(t.Context()))
	assert.Empty(t, sink.AllMetrics(), "the last feed closes the connector")
	require.NoError(t, lg.Shutdown(t.Context()))
	require.Len(t, sink.AllMetrics(), 1)
	assert.Contains(t, points(sink.AllMetrics()[0])[0], " 2")
	assert.Empty(t, shared)
}

func TestDifferencesThatAreRefusedAreSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var refuse atomic.Bool
		refuse.Store(true)
		var got []pmetric.Metrics
		next, err := consumer.NewMetrics(func(_ context.Context, md pmetric.Metrics) error {
			if refuse.Load() {
				return errors.New("full")
			}
			copied := pmetric.NewMetrics()
			md.CopyTo(copied)
			got = append(got, copied)
			return nil
		})
		require.NoError(t, err)
		cfg := configured(t, func(c *Config) { c.Temporality, c.Histogram.MaxSize = delta, 0 })
		c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, next)
		require.NoError(t, err)
		require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
		for range 3 {
			require.NoError(t, c.ConsumeTraces(t.Context(), traces(exact("gpt-4o", 1))))
			time.Sleep(cfg.MetricsFlushInterval)
			synctest.Wait()
		}
		assert.Empty(t, got)
		refuse.Store(false)
		time.Sleep(cfg.MetricsFlushInterval)
		synctest.Wait()
		require.NoError(t, c.Shutdown(t.Context()))
		require.Len(t, got, 2)
		assert.Contains(t, points(got[0])[0], "token_cost.status:exact] 1")
		assert.Contains(t, points(got[1])[0], "token_cost.status:exact] 2")
	})
}

func TestSumsOfSpansAndOfMetricsAgreeToTheLastQuantum(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), configured(t, nil), sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	r := rand.New(rand.NewPCG(1, 2))
	want := money.Amount{}
	var wg sync.WaitGroup
	for range 4 {
		td := ptrace.NewTraces()
		for range 2000 {
			a := money.Quanta(r.Uint64() >> (25 + r.IntN(35)))
			want = want.Add(a)
			if !a.IsZero() {
				exact("gpt-4o", a.Float64()).append(td)
			}
		}
		wg.Go(func() { assert.NoError(t, c.ConsumeTraces(context.Background(), td)) })
	}
	wg.Wait()
	require.NoError(t, c.Shutdown(t.Context()))
	for _, m := range sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if m.Name() == "token_cost.spend" {
			assert.Equal(t, want.Float64(), m.Sum().DataPoints().At(0).DoubleValue())
		}
	}
}

func newBench(b testing.TB, series int, sumsOnly bool) (connector.Traces, ptrace.Traces) {
	cfg := configured(b, func(c *Config) {
		c.Series.Limit, c.MetricsFlushInterval = 2*series, time.Hour
		if sumsOnly {
			c.Breakdown, c.Histogram.MaxSize = false, 0
		}
	})
	c, err := NewFactory().CreateTracesToMetrics(context.Background(), connectortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, c.Start(context.Background(), componenttest.NewNopHost()))
	td := ptrace.NewTraces()
	for i := range series / 100 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("service-", i))
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for j := range 100 {
			s := exact(fmt.Sprint("model-", j), 0.0125)
			s.fill(spans.AppendEmpty())
		}
	}
	require.NoError(b, c.ConsumeTraces(context.Background(), td))
	return c, td
}

// One call adds to one of 10,000 series that are there already.
func BenchmarkPricedSpan(b *testing.B) {
	for name, sumsOnly := range map[string]bool{"spend, tokens, calls": true, "and parts, distribution, exemplars": false} {
		b.Run(name, func(b *testing.B) {
			c, td := newBench(b, 10_000, sumsOnly)
			spans := td.SpanCount()
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := c.ConsumeTraces(context.Background(), td); err != nil {
						b.Error(err)
					}
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*spans), "ns/span")
			require.NoError(b, c.Shutdown(context.Background()))
		})
	}
}

func TestAKnownSeriesAllocatesNothing(t *testing.T) {
	c, td := newBench(t, 1000, false)
	assert.Zero(t, testing.AllocsPerRun(20, func() { assert.NoError(t, c.ConsumeTraces(context.Background(), td)) }))
	require.NoError(t, c.Shutdown(context.Background()))
}

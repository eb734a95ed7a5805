package tokencostconnector

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// truth is what actions were made of: known when they were made, but for the
// price of a call.
type truth struct {
	actions  int
	calls    map[string]int // by role
	spend    map[string]money.Amount
	total    money.Amount
	depth    int
	overhead float64 // sum
	measured int     // actions that have an overhead
}

func (tr *truth) add(a *genai.Action, costs map[string]money.Amount) {
	var all, primary money.Amount
	for _, s := range a.Spans {
		if s.Role == "" {
			continue
		}
		cost := costs[s.SpanID]
		tr.calls[s.Role]++
		tr.spend[s.Role] = tr.spend[s.Role].Add(cost)
		all = all.Add(cost)
		if s.Role == "primary" {
			primary = primary.Add(cost)
		}
	}
	tr.actions++
	tr.total = tr.total.Add(all)
	tr.depth += a.Depth
	if !primary.IsZero() {
		tr.overhead += all.Float64() / primary.Float64()
		tr.measured++
	}
}

// pricedActions makes actions of a dialect, prices them, and returns each span
// in telemetry of its own.
func pricedActions(t testing.TB, n int, dialects ...string) ([]ptrace.Traces, truth) {
	t.Helper()
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Signals = []pricer.SignalConfig{{Dialect: "claude-code", Signal: "traces"}}
	p, err := pricer.New(cfg, store)
	require.NoError(t, err)
	g, err := genai.New(genai.Options{Seed: 42, Dialects: dialects, Start: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Step: time.Minute})
	require.NoError(t, err)
	tr := truth{calls: map[string]int{}, spend: map[string]money.Amount{}}
	var spans []ptrace.Traces
	for range n {
		a := g.NextAction()
		p.Traces(t.Context(), a.Traces, nil)
		costs := map[string]money.Amount{}
		for _, rs := range a.Traces.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					if v, ok := s.Attributes().Get("token_cost.total"); ok {
						costs[s.SpanID().String()], _ = pricedcall.Amount(v.Double())
					}
					td := ptrace.NewTraces()
					one := td.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(one.Resource())
					scope := one.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(scope.Scope())
					s.CopyTo(scope.Spans().AppendEmpty())
					spans = append(spans, td)
				}
			}
		}
		tr.add(&a, costs)
	}
	return spans, tr
}

// told is what metrics tell.
type toldTruth struct {
	calls           map[string]int
	spend           map[string]money.Amount // by role
	all, late, cost money.Amount            // token_cost.spend, late spend, cost of interactions
	counts          map[string]uint64       // of histograms
	sums            map[string]float64
}

func readTold(md pmetric.Metrics) toldTruth {
	out := toldTruth{calls: map[string]int{}, spend: map[string]money.Amount{}, counts: map[string]uint64{}, sums: map[string]float64{}}
	for _, m := range md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		name := strings.TrimPrefix(m.Name(), "token_cost.")
		if m.Type() == pmetric.MetricTypeExponentialHistogram {
			for _, p := range m.ExponentialHistogram().DataPoints().All() {
				out.counts[name] += p.Count()
				out.sums[name] += p.Sum()
				if name == "interaction.cost" {
					a, _ := pricedcall.Amount(p.Sum())
					out.cost = out.cost.Add(a)
				}
			}
			continue
		}
		for _, p := range m.Sum().DataPoints().All() {
			role, _ := p.Attributes().Get("token_cost.role")
			a, _ := pricedcall.Amount(p.DoubleValue())
			switch name {
			case "spend":
				out.all = out.all.Add(a)
			case "interaction.spend":
				out.spend[role.Str()] = out.spend[role.Str()].Add(a)
			case "interaction.late.spend":
				out.late = out.late.Add(a)
			case "interaction.role.calls":
				out.calls[role.Str()] += int(p.IntValue())
			}
		}
	}
	return out
}

// consumed feeds spans in parallel, in batches of any size, and returns the last metrics.
func consumed(t testing.TB, cfg *Config, spans []ptrace.Traces) pmetric.Metrics {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	c, err := NewFactory().CreateTracesToMetrics(t.Context(), connectortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	var wg sync.WaitGroup
	for worker := range 4 {
		r := rand.New(rand.NewPCG(7, uint64(worker)))
		wg.Go(func() {
			for i := worker * len(spans) / 4; i < (worker+1)*len(spans)/4; {
				td := ptrace.NewTraces()
				for n := 1 + r.IntN(40); n > 0 && i < (worker+1)*len(spans)/4; n-- {
					spans[i].ResourceSpans().At(0).CopyTo(td.ResourceSpans().AppendEmpty())
					i++
				}
				td.MarkReadOnly()
				assert.NoError(t, c.ConsumeTraces(context.Background(), td))
			}
		})
	}
	wg.Wait()
	require.NoError(t, c.Shutdown(t.Context()))
	return sink.AllMetrics()[len(sink.AllMetrics())-1]
}

func withInteractions(t testing.TB, change func(*InteractionsConfig)) *Config {
	return configured(t, func(c *Config) {
		c.Interactions.Enabled = true
		if change != nil {
			change(&c.Interactions)
		}
	})
}

func TestMeasuredOverheadIsTheTruthInEveryDialect(t *testing.T) {
	for _, dialect := range genai.Dialects() {
		t.Run(dialect, func(t *testing.T) {
			spans, want := pricedActions(t, 150, dialect)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			got := readTold(consumed(t, withInteractions(t, nil), spans))
			assert.Equal(t, want.calls, got.calls)
			for role, amount := range want.spend {
				assert.Equal(t, amount, got.spend[role], role)
			}
			assert.Equal(t, want.total, got.all)
			assert.Equal(t, want.total, got.cost)
			assert.Zero(t, got.late)
			assert.EqualValues(t, want.actions, got.counts["interaction.cost"])
			assert.EqualValues(t, want.measured, got.counts["interaction.overhead"])
			assert.InEpsilon(t, want.overhead, got.sums["interaction.overhead"], 1e-9)
			assert.EqualValues(t, want.depth, got.sums["interaction.depth"])
			t.Logf("%d actions, measured overhead %.4f on average, %v", want.actions, got.sums["interaction.overhead"]/float64(want.measured), got.calls)
		})
	}
}

// Spans of all dialects come in any order while there is far too little room
// and some come late: roles may suffer, the sums never.
func TestRolesAndLateSpendAddUpToTheSpend(t *testing.T) {
	spans, want := pricedActions(t, 1000)
	for seed := range uint64(5) {
		rand.New(rand.NewPCG(1, seed)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
		got := readTold(consumed(t, withInteractions(t, func(c *InteractionsConfig) { c.Limit, c.MaxSpans, c.RecentSpans = 20+int(seed)*20, 3, 64 }), spans))
		sum := got.late
		for _, amount := range got.spend {
			sum = sum.Add(amount)
		}
		assert.Equal(t, want.total, got.all)
		assert.Equal(t, want.total, sum, "%s late of %s", got.late, want.total)
		assert.NotZero(t, got.late)
	}
}

// Several Collectors behind load_balancing by trace id tell what one would. If
// spans of a trace reach two of them, only the sums of spend are still right.
func TestSeveralCollectorsTellWhatOneWould(t *testing.T) {
	spans, want := pricedActions(t, 400)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	for _, byTrace := range []bool{true, false} {
		var parts [2][]ptrace.Traces
		for i, td := range spans {
			to := i % 2
			if byTrace {
				to = int(td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID()[15]) % 2
			}
			parts[to] = append(parts[to], td)
		}
		var spend money.Amount
		interactions, measured, overhead := uint64(0), uint64(0), 0.0
		for _, part := range parts {
			got := readTold(consumed(t, withInteractions(t, nil), part))
			for _, amount := range got.spend {
				spend = spend.Add(amount)
			}
			interactions += got.counts["interaction.calls"]
			measured += got.counts["interaction.overhead"]
			overhead += got.sums["interaction.overhead"]
		}
		assert.Equal(t, want.total, spend)
		assert.Equal(t, byTrace, interactions == uint64(want.actions), "%d interactions of %d", interactions, want.actions)
		if byTrace {
			assert.EqualValues(t, want.measured, measured)
			assert.InEpsilon(t, want.overhead, overhead, 1e-9)
		}
	}
}

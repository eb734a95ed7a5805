package metrics

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// exactly is how far a sum in Prometheus may be from the truth, as a share of it.
const exactly = 1e-9

// dimensions are the labels by which spend is compared, alone and together.
var dimensions = [][]string{
	{},
	{"gen_ai_provider_name"},
	{"gen_ai_response_model"},
	{"service_name"},
	{"token_cost_team"},
	{"token_cost_customer"},
	{"token_cost_status"},
	{"gen_ai_provider_name", "gen_ai_response_model", "service_name", "token_cost_team", "token_cost_customer", "token_cost_status"},
}

// arrives waits until a counter has counted what is true, by some labels.
func (p *prometheus) arrives(counter string, want map[string]float64, by ...string) {
	p.t.Helper()
	await(p.t, counter+" by "+strings.Join(by, ", "), func() (any, bool) {
		wrong := differences(want, p.totals(counter, by...), exactly)
		return strings.Join(wrong, "\n"), len(wrong) == 0
	})
}

// callsAreTrue compares the number of all calls by status.
func (p *prometheus) callsAreTrue(x *truth) {
	p.t.Helper()
	p.arrives("token_cost_calls_total", x.sum(one, "token_cost_status"), "token_cost_status")
}

// spendIsTrue compares what was spent on how many calls by each dimension.
func (p *prometheus) spendIsTrue(x *truth, dimensions ...[]string) {
	p.t.Helper()
	for _, by := range dimensions {
		p.arrives(`token_cost_calls_total{token_cost_status=~"exact|estimated|partial"}`, x.sum(priced, by...), by...)
		p.arrives("token_cost_spend_total", x.sum(cost, by...), by...)
		p.arrives("token_cost_spend_parts_total", x.sum(cost, by...), by...)
		p.arrives("token_cost_call_cost_sum", x.sum(cost, by...), by...)
	}
}

func TestSpendByEachDimensionIsTheTruth(t *testing.T) {
	needs(t)
	c := newCollector(t, nil)
	p := newPrometheus(t, c)
	x := newTruth(t)
	c.send(x.generate(genai.Options{Seed: 1}, 1000)...)
	x.learn(c)
	p.callsAreTrue(x)
	p.spendIsTrue(x, dimensions...)
}

func TestSpendIsTheTruthAfterRestarts(t *testing.T) {
	needs(t)
	c := newCollector(t, nil)
	p := newPrometheus(t, c)
	x := newTruth(t)
	for seed := range uint64(3) {
		if seed > 0 {
			c.restart()
		}
		c.send(x.generate(genai.Options{Seed: 10 + seed}, 200*int(seed+1))...)
		x.learn(c)
		p.spendIsTrue(x, dimensions[0]) // what was not scraped is lost with a restart
	}
	p.callsAreTrue(x)
	p.spendIsTrue(x, dimensions...)
	if n := len(p.totals("up{job='token_cost'}", "instance")); n != 1 {
		t.Errorf("%d instances: a restart must not begin another one", n)
	}
}

func TestReplicasAddUp(t *testing.T) {
	needs(t)
	replicas := []*collector{newCollector(t, nil), newCollector(t, nil)}
	p := newPrometheus(t, replicas...)
	x := newTruth(t)
	for i, td := range x.generate(genai.Options{Seed: 20}, 600) {
		replicas[i%2].send(td)
	}
	x.learn(replicas...)
	p.callsAreTrue(x)
	p.spendIsTrue(x, dimensions...)
	for instance, n := range p.totals("token_cost_calls_total", "instance") {
		if n == 0 || n == p.total("token_cost_calls_total") {
			t.Errorf("%v calls are of %s", n, instance)
		}
	}
}

func TestBeyondTheLimitOfSeriesNothingIsLost(t *testing.T) {
	needs(t)
	c := newCollector(t, section{"connectors": section{"token_cost": section{"series": section{"limit": 5}}}})
	p := newPrometheus(t, c)
	x := newTruth(t)
	c.send(x.generate(genai.Options{Seed: 30}, 600)...)
	x.learn(c)
	p.callsAreTrue(x)
	p.spendIsTrue(x, []string{}, []string{"token_cost_status"})
	overflow := p.total(`token_cost_calls_total{otel_metric_overflow="true"}`)
	if overflow < 100 {
		t.Errorf("%v calls are in overflow series: nothing was forced", overflow)
	}
	p.arrives("otelcol_connector_token_cost_overflow", map[string]float64{"": overflow})
	p.arrives("otelcol_connector_token_cost_series", map[string]float64{"": 5})
}

// Spans come hours late, in any order, each in a request of its own.
func TestLateAndDisorderedSpansCountOnce(t *testing.T) {
	needs(t)
	c := newCollector(t, nil)
	p := newPrometheus(t, c)
	x := newTruth(t)
	spans := each(x.generate(genai.Options{Seed: 40, Start: time.Now().Add(-26 * time.Hour), Dialects: []string{"otel", "anthropic-sdk", "otel-js"}}, 300))
	rand.New(rand.NewPCG(4, 2)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	c.send(spans...)
	x.learn(c)
	p.callsAreTrue(x)
	p.spendIsTrue(x, dimensions...)
}

// each returns every span as a request of its own.
func each(batches []ptrace.Traces) (out []ptrace.Traces) {
	for _, td := range batches {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					alone := ptrace.NewTraces()
					r := alone.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(r.Resource())
					s := r.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(s.Scope())
					span.CopyTo(s.Spans().AppendEmpty())
					out = append(out, alone)
				}
			}
		}
	}
	return out
}

// A request that comes twice, as after a timeout of the sender, counts once
// where the Collector sees both together. (That is so for calls with a response
// id; one that failed has none, and counts as two that cost nothing.)
func TestSpansThatComeTwiceCountOnceWhereTracesAreCollected(t *testing.T) {
	needs(t)
	collecting := []string{"memory_limiter", "tail_sampling", "token_cost"}
	c := newCollector(t, section{
		"processors": section{"tail_sampling": section{
			"decision_wait": "2s", "block_on_overflow": true, "decision_cache": section{"sampled_cache_size": 100_000},
			"policies": []section{{"name": "all", "type": "always_sample"}},
		}},
		"service": section{"pipelines": section{"traces": section{"processors": collecting}}},
	})
	p := newPrometheus(t, c)
	x := newTruth(t)
	batches := x.generate(genai.Options{Seed: 50, Dialects: []string{"otel", "anthropic-sdk", "ai-sdk-7"}}, 300)
	c.send(batches...)
	c.send(batches...)
	x.learn(c)
	p.spendIsTrue(x, dimensions...)
}

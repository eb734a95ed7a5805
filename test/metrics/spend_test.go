package metrics

import (
	"strings"
	"testing"

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

// arrived waits until Prometheus has counted all calls.
func (p *prometheus) arrived(x *truth) {
	p.t.Helper()
	await(p.t, "all calls to be counted", func() (any, bool) {
		n := p.total("token_cost_calls_total")
		return n, n >= x.number()
	})
	if got, want := p.total("token_cost_calls_total"), x.number(); got != want {
		p.t.Errorf("%v calls are counted, want %v", got, want)
	}
}

// spendIsTrue compares spend by every dimension.
func (p *prometheus) spendIsTrue(x *truth) {
	p.t.Helper()
	for _, by := range dimensions {
		sameSums(p.t, "spend by "+strings.Join(by, ", "), x.spend(by...), p.totals("token_cost_spend_total", by...), exactly)
	}
}

func TestSpendByEachDimensionIsTheTruth(t *testing.T) {
	needs(t)
	c := newCollector(t, nil)
	p := newPrometheus(t, c)
	x := newTruth(t)
	c.send(x.generate(genai.Options{Seed: 1}, 1000)...)
	x.learn(c)
	p.arrived(x)
	p.spendIsTrue(x)
}

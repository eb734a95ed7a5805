package metrics

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// closing makes interactions close soon after their last span.
var closing = section{"connectors": section{"token_cost": section{"interactions": section{"window": "4s", "root_timeout": "20s"}}}}

// overheads are the sum over actions of what all their calls cost over what the
// primary ones cost, and the number of actions that have such a share.
func (x *truth) overheads() (sum, n float64) {
	all, primary := map[int]*big.Rat{}, map[int]*big.Rat{}
	add := func(to map[int]*big.Rat, k *known) {
		if to[k.action] == nil {
			to[k.action] = new(big.Rat)
		}
		to[k.action].Add(to[k.action], cost(k))
	}
	for _, k := range x.calls {
		if k.Role == "" || cost(k) == none {
			continue
		}
		add(all, k)
		if k.Role == "primary" {
			add(primary, k)
		}
	}
	for action, p := range primary {
		if p.Sign() > 0 {
			alpha, _ := new(big.Rat).Quo(all[action], p).Float64()
			sum, n = sum+alpha, n+1
		}
	}
	return sum, n
}

// hasRole tells whether a span is a call of an action.
func hasRole(k *known) bool { return k.Role != "" }

func (p *prometheus) interactionsAreTrue(x *truth) {
	p.t.Helper()
	alone := func(v float64) map[string]float64 { return map[string]float64{"": v} }
	overhead, measured := x.overheads()
	p.arrives("token_cost_interaction_role_calls_total", x.sum(within(one, hasRole), "token_cost_role"), "token_cost_role")
	p.arrives("token_cost_interaction_spend_total", x.sum(within(cost, hasRole), "token_cost_role"), "token_cost_role")
	p.arrives("token_cost_interaction_cost_sum", x.sum(within(cost, hasRole)))
	p.arrives("token_cost_interaction_cost_count", alone(float64(x.actions)))
	p.arrives("token_cost_interaction_calls_sum", x.sum(within(one, hasRole)))
	p.arrives("token_cost_interaction_depth_sum", alone(float64(x.depth)))
	p.arrives("token_cost_interaction_overhead_sum", alone(overhead))
	p.arrives("token_cost_interaction_overhead_count", alone(measured))
}

func TestInteractionsAndMeasuredOverheadAreTheTruth(t *testing.T) {
	needs(t)
	c := newCollector(t, closing)
	p := newPrometheus(t, c)
	x := newTruth(t)
	spans := each(x.act(genai.Options{Seed: 60, Dialects: []string{"otel", "ai-sdk-7", "openllmetry", "openinference"}}, 80))
	rand.New(rand.NewPCG(6, 0)).Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	c.send(spans...)
	x.learn(c)
	p.spendIsTrue(x, dimensions...)
	p.interactionsAreTrue(x)
	if late := p.total("token_cost_interaction_late_calls_total"); late > 0 {
		t.Errorf("%v calls were late", late)
	}
	overhead, measured := x.overheads()
	t.Logf("%d actions, %v calls, measured overhead %.4f on average", x.actions, x.total(within(one, hasRole)), overhead/measured)
}

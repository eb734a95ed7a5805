package metrics

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bill"
)

// known is the truth about one call: what the generator made, for whom, and
// what the processor said about it.
type known struct {
	genai.Span
	service, team, customer string
	action                  int // number of the action that the call is part of, from one
	result                  pricedcall.Call
}

// label returns the value of a label of the metrics.
func (k *known) label(t *testing.T, name string) string {
	t.Helper()
	provider, model := k.result.Model()
	switch name {
	case "gen_ai_provider_name":
		return provider
	case "gen_ai_response_model":
		return model
	case "service_name":
		return k.service
	case "token_cost_team":
		return k.team
	case "token_cost_customer":
		return k.customer
	case "token_cost_status":
		return k.result.Status.String()
	case "token_cost_role":
		return k.Role
	}
	t.Fatalf("no truth about the label %s", name)
	return ""
}

// truth is that about all calls that were sent.
type truth struct {
	t       *testing.T
	calls   map[string]*known // by span id
	actions int
	depth   int // sum over actions
}

func newTruth(t *testing.T) *truth { return &truth{t: t, calls: map[string]*known{}} }

var teams, customers = []string{"assist", "growth"}, []string{"acme", "globex", "initech"}

func (x *truth) generator(o genai.Options) *genai.Generator {
	x.t.Helper()
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	g, err := genai.New(o)
	if err != nil {
		x.t.Fatal(err)
	}
	return g
}

// generate makes traces of at least so many calls, for teams and customers,
// and remembers the truth about them. Some scenarios can be left out.
func (x *truth) generate(o genai.Options, calls int, without ...string) (out []ptrace.Traces) {
	x.t.Helper()
	for g := x.generator(o); calls > 0; {
		trace := g.Next()
		if slices.Contains(without, trace.Spans[0].Scenario) {
			continue
		}
		x.learnOf(&trace, len(out), 0)
		out = append(out, trace.Traces)
		calls -= trace.Calls()
	}
	return out
}

// act makes actions of users, likewise.
func (x *truth) act(o genai.Options, actions int) (out []ptrace.Traces) {
	x.t.Helper()
	g := x.generator(o)
	for range actions {
		action := g.NextAction()
		x.actions++
		x.depth += action.Depth
		x.learnOf(&action.Trace, len(out), x.actions)
		out = append(out, action.Traces)
	}
	return out
}

// learnOf gives a trace a team and a customer, and remembers its calls.
func (x *truth) learnOf(trace *genai.Trace, i, action int) {
	resource := trace.Traces.ResourceSpans().At(0).Resource().Attributes()
	service, _ := resource.Get("service.name")
	team, customer := teams[i%len(teams)], customers[i%len(customers)]
	resource.PutStr("team.id", team)
	resource.PutStr("customer.id", customer)
	for _, s := range trace.Spans {
		x.calls[s.SpanID] = &known{Span: s, service: service.Str(), team: team, customer: customer, action: action}
	}
}

// learn waits for the verdict on every span, and holds exact ones to the bill.
func (x *truth) learn(collectors ...*collector) {
	x.t.Helper()
	results := map[string]pricedcall.Call{}
	await(x.t, "verdicts on all spans", func() (any, bool) {
		for _, c := range collectors {
			c.results(results)
		}
		missing := 0
		for id, k := range x.calls {
			if r, ok := results[id]; ok {
				k.result = r
			} else if !k.result.Known() {
				missing++
			}
		}
		return missing, missing == 0
	})
	exact := 0
	for _, k := range x.calls {
		if k.result.Status != status.Exact {
			continue
		}
		exact++
		want, err := bill.Of(&k.Span)
		if err != nil {
			x.t.Fatal(err)
		}
		if k.result.Total != want {
			x.t.Errorf("%s of %s is exact and costs %s, but %s is billed", k.SpanID, k.Dialect, k.result.Total, want)
		}
	}
	if exact == 0 {
		x.t.Error("no call is exact: nothing is known about the bill")
	}
}

// quantity is a number of a call that is added up; nil if it has none.
type quantity func(*known) *big.Rat

// sum adds up a quantity, exactly, by some labels.
func (x *truth) sum(of quantity, by ...string) map[string]float64 {
	x.t.Helper()
	sums := map[string]*big.Rat{}
	for _, k := range x.calls {
		v := of(k)
		if v == nil {
			continue
		}
		l := labels{}
		for _, name := range by {
			l[name] = k.label(x.t, name)
		}
		key := l.get(by...)
		if sums[key] == nil {
			sums[key] = new(big.Rat)
		}
		sums[key].Add(sums[key], v)
	}
	out := map[string]float64{}
	for key, sum := range sums {
		out[key], _ = sum.Float64()
	}
	return out
}

// total adds up a quantity over all calls.
func (x *truth) total(of quantity) float64 { return x.sum(of)[""] }

var (
	none = (*big.Rat)(nil)
	unit = big.NewRat(1, 1)
)

// noCalls are the reasons of spans that are no calls of their own.
var noCalls = status.Of(status.RollUp, status.DuplicateCall, status.NoInference, status.PricedInOtherSignal)

// one counts calls.
func one(k *known) *big.Rat {
	if k.result.Status == status.NotBillable && k.result.Reasons&noCalls != 0 {
		return none
	}
	return unit
}

// priced counts calls that have a cost.
func priced(k *known) *big.Rat {
	if !k.result.HasTotal {
		return none
	}
	return unit
}

// cost is what a call cost.
func cost(k *known) *big.Rat {
	if !k.result.HasTotal {
		return none
	}
	return k.result.Total.Rat()
}

// within takes a quantity of some calls only.
func within(of quantity, condition func(*known) bool) quantity {
	return func(k *known) *big.Rat {
		if !condition(k) {
			return none
		}
		return of(k)
	}
}

// differences tells where sums do not agree to a share of their value.
func differences(want, got map[string]float64, share float64) (out []string) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if v, ok := got[key]; !ok && want[key] != 0 || math.Abs(v-want[key]) > share*math.Abs(want[key]) {
			out = append(out, fmt.Sprintf("%q: %v, want %v", key, v, want[key]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok && got[key] != 0 {
			out = append(out, fmt.Sprintf("%q: %v, want nothing", key, got[key]))
		}
	}
	return out
}

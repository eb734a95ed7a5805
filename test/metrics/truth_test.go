package metrics

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bill"
)

// known is the truth about one call: what the generator made, for whom, and
// what the processor said about it.
type known struct {
	genai.Span
	service, team, customer string
	verdict                 pricedspans.Verdict
}

// label returns the value of a label of the metrics.
func (k *known) label(t *testing.T, name string) string {
	t.Helper()
	provider, model := k.verdict.Model()
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
		return k.verdict.Status
	}
	t.Fatalf("no truth about the label %s", name)
	return ""
}

// truth is that about all calls that were sent.
type truth struct {
	t     *testing.T
	calls map[string]*known // by span id
}

func newTruth(t *testing.T) *truth { return &truth{t, map[string]*known{}} }

var teams, customers = []string{"assist", "growth"}, []string{"acme", "globex", "initech"}

// generate makes traces of at least so many calls, for teams and customers,
// and remembers the truth about them.
func (x *truth) generate(o genai.Options, calls int) (out []ptrace.Traces) {
	x.t.Helper()
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	g, err := genai.New(o)
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; calls > 0; i++ {
		trace := g.Next()
		resource := trace.Traces.ResourceSpans().At(0).Resource().Attributes()
		service, _ := resource.Get("service.name")
		team, customer := teams[i%len(teams)], customers[i%len(customers)]
		resource.PutStr("team.id", team)
		resource.PutStr("customer.id", customer)
		for _, s := range trace.Spans {
			x.calls[s.SpanID] = &known{Span: s, service: service.Str(), team: team, customer: customer}
		}
		out = append(out, trace.Traces)
		calls -= trace.Calls()
	}
	return out
}

// noCalls are reasons of spans that are no calls of their own.
var noCalls = []string{"roll_up", "duplicate_call", "no_inference", "priced_in_other_signal"}

// isCall tells whether a span counts as a call.
func (k *known) isCall() bool {
	return !slices.ContainsFunc(k.verdict.Reasons, func(r string) bool { return k.verdict.Status == "not_billable" && slices.Contains(noCalls, r) })
}

// learn waits for the verdict on every span, and holds exact ones to the bill.
func (x *truth) learn(collectors ...*collector) {
	x.t.Helper()
	verdicts := map[string]pricedspans.Verdict{}
	await(x.t, "verdicts on all spans", func() (any, bool) {
		for _, c := range collectors {
			c.verdicts(verdicts)
		}
		for id, v := range verdicts {
			if k := x.calls[id]; k != nil {
				k.verdict = v
			}
		}
		missing := 0
		for _, k := range x.calls {
			if k.verdict.Status == "" {
				missing++
			}
		}
		return missing, missing == 0
	})
	exact := 0
	for _, k := range x.calls {
		if k.verdict.Status != "exact" {
			continue
		}
		exact++
		want, err := bill.Of(&k.Span)
		if err != nil {
			x.t.Fatal(err)
		}
		if k.verdict.Total != want {
			x.t.Errorf("%s of %s is exact and costs %s, but %s is billed", k.SpanID, k.Dialect, k.verdict.Total, want)
		}
	}
	if exact == 0 {
		x.t.Error("no call is exact: nothing is known about the bill")
	}
}

// number counts the calls.
func (x *truth) number() (n float64) {
	for _, k := range x.calls {
		if k.isCall() {
			n++
		}
	}
	return n
}

// sum adds up a quantity of calls, exactly, by some labels.
func (x *truth) sum(of func(*known) *big.Rat, by ...string) map[string]float64 {
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

// cost is what a call cost, or nil.
func cost(k *known) *big.Rat {
	if !k.verdict.HasTotal {
		return nil
	}
	return k.verdict.Total.Rat()
}

// priced counts calls that have a cost.
func priced(k *known) *big.Rat {
	if !k.verdict.HasTotal {
		return nil
	}
	return big.NewRat(1, 1)
}

// one counts calls.
func one(k *known) *big.Rat {
	if !k.isCall() {
		return nil
	}
	return big.NewRat(1, 1)
}

// differences tells where sums do not agree to a share of their value.
func differences(want, got map[string]float64, share float64) (out []string) {
	for _, key := range sorted(want) {
		if v, ok := got[key]; !ok || math.Abs(v-want[key]) > share*math.Abs(want[key]) {
			out = append(out, fmt.Sprintf("%q: %v, want %v", key, v, want[key]))
		}
	}
	for _, key := range sorted(got) {
		if _, ok := want[key]; !ok && got[key] != 0 {
			out = append(out, fmt.Sprintf("%q: %v, want nothing", key, got[key]))
		}
	}
	return out
}

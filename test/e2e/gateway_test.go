package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

const (
	agent   = root + "bin/otelcol-agent"
	gateway = root + "examples/agent-to-gateway/config.yaml"
)

// gatewayCalls have prices on both sides of the sampler's threshold.
func gatewayCalls() genai.Options {
	return genai.Options{Seed: 21, Start: time.Now(), Dialects: []string{"otel", "ai-sdk-7", "openinference"}}
}

// An agent prices, two gateways count and sample: together they tell what one
// Collector tells of the same calls, though less is stored.
func TestTwoGatewaysTellWhatOneCollectorTells(t *testing.T) {
	needs(t, distribution, agent)
	const calls = 300
	one := start(t, distribution, root+"examples/quickstart/config.yaml")
	one.sendCalls(gatewayCalls(), calls)
	one.settle()
	want := 0.0
	for _, v := range one.got {
		want += v.Total.Float64()
	}

	var backends []*backend
	var addresses []string
	for range 2 {
		b := startBackend(t)
		r := start(t, distribution, gateway, "BACKEND_ENDPOINT="+b.URL, "FLUSH_INTERVAL=500ms", "DECISION_WAIT=1s")
		backends, addresses = append(backends, b), append(addresses, r.grpc)
	}
	r := start(t, agent, root+"examples/agent-to-gateway/agent.yaml", "GATEWAYS=["+strings.Join(addresses, ", ")+"]")
	sent := sendSpanBySpan(r, gatewayCalls(), calls)

	told := func(metric string) (sum float64) {
		for _, b := range backends {
			sum += added(b.told(metric, "service.name"))
		}
		return sum
	}
	await(t, "the spend of both gateways to be that of one Collector", func() bool { return math.Abs(told("token_cost.spend")-want) < 1e-9*want })
	for i, b := range backends {
		if added(b.told("token_cost.spend", "service.name")) == 0 {
			t.Errorf("gateway %d got nothing", i)
		}
		await(t, "stored spans", func() bool { return len(b.arrived()) > 0 })
	}
	await(t, "whole traces at one gateway each", func() bool { return wholeTraces(t, sent, backends) })
	stored := len(backends[0].arrived()) + len(backends[1].arrived())
	all := 0
	for _, n := range sent {
		all += n
	}
	if stored >= all {
		t.Errorf("%d of %d spans are stored: nothing was sampled", stored, all)
	}
	t.Logf("%d of %d spans are stored; the gateways count %v USD, one Collector %v", stored, all, told("token_cost.spend"), want)
}

// sendSpanBySpan sends every span in a request of its own, and returns how many
// each trace has.
func sendSpanBySpan(r *rig, o genai.Options, calls int) map[string]int {
	r.t.Helper()
	g, err := genai.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	sent := map[string]int{}
	for n := 0; n < calls; {
		trace := g.Next()
		n += trace.Calls()
		for _, rs := range trace.Traces.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					td := ptrace.NewTraces()
					to := td.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(to.Resource())
					scope := to.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(scope.Scope())
					s.CopyTo(scope.Spans().AppendEmpty())
					r.send(td)
					sent[s.TraceID().String()]++
				}
			}
		}
	}
	return sent
}

// wholeTraces tells whether every trace that is stored is whole, at one backend.
func wholeTraces(t *testing.T, sent map[string]int, backends []*backend) bool {
	t.Helper()
	at := map[string]int{}
	for i, b := range backends {
		stored := map[string]int{}
		for _, s := range b.arrived() {
			stored[s.trace.String()]++
		}
		for id, n := range stored {
			if other, ok := at[id]; ok && other != i {
				t.Fatalf("trace %s is at both gateways", id)
			}
			at[id] = i
			if n > sent[id] {
				t.Fatalf("trace %s has %d spans, %d were sent", id, n, sent[id])
			}
			if n < sent[id] {
				return false
			}
		}
	}
	return true
}

// A gateway that keeps believes what agents say; one that replaces does not.
func TestAGatewayKeepsOrReplacesWhatAgentsPriced(t *testing.T) {
	needs(t, distribution)
	const claimed = 999.0
	for incoming, want := range map[string]float64{"keep": claimed, "replace": 0.0075} { // 1,000 input and 500 output tokens of gpt-4o
		t.Run(incoming, func(t *testing.T) {
			b := startBackend(t)
			r := start(t, distribution, gateway, "BACKEND_ENDPOINT="+b.URL, "FLUSH_INTERVAL=500ms", "INCOMING="+incoming)
			r.postBody("traces", fmt.Appendf(nil, `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c",
"spanId":"b7ad6b7169203331","name":"chat gpt-4o","kind":3,"startTimeUnixNano":"%[1]d","endTimeUnixNano":"%[1]d","attributes":[
{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},
{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}},
{"key":"gen_ai.usage.output_tokens","value":{"intValue":"500"}},{"key":"token_cost.status","value":{"stringValue":"exact"}},
{"key":"token_cost.currency","value":{"stringValue":"USD"}},{"key":"token_cost.total","value":{"doubleValue":%[2]v}}]}]}]}]}`,
				time.Now().UnixNano(), claimed))
			await(t, "the spend", func() bool { return len(b.told("token_cost.spend", "service.name")) > 0 })
			if got := added(b.told("token_cost.spend", "service.name")); got != want {
				t.Errorf("the spend is %v, not %v", got, want)
			}
		})
	}
}

package e2e

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

const stacked = root + "examples/stacked-instrumentations/"

// stackedBill is what the provider billed for the call in requests.jsonl:
// 1203 input tokens at 3 USD and 57 output tokens at 15 USD per 1,000,000.
const stackedBill = "0.004464"

// sendStacked sends the requests of the example one by one and returns how many
// spans they have.
func (r *rig) sendStacked() (spans int) {
	r.t.Helper()
	requests, err := os.ReadFile(stacked + "requests.jsonl")
	if err != nil {
		r.t.Fatal(err)
	}
	for line := range bytes.Lines(requests) {
		r.postBody("traces", line)
		spans++
	}
	return spans
}

// written returns all the spans that the Collector wrote, and the verdicts on
// them by instrumentation.
func (r *rig) written() (spans int, verdicts map[string]pricedspans.Verdict) {
	r.t.Helper()
	verdicts = map[string]pricedspans.Verdict{}
	for _, line := range r.lines("priced-spans.jsonl") {
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(line)
		if err != nil {
			return 0, nil // the line is not complete yet
		}
		spans += td.SpanCount()
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				one := ptrace.NewTraces()
				ss.CopyTo(one.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty())
				pricedspans.Verdicts(one, func(v pricedspans.Verdict) { verdicts[ss.Scope().Name()] = v })
			}
		}
	}
	return spans, verdicts
}

func sumOf(verdicts map[string]pricedspans.Verdict) (sum money.Amount, priced int) {
	for _, v := range verdicts {
		if v.HasTotal {
			sum, priced = sum.Add(v.Total), priced+1
		}
	}
	return sum, priced
}

func TestACallSeenInSeparateRequestsIsPricedOnceWhenTracesAreCollected(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, stacked+"config.yaml")
	sent := r.sendStacked()
	await(t, "all spans", func() bool { n, _ := r.written(); return n == sent })
	_, verdicts := r.written()
	if sum, priced := sumOf(verdicts); sum.String() != stackedBill || priced != 1 {
		t.Errorf("%d spans cost %s, and the bill is %s", priced, sum, stackedBill)
	}
	if v := verdicts["@traceloop/instrumentation-langchain"]; v.Status != "not_billable" || strings.Join(v.Reasons, " ") != "duplicate_call" {
		t.Errorf("the other sighting is %s for %v", v.Status, v.Reasons)
	}
}

// What the page says of a pipeline that does not collect traces.
func TestACallSeenInSeparateRequestsIsPricedTwiceOtherwise(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, root+"examples/quickstart/config.yaml")
	sent := r.sendStacked()
	await(t, "all spans", func() bool { n, _ := r.written(); return n == sent })
	_, verdicts := r.written()
	if sum, priced := sumOf(verdicts); priced != 2 || sum.String() != "0.008928" {
		t.Errorf("%d spans cost %s", priced, sum)
	}
}

// docs/pipelines.md: what is held is priced and delivered when the Collector stops.
func TestCollectedTracesAreDeliveredWhenTheCollectorStops(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, stacked+"config.yaml")
	sent := r.sendStacked()
	if err := r.process.Stop(); err != nil {
		t.Fatal(err)
	}
	spans, verdicts := r.written()
	if sum, priced := sumOf(verdicts); spans != sent || sum.String() != stackedBill || priced != 1 {
		t.Errorf("%d of %d spans were delivered, and cost %s", spans, sent, sum)
	}
}

// docs/pipelines.md: senders wait when more traces are held than memory is for.
func TestNoTraceIsDroppedWhenMoreAreHeldThanFit(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, stacked+"config.yaml", "MAX_TRACES=2")
	g, err := genai.New(genai.Options{Seed: 5, Dialects: []string{"otel"}})
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for range 6 {
		trace := g.Next()
		sent += trace.Traces.SpanCount()
		r.send(trace.Traces)
	}
	await(t, "all spans", func() bool { n, _ := r.written(); return n == sent })
}

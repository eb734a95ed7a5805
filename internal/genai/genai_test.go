package genai

import (
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

func generate(t *testing.T, o Options, traces int) (all ptrace.Traces, truth []Span) {
	t.Helper()
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	all = ptrace.NewTraces()
	for range traces {
		next := g.Next()
		next.Traces.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
		truth = append(truth, next.Spans...)
	}
	return all, truth
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	var m ptrace.ProtoMarshaler
	encode := func(seed uint64) string {
		traces, _ := generate(t, Options{Seed: seed}, 200)
		b, err := m.MarshalTraces(traces)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first, again := encode(7), encode(7)
	if first != again {
		t.Error("two generators with seed 7 differ")
	}
	if first == encode(8) {
		t.Error("seeds 7 and 8 give the same telemetry")
	}
}

func TestEveryDialectAndScenarioIsReached(t *testing.T) {
	_, truth := generate(t, Options{Seed: 1}, 4000)
	dialects, scenarios := map[string]int{}, map[string]int{}
	for _, s := range truth {
		dialects[s.Dialect]++
		scenarios[s.Scenario]++
	}
	for _, d := range Dialects() {
		if dialects[d] == 0 {
			t.Errorf("no span in dialect %s", d)
		}
	}
	for s := range numScenarios {
		if scenarios[s.String()] == 0 {
			t.Errorf("no span of scenario %s", s)
		}
	}
}

func TestADialectCanBeChosen(t *testing.T) {
	_, truth := generate(t, Options{Dialects: []string{"langfuse"}}, 50)
	for _, s := range truth {
		if s.Dialect != "langfuse" {
			t.Fatalf("got a span in dialect %s", s.Dialect)
		}
	}
	if _, err := New(Options{Dialects: []string{"morse"}}); err == nil {
		t.Error("an unknown dialect is no error")
	}
}

func TestTruthUsesTheNamesOfMetersAndReasons(t *testing.T) {
	var codes []string
	for r := range status.NumReasons {
		codes = append(codes, status.Reason(r).Code())
	}
	_, truth := generate(t, Options{Seed: 2}, 1000)
	for _, s := range truth {
		for name, n := range s.Tokens {
			if _, err := meter.Parse(name); err != nil || n <= 0 {
				t.Errorf("%s: %d tokens of meter %q: %v", s.Scenario, n, name, err)
			}
		}
		for _, r := range s.Reasons {
			if !slices.Contains(codes, r) {
				t.Errorf("%s: reason %q is none", s.Scenario, r)
			}
		}
		if s.Billed() != (s.Tokens != nil && s.Status == "") {
			t.Errorf("%s %s: status %q with tokens %v", s.Dialect, s.Scenario, s.Status, s.Tokens)
		}
	}
}

func TestSpansFormOneTreeAndEndAfterTheyStart(t *testing.T) {
	g, err := New(Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for range 500 {
		trace := g.Next()
		ids, roots := map[string]bool{}, 0
		var spans []ptrace.Span
		for _, scope := range trace.Traces.ResourceSpans().At(0).ScopeSpans().All() {
			if scope.Spans().Len() == 0 {
				t.Errorf("scope %s is empty", scope.Scope().Name())
			}
			for _, s := range scope.Spans().All() {
				ids[s.SpanID().String()] = true
				spans = append(spans, s)
			}
		}
		for _, s := range spans {
			if s.ParentSpanID().IsEmpty() {
				roots++
			} else if !ids[s.ParentSpanID().String()] {
				t.Errorf("span %q has a parent outside of its trace", s.Name())
			}
			if s.EndTimestamp() < s.StartTimestamp() || s.Name() == "" {
				t.Errorf("span %q runs from %v to %v", s.Name(), s.StartTimestamp(), s.EndTimestamp())
			}
		}
		if roots != 1 {
			t.Errorf("%d roots", roots)
		}
		for _, s := range trace.Spans {
			if !ids[s.SpanID] {
				t.Errorf("the truth tells of span %s, which does not exist", s.SpanID)
			}
		}
	}
}

func TestARollUpRepeatsItsCalls(t *testing.T) {
	g, err := New(Options{Seed: 4, Dialects: []string{"otel"}})
	if err != nil {
		t.Fatal(err)
	}
	agents := 0
	for range 400 {
		trace := g.Next()
		var sum, root int64
		for _, s := range trace.Traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			n, ok := s.Attributes().Get("gen_ai.usage.input_tokens")
			if !ok {
				continue
			}
			if op, _ := s.Attributes().Get("gen_ai.operation.name"); op.Str() == "invoke_agent" {
				root = n.Int()
				agents++
			} else {
				sum += n.Int()
			}
		}
		if root != 0 && root != sum {
			t.Errorf("the roll-up says %d, its calls %d", root, sum)
		}
	}
	if agents == 0 {
		t.Error("no agent was generated")
	}
}

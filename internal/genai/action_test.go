package genai

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestActionsFormOneTreeAndEveryCallHasARole(t *testing.T) {
	g, err := New(Options{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	roles, dialects, deepest := map[string]int{}, map[string]int{}, 0
	for range 2000 {
		a := g.NextAction()
		parents, roots := map[string]string{}, 0
		eachSpan(a.Traces, func(s ptrace.Span) {
			parents[s.SpanID().String()] = s.ParentSpanID().String()
			if s.Name() == "" || s.EndTimestamp() < s.StartTimestamp() {
				t.Errorf("span %q runs from %v to %v", s.Name(), s.StartTimestamp(), s.EndTimestamp())
			}
		})
		for id, parent := range parents {
			if parent == "" {
				roots++
			} else if _, ok := parents[parent]; !ok {
				t.Errorf("span %s has a parent outside of its trace", id)
			}
		}
		if roots != 1 {
			t.Errorf("%d roots", roots)
		}
		for _, s := range a.Spans {
			if rollUp := s.Status == "not_billable" && s.Reasons[0] == "roll_up"; rollUp == (s.Role != "") {
				t.Errorf("%s span of status %q has role %q", s.Dialect, s.Status, s.Role)
			}
			roles[s.Role]++
			dialects[s.Dialect]++
		}
		deepest = max(deepest, a.Depth)
	}
	for _, r := range []string{rolePrimary, roleRetry, roleFailed, roleTool, roleRetrieval, roleSubAgent, roleOtherModel} {
		if roles[r] == 0 {
			t.Errorf("no call has role %s", r)
		}
	}
	for _, d := range Dialects() {
		if dialects[d] == 0 {
			t.Errorf("no action in dialect %s", d)
		}
	}
	if deepest != 4 {
		t.Errorf("the deepest action has %d levels, want an agent in a tool of an agent, and its call", deepest)
	}
}

func eachSpan(td ptrace.Traces, f func(ptrace.Span)) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				f(s)
			}
		}
	}
}

package e2e

import (
	"slices"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bill"
)

// The one thing that must not happen is a call that is exact and costs something
// else than the provider bills.
func TestACallIsExactAndRightOrSaysWhatItWasNotTold(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, "testdata/truth.yaml", "PRICES=testdata/prices.yaml")
	truth := r.sendCalls(genai.Options{Seed: 20261123}, 3000)
	r.settle()
	exact, estimated := map[string]int{}, map[string]int{}
	for i := range truth {
		s := &truth[i]
		v, ok := r.got[s.SpanID]
		about := s.Dialect + " " + s.Provider + " " + s.Scenario
		if !ok {
			t.Errorf("%s: no verdict", about)
			continue
		}
		if !s.Billed() {
			if v.Status != s.Status || !slices.Contains(v.Reasons, s.Reasons[0]) || v.HasTotal {
				t.Errorf("%s: %s %v with a total: %v; want %s %v without", about, v.Status, v.Reasons, v.HasTotal, s.Status, s.Reasons)
			}
			continue
		}
		switch v.Status {
		case "exact":
			exact[s.Dialect]++
			want, err := bill.Of(s)
			if err != nil {
				t.Fatal(err)
			}
			if v.Total != want {
				t.Errorf("%s: exact and %s, but %s is billed for %+v", about, v.Total, want, s)
			}
		case "estimated":
			estimated[s.Dialect]++
			for _, reason := range v.Reasons {
				if !slices.Contains(s.Reasons, reason) {
					t.Errorf("%s: estimated for %s, but only these are untold: %v", about, reason, s.Reasons)
				}
			}
		default:
			t.Errorf("%s: %s %v", about, v.Status, v.Reasons)
		}
	}
	for _, d := range genai.Dialects() {
		t.Logf("%-16s %4d exact, %4d estimated", d, exact[d], estimated[d])
	}
	for _, d := range []string{"otel", "ai-sdk-6", "anthropic-sdk"} {
		if exact[d] == 0 {
			t.Errorf("no call of dialect %s is exact", d)
		}
	}
}

package e2e

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// rates are those of testdata/prices.yaml, per 1,000,000 tokens. Reasoning costs
// what output costs.
var rates = map[string]map[string]string{
	"gpt-4o":                 {"input": "2.5", "cache_read": "1.25", "output": "10"},
	"gpt-4o-mini":            {"input": "0.15", "cache_read": "0.075", "output": "0.6"},
	"gpt-5-mini":             {"input": "0.25", "cache_read": "0.025", "output": "2"},
	"o4-mini":                {"input": "1.1", "cache_read": "0.275", "output": "4.4"},
	"text-embedding-3-small": {"input": "0.02"},
	"claude-sonnet-4-5":      {"input": "3", "cache_read": "0.3", "cache_write.5m": "3.75", "cache_write.1h": "6", "output": "15"},
	"claude-haiku-4-5":       {"input": "1", "cache_read": "0.1", "cache_write.5m": "1.25", "cache_write.1h": "2", "output": "5"},
	"gemini-2.5-flash":       {"input": "0.3", "cache_read": "0.03", "output": "2.5"},
	"gemini-2.5-pro":         {"input": "1.25", "cache_read": "0.125", "output": "10"},
	"us.anthropic.claude-sonnet-4-5-20250929-v1:0": {"input": "3", "cache_read": "0.3", "cache_write.5m": "3.75", "cache_write.1h": "6", "output": "15"},
}

var (
	modes = map[string]string{"batch": "0.5", "flex": "0.75", "priority": "2"}
	geos  = map[string]string{"us": "1.1", "eu": "1.2"}
)

// cost is what the provider bills for the call, by an arithmetic of its own.
func cost(t *testing.T, s *genai.Span) money.Amount {
	t.Helper()
	sum, allInput := new(big.Rat), int64(0)
	for m, n := range s.Tokens {
		if strings.HasPrefix(m, "input") || strings.HasPrefix(m, "cache") {
			allInput += n
		}
	}
	for m, n := range s.Tokens {
		rate := rates[s.RequestModel][strings.Replace(m, "reasoning", "output", 1)]
		if rate == "" {
			t.Fatalf("no rate of %s for %s", s.RequestModel, m)
		}
		part := new(big.Rat).Mul(big.NewRat(n, 1_000_000), number(rate))
		if s.RequestModel == "gemini-2.5-pro" && allInput > 200_000 {
			if m == "output" || m == "reasoning" {
				part.Mul(part, number("1.5"))
			} else {
				part.Mul(part, number("2"))
			}
		}
		sum.Add(sum, part)
	}
	if factor := modes[s.Mode]; factor != "" {
		sum.Mul(sum, number(factor))
	}
	if factor := geos[s.Geo]; factor != "" {
		sum.Mul(sum, number(factor))
	}
	amount, ok := money.FromRat(sum)
	if !ok {
		t.Fatalf("the cost of %+v is no amount", s)
	}
	return amount
}

func number(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("no number: " + s)
	}
	return r
}

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
			if want := cost(t, s); v.Total != want {
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

// Package bill computes what providers charge for generated calls, by an
// arithmetic of its own: big rationals over the rates of
// test/e2e/testdata/prices.yaml, written down a second time. Tests hold the
// distribution to it.
package bill

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// rates are per 1,000,000 tokens. Reasoning costs what
// output costs.
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

// longContext is above how much input gemini-2.5-pro costs more.
const longContext = 200_000

// Of is what the provider charges for a call.
func Of(s *genai.Span) (money.Amount, error) {
	long := s.RequestModel == "gemini-2.5-pro" && allInput(s) > longContext
	sum := new(big.Rat)
	for m, n := range s.Tokens {
		rate := rates[s.RequestModel][strings.Replace(m, "reasoning", "output", 1)]
		if rate == "" {
			return money.Amount{}, fmt.Errorf("no rate of %s for %s", s.RequestModel, m)
		}
		part := new(big.Rat).Mul(big.NewRat(n, 1_000_000), number(rate))
		switch {
		case long && isInput(m):
			part.Mul(part, number("2"))
		case long:
			part.Mul(part, number("1.5"))
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
		return money.Amount{}, fmt.Errorf("the cost of %+v is no amount", s)
	}
	return amount, nil
}

func allInput(s *genai.Span) (sum int64) {
	for m, n := range s.Tokens {
		if isInput(m) {
			sum += n
		}
	}
	return sum
}

func isInput(meter string) bool {
	return strings.HasPrefix(meter, "input") || strings.HasPrefix(meter, "cache")
}

func number(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("no number: " + s)
	}
	return r
}

package clients

import (
	"fmt"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// served is what the mock knows of a request: what it is asked to bill.
type served struct {
	N              int              `json:"n"`
	Provider       string           `json:"provider"`
	API            string           `json:"api"`
	Status         int              `json:"status"`
	Billed         bool             `json:"billed"`
	ModelRequested string           `json:"model_requested"`
	ModelServed    string           `json:"model_served"`
	Tier           string           `json:"tier"`
	Billable       map[string]int64 `json:"billable"` // disjoint, by meter
}

// priceList is prices.yaml: list prices by provider, written down apart from the
// built-in book and read by an arithmetic of its own.
type priceList map[string][]listPrice

type listPrice struct {
	Models []string           `yaml:"models"` // exact names, as they are served
	Rates  map[string]string  `yaml:"rates"`  // per 1,000,000 tokens; web_search per search
	Tiers  map[string]rateSet `yaml:"tiers"`  // rates of tiers, in full
	Large  *struct {
		Over  int64             `yaml:"over"` // tokens of input, cached or not
		Rates map[string]string `yaml:"rates"`
	} `yaml:"large"`
}

type rateSet map[string]string

func readPrices(t *testing.T) priceList {
	t.Helper()
	data, err := os.ReadFile("prices.yaml")
	require.NoError(t, err)
	var p priceList
	require.NoError(t, yaml.Unmarshal(data, &p))
	return p
}

// bill is what a request costs.
func (p priceList) bill(s *served) (*big.Rat, error) {
	i := slices.IndexFunc(p[s.Provider], func(l listPrice) bool { return slices.Contains(l.Models, s.ModelServed) })
	if i < 0 {
		return nil, fmt.Errorf("prices.yaml has no model %q of %s", s.ModelServed, s.Provider)
	}
	list := &p[s.Provider][i]
	rates := rateSet(list.Rates)
	if tier, ok := list.Tiers[s.Tier]; ok {
		rates = tier
	}
	input := s.Billable["input"] + s.Billable["cache_read"] + s.Billable["cache_write.5m"] + s.Billable["cache_write.1h"] + s.Billable["cache_write.30m"]
	if list.Large != nil && input > list.Large.Over {
		rates = list.Large.Rates
	}
	sum := new(big.Rat)
	for meter, n := range s.Billable {
		rate, err := rates.of(meter)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", s.ModelServed, s.Provider, err)
		}
		if meter != "web_search" {
			rate.Quo(rate, big.NewRat(1_000_000, 1))
		}
		sum.Add(sum, rate.Mul(rate, big.NewRat(n, 1)))
	}
	return sum, nil
}

// of is the rate of a meter. Reasoning is billed as output.
func (r rateSet) of(meter string) (*big.Rat, error) {
	if meter == "reasoning" {
		meter = "output"
	}
	text, ok := r[meter]
	if !ok {
		return nil, fmt.Errorf("there is no rate of %s", meter)
	}
	rate, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("the rate %q of %s is no number", text, meter)
	}
	return rate, nil
}

func TestABillIsWhatTheListSays(t *testing.T) {
	prices := readPrices(t)
	for name, c := range map[string]struct {
		served served
		want   string
	}{
		"cache writes by retention": {
			served{Provider: "anthropic", ModelServed: "claude-sonnet-4-5-20250929", Billable: map[string]int64{"input": 23, "cache_write.5m": 2048, "cache_write.1h": 6144, "output": 151}},
			"0.046878", // 23*3 + 2048*3.75 + 6144*6 + 151*15
		},
		"a tier, and reasoning as output": {
			served{Provider: "openai", ModelServed: "gpt-5-mini-2025-08-07", Tier: "flex", Billable: map[string]int64{"input": 1000, "cache_read": 1000, "output": 10, "reasoning": 90}},
			"0.0002375", // 1000*0.125 + 1000*0.0125 + 100*1
		},
		"a large context": {
			served{Provider: "gemini", ModelServed: "gemini-2.5-pro", Billable: map[string]int64{"input": 200_001, "output": 1}},
			"0.5000175", // 200001*2.5 + 15
		},
		"searches": {
			served{Provider: "anthropic", ModelServed: "claude-sonnet-4-5-20250929", Billable: map[string]int64{"input": 1, "web_search": 3}},
			"0.030003",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := prices.bill(&c.served)
			require.NoError(t, err)
			want, _ := new(big.Rat).SetString(c.want)
			require.Zero(t, got.Cmp(want), "%s, want %s", got.FloatString(9), c.want)
		})
	}
	_, err := prices.bill(&served{Provider: "openai", ModelServed: "none"})
	require.ErrorContains(t, err, `"none"`)
}

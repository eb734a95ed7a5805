package focus

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Money is amounts by currency. They are exact decimals in JSON.
type Money map[string]*big.Rat

// Add adds an amount.
func (m Money) Add(currency string, r *big.Rat) {
	if m[currency] == nil {
		m[currency] = new(big.Rat)
	}
	m[currency].Add(m[currency], r)
}

// Currencies lists the currencies by name.
func (m Money) Currencies() []string { return slices.Sorted(maps.Keys(m)) }

// MarshalJSON writes decimals as strings.
func (m Money) MarshalJSON() ([]byte, error) {
	out := map[string]string{}
	for currency, r := range m {
		out[currency] = formatDecimal(r)
	}
	return json.Marshal(out)
}

// plain is a decimal as formatDecimal writes it.
var plain = regexp.MustCompile(`^-?[0-9]{1,60}(\.[0-9]{1,60})?$`)

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Money) UnmarshalJSON(b []byte) error {
	var in map[string]string
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*m = Money{}
	for currency, s := range in {
		r, ok := new(big.Rat).SetString(s)
		if !ok || !plain.MatchString(s) {
			return fmt.Errorf("amount %.80q is no decimal", s)
		}
		(*m)[currency] = r
	}
	return nil
}

// Excluded is what the ledger has and rows cannot say.
type Excluded struct {
	Reason string
	Calls  int64
	Cost   Money `json:",omitempty"` // what the ledger has for them; empty if that is nothing
}

// The reasons beside the statuses of calls without a cost.
const (
	// NoCost is of calls whose status promises a cost that the telemetry has not.
	NoCost = "no_cost"
	// NoUnitPrice is of costs whose telemetry does not tell what they were calculated from.
	NoUnitPrice = "no_unit_price"
	// Unreadable is of costs whose calculation cannot be read.
	Unreadable = "calculation_unreadable"
)

// Summary says what an export holds and what it leaves out.
type Summary struct {
	BillingPeriod string // such as 2026-11
	Rows          int
	Corrections   int // of Rows
	Calls         int64

	BilledCost, EffectiveCost, ContractedCost, ListCost Money

	Excluded []Excluded // by reason

	// Ledger is what the ledger has for the calls of the rows. It is rounded for each
	// call, rows are not: Difference is rows less ledger, and Consistent tells whether
	// rounding explains it.
	Ledger     Money
	Difference Money
	Consistent bool
	// RoundedUnitPrices counts rows with a unit price that has no end as a decimal,
	// such as a converted one, and was rounded to 18 digits.
	RoundedUnitPrices int

	slack *big.Rat // how much rounding explains
}

func newSummary(p Period) *Summary {
	return &Summary{
		BillingPeriod: p.String(), BilledCost: Money{}, EffectiveCost: Money{}, ContractedCost: Money{}, ListCost: Money{},
		Excluded: []Excluded{}, Ledger: Money{}, Difference: Money{}, slack: new(big.Rat),
	}
}

// halfQuantum is what rounding changes a call's cost by at most.
var halfQuantum = big.NewRat(1, 2_000_000_000_000)

// halfDigit is what rounding changes a unit price by at most.
var halfDigit = new(big.Rat).Quo(big.NewRat(1, 2), scaleOf(priceScale))

// calls counts calls of the ledger that rows are made of.
func (s *Summary) calls(currency string, sum *ledger.PeriodSum) {
	s.Calls += sum.Calls
	s.Ledger.Add(currency, amount(&sum.Amounts[ledger.Total]))
	n := sum.Calls
	if n < 0 {
		n = -n
	}
	s.slack.Add(s.slack, product(halfQuantum, new(big.Rat).SetInt64(n)))
}

// exclude counts calls of the ledger that rows are not made of.
func (s *Summary) exclude(reason, currency string, sum *ledger.PeriodSum) {
	i := slices.IndexFunc(s.Excluded, func(e Excluded) bool { return e.Reason == reason })
	if i < 0 {
		i = len(s.Excluded)
		s.Excluded = append(s.Excluded, Excluded{Reason: reason, Cost: Money{}})
	}
	s.Excluded[i].Calls += sum.Calls
	if currency != "" {
		s.Excluded[i].Cost.Add(currency, amount(&sum.Amounts[ledger.Total]))
	}
}

func amount(quanta *big.Int) *big.Rat {
	return new(big.Rat).SetFrac(quanta, big.NewInt(1_000_000_000_000))
}

// row counts a row. Of rows made of calls, tells is set.
func (s *Summary) row(r *Row) {
	s.Rows++
	if r.Class == correctionClass {
		s.Corrections++
	}
	s.BilledCost.Add(r.Currency, r.BilledCost)
	s.EffectiveCost.Add(r.Currency, r.EffectiveCost)
	s.ContractedCost.Add(r.Currency, r.ContractedCost)
	s.ListCost.Add(r.Currency, r.ListCost)
	if r.rounded {
		s.RoundedUnitPrices++
	}
	if r.Consumed == nil { // of a commitment, not of calls
		return
	}
	s.Difference.Add(r.Currency, r.ContractedCost)
	s.slack.Add(s.slack, halfQuantum)
	if r.rounded {
		s.slack.Add(s.slack, new(big.Rat).Abs(product(halfDigit, r.Quantity)))
	}
}

// finish compares with the ledger.
func (s *Summary) finish() {
	s.Consistent = true
	for currency, r := range s.Ledger {
		s.Difference.Add(currency, new(big.Rat).Neg(r))
	}
	for _, r := range s.Difference {
		s.Consistent = s.Consistent && new(big.Rat).Abs(r).Cmp(s.slack) <= 0
	}
	slices.SortFunc(s.Excluded, func(a, b Excluded) int { return compareText(a.Reason, b.Reason) })
}

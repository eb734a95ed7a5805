package engine

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Part is one of the parts that the cost of a call is told in.
type Part uint8

// The parts. Reasoning is in PartOutput.
const (
	PartInput Part = iota
	PartCacheRead
	PartCacheWrite
	PartOutput
	PartFees
	NumParts
)

var partNames = [NumParts]string{"input", "cache_read", "cache_write", "output", "fees"}

// String returns the name of the part as attributes spell it.
func (p Part) String() string { return partNames[p] }

// PartOf returns the part that a meter counts to.
func PartOf(m meter.Meter) Part {
	switch {
	case m.Direction() == meter.Output:
		return PartOutput
	case m.Class() == meter.CacheRead:
		return PartCacheRead
	case m.Class() == meter.CacheWrite:
		return PartCacheWrite
	}
	return PartInput
}

// Quantities are the tokens that each meter of a price bills, in the order of
// Price.Meters. They are disjoint: every token is in at most one of them, the
// most specific priced meter that contains it.
type Quantities [pricebook.MaxMeters]int64

// Result is the verdict on one call. Amounts and what follows them are
// meaningful only if Status.Priced; of Quantities and Fees, only as many as the
// price has meters and fees.
type Result struct {
	Status  status.Status
	Reasons status.Set

	Total    money.Amount
	Parts    [NumParts]money.Amount // they add up to Total
	HasPart  [NumParts]bool         // some usage fell into the part
	List     money.Amount           // cost without the contract
	Contract bool                   // a contract price applied
	Currency string

	Resolution *pricebook.Resolution // nil if the call was not looked up
	Cached     bool                  // the resolution was cached
	Price      *pricebook.Price
	Choice     pricebook.Choice
	Quantities Quantities            // tokens, in the order of Price.Meters
	Fees       [meter.NumFees]int64  // items, in the order of Price.Fees
	Input      int64                 // total input tokens
	Output     int64                 // total output tokens
	exact      [NumParts]money.Total // Parts before rounding
	rates      *money.Rates
}

// reset forgets the call before. What only a price gives a meaning is left for
// the price to overwrite.
func (r *Result) reset(reasons status.Set) {
	r.Status, r.Reasons = status.None, reasons
	r.Total, r.List, r.Contract, r.Currency = money.Amount{}, money.Amount{}, false, ""
	r.Parts, r.HasPart = [NumParts]money.Amount{}, [NumParts]bool{}
	r.Resolution, r.Cached, r.Price, r.rates = nil, false, nil, nil
	r.Choice, r.Input, r.Output = pricebook.Choice{}, 0, 0
}

// Loaded returns the cost times an overhead multiplier, rounded once.
func (r *Result) Loaded(alpha money.Factor) money.Amount {
	if r.rates == nil { // the total was replaced
		return r.Total.Times(alpha)
	}
	var whole money.Total
	for i := range r.exact {
		whole.AddTotal(r.exact[i])
	}
	return whole.Times(r.rates, alpha)
}

// Replace makes the total what somebody else computed, in USD. The result
// is estimated then, has no parts, and no other reasons.
func (r *Result) Replace(total money.Amount) {
	resolution, cached := r.Resolution, r.Cached
	r.reset(status.Of(status.ReportedCostUsed))
	r.Resolution, r.Cached = resolution, cached
	r.Total, r.Currency = total, "USD"
	r.Status = r.Reasons.Status()
}

// Replaced tells whether the total is what somebody else computed.
func (r *Result) Replaced() bool { return r.Reasons.Has(status.ReportedCostUsed) }

// Package engine turns a call into money: it finds the price, decomposes the
// usage into disjoint quantities, chooses the rules that apply, and sums up
// exactly. It is the one place where cost is computed, for the processor and
// the command line alike, and knows no telemetry.
package engine

import (
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
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

// Result is the verdict on one call. Amounts and what follows them are
// meaningful only if Status.Priced.
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

// Price computes the cost of a call. It overwrites r, and changes neither the
// call nor the book.
func Price(b *pricebook.Book, c *call.Call, r *Result) {
	r.reset(c.Reasons)
	if !r.billable(c) {
		r.Status = r.Reasons.Status()
		return
	}
	r.lookUp(b, c)
	if r.Price != nil {
		r.price(c)
	}
	if r.Status = r.Reasons.Status(); !r.Status.Priced() {
		r.Price = nil
	}
}

func (r *Result) reset(reasons status.Set) {
	*r = Result{Reasons: reasons}
}

// billable tells whether the call is to be priced at all, and gives the reason if not.
func (r *Result) billable(c *call.Call) bool {
	switch {
	case c.Kind == call.RollUp:
		r.Reasons = status.Of(status.RollUp)
	case c.Kind == call.Unclear:
		r.Reasons.Add(status.OperationUnknown)
	case c.Kind != call.Inference:
		r.Reasons = status.Of(status.NoInference)
	case r.Reasons.Only(status.NotBillable) != 0:
		r.Reasons = r.Reasons.Only(status.NotBillable)
	case c.Failed && c.Usage.Empty() && !r.Reasons.Has(status.UsageInvalid):
		r.Reasons = status.Of(status.FailedCall)
	case c.Billing == attrkey.BillingProvisioned:
		r.Reasons = status.Of(status.ProvisionedThroughput)
	default:
		return true
	}
	return false
}

// lookUp finds the price of the call, or says why there is none.
func (r *Result) lookUp(b *pricebook.Book, c *call.Call) {
	r.Resolution, r.Cached = b.Resolve(&pricebook.Query{Provider: c.Provider, Host: c.Host, Response: c.ResponseModel, Request: c.RequestModel})
	r.Reasons |= r.Resolution.Reasons
	if c.ResponseModel != "" && !c.Told.Has(call.ServedModel) {
		r.Reasons.Add(status.ResponseModelNotReported)
	}
	if !c.Usage.Plausible() {
		r.Reasons.Add(status.UsageInvalid)
	}
	if c.Usage.Empty() && !r.Reasons.Has(status.UsageInvalid) {
		r.Reasons.Add(status.UsageMissing)
	}
	m := r.Resolution.Model
	if m == nil {
		return
	}
	if m.Provisioned {
		r.Reasons = status.Of(status.ProvisionedThroughput)
		return
	}
	if r.Price = m.At(int64(c.StartUnixNano)); r.Price == nil {
		r.Reasons.Add(status.NoPriceAtTime)
	}
}

// price chooses rules, decomposes the usage and sums up.
func (r *Result) price(c *call.Call) {
	at := int64(c.StartUnixNano)
	p := r.Price
	var known bool
	if r.Choice.Exchange, r.Currency, known = p.Exchange(at); !known {
		r.Reasons.Add(status.NoExchangeRate)
	}
	var found status.Set
	r.Input, r.Output, found = decompose(p, &c.Usage, &r.Quantities)
	r.Reasons |= found
	r.choose(c, at)
	r.untold(c)
	r.countFees(c)
	if r.Reasons.Only(status.Unpriced) != 0 {
		return
	}
	r.sum()
}

// choose finds the rule of each axis.
func (r *Result) choose(c *call.Call, at int64) {
	p := r.Price
	var contested, known, holidays bool
	if r.Choice.Context, contested = p.Context(r.Input, r.Output); contested {
		r.Reasons.Add(status.ContextBoundaryContested)
	}
	if r.Choice.Mode, known = p.Mode(lower(c.Mode), at); !known {
		r.Reasons.Add(status.ServiceTierUnknown)
	}
	region := lower(c.Geo)
	if region == "" {
		region = r.Resolution.Geo
	}
	if r.Choice.Geo, known = p.Geo(region, at); !known && p.Moves.Has(call.Region) {
		r.Reasons.Add(status.RegionUnknown)
	}
	if r.Choice.Schedule, holidays = p.Schedule(at); holidays {
		r.Reasons.Add(status.HolidaysUnknown)
	}
	if region == "" && p.Moves.Has(call.Region) && !c.Told.Has(call.Region) {
		r.Reasons.Add(status.RegionNotReported)
	}
	r.Choice.Contract = p.Model.Contract(at)
	r.Contract = r.Choice.Contract != 0
}

// untold adds a reason for each fact that moves this price and was not told.
func (r *Result) untold(c *call.Call) {
	if r.Price.Unconfirmed {
		r.Reasons.Add(status.PriceUnconfirmed)
	}
	missing := r.Price.Moves &^ c.Told
	if missing&call.ServiceTier != 0 && c.Mode == "" {
		r.Reasons.Add(status.ServiceTierNotReported)
	}
	if missing&call.Modalities != 0 {
		r.Reasons.Add(status.ModalityNotReported)
	}
	if missing&call.Reasoning != 0 && r.Output > 0 {
		r.Reasons.Add(status.ReasoningNotReported)
	}
	if missing&call.ToolUse != 0 && !c.Usage.HasFees() {
		r.Reasons.Add(status.ToolUseNotReported)
	}
	if missing&call.ToolPrompt != 0 && r.Input > 0 {
		r.Reasons.Add(status.ToolPromptNotReported)
	}
	if r.Input == 0 {
		return
	}
	switch {
	case missing&call.CacheReads != 0:
		r.Reasons.Add(status.CacheNotReported)
	case missing&call.CacheWrites != 0:
		r.Reasons.Add(status.CacheWriteNotReported)
	}
	if missing&call.CacheTTL != 0 && r.writesWithoutTTL(c) {
		r.Reasons.Add(status.CacheTTLNotReported)
	}
}

// writesWithoutTTL tells whether tokens were written to the cache for a time that was not told.
func (r *Result) writesWithoutTTL(c *call.Call) bool {
	rest := inclusive(&c.Usage, meter.CacheWrites)
	for _, n := range c.Usage.Tokens() {
		if n.Meter.TTLMinutes() != 0 && n.Meter.Modality() == meter.AnyModality {
			rest -= n.Tokens
		}
	}
	return rest > 0
}

// countFees takes the reported items, and the request itself.
func (r *Result) countFees(c *call.Call) {
	for i, f := range r.Price.Fees {
		n, told := c.Usage.Fee(f)
		if f == meter.Request && !told {
			n = 1
		}
		r.Fees[i] = n
	}
	if !c.Usage.HasFees() {
		if r.Price.FeesOnly {
			r.feesMissing()
		}
		return
	}
	for f := range meter.NumFees {
		if n, _ := c.Usage.Fee(meter.Fee(f)); n > 0 && !r.hasFee(meter.Fee(f)) {
			r.Reasons.Add(status.MeterNotPriced)
		}
	}
}

// feesMissing handles a price of fees alone where no fee was reported: unless
// the request itself is the fee, how much was used is not known.
func (r *Result) feesMissing() {
	if !r.hasFee(meter.Request) || len(r.Price.Fees) > 1 {
		r.Reasons.Add(status.UsageMissing)
	}
}

func (r *Result) hasFee(f meter.Fee) bool {
	for _, g := range r.Price.Fees {
		if f == g {
			return true
		}
	}
	return false
}

// sum multiplies and rounds, once.
func (r *Result) sum() {
	p := r.Price
	r.rates = p.Rates(r.Choice)
	r.exact = r.totals(r.rates)
	r.Total = money.Split(r.rates, r.exact[:], r.Parts[:])
	if r.Contract {
		list := r.Choice
		list.Contract = 0
		rates := p.Rates(list)
		parts := r.totals(rates)
		var whole money.Total
		for i := range parts {
			whole.AddTotal(parts[i])
		}
		r.List = whole.Amount(rates)
	}
}

// totals adds up each part at the given rates.
func (r *Result) totals(rates *money.Rates) (parts [NumParts]money.Total) {
	for i, m := range r.Price.Meters {
		if n := r.Quantities[i]; n > 0 {
			part := PartOf(m)
			r.HasPart[part] = true
			parts[part].Add(rates, i, n)
		}
	}
	for i := range r.Price.Fees {
		if n := r.Fees[i]; n > 0 {
			r.HasPart[PartFees] = true
			parts[PartFees].Add(rates, len(r.Price.Meters)+i, n)
		}
	}
	return parts
}

// Loaded returns the cost times an overhead multiplier, rounded once.
func (r *Result) Loaded(alpha money.Factor) money.Amount {
	if r.rates == nil { // the total was replaced
		loaded, _ := money.FromRat(new(big.Rat).Mul(r.Total.Rat(), alpha.Rat()))
		return loaded
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
	r.Total, r.Currency = total, "USD"
	r.Parts, r.HasPart, r.exact = [NumParts]money.Amount{}, [NumParts]bool{}, [NumParts]money.Total{}
	r.Price, r.rates, r.Contract = nil, nil, false
	r.Reasons = status.Of(status.ReportedCostUsed)
	r.Status = r.Reasons.Status()
}

// lower lower-cases and trims without allocating for what is lower case already.
func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Package engine turns a call into money: it finds the price, decomposes the
// usage into disjoint quantities, chooses the rules that apply, and sums up
// exactly. It is the one place where cost is computed, for the processor and
// the command line alike, and knows no telemetry.
package engine

import (
	"math"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// Price computes the cost of a call. It overwrites r, and changes neither the
// call nor the book.
func Price(b *pricebook.Book, c *call.Call, r *Result) {
	r.reset(c.Reasons)
	if r.billable(c) {
		r.lookUp(b, c)
		if r.Price != nil {
			r.price(c)
		}
	}
	if r.Status = r.Reasons.Status(); !r.Status.Priced() {
		r.Price = nil
	}
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
	r.Resolution, r.Cached = resolve(b, c)
	r.Reasons |= r.Resolution.Reasons
	if c.ResponseModel != "" && !c.Told.Has(call.ServedModel) {
		r.Reasons.Add(status.ResponseModelNotReported)
	}
	r.checkUsage(&c.Usage)
	m := r.Resolution.Model
	if m == nil {
		return
	}
	if m.Provisioned {
		r.Reasons = status.Of(status.ProvisionedThroughput)
		return
	}
	if r.Price = m.At(instant(c)); r.Price == nil {
		r.Reasons.Add(status.NoPriceAtTime)
	}
}

func resolve(b *pricebook.Book, c *call.Call) (res *pricebook.Resolution, cached bool) {
	return b.Resolve(&pricebook.Query{Provider: c.Provider, Host: c.Host, Response: c.ResponseModel, Request: c.RequestModel})
}

// Knows tells whether the book knows the model of a call.
func Knows(b *pricebook.Book, c *call.Call) bool {
	res, _ := resolve(b, c)
	return res.Model != nil
}

// instant is the start of the call. A time that the price book cannot express is
// after all of its periods.
func instant(c *call.Call) int64 { return int64(min(c.StartUnixNano, math.MaxInt64)) }

// checkUsage gives a reason for usage that no price can be made of. Usage that
// is all zero is none: no provider bills a call of nothing, but emitters write
// zero for what they do not know.
func (r *Result) checkUsage(u *usage.Usage) {
	plausible := u.Plausible
	if r.aggregated() {
		plausible = u.PlausibleSum
	}
	switch {
	case !plausible():
		r.Reasons.Add(status.UsageInvalid)
	case !u.Any() && !r.Reasons.Has(status.UsageInvalid):
		r.Reasons.Add(status.UsageMissing)
	}
}

// aggregated tells whether the usage is the sum of many calls.
func (r *Result) aggregated() bool { return r.Reasons.Has(status.UsageAggregated) }

// price chooses rules, decomposes the usage and sums up.
func (r *Result) price(c *call.Call) {
	at := instant(c)
	var known bool
	if r.Choice.Exchange, r.Currency, known = r.Price.Exchange(at); !known {
		r.Reasons.Add(status.NoExchangeRate)
	}
	if r.Reasons&(1<<status.UsageInvalid|1<<status.UsageMissing) != 0 {
		return
	}
	var t tally
	lost := r.decompose(&t, &c.Usage) && !r.Price.FeesOnly // where only items are billed, tokens cost nothing
	r.Input, r.Output = t.whole[meter.Input], t.whole[meter.Output]
	r.Reasons |= t.reasons
	r.choose(c, at)
	r.untold(c, &t)
	lost = r.countFees(c) || lost
	if r.Reasons.Only(status.Unpriced) == 0 {
		r.sum(lost)
	}
}

// sum multiplies and rounds, once. Lost tells that some usage has no price.
func (r *Result) sum(lost bool) {
	r.rates = r.Price.Rates(r.Choice)
	used := r.totals(r.rates, &r.exact)
	var ok bool
	r.Total, ok = money.Split(r.rates, r.exact[:], r.Parts[:])
	switch {
	case !ok:
		r.Reasons.Add(status.UsageInvalid)
	case lost && !used:
		r.Reasons.Add(status.UsageNotPriced)
	case lost:
		r.Reasons.Add(status.MeterNotPriced)
	}
	if r.Contract {
		list := r.Choice
		list.Contract = 0
		rates := r.Price.Rates(list)
		var parts [NumParts]money.Total
		r.totals(rates, &parts)
		var whole money.Total
		for i := range parts {
			whole.AddTotal(parts[i])
		}
		r.List = whole.Amount(rates)
	}
}

// totals adds up each part at the given rates, and tells whether anything was used.
func (r *Result) totals(rates *money.Rates, parts *[NumParts]money.Total) (used bool) {
	*parts = [NumParts]money.Total{}
	for i, m := range r.Price.Meters {
		if n := r.Quantities[i]; n > 0 {
			part := PartOf(m)
			r.HasPart[part], used = true, true
			parts[part].Add(rates, i, n)
		}
	}
	for i := range r.Price.Fees {
		if n := r.Fees[i]; n > 0 {
			r.HasPart[PartFees], used = true, true
			parts[PartFees].Add(rates, len(r.Price.Meters)+i, n)
		}
	}
	return used
}

// countFees takes the reported items, and the request itself. It tells whether
// items were reported that have no price.
func (r *Result) countFees(c *call.Call) (lost bool) {
	p := r.Price
	priced, counted, uncounted := uint32(0), false, false
	for i, f := range p.Fees {
		n, told := c.Usage.Fee(f)
		if f == meter.Request && !told {
			if uncounted = r.aggregated(); !uncounted {
				n = 1
			}
		}
		r.Fees[i] = n
		priced |= 1 << f
		counted = counted || f != meter.Request && n > 0
	}
	if p.FeesOnly && !counted && (uncounted || priced&(1<<meter.Request) == 0 || len(p.Fees) > 1) {
		r.Reasons.Add(status.UsageMissing) // unless the request itself is the fee, how much was used is not known
	}
	if !c.Usage.HasFees() {
		return false
	}
	for f := range meter.NumFees {
		if n, _ := c.Usage.Fee(meter.Fee(f)); n > 0 && priced&(1<<f) == 0 && meter.Fee(f) != meter.Request {
			lost = true
		}
	}
	return lost
}

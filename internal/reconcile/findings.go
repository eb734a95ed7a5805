package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// Finding is a cause of the difference, with what speaks for it.
type Finding struct {
	Cause    Cause
	Model    string
	Amount   *big.Rat // its part of the difference of cost; nil if that is not known
	Tokens   *big.Rat // that it is about; nil if none are
	Calls    int64    // of the ledger that it is about; zero if that is not known
	Evidence string
}

// finder finds out why a bill and the ledger differ.
type finder struct {
	report *Report
	bill   *bill.Bill
	claim  *claim
	ours   *ours
	view   *view // with the days that were told
	names  *naming

	best   *view // with the days that fit best
	zone   int
	totals map[series]*total
}

// find lists the causes, those with the largest amounts first. Amounts add up to
// the difference.
func (f *finder) find() []Finding {
	var out []Finding
	f.best, f.zone = f.view, f.report.Zone
	if s := f.claim.findShift(f.ours, f.report.From, f.report.Until, f.report.Zone); s != nil {
		f.zone = s.hours
		f.best = f.claim.view(f.ours, f.report.From, f.report.Until, s.hours)
		out = append(out, f.shifted(s))
	}
	f.totals = sums(f.claim, f.best)
	merged := map[[2]string]*Finding{}
	for _, p := range split(f.claim, f.totals) {
		cause := f.label(&p)
		key := [2]string{string(cause), p.model}
		if merged[key] == nil {
			merged[key] = &Finding{Cause: cause, Model: p.model, Amount: new(big.Rat)}
		}
		m := merged[key]
		m.Amount.Add(m.Amount, p.amount)
		if p.tokens != nil {
			if m.Tokens == nil {
				m.Tokens = new(big.Rat)
			}
			m.Tokens.Add(m.Tokens, p.tokens)
		}
	}
	for _, m := range merged {
		f.evidence(m)
		if !f.claim.costShape.any {
			m.Amount = nil
		}
		out = append(out, *m)
	}
	out = append(out, f.withoutAmount(out)...)
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(-compareAbs(a.Amount, b.Amount), -compareAbs(a.Tokens, b.Tokens), strings.Compare(string(a.Cause), string(b.Cause)), strings.Compare(a.Model, b.Model))
	})
	return out
}

// compareAbs compares without signs; what is not known is less than anything.
func compareAbs(a, b *big.Rat) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return new(big.Rat).Abs(a).Cmp(new(big.Rat).Abs(b))
}

func (f *finder) shifted(s *shift) Finding {
	out := Finding{Cause: TimeZone}
	what := f.report.Currency
	if s.tokens {
		what = "tokens"
	}
	if f.claim.costShape.any {
		out.Amount = new(big.Rat).Sub(f.best.costs.total(), f.view.costs.total())
	}
	also := ""
	for _, hours := range s.also {
		also += ", or " + zoneName(hours)
	}
	out.Evidence = fmt.Sprintf("with days of %s%s, the differences by day, model and meter add up to %s %s instead of %s", zoneName(s.hours), also, tokens(s.after), what, tokens(s.before))
	return out
}

func zoneName(hours int) string {
	if hours == 0 {
		return "UTC"
	}
	return fmt.Sprintf("UTC%+d", hours)
}

// label names the cause of a part, which of a price is still open.
func (f *finder) label(p *part) Cause {
	switch {
	case p.cause == Unpriced && f.ours.foreign[p.model]:
		return Currency
	case p.cause == Unsplit && f.roundedOff(p):
		return Rounding
	case !p.price:
		return p.cause
	case f.roundedOff(p):
		return Rounding
	case f.retentionDiffers(p.model) && f.onlyCacheWrites(p.model):
		return Classification
	}
	if tier, _ := f.tier(p.model); tier {
		return ServiceTier
	}
	return OtherPrice
}

// roundedOff tells whether an amount is what rounding of lines can make, or
// what floating point did to them.
func (f *finder) roundedOff(p *part) bool {
	size := new(big.Rat).Abs(p.amount)
	cost := new(big.Rat)
	for s, t := range f.totals {
		if s.model == p.model {
			cost.Add(cost, new(big.Rat).Abs(t.cost))
		}
	}
	if noise := new(big.Rat).Mul(cost, big.NewRat(1, 1_000_000_000)); size.Cmp(noise) <= 0 {
		return true
	}
	if f.bill.Places == 0 || f.bill.Places > 6 {
		return false
	}
	half := new(big.Rat).SetFrac(big.NewInt(int64(f.claim.lines[p.model])), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.bill.Places)), nil)))
	return size.Cmp(half) <= 0
}

// retentionDiffers tells whether bill and ledger have other shares of cache
// writes that are kept for an hour.
func (f *finder) retentionDiffers(model string) bool {
	return f.claim.splitHours[model] && f.claim.oneHour[model].Cmp(rat(f.best.oneHour[model])) != 0
}

// onlyCacheWrites tells whether no other meter of the model has another price.
func (f *finder) onlyCacheWrites(model string) bool {
	for _, c := range f.prices(model) {
		if c.meter != bill.CacheWrite && c.billed.Cmp(c.ours) != 0 {
			return false
		}
	}
	return true
}

func rat(r *big.Rat) *big.Rat {
	if r == nil {
		return new(big.Rat)
	}
	return r
}

// unitPrice is what a token costs, on the bill and in the ledger.
type unitPrice struct {
	meter        bill.Meter
	billed, ours *big.Rat
}

// prices lists the unit prices of a model that both sides have.
func (f *finder) prices(model string) []unitPrice {
	var out []unitPrice
	for _, m := range bill.Tokens {
		t := f.totals[series{model, m}]
		if t == nil || t.billed.Sign() == 0 || t.seen.Cmp(t.unpriced) <= 0 {
			continue
		}
		out = append(out, unitPrice{m, new(big.Rat).Quo(t.cost, t.billed), new(big.Rat).Quo(t.ours, new(big.Rat).Sub(t.seen, t.unpriced))})
	}
	return out
}

// factor returns by what all prices of a model differ, if they do so alike: by
// less than a thousandth of each other.
func (f *finder) factor(model string) *big.Rat {
	var factor *big.Rat
	for _, c := range f.prices(model) {
		if c.ours.Sign() == 0 {
			return nil
		}
		x := new(big.Rat).Quo(c.billed, c.ours)
		if factor == nil {
			factor = x
			continue
		}
		if !alike(x, factor) {
			return nil
		}
	}
	return factor
}

// alike tells whether two numbers differ by less than a thousandth.
func alike(a, b *big.Rat) bool {
	d := new(big.Rat).Sub(a, b)
	return d.Abs(d).Cmp(new(big.Rat).Mul(new(big.Rat).Abs(b), big.NewRat(1, 1000))) <= 0
}

// tier tells whether another service tier explains another price: the bill has
// other tokens of a tier than the ledger, or all prices differ by the factor of
// a tier in the price book.
func (f *finder) tier(model string) (bool, string) {
	for _, tier := range f.tiersOf(model) {
		k := tierKey{model, tier}
		if billed, seen := rat(f.claim.tiers[k]), rat(f.best.tiers[k]); !alike(seen, billed) {
			return true, fmt.Sprintf("billed %s tokens in tier %s, of which the ledger has %s", tokens(billed), tier, tokens(seen))
		}
	}
	x := f.factor(model)
	if x == nil || f.names.provider == nil || alike(x, big.NewRat(1, 1)) {
		return false, ""
	}
	m := f.names.provider.Find(model)
	if m == nil {
		return false, ""
	}
	p := m.At(f.report.From * 1e9)
	if p == nil {
		return false, ""
	}
	for _, rule := range p.Rules() {
		for _, times := range rule.Times {
			if rule.Axis != "mode" || times.Name != "tokens" || times.Value.Sign() == 0 {
				continue
			}
			switch {
			case alike(x, times.Value):
				return true, fmt.Sprintf("all meters are billed × %s, which is the price of %s", round(x), rule.Value)
			case alike(x, new(big.Rat).Inv(times.Value)):
				return true, fmt.Sprintf("all meters are billed × %s, which is the price without %s", round(x), rule.Value)
			}
		}
	}
	return false, ""
}

// tiersOf lists the tiers beside the standard one that bill or ledger have, if
// the bill tells tiers of the model.
func (f *finder) tiersOf(model string) []string {
	names, told := map[string]bool{}, false
	for k := range f.claim.tiers {
		if k.model == model {
			names[k.tier], told = true, true
		}
	}
	if !told {
		return nil
	}
	for k := range f.best.tiers {
		if k.model == model {
			names[k.tier] = true
		}
	}
	delete(names, "standard")
	return slices.Sorted(maps.Keys(names))
}

// round writes a number with at most six decimal places.
func round(r *big.Rat) string {
	rounded, _ := new(big.Rat).SetString(r.FloatString(6))
	return pricebook.Decimal(rounded)
}

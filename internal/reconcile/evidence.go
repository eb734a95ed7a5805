package reconcile

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// evidence says what speaks for a finding.
func (f *finder) evidence(m *Finding) {
	switch m.Cause {
	case Missing:
		m.Evidence = f.missing(m)
	case NotBilled:
		m.Evidence = fmt.Sprintf("the ledger has %s tokens that the bill has not: calls of another account, calls seen twice, or a bill that is not complete", tokens(m.Tokens))
	case Unpriced, Currency:
		m.Calls, m.Evidence = f.unpricedCalls(m.Model)
		if m.Cause == Currency {
			m.Evidence = "the ledger has cost in another currency, which is not compared"
		}
		m.Evidence += "; the amount is at the bill's prices"
	case Classification:
		m.Evidence = f.classification(m)
	case ServiceTier:
		_, m.Evidence = f.tier(m.Model)
	case OtherPrice:
		m.Evidence = f.otherPrice(m.Model)
	case ToolFees:
		m.Evidence = f.named("billed", cell{model: m.Model, meter: bill.Fees}, "the bill has no tools and items")
	case NoUsage:
		m.Evidence = f.named("the bill has", cell{meter: bill.NotUsage}, "")
	case Rounding:
		m.Evidence = "no more than rounding of the bill's lines makes"
	case Unsplit:
		m.Evidence = f.ratios(m.Model)
	case TimeZone, Assumptions, NoProvider, NotMetered: // have theirs from the start
	}
}

// window is the ledger's hours that are compared.
func (f *finder) window() (from, until int64) {
	ahead := int64(f.zone) * hourSeconds
	return f.report.From - ahead, f.report.Until - ahead
}

func (f *finder) missing(m *Finding) string {
	billed := new(big.Rat)
	for _, meter := range bill.Tokens {
		if t := f.totals[series{m.Model, meter}]; t != nil {
			billed.Add(billed, t.billed)
		}
	}
	days, silent, seen := map[int64]bool{}, 0, int64(0)
	for k := range f.claim.quantities {
		if k.model == m.Model {
			days[k.day] = true
		}
	}
	for k, n := range f.best.calls {
		if k.model == m.Model || m.Model == "" {
			seen += n
		}
	}
	for day := range days {
		if f.best.calls[cell{day, m.Model, ""}] == 0 {
			silent++
		}
	}
	share := ""
	if billed.Sign() > 0 {
		share = fmt.Sprintf(", %s%% of what was billed", round(new(big.Rat).Quo(new(big.Rat).Mul(m.Tokens, big.NewRat(100, 1)), billed)))
	}
	switch {
	case seen == 0:
		return "the ledger has no call of the model"
	case silent > 0 && f.claim.quantityShape.days && f.claim.quantityShape.model:
		return fmt.Sprintf("billed %s tokens more than the ledger has%s; on %d of %d days it has no call of the model", tokens(m.Tokens), share, silent, len(days))
	}
	return fmt.Sprintf("billed %s tokens more than the ledger has%s", tokens(m.Tokens), share)
}

// unpricedCalls counts calls without a price, by reason.
func (f *finder) unpricedCalls(model string) (int64, string) {
	from, until := f.window()
	reasons := map[string]int64{}
	var all int64
	for k, t := range f.ours.missing {
		if k.model == model || !f.claim.quantityShape.model && !f.claim.costShape.model {
			n := t.within(from, until)
			reasons[k.reasons] += n
			all += n
		}
	}
	return all, calls(all, "has", "have") + " no price: " + counted(reasons)
}

// calls writes a number of calls and the verb that goes with it.
func calls(n int64, one, many string) string {
	if n == 1 {
		return "1 call " + one
	}
	return explain.Thousands(n) + " calls " + many
}

// tokens writes a number of tokens.
func tokens(r *big.Rat) string {
	if r.IsInt() && r.Num().IsInt64() {
		return explain.Thousands(r.Num().Int64())
	}
	return round(r)
}

func counted(reasons map[string]int64) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		if reasons[reason] > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", reason, explain.Thousands(reasons[reason])))
		}
	}
	return strings.Join(parts, ", ")
}

func (f *finder) classification(m *Finding) string {
	var parts []string
	for _, meter := range bill.Tokens {
		t := f.totals[series{m.Model, meter}]
		if meter == bill.Output || t == nil || t.billed.Cmp(t.seen) == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: billed %s, ours %s", meter, tokens(t.billed), tokens(t.seen)))
	}
	if f.retentionDiffers(m.Model) {
		parts = append(parts, fmt.Sprintf("cache writes kept for an hour: billed %s, ours %s", tokens(f.claim.oneHour[m.Model]), tokens(rat(f.best.oneHour[m.Model]))))
	}
	return "tokens are counted otherwise: " + strings.Join(parts, "; ")
}

func (f *finder) otherPrice(model string) string {
	var parts []string
	for _, c := range f.prices(model) {
		if c.billed.Cmp(c.ours) != 0 {
			million := big.NewRat(1_000_000, 1)
			parts = append(parts, fmt.Sprintf("%s %s instead of %s", c.meter, round(new(big.Rat).Mul(c.billed, million)), round(new(big.Rat).Mul(c.ours, million))))
		}
	}
	out := "billed per 1,000,000 tokens: " + strings.Join(parts, ", ")
	if x := f.factor(model); x != nil && len(parts) > 1 {
		out += fmt.Sprintf("; all are × %s, as of a contract", round(x))
	}
	return out
}

func (f *finder) named(verb string, k cell, without string) string {
	items := f.claim.items[k]
	if len(items) == 0 {
		return without
	}
	return verb + " " + strings.Join(items, ", ")
}

// ratios says whether bill and ledger differ by the same factor on all days.
func (f *finder) ratios(model string) string {
	const why = "the bill tells no quantities, so prices and missing calls cannot be told apart"
	billed, seen := amounts[int64]{}, amounts[int64]{} // by day
	gather := func(of amounts[cell], into amounts[int64]) {
		for k, n := range of {
			if k.model == model {
				into.add(k.day, n)
			}
		}
	}
	gather(f.claim.costs, billed)
	gather(f.best.costs, seen)
	var low, high *big.Rat
	days := 0
	for day, b := range billed {
		if s := rat(seen[day]); s.Sign() > 0 && b.Sign() > 0 {
			x := new(big.Rat).Quo(b, s)
			if low == nil || x.Cmp(low) < 0 {
				low = x
			}
			if high == nil || x.Cmp(high) > 0 {
				high = x
			}
			days++
		}
	}
	switch {
	case days < 2 || !f.claim.costShape.days:
		return why
	case alike(low, high):
		return fmt.Sprintf("%s; the bill is × %s on every day, which speaks for another price", why, round(high))
	}
	return fmt.Sprintf("%s; the bill is × %s to × %s by day, which speaks for missing calls", why, round(low), round(high))
}

// withoutAmount lists what may matter and has no amount of its own.
func (f *finder) withoutAmount(found []Finding) []Finding {
	var out []Finding
	from, until := f.window()
	models := map[string]bool{}
	for k, t := range f.ours.missing {
		if t.within(from, until) > 0 {
			models[k.model] = true
		}
	}
	for _, m := range found {
		if m.Cause == Unpriced {
			delete(models, m.Model)
			if m.Model == "" {
				clear(models)
			}
		}
	}
	for _, model := range slices.Sorted(maps.Keys(models)) {
		m := Finding{Cause: Unpriced, Model: model}
		m.Calls, m.Evidence = f.unpricedCalls(model)
		out = append(out, m)
	}
	reasons := map[string]int64{}
	for reason, t := range f.ours.estimate {
		reasons[reason] = t.within(from, until)
	}
	if text := counted(reasons); text != "" {
		out = append(out, Finding{Cause: Assumptions, Evidence: "reasons of calls whose cost is no exact one: " + text})
	}
	if n := f.ours.nobodys.within(from, until); n > 0 {
		out = append(out, Finding{Cause: NoProvider, Calls: n, Evidence: calls(n, "tells", "tell") + " no provider, and no price is known; some may be this one's"})
	}
	if n := f.ours.unmeter.within(from, until); n > 0 {
		out = append(out, Finding{Cause: NotMetered, Calls: n, Evidence: calls(n, "is", "are") + " of capacity that is paid for by time, and not compared"})
	}
	foreign := map[string]*big.Int{}
	for k, quanta := range f.ours.other {
		if k.hour >= from && k.hour < until {
			if foreign[k.currency] == nil {
				foreign[k.currency] = new(big.Int)
			}
			foreign[k.currency].Add(foreign[k.currency], quanta)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(foreign)) {
		out = append(out, Finding{Cause: Currency, Evidence: fmt.Sprintf("the ledger has %s %s, which is not compared", pricebook.Decimal(units(foreign[currency])), currency)})
	}
	return out
}

package reprice

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Report tells what a run changed, or would change.
type Report struct {
	Run         int64 // the number of the run; zero if nothing was stored
	Book        string
	Note        string
	Span        ledger.Span
	Closed      int64 // until when billing periods are closed, in unix seconds; zero if none is
	Calls       int64 // selected
	Changed     int64
	Corrections int64 // of Changed: of closed billing periods, booked in the first open one

	left        map[Verdict]int64
	totals      map[string]*Total
	corrections map[string]*big.Int
	effects     map[effectKey]*Effect
}

// Total is what the selected calls cost in one currency.
type Total struct {
	Currency      string
	Before, After big.Int // quanta
}

// Difference returns by how many currency units the total changed.
func (t *Total) Difference() *big.Rat { return units(new(big.Int).Sub(&t.After, &t.Before)) }

type effectKey struct {
	provider, model string
	cause           Cause
	currency        string
}

// Effect is what one cause changed of the cost of one model. The effects of a
// currency add up to the difference of its total.
type Effect struct {
	Provider, Model string
	Cause           Cause
	Currency        string
	Calls           int64   // a call can have several effects
	Difference      big.Int // quanta
}

// Left counts calls that were left as they are.
type Left struct {
	Why   Verdict
	Calls int64
}

// Correction is what is booked in the first open billing period for closed ones.
type Correction struct {
	Currency   string
	Difference *big.Rat
}

func newReport(book *pricebook.Book, o *Options, closed int64) *Report {
	return &Report{
		Book: book.Label, Note: o.Note, Span: o.Span, Closed: closed, left: map[Verdict]int64{}, totals: map[string]*Total{},
		corrections: map[string]*big.Int{}, effects: map[effectKey]*Effect{},
	}
}

// leave counts a call that was left as it is, and why.
func (r *Report) leave(c *ledger.Context, row *ledger.Row, why Verdict) {
	r.left[why]++
	r.same(c, row)
}

// same counts a call that did not change.
func (r *Report) same(c *ledger.Context, row *ledger.Row) {
	r.Calls++
	if c.Priced() {
		t := r.total(c.Currency)
		amount := big.NewInt(row.Amounts[ledger.Total])
		t.Before.Add(&t.Before, amount)
		t.After.Add(&t.After, amount)
	}
}

// change counts a call that changed.
func (r *Report) change(k *known, before, after *ledger.Row) {
	r.Calls++
	r.Changed++
	if k.context.Priced() {
		add(&r.total(k.context.Currency).Before, before.Amounts[ledger.Total])
	}
	if after.Context.Priced() {
		add(&r.total(after.Context.Currency).After, after.Amounts[ledger.Total])
	}
	late := before.Billing < r.Closed
	if late {
		r.Corrections++
	}
	named := k.context
	if after.Context.Priced() {
		named = after.Context
	}
	for _, p := range explain(k, before, after) {
		key := effectKey{named.Provider, named.Model, p.cause, p.currency}
		e := r.effects[key]
		if e == nil {
			e = &Effect{Provider: key.provider, Model: key.model, Cause: key.cause, Currency: key.currency}
			r.effects[key] = e
		}
		e.Calls++
		add(&e.Difference, p.difference)
		if late && p.difference != 0 {
			if r.corrections[p.currency] == nil {
				r.corrections[p.currency] = new(big.Int)
			}
			add(r.corrections[p.currency], p.difference)
		}
	}
}

func (r *Report) total(currency string) *Total {
	t := r.totals[currency]
	if t == nil {
		t = &Total{Currency: currency}
		r.totals[currency] = t
	}
	return t
}

func add(sum *big.Int, n int64) { sum.Add(sum, big.NewInt(n)) }

// Totals lists the totals by currency.
func (r *Report) Totals() []*Total {
	return slices.SortedFunc(maps.Values(r.totals), func(a, b *Total) int { return strings.Compare(a.Currency, b.Currency) })
}

// Effects lists the effects, by currency the largest ones first.
func (r *Report) Effects() []*Effect {
	return slices.SortedFunc(maps.Values(r.effects), func(a, b *Effect) int {
		return cmp.Or(strings.Compare(a.Currency, b.Currency), b.Difference.CmpAbs(&a.Difference), strings.Compare(a.Provider, b.Provider),
			strings.Compare(a.Model, b.Model), strings.Compare(string(a.Cause), string(b.Cause)))
	})
}

// Left lists what was left, by why.
func (r *Report) Left() []Left {
	var out []Left
	for _, why := range slices.Sorted(maps.Keys(r.left)) {
		out = append(out, Left{why, r.left[why]})
	}
	return out
}

// BookedLater lists what is booked in the first open billing period, by currency.
func (r *Report) BookedLater() []Correction {
	var out []Correction
	for _, currency := range slices.Sorted(maps.Keys(r.corrections)) {
		out = append(out, Correction{currency, units(r.corrections[currency])})
	}
	return out
}

// Units returns the difference in currency units.
func (e *Effect) Units() *big.Rat { return units(&e.Difference) }

// BeforeUnits returns the total before the run in currency units.
func (t *Total) BeforeUnits() *big.Rat { return units(&t.Before) }

// AfterUnits returns the total after the run in currency units.
func (t *Total) AfterUnits() *big.Rat { return units(&t.After) }

// difference writes the differences of the totals, such as "1.25 USD, -3 CNY".
func (r *Report) difference() string {
	var parts []string
	for _, t := range r.Totals() {
		if d := t.Difference(); d.Sign() != 0 {
			parts = append(parts, pricebook.Decimal(d)+" "+t.Currency)
		}
	}
	return strings.Join(parts, ", ")
}

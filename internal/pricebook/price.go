package pricebook

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// MaxMeters is the number of token meters that one price can have.
const MaxMeters = usage.MaxMeters

// Price is what one model costs in one period. It is immutable but for a
// bounded memory of computed rates.
type Price struct {
	Model       *Model
	ID          string // provider/model@from, where from is the start of the period, or "open"
	Currency    string
	Source      Source
	Unconfirmed bool

	confirmed int64 // calls before it are estimated

	// Meters are the priced token meters, the most specific first; Fees the priced fees.
	Meters []meter.Meter
	Fees   []meter.Fee
	// Cells tell which of Meters bills what.
	Cells Cells

	// Moves are the facts that can change what this price comes to.
	Moves call.Facts
	// FeesOnly tells that there is no token price at all, as for rerank: the
	// provider does not bill tokens then.
	FeesOnly bool

	period
	rates     map[meter.Meter]*big.Rat // as declared
	fees      map[meter.Fee]*big.Rat
	adjust    adjust
	calendars map[string]*calendar
	exchange  []fxRate // nil if amounts stay in the currency

	computed kept[*money.Rates]
	cards    kept[string] // as JSON
}

// compile makes the price of one period of a model that has its contracts.
func (d *draft) compile(m *Model, decl *priceDecl) *Price {
	p := &Price{
		Model: m, Currency: decl.currency, Source: decl.source, Unconfirmed: decl.unconfirmed, confirmed: decl.confirmed,
		period: decl.period, rates: decl.rates, fees: decl.fees, adjust: decl.adjust, calendars: d.calendars,
	}
	if p.Currency != usd {
		p.exchange = d.fx[p.Currency]
	}
	from := "open"
	if p.from != minTime {
		from = time.Unix(0, p.from).UTC().Format(time.RFC3339Nano)
	}
	p.ID = m.Provider.ID + "/" + m.ID + "@" + from
	p.collectMeters()
	if len(p.Meters) > MaxMeters {
		d.errs.at(decl.where, "has %d token meters; at most %d are allowed", len(p.Meters), MaxMeters)
		p.Meters = p.Meters[:MaxMeters]
	}
	p.FeesOnly = len(p.Meters) == 0
	p.check(d, decl.where)
	p.Cells = newCells(p.Meters)
	p.Moves = p.moves()
	return p
}

// usd is the currency that others are converted to.
const usd = "USD"

// collectMeters gathers every meter that has a price apart: in the base rates,
// or because a rule or contract sets or scales it alone. What has no base price
// to begin with is not gathered: a rule replaces prices and does not invent them.
func (p *Price) collectMeters() {
	meters := map[meter.Meter]bool{}
	take := func(m meter.Meter) {
		if _, ok := nearestMeter(p.rates, m); ok {
			meters[m] = true
		}
	}
	for m := range p.rates {
		take(m)
	}
	for _, r := range p.allRules() {
		for m := range r.effect.rates {
			take(m)
		}
		for _, f := range r.effect.times {
			if f.sel.kind == selMeter {
				take(f.sel.meter)
			}
		}
	}
	for m := range meters {
		p.Meters = append(p.Meters, m)
	}
	slices.SortFunc(p.Meters, func(a, b meter.Meter) int {
		return cmp.Or(cmp.Compare(b.Rank(), a.Rank()), cmp.Compare(a, b))
	})
	for f := range p.fees {
		p.Fees = append(p.Fees, f)
	}
	slices.Sort(p.Fees)
}

// ruleRef is a rule of any axis, an override or a contract.
type ruleRef struct {
	axis   string
	key    string // of mode and geo
	effect *effect
	period period
	where  place
}

// rules lists the rules of all axes and the overrides.
func (p *Price) rules() []ruleRef {
	var out []ruleRef
	for i := range p.adjust.context {
		r := &p.adjust.context[i]
		out = append(out, ruleRef{"context", "", &r.effect, always, r.where})
	}
	for i := range p.adjust.mode {
		r := &p.adjust.mode[i]
		out = append(out, ruleRef{"mode", r.key, &r.effect, r.period, r.where})
	}
	for i := range p.adjust.geo {
		r := &p.adjust.geo[i]
		out = append(out, ruleRef{"geo", r.key, &r.effect, r.period, r.where})
	}
	for i := range p.adjust.schedule {
		w := &p.adjust.schedule[i]
		out = append(out, ruleRef{"schedule", "", &w.effect, w.period, w.where})
	}
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		out = append(out, ruleRef{"override", "", o.effect(), always, o.where})
	}
	return out
}

// allRules lists the rules and the contracts of the model.
func (p *Price) allRules() []ruleRef {
	out := p.rules()
	for _, c := range p.Model.contracts {
		out = append(out, ruleRef{"contract", "", &c.effect, c.period, c.where})
	}
	return out
}

// From and Until bound the period of the price in nanoseconds since 1970;
// ok is false where it is open.
func (p *Price) From() (unixNano int64, ok bool) { return p.from, p.from != minTime }

// Until is the end of the period, exclusive.
func (p *Price) Until() (unixNano int64, ok bool) { return p.until, p.until != maxTime }

// nearestMeter returns the narrowest meter with a rate that contains m.
func nearestMeter(rates map[meter.Meter]*big.Rat, m meter.Meter) (nearest meter.Meter, ok bool) {
	for n := range rates {
		if n.Contains(m) && (!ok || n.Rank() > nearest.Rank()) {
			nearest, ok = n, true
		}
	}
	return nearest, ok
}

// nearest returns the price that a rule sets for m, or for a meter between m and
// the one whose base rate m has, and the rank of the meter that it is for.
func nearest(rs map[meter.Meter]*big.Rat, m, from meter.Meter) (r *big.Rat, rank int) {
	for n, v := range rs {
		if n.Contains(m) && from.Contains(n) && (r == nil || n.Rank() > rank) {
			r, rank = v, n.Rank()
		}
	}
	return r, rank
}

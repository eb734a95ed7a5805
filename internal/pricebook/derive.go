package pricebook

import (
	"fmt"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// Derived is a rate and how it came about.
type Derived struct {
	Value *big.Rat // per 1,000,000 tokens, or per item
	Base  *big.Rat
	From  meter.Meter // the meter whose base rate it is, where the wanted one has none
	Steps []Step
}

// Step is one rule that changed a rate: it scaled it, or set it.
type Step struct {
	Rule  string   // such as "context input over 272000" or "contract acme-2026"
	Times *big.Rat // nil if the rule set the rate
	Set   *big.Rat // nil if the rule scaled the rate
}

// Rate derives the rate of a meter. Value and Base are nil if the price has none
// for it and for no meter that contains it.
func (p *Price) Rate(m meter.Meter, c Choice) Derived {
	from, ok := nearestMeter(p.rates, m)
	if !ok {
		return Derived{From: m}
	}
	d := Derived{Base: p.rates[from], From: from}
	d.derive(p, c, from.Rank(), func(e *effect) (*big.Rat, int, *big.Rat) {
		set, rank := nearest(e.rates, m, from)
		return set, rank, e.forMeter(m)
	})
	return d
}

// FeeRate derives the price of a fee. Value and Base are nil if it has none.
func (p *Price) FeeRate(f meter.Fee, c Choice) Derived {
	d := Derived{Base: p.fees[f]}
	if d.Base != nil {
		d.derive(p, c, 0, func(e *effect) (*big.Rat, int, *big.Rat) { return e.fees[f], 0, e.forFee(f) })
	}
	return d
}

// derive applies the axes in order, then the best override, then contract and
// exchange. The rank is that of the meter that the price so far was stated for;
// what sets the price of a wider one leaves it alone.
func (d *Derived) derive(p *Price, c Choice, rank int, of func(*effect) (set *big.Rat, rank int, times *big.Rat)) {
	d.Value = d.Base
	set := func(r chosenRule) bool {
		v, n, _ := of(r.effect)
		if v == nil || n < rank {
			return false
		}
		d.Value, rank = v, n
		d.Steps = append(d.Steps, Step{Rule: r.label, Set: v})
		return true
	}
	scale := func(r chosenRule) {
		if _, _, by := of(r.effect); by != nil && by.Cmp(one) != 0 {
			d.Value = new(big.Rat).Mul(d.Value, by)
			d.Steps = append(d.Steps, Step{Rule: r.label, Times: by})
		}
	}
	var scaling []chosenRule
	for _, r := range p.chosen(c) { // a rule that sets a price replaces the base of what the others scale
		if !set(r) {
			scaling = append(scaling, r)
		}
	}
	for _, r := range scaling {
		scale(r)
	}
	if o := p.override(c, func(e *effect) bool { v, n, _ := of(e); return v != nil && n >= rank }); o != nil {
		set(chosenRule{"override " + o.String(), o.effect()})
	}
	if c.Contract > 0 {
		contract := p.Model.contracts[c.Contract-1]
		if r := (chosenRule{"contract " + contract.name, &contract.effect}); !set(r) {
			scale(r)
		}
	}
	if c.Exchange > 0 {
		perUSD := p.exchange[c.Exchange-1].perUSD
		inverse := new(big.Rat).Inv(perUSD)
		d.Value = new(big.Rat).Mul(d.Value, inverse)
		d.Steps = append(d.Steps, Step{Rule: fmt.Sprintf("exchange %s %s per USD", Decimal(perUSD), p.Currency), Times: inverse})
	}
}

type chosenRule struct {
	label  string
	effect *effect
}

// chosen lists the rules of a choice, axis by axis.
func (p *Price) chosen(c Choice) []chosenRule {
	var out []chosenRule
	if c.Context > 0 {
		r := &p.adjust.context[c.Context-1]
		out = append(out, chosenRule{"context " + r.String(), &r.effect})
	}
	if c.Mode > 0 {
		r := &p.adjust.mode[c.Mode-1]
		out = append(out, chosenRule{"mode " + r.key, &r.effect})
	}
	if c.Geo > 0 {
		r := &p.adjust.geo[c.Geo-1]
		out = append(out, chosenRule{"geo " + r.key, &r.effect})
	}
	if c.Schedule > 0 {
		r := &p.adjust.schedule[c.Schedule-1]
		out = append(out, chosenRule{"schedule " + r.String(), &r.effect})
	}
	return out
}

// override returns the override that matches the choice on most axes, of those
// that set the price in question.
func (p *Price) override(c Choice, sets func(*effect) bool) *override {
	if len(p.adjust.overrides) == 0 {
		return nil
	}
	is := map[string]string{}
	if c.Mode > 0 {
		is["mode"] = p.adjust.mode[c.Mode-1].key
	}
	if c.Geo > 0 {
		is["geo"] = p.adjust.geo[c.Geo-1].key
	}
	if c.Context > 0 {
		is["context"] = p.adjust.context[c.Context-1].name
	}
	if c.Schedule > 0 {
		is["schedule"] = p.adjust.schedule[c.Schedule-1].name
	}
	var best *override
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		if o.matches(is) && (best == nil || len(o.when) > len(best.when)) && sets(o.effect()) {
			best = o
		}
	}
	return best
}

func (o *override) effect() *effect { return &effect{rates: o.rates, fees: o.fees} }

func (o *override) matches(is map[string]string) bool {
	for axis, value := range o.when {
		if is[axis] != value {
			return false
		}
	}
	return true
}

package pricebook

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Choice is the set of rules that apply to one call: indexes into the axes of
// a price, its contracts and its exchange rates, each plus one; zero is none.
// Choices are comparable, and a price's rates depend on nothing else.
type Choice struct {
	Context, Mode, Geo, Schedule uint8
	Contract, Exchange           uint16
}

// Context returns the context tier for a request of a size, and whether the
// size is exactly at a boundary that the provider states in two ways. Of the
// tiers that hold, the one with the highest boundary wins, input before output.
func (p *Price) Context(input, output int64) (tier uint8, contested bool) {
	var best *contextRule
	for i := range p.adjust.context {
		r := &p.adjust.context[i]
		contested = contested || r.contested && (r.input.declared > 0 && input == r.input.declared || r.output.declared > 0 && output == r.output.declared)
		if input < r.input.atLeast || output < r.output.atLeast {
			continue
		}
		if best == nil || r.input.atLeast > best.input.atLeast || r.input.atLeast == best.input.atLeast && r.output.atLeast > best.output.atLeast {
			best, tier = r, uint8(i+1)
		}
	}
	return tier, contested
}

// Mode finds the rule for a service tier told in lower case. known is false if
// the tier is neither a rule's nor another word for none.
func (p *Price) Mode(tier string, at int64) (rule uint8, known bool) {
	rule, known = find(p.adjust.mode, tier, at)
	return rule, known || slices.Contains(noMode, tier)
}

var noMode = []string{"", "standard", "default", "auto", "on_demand", "on-demand", "normal", "standard_only", "scale"}

// global is the region of endpoints that promise none. Without a rule of its
// own it means the base price; anyOther does not cover it.
const global = "global"

// Geo finds the rule for a region told in lower case; the empty string is none
// told. known is false if the region is in no rule.
func (p *Price) Geo(region string, at int64) (rule uint8, known bool) {
	if region == "" {
		rule, _ = find(p.adjust.geo, notTold, at)
		return rule, true
	}
	if rule, known = find(p.adjust.geo, region, at); known || region == global {
		return rule, true
	}
	return find(p.adjust.geo, anyOther, at)
}

func find(rules []valueRule, value string, at int64) (rule uint8, known bool) {
	for i := range rules {
		if slices.Contains(rules[i].names, value) {
			known = true // the value is understood, also outside of the rule's period
			if rules[i].contains(at) {
				return uint8(i + 1), true
			}
		}
	}
	return 0, known
}

// Schedule finds the window that the instant is in, and tells whether that
// rests on a holiday calendar that lacks the year.
func (p *Price) Schedule(at int64) (rule uint8, holidaysUnknown bool) {
	for i := range p.adjust.schedule {
		if in, unknown := p.adjust.schedule[i].at(at, p.calendars); in {
			return uint8(i + 1), unknown
		}
	}
	return 0, false
}

// Rates returns the prices per token of Meters, followed by the prices per
// item of Fees, with every rule of the choice applied.
func (p *Price) Rates(c Choice) *money.Rates {
	known := p.cache.Load()
	if known != nil {
		for i := range *known {
			if (*known)[i].choice == c {
				return (*known)[i].rates
			}
		}
	}
	rates := p.compute(c)
	if known == nil || len(*known) < maxCachedRates {
		var next []cachedRates
		if known != nil {
			next = slices.Clone(*known)
		}
		next = append(next, cachedRates{c, rates})
		p.cache.CompareAndSwap(known, &next) // losing the race only means computing again
	}
	return rates
}

var million = big.NewRat(1_000_000, 1)

func (p *Price) compute(c Choice) *money.Rates {
	per := make([]*big.Rat, 0, len(p.Meters)+len(p.Fees))
	for _, m := range p.Meters {
		per = append(per, new(big.Rat).Quo(p.Rate(m, c).Value, million))
	}
	for _, f := range p.Fees {
		per = append(per, p.FeeRate(f, c).Value)
	}
	rates := money.NewRates(per)
	return &rates
}

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

// Rate derives the rate of a meter.
func (p *Price) Rate(m meter.Meter, c Choice) Derived {
	d := Derived{Base: p.base(m), From: m}
	for p.rates[d.From] == nil && d.Base != nil {
		d.From = p.parent(d.From)
	}
	set := func(rs map[meter.Meter]*big.Rat) *big.Rat { return nearest(rs, m, d.From) }
	d.derive(p, c, func(e *effect) (*big.Rat, *big.Rat) { return set(e.rates), e.forMeter(m) },
		func(o *override) *big.Rat { return set(o.rates) })
	return d
}

// nearest returns the price that a rule sets for m, or for a meter between m
// and the one whose base rate m has.
func nearest(rs map[meter.Meter]*big.Rat, m, from meter.Meter) *big.Rat {
	var best *big.Rat
	depth := -1
	for n, r := range rs {
		if n.Contains(m) && from.Contains(n) && n.Depth() > depth {
			best, depth = r, n.Depth()
		}
	}
	return best
}

// parent returns the meter whose rate m is billed at when it has none.
func (p *Price) parent(m meter.Meter) meter.Meter {
	best, depth := meter.New(m.Direction(), meter.Plain, 0, meter.AnyModality), -1
	for n := range p.rates {
		if n != m && n.Contains(m) && n.Depth() > depth {
			best, depth = n, n.Depth()
		}
	}
	return best
}

// FeeRate derives the price of a fee.
func (p *Price) FeeRate(f meter.Fee, c Choice) Derived {
	d := Derived{Base: p.fees[f]}
	d.derive(p, c, func(e *effect) (*big.Rat, *big.Rat) { return e.fees[f], e.forFee(f) },
		func(o *override) *big.Rat { return o.fees[f] })
	return d
}

// derive applies the axes in order, then the best override, then contract and exchange.
func (d *Derived) derive(p *Price, c Choice, of func(*effect) (set, times *big.Rat), final func(*override) *big.Rat) {
	if d.Base == nil {
		d.Base = new(big.Rat)
	}
	rules := p.chosen(c)
	d.Value = d.Base
	for _, r := range rules { // a rule that sets a price replaces the base of what the others scale
		if set, _ := of(r.effect); set != nil {
			d.Value = set
			d.Steps = append(d.Steps, Step{Rule: r.label, Set: set})
		}
	}
	scale := func(r chosenRule) {
		if set, times := of(r.effect); set == nil && times != nil && times.Cmp(one) != 0 {
			d.Value = new(big.Rat).Mul(d.Value, times)
			d.Steps = append(d.Steps, Step{Rule: r.label, Times: times})
		}
	}
	for _, r := range rules {
		scale(r)
	}
	if o := p.override(c, final); o != nil {
		set := final(o)
		d.Value = set
		d.Steps = append(d.Steps, Step{Rule: "override " + o.String(), Set: set})
	}
	if c.Contract > 0 {
		contract := p.Model.contracts[c.Contract-1]
		rule := chosenRule{"contract " + contract.name, &contract.effect}
		if set, _ := of(rule.effect); set != nil {
			d.Value = set
			d.Steps = append(d.Steps, Step{Rule: rule.label, Set: set})
		}
		scale(rule)
	}
	if c.Exchange > 0 {
		perUSD := p.Model.Provider.book.fx[p.Currency][c.Exchange-1].perUSD
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

func (p *Price) override(c Choice, final func(*override) *big.Rat) *override {
	is := map[string]string{}
	if c.Mode > 0 {
		is["mode"] = p.adjust.mode[c.Mode-1].key
	}
	if c.Geo > 0 {
		is["geo"] = p.adjust.geo[c.Geo-1].key
	}
	if c.Context > 0 {
		is["context"] = strings.ToLower(p.adjust.context[c.Context-1].name)
	}
	if c.Schedule > 0 {
		is["schedule"] = p.adjust.schedule[c.Schedule-1].name
	}
	var best *override
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		if o.matches(is) && final(o) != nil && (best == nil || len(o.when) > len(best.when)) {
			best = o
		}
	}
	return best
}

func (o *override) matches(is map[string]string) bool {
	for axis, value := range o.when {
		if is[axis] != value {
			return false
		}
	}
	return true
}

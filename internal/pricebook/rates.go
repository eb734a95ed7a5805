package pricebook

import (
	"math/big"
	"slices"

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
		contested = contested || r.contested && r.atBoundary(input, output)
		if input < r.input.atLeast || output < r.output.atLeast {
			continue
		}
		if best == nil || r.input.atLeast > best.input.atLeast || r.input.atLeast == best.input.atLeast && r.output.atLeast > best.output.atLeast {
			best, tier = r, uint8(i+1)
		}
	}
	return tier, contested
}

// atBoundary tells whether a size is exactly at a declared boundary, and the
// rest of the rule's condition holds or is at its boundary too.
func (r *contextRule) atBoundary(input, output int64) bool {
	in, out := r.input, r.output
	atIn, atOut := in.declared > 0 && input == in.declared, out.declared > 0 && output == out.declared
	return (atIn || atOut) && (atIn || input >= in.atLeast) && (atOut || output >= out.atLeast)
}

// Mode finds the rule for a service tier told in lower case. known is false if
// the tier is neither a rule's nor another word for none.
func (p *Price) Mode(tier string, at int64) (rule uint8, known bool) {
	rule, known = find(p.adjust.mode, tier, at)
	return rule, known || noMode(tier)
}

// noMode tells whether a service tier is another word for none.
func noMode(tier string) bool {
	switch tier {
	case "", "standard", "default", "auto", "on_demand", "on-demand", "normal", "standard_only":
		return true
	}
	return false
}

// global is the region of endpoints that promise none. Without a rule of its
// own it means the base price; anyOther does not cover it.
const global = "global"

// Geo finds the rule for a region told in lower case; the empty string is none
// told. known is false if the price has regions and the one told is in no rule.
func (p *Price) Geo(region string, at int64) (rule uint8, known bool) {
	switch region {
	case "":
		rule, _ = find(p.adjust.geo, notTold, at)
		return rule, true
	case anyOther, notTold: // no region, but what price books write in the place of one
		return find(p.adjust.geo, anyOther, at)
	}
	if rule, known = find(p.adjust.geo, region, at); known || region == global {
		return rule, true
	}
	rule, known = find(p.adjust.geo, anyOther, at)
	return rule, known || len(p.adjust.geo) == 0 // a price without regions is the same in all
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
	if rates, ok := p.computed.get(c); ok {
		return rates
	}
	return p.computed.keep(c, p.compute(c))
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

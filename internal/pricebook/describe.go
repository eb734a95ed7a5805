package pricebook

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// Named is a number and what it is for: a meter, a fee or a selector.
type Named struct {
	Name  string
	Value *big.Rat
}

// Span is a half-open span of time in nanoseconds since 1970. An end that is
// not bounded is false.
type Span struct {
	From, Until       int64
	HasFrom, HasUntil bool
}

// The values of From and Until where a span is open.
const (
	OpenStart = minTime
	OpenEnd   = maxTime
)

// Instant writes nanoseconds since 1970 as RFC 3339 in UTC.
func Instant(unixNano int64) string { return time.Unix(0, unixNano).UTC().Format(time.RFC3339Nano) }

func (p period) describe() Span {
	return Span{From: p.from, Until: p.until, HasFrom: p.from != minTime, HasUntil: p.until != maxTime}
}

// Rule describes one rule of a price or a contract.
type Rule struct {
	Axis      string   // context, mode, geo, schedule, override or contract
	Value     string   // of the axis, such as "batch" or "input over 272000"
	Names     []string // other spellings of the value
	Period    Span
	Contested bool    // the provider states the boundary in two ways
	Times     []Named // factors by selector
	Set       []Named // prices that replace the base, by meter or fee
	Choice    Choice  // under which the rule alone applies; of a contract, the zero value
}

// String writes the rule as Step.Rule spells it.
func (r *Rule) String() string { return r.Axis + " " + r.Value }

// Period bounds the time in which the price is in force.
func (p *Price) Period() Span { return p.period.describe() }

// Declared lists the rates per 1,000,000 tokens and the fees per item that the
// price states itself, without any rule, in the order in which people read them.
func (p *Price) Declared() (rates, fees []Named) {
	return namedRates(p.rates), namedFees(p.fees)
}

// Rules lists the rules of all axes in the order in which they are applied, and
// the overrides.
func (p *Price) Rules() []Rule {
	var out []Rule
	for i := range p.adjust.context {
		r := &p.adjust.context[i]
		rule := r.effect.describe("context", r.String())
		rule.Contested, rule.Choice.Context = r.contested, uint8(i+1)
		if r.name != "" {
			rule.Names = []string{r.name}
		}
		out = append(out, rule)
	}
	out = append(out, describeValues("mode", p.adjust.mode, func(i uint8) Choice { return Choice{Mode: i} })...)
	out = append(out, describeValues("geo", p.adjust.geo, func(i uint8) Choice { return Choice{Geo: i} })...)
	for i := range p.adjust.schedule {
		w := &p.adjust.schedule[i]
		rule := w.effect.describe("schedule", w.String())
		if w.except != "" {
			rule.Value += " except " + w.except
		}
		if w.name != "" {
			rule.Names = []string{w.name}
		}
		rule.Period, rule.Choice.Schedule = w.period.describe(), uint8(i+1)
		out = append(out, rule)
	}
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		out = append(out, Rule{Axis: "override", Value: o.String(), Set: append(namedRates(o.rates), namedFees(o.fees)...), Choice: p.choiceOf(o)})
	}
	return out
}

// choiceOf returns the rules that an override names.
func (p *Price) choiceOf(o *override) Choice {
	index := func(n int, is func(i int) bool) uint8 {
		for i := range n {
			if is(i) {
				return uint8(i + 1)
			}
		}
		return 0
	}
	var c Choice
	if v := o.when["context"]; v != "" {
		c.Context = index(len(p.adjust.context), func(i int) bool { return strings.EqualFold(p.adjust.context[i].name, v) })
	}
	if v := o.when["mode"]; v != "" {
		c.Mode = index(len(p.adjust.mode), func(i int) bool { return p.adjust.mode[i].key == v })
	}
	if v := o.when["geo"]; v != "" {
		c.Geo = index(len(p.adjust.geo), func(i int) bool { return p.adjust.geo[i].key == v })
	}
	if v := o.when["schedule"]; v != "" {
		c.Schedule = index(len(p.adjust.schedule), func(i int) bool { return p.adjust.schedule[i].name == v })
	}
	return c
}

// describeValues lists the rules of mode or geo by value and time.
func describeValues(axis string, rules []valueRule, choice func(uint8) Choice) []Rule {
	var out []Rule
	for i := range rules {
		r := &rules[i]
		rule := r.effect.describe(axis, r.key)
		rule.Period, rule.Choice = r.period.describe(), choice(uint8(i+1))
		rule.Names = slices.DeleteFunc(slices.Clone(r.names), func(n string) bool { return n == r.key })
		out = append(out, rule)
	}
	slices.SortStableFunc(out, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Period.From, b.Period.From))
	})
	return out
}

// Contracts lists the contracts that cover the model, the one that wins last.
func (m *Model) Contracts() []Rule {
	var out []Rule
	for _, c := range m.contracts {
		rule := c.effect.describe("contract", c.name)
		rule.Period = c.period.describe()
		out = append(out, rule)
	}
	return out
}

func (e *effect) describe(axis, value string) Rule {
	r := Rule{Axis: axis, Value: value, Set: append(namedRates(e.rates), namedFees(e.fees)...)}
	for _, f := range e.times {
		r.Times = append(r.Times, Named{f.sel.String(), f.by})
	}
	return r
}

// String writes the selector as price books spell it.
func (s selector) String() string {
	switch s.kind {
	case selTokens:
		return "tokens"
	case selInput:
		return "input"
	case selCache:
		return "cache"
	case selOutput:
		return "output"
	case selMeter:
		return s.meter.String()
	case selFees:
		return "fees"
	case selFee:
		return s.fee.String()
	}
	return ""
}

func namedRates(rates map[meter.Meter]*big.Rat) []Named {
	var out []Named
	for _, m := range slices.SortedFunc(maps.Keys(rates), CompareMeters) {
		out = append(out, Named{m.String(), rates[m]})
	}
	return out
}

func namedFees(fees map[meter.Fee]*big.Rat) []Named {
	var out []Named
	for _, f := range slices.Sorted(maps.Keys(fees)) {
		out = append(out, Named{f.String(), fees[f]})
	}
	return out
}

// CompareMeters puts meters in the order in which people read them: input before
// output, then by class, retention and modality.
func CompareMeters(a, b meter.Meter) int {
	return cmp.Or(cmp.Compare(a.Direction(), b.Direction()), cmp.Compare(a.Class(), b.Class()),
		cmp.Compare(a.TTLMinutes(), b.TTLMinutes()), cmp.Compare(a.Modality(), b.Modality()))
}

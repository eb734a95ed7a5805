package pricebook

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// effect is what a rule does to prices: factors, and prices that replace others.
type effect struct {
	times []factor
	rates map[meter.Meter]*big.Rat // per 1,000,000 tokens
	fees  map[meter.Fee]*big.Rat   // per item
}

func (e *effect) none() bool { return len(e.times) == 0 && len(e.rates) == 0 && len(e.fees) == 0 }

// neutral tells whether the effect changes no price at all.
func (e *effect) neutral() bool {
	for _, f := range e.times {
		if f.by.Cmp(one) != 0 {
			return false
		}
	}
	return len(e.rates) == 0 && len(e.fees) == 0
}

func (e *effect) equal(o *effect) bool {
	sameRat := func(a, b *big.Rat) bool { return a.Cmp(b) == 0 }
	return slices.EqualFunc(e.times, o.times, func(a, b factor) bool { return a.sel == b.sel && sameRat(a.by, b.by) }) &&
		maps.EqualFunc(e.rates, o.rates, sameRat) && maps.EqualFunc(e.fees, o.fees, sameRat)
}

var one = big.NewRat(1, 1)

// factor scales the meters or fees that a selector names.
type factor struct {
	sel selector
	by  *big.Rat
}

// selector names meters or fees. The zero value is no selector.
type selector struct {
	kind  selectorKind
	meter meter.Meter
	fee   meter.Fee
}

type selectorKind uint8

const (
	_         selectorKind = iota
	selTokens              // every token meter
	selInput               // input but for cache
	selCache               // cache reads and writes
	selOutput              // output
	selMeter               // a meter and what it contains
	selFees                // every fee
	selFee                 // one fee
)

// narrowness ranks the selectors that match a meter; zero is no match.
func (s selector) narrowness(m meter.Meter) int {
	cached := m.Class() == meter.CacheRead || m.Class() == meter.CacheWrite
	match, rank := false, 2
	switch s.kind {
	case selTokens:
		match, rank = true, 1
	case selInput:
		match = m.Direction() == meter.Input && !cached
	case selCache:
		match = cached
	case selOutput:
		match = m.Direction() == meter.Output
	case selMeter:
		match, rank = s.meter.Contains(m), 3+s.meter.Depth()
	default:
	}
	if !match {
		return 0
	}
	return rank
}

// forMeter returns the factor for a meter, or nil for none.
func (e *effect) forMeter(m meter.Meter) *big.Rat {
	best, by := 0, (*big.Rat)(nil)
	for _, f := range e.times {
		if n := f.sel.narrowness(m); n > best {
			best, by = n, f.by
		}
	}
	return by
}

// forFee returns the factor for a fee, or nil for none.
func (e *effect) forFee(f meter.Fee) *big.Rat {
	var by *big.Rat
	for _, t := range e.times {
		switch {
		case t.sel.kind == selFee && t.sel.fee == f:
			return t.by
		case t.sel.kind == selFees:
			by = t.by
		}
	}
	return by
}

func (n node) factors() []factor {
	out := []factor{}
	seen := map[selector]bool{}
	n.each(func(name string, v node) {
		s, ok := parseSelector(name)
		if !ok {
			v.fail("is no selector; allowed: tokens, input, cache, output, fees, or the name of a meter or fee")
			return
		}
		if seen[s] {
			v.fail("selects the same as another key")
		}
		seen[s] = true
		if r := v.decimal(); r != nil {
			out = append(out, factor{s, r})
		}
	})
	return out
}

func parseSelector(name string) (selector, bool) {
	switch name {
	case "tokens":
		return selector{kind: selTokens}, true
	case "input":
		return selector{kind: selInput}, true
	case "cache":
		return selector{kind: selCache}, true
	case "output":
		return selector{kind: selOutput}, true
	case "fees":
		return selector{kind: selFees}, true
	}
	if m, err := meter.Parse(name); err == nil {
		return selector{kind: selMeter, meter: m}, true
	}
	if f, err := meter.ParseFee(name); err == nil {
		return selector{kind: selFee, fee: f}, true
	}
	return selector{}, false
}

func (n node) set() (map[meter.Meter]*big.Rat, map[meter.Fee]*big.Rat) {
	rates, fees := map[meter.Meter]*big.Rat{}, map[meter.Fee]*big.Rat{}
	n.each(func(name string, v node) {
		r := v.decimal()
		if m, err := meter.Parse(name); err == nil {
			rates[m] = r
		} else if f, err := meter.ParseFee(name); err == nil {
			fees[f] = r
		} else {
			v.fail("is neither a token meter nor a fee")
		}
	})
	return rates, fees
}

// adjust holds the rules of every axis. An axis that is nil was not given.
type adjust struct {
	context   []contextRule
	mode      []valueRule
	geo       []valueRule
	schedule  []window
	overrides []override
}

// contextRule is a context tier: it holds for requests of a size.
type contextRule struct {
	effect
	name          string
	input, output bound
	contested     bool
	where         place
}

// bound is a lower bound on tokens: `over` is stored as at least one more than
// declared. The zero value is no bound.
type bound struct{ atLeast, declared int64 }

// valueRule holds for a value of mode or geo, in a period.
type valueRule struct {
	effect
	period
	key   string
	names []string // lower case; the key and its other spellings
	where place
}

// The keys of geo that are no regions.
const (
	anyOther = "*" // any region that was told and has no rule of its own
	notTold  = "?" // no region was told
)

type override struct {
	when  map[string]string
	rates map[meter.Meter]*big.Rat
	fees  map[meter.Fee]*big.Rat
	where place
}

func (n node) adjust() adjust {
	var a adjust
	n.fields(map[string]func(node){
		"context": func(n node) {
			a.context = []contextRule{}
			n.rules(func(v node) { a.context = append(a.context, parseContextRule(v)) })
			checkContext(n, a.context)
		},
		"mode":     func(n node) { a.mode = n.valueRules() },
		"geo":      func(n node) { a.geo = n.valueRules() },
		"schedule": func(n node) { a.schedule = n.schedule() },
		"overrides": func(n node) {
			a.overrides = []override{}
			n.rules(func(v node) { a.overrides = append(a.overrides, parseOverride(v)) })
		},
	})
	return a
}

// rules reads a list of limited length.
func (n node) rules(f func(node)) {
	if len(n.y.Content) > maxRules {
		n.fail("has %d rules; at most %d are allowed", len(n.y.Content), maxRules)
		return
	}
	n.list(func(_ int, v node) { f(v) })
}

// withEffect adds the keys that every rule has.
func withEffect(e *effect, keys map[string]func(node)) map[string]func(node) {
	keys["times"] = func(n node) { e.times = n.factors() }
	keys["set"] = func(n node) { e.rates, e.fees = n.set() }
	return keys
}

func parseContextRule(n node) contextRule {
	r := contextRule{where: n.place()}
	n.fields(withEffect(&r.effect, map[string]func(node){
		"input":     func(n node) { r.input = n.bound() },
		"output":    func(n node) { r.output = n.bound() },
		"name":      func(n node) { r.name = n.text() },
		"contested": func(n node) { r.contested = n.bool() },
	}))
	if r.input == (bound{}) && r.output == (bound{}) {
		n.fail("needs a boundary: input or output, with over or at_least")
	}
	return r
}

func (n node) bound() bound {
	var b bound
	given := 0
	n.fields(map[string]func(node){
		"over": func(n node) {
			b.declared, given = n.count(), given+1
			b.atLeast = b.declared + 1
		},
		"at_least": func(n node) {
			b.declared, given = n.count(), given+1
			b.atLeast = b.declared
		},
	})
	if given != 1 || b.atLeast <= 0 {
		n.fail("needs exactly one of over (more than) and at_least (as many or more), above zero")
	}
	return b
}

func checkContext(n node, rules []contextRule) {
	for i := range rules {
		for j := range i {
			if rules[i].input == rules[j].input && rules[i].output == rules[j].output {
				n.errs.at(rules[i].where, "has the same boundaries as the rule at %s", rules[j].where)
			}
			if rules[i].name != "" && rules[i].name == rules[j].name {
				n.errs.at(rules[i].where, "has the same name as the rule at %s", rules[j].where)
			}
		}
	}
}

// valueRules reads the axis mode or geo: a mapping from value to a rule or a
// list of rules for different periods.
func (n node) valueRules() []valueRule {
	out := []valueRule{}
	if len(n.y.Content)/2 > maxRules {
		n.fail("has %d rules; at most %d are allowed", len(n.y.Content)/2, maxRules)
		return out
	}
	n.each(func(key string, v node) {
		var rules []valueRule
		if strings.HasPrefix(kindName(v.y), "a list") {
			v.rules(func(w node) { rules = append(rules, parseValueRule(key, w)) })
			closePeriods(v.errs, rules, func(r *valueRule) (*period, place) { return &r.period, r.where })
		} else {
			rules = []valueRule{parseValueRule(key, v)}
		}
		out = append(out, rules...)
	})
	owner := map[string]*valueRule{}
	for i := range out {
		for _, name := range out[i].names {
			if o := owner[name]; o != nil && o.key != out[i].key {
				n.errs.at(out[i].where, "claims %q, which %q at %s claims too", name, o.key, o.where)
			}
			owner[name] = &out[i]
		}
	}
	return out
}

func parseValueRule(key string, n node) valueRule {
	r := valueRule{key: strings.ToLower(key), period: period{minTime, maxTime}, where: n.place()}
	r.names = []string{r.key}
	n.fields(withEffect(&r.effect, map[string]func(node){
		"names": func(n node) {
			for _, s := range n.texts() {
				r.names = append(r.names, strings.ToLower(s))
			}
		},
		"from":  func(n node) { r.from = n.instant() },
		"until": func(n node) { r.until = n.instant() },
	}))
	return r
}

func parseOverride(n node) override {
	o := override{when: map[string]string{}, where: n.place()}
	n.fields(map[string]func(node){
		"when": func(n node) {
			value := func(axis string) func(node) {
				return func(n node) { o.when[axis] = strings.ToLower(n.text()) }
			}
			n.fields(map[string]func(node){"mode": value("mode"), "geo": value("geo"), "context": value("context"), "schedule": value("schedule")})
		},
		"set": func(n node) { o.rates, o.fees = n.set() },
	})
	if len(o.when) == 0 || len(o.rates)+len(o.fees) == 0 {
		n.fail("needs when, with at least one of mode, geo, context and schedule, and set")
	}
	return o
}

package pricebook

import (
	"math/big"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

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
	entry string   // path of the entry that the rule is in
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
			n.limited(maxRules, "rules", func(_ int, v node) { a.context = append(a.context, parseContextRule(v)) })
			checkContext(n, a.context)
		},
		"mode":     func(n node) { a.mode = n.valueRules(false) },
		"geo":      func(n node) { a.geo = n.valueRules(true) },
		"schedule": func(n node) { a.schedule = n.schedule() },
		"overrides": func(n node) {
			a.overrides = []override{}
			n.limited(maxRules, "rules", func(_ int, v node) { a.overrides = append(a.overrides, parseOverride(v)) })
		},
	})
	return a
}

func parseContextRule(n node) contextRule {
	r := contextRule{where: n.place()}
	good := n.fields(withEffect(&r.effect, map[string]func(node){
		"input":     func(n node) { r.input = n.bound() },
		"output":    func(n node) { r.output = n.bound() },
		"name":      func(n node) { r.name = strings.ToLower(n.text()) },
		"contested": func(n node) { r.contested = n.bool() },
	}))
	if good && !r.bounded() {
		n.fail("needs a boundary: input or output, with over or at_least")
	}
	return r
}

func (n node) bound() bound {
	var b bound
	given := 0
	good := n.fields(map[string]func(node){
		"over": func(n node) {
			b.declared, given = n.count(), given+1
			b.atLeast = b.declared + 1
		},
		"at_least": func(n node) {
			b.declared, given = n.count(), given+1
			b.atLeast = b.declared
		},
	})
	if good && (given != 1 || b.declared <= 0) {
		n.fail("needs exactly one of over (more than) and at_least (as many or more), above zero")
	}
	return b
}

func (r *contextRule) bounded() bool { return r.input.atLeast > 0 || r.output.atLeast > 0 }

// checkContext refuses tiers that cannot be told apart.
func checkContext(n node, rules []contextRule) {
	for i := range rules {
		for j := range i {
			if rules[i].bounded() && rules[i].input.atLeast == rules[j].input.atLeast && rules[i].output.atLeast == rules[j].output.atLeast {
				n.errs.at(rules[i].where, "has the same boundaries as the rule at %s", rules[j].where)
			}
			if rules[i].name != "" && rules[i].name == rules[j].name {
				n.errs.at(rules[i].where, "has the same name as the rule at %s", rules[j].where)
			}
		}
	}
}

// valueRules reads the axis mode or geo: a mapping from value to a rule or a
// list of rules for different periods. Only regions have values for any other
// and for none.
func (n node) valueRules(regions bool) []valueRule {
	out := []valueRule{}
	n.each(func(key string, v node) {
		if !regions && (key == anyOther || key == notTold) {
			v.fail("is a value of geo alone; name the tier")
		}
		rules := v.periods(strings.ToLower(key))
		if len(out)+len(rules) > maxRules {
			v.fail("is more than the %d rules that are allowed here", maxRules)
			return
		}
		out = append(out, rules...)
	})
	owner := map[string]*valueRule{}
	for i := range out {
		for _, name := range out[i].names {
			if o := owner[name]; o != nil && o.entry != out[i].entry {
				n.errs.at(out[i].where, "claims %q, which %q at %s claims too", name, o.key, o.where)
			}
			owner[name] = &out[i]
		}
	}
	return out
}

// periods reads one rule, or a list of rules for different periods.
func (n node) periods(key string) []valueRule {
	var rules []valueRule
	add := func(_ int, v node) { rules = append(rules, parseValueRule(key, n.path, v)) }
	if n.y.Kind == yaml.SequenceNode {
		n.limited(maxRules, "rules", add)
	} else {
		add(0, n)
	}
	closePeriods(n.errs, rules, func(r *valueRule) (*period, place) { return &r.period, r.where })
	return rules
}

func parseValueRule(key, entry string, n node) valueRule {
	r := valueRule{key: key, entry: entry, period: always, where: n.place()}
	r.names = []string{key}
	n.fields(with(r.period.readers(), withEffect(&r.effect, map[string]func(node){
		"names": func(n node) {
			for _, s := range n.texts() {
				r.names = append(r.names, strings.ToLower(s))
			}
		},
	})))
	return r
}

func parseOverride(n node) override {
	o := override{when: map[string]string{}, where: n.place()}
	good := n.fields(map[string]func(node){
		"when": func(n node) {
			value := func(axis string) func(node) {
				return func(n node) { o.when[axis] = strings.ToLower(n.text()) }
			}
			n.fields(map[string]func(node){"mode": value("mode"), "geo": value("geo"), "context": value("context"), "schedule": value("schedule")})
		},
		"set": func(n node) { o.rates, o.fees = n.set() },
	})
	if good && (len(o.when) == 0 || len(o.rates)+len(o.fees) == 0) {
		n.fail("needs when, with at least one of mode, geo, context and schedule, and set")
	}
	return o
}

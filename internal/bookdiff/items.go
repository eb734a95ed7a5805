package bookdiff

import (
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// item is one thing that a price or a model states.
type item struct {
	rule  rule   // under which it is stated; empty for none
	what  string // a meter, a fee or a fact
	text  string
	value *big.Rat // nil for what is no number
}

// rule is a rule by what it means, not by how it is written.
type rule struct{ axis, value, when string }

// String writes the rule, with the colon that stands after it.
func (r rule) String() string {
	if r == (rule{}) {
		return ""
	}
	return strings.TrimSpace(r.axis+" "+r.value) + r.when + ": "
}

// itemsAt lists what the price in force states. Of a price that the other side
// lacks altogether, its going is told by one line.
func itemsAt(m, other *pricebook.Model, at int64) []item {
	switch p := m.At(at); {
	case p == nil && other.At(at) == nil:
		return nil
	case p == nil:
		return []item{{what: "price", text: "none"}}
	case other.At(at) == nil:
		return []item{{what: "price", text: p.ID}}
	default:
		return items(p)
	}
}

// items lists what a price states: base prices, and what each rule alone makes
// of them.
func items(p *pricebook.Price) []item {
	rates, fees := p.Declared()
	out := append(named(rule{}, "", rates), named(rule{}, "", fees)...)
	rules := p.Rules()
	for i := range rules {
		for _, r := range meanings(&rules[i]) {
			out = append(out, under(p, &rules[i], r)...)
		}
	}
	if p.Currency != "USD" {
		out = append(out, item{what: "currency", text: p.Currency})
	}
	if p.Unconfirmed {
		out = append(out, item{what: "unconfirmed", text: "true"})
	}
	return out
}

// meanings lists the values for which a rule holds.
func meanings(r *pricebook.Rule) []rule {
	when := ""
	if r.Period.HasFrom {
		when += " from " + pricebook.Instant(r.Period.From)
	}
	if r.Period.HasUntil {
		when += " until " + pricebook.Instant(r.Period.Until)
	}
	out := []rule{{r.Axis, r.Value, when}}
	if r.Axis == "mode" || r.Axis == "geo" { // of the others, names are for overrides only
		for _, name := range r.Names {
			out = append(out, rule{r.Axis, name, when})
		}
	}
	return out
}

// under lists the prices that a rule changes, or says that it changes none.
func under(p *pricebook.Price, r *pricebook.Rule, as rule) []item {
	var out []item
	add := func(name string, with, without pricebook.Derived) {
		if with.Value.Cmp(without.Value) != 0 {
			out = append(out, item{as, name, pricebook.Decimal(with.Value), with.Value})
		}
	}
	for _, m := range slices.SortedFunc(slices.Values(p.Meters), pricebook.CompareMeters) {
		add(m.String(), p.Rate(m, r.Choice), p.Rate(m, pricebook.Choice{}))
	}
	for _, f := range p.Fees {
		add(f.String(), p.FeeRate(f, r.Choice), p.FeeRate(f, pricebook.Choice{}))
	}
	if len(out) == 0 {
		out = append(out, item{rule: as, what: "price", text: "as the base price"})
	}
	if r.Contested {
		out = append(out, item{rule: as, what: "boundary", text: "contested"})
	}
	return out
}

// effects lists what a contract does.
func effects(r *pricebook.Rule) []item {
	as := rule{axis: r.Axis, value: r.Value}
	return append(named(as, "× ", r.Times), named(as, "→ ", r.Set)...)
}

func named(as rule, sign string, list []pricebook.Named) []item {
	var out []item
	for _, n := range list {
		out = append(out, item{as, sign + n.Name, pricebook.Decimal(n.Value), n.Value})
	}
	return out
}

// facts lists what holds for a model at all times.
func facts(m *pricebook.Model) []item {
	out := []item{{what: "aliases", text: strings.Join(m.Aliases, ", ")}}
	if m.Dated {
		out = append(out, item{what: "dated", text: "true"})
	}
	if m.Provisioned {
		out = append(out, item{what: "billing", text: "provisioned"})
	}
	return out
}

// compareItems lists what differs, each as a copy of like. What differs in the
// same way under several values of an axis is told once.
func compareItems(old, now []item, like Change) []Change {
	var out []Change
	var rules []rule // of the changes, in step with out
	find := func(list []item, like *item) *item {
		if i := slices.IndexFunc(list, func(i item) bool { return i.rule == like.rule && i.what == like.what }); i >= 0 {
			return &list[i]
		}
		return &item{}
	}
	differ := func(o, n, of *item) {
		if o.text == n.text {
			return
		}
		c := like
		c.What, c.Old, c.New = of.what, o.text, n.text
		if o.value != nil && n.value != nil && o.value.Sign() != 0 {
			ratio := new(big.Rat).Quo(n.value, o.value)
			c.Percent = ratio.Mul(ratio.Sub(ratio, big.NewRat(1, 1)), big.NewRat(100, 1))
		}
		for i := range out {
			if r := &rules[i]; r.axis == of.rule.axis && r.when == of.rule.when && out[i].What == c.What && out[i].Old == c.Old && out[i].New == c.New {
				r.value += ", " + of.rule.value
				return
			}
		}
		out, rules = append(out, c), append(rules, of.rule)
	}
	for i := range old {
		differ(&old[i], find(now, &old[i]), &old[i])
	}
	for i := range now {
		if find(old, &now[i]).what == "" {
			differ(&item{}, &now[i], &now[i])
		}
	}
	for i := range out {
		out[i].What = rules[i].String() + out[i].What
	}
	return out
}

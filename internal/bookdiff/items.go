package bookdiff

import (
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// item is one thing that a price or a model states.
type item struct {
	what  string
	text  string
	value *big.Rat // nil for what is no number
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

// items lists what a price states, in the order in which people read it.
func items(p *pricebook.Price) []item {
	rates, fees := p.Declared()
	out := named("", rates, fees)
	for _, r := range p.Rules() {
		out = append(out, ruleItems(&r)...)
	}
	if p.Currency != "USD" {
		out = append(out, item{what: "currency", text: p.Currency})
	}
	if p.Unconfirmed {
		out = append(out, item{what: "unconfirmed", text: "true"})
	}
	return out
}

func ruleItems(r *pricebook.Rule) []item {
	label := r.String()
	for _, bound := range []struct {
		word string
		has  bool
		at   int64
	}{{" from ", r.Period.HasFrom, r.Period.From}, {" until ", r.Period.HasUntil, r.Period.Until}} {
		if bound.has {
			label += bound.word + pricebook.Instant(bound.at)
		}
	}
	out := effects(label, r)
	if len(out) == 0 {
		out = append(out, item{what: label, text: "as the base price"})
	}
	if len(r.Names) > 0 {
		out = append(out, item{what: label + " names", text: strings.Join(r.Names, ", ")})
	}
	return out
}

// effects lists what a rule does.
func effects(label string, r *pricebook.Rule) []item {
	return append(named(label+" × ", r.Times), named(label+" → ", r.Set)...)
}

func named(prefix string, lists ...[]pricebook.Named) []item {
	var out []item
	for _, list := range lists {
		for _, n := range list {
			out = append(out, item{prefix + n.Name, pricebook.Decimal(n.Value), n.Value})
		}
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

// compareItems lists what differs, each as a copy of like.
func compareItems(old, now []item, like Change) []Change {
	var out []Change
	find := func(list []item, what string) *item {
		if i := slices.IndexFunc(list, func(i item) bool { return i.what == what }); i >= 0 {
			return &list[i]
		}
		return &item{}
	}
	differ := func(o, n *item, what string) {
		if o.text == n.text {
			return
		}
		c := like
		c.What, c.Old, c.New = what, o.text, n.text
		if o.value != nil && n.value != nil && o.value.Sign() != 0 {
			ratio := new(big.Rat).Quo(n.value, o.value)
			c.Percent = ratio.Mul(ratio.Sub(ratio, big.NewRat(1, 1)), big.NewRat(100, 1))
		}
		out = append(out, c)
	}
	for i := range old {
		differ(&old[i], find(now, old[i].what), old[i].what)
	}
	for i := range now {
		if find(old, now[i].what).what == "" {
			differ(&item{}, &now[i], now[i].what)
		}
	}
	return out
}

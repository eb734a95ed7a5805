// Package bookdiff compares two price books over time: which models and names
// came and went, and which number changed for which part of time.
package bookdiff

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Kind says what happened to a model.
type Kind string

// The kinds.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Change is one difference. Old and New are texts, or exact decimals of one number.
type Change struct {
	Kind     Kind
	Provider string
	Model    string
	Period   pricebook.Span // in which it holds
	What     string         // a meter or a fee, after the rule under which it costs that, or a fact about the model
	Old, New string
	Percent  *big.Rat // change of a number that was not zero, or nil
}

// Compare lists what b says differently from a, by provider, model and time.
func Compare(a, b *pricebook.Book) []Change {
	before, after := models(a), models(b)
	keys := map[string]bool{}
	for key := range before {
		keys[key] = true
	}
	for key := range after {
		keys[key] = true
	}
	var out []Change
	for key := range keys {
		switch old, now := before[key], after[key]; {
		case now == nil:
			out = append(out, Change{Kind: Removed, Provider: old.Provider.ID, Model: old.ID, What: "model"})
		case old == nil:
			out = append(out, added(now)...)
		default:
			out = append(out, changed(old, now)...)
		}
	}
	out = grouped(out, b)
	slices.SortStableFunc(out, func(x, y Change) int {
		return cmp.Or(cmp.Compare(x.Provider, y.Provider), cmp.Compare(x.Model, y.Model))
	})
	return out
}

// AllModels stands for every model of a provider.
const AllModels = "*"

// grouped writes what changed in the same way for every model of a provider,
// as contracts do, as one change.
func grouped(changes []Change, b *pricebook.Book) []Change {
	type key struct {
		provider, what, old, new string
		period                   pricebook.Span
	}
	keyOf := func(c *Change) key { return key{c.Provider, c.What, c.Old, c.New, c.Period} }
	count := map[key]int{}
	for i := range changes {
		if changes[i].Kind == Changed {
			count[keyOf(&changes[i])]++
		}
	}
	size := map[string]int{}
	for _, p := range b.Providers() {
		size[p.ID] = len(p.Models())
	}
	const said = -1
	var out []Change
	for _, c := range changes {
		k := keyOf(&c)
		switch n := count[k]; {
		case n == said:
		case c.Kind == Changed && n > 1 && n == size[c.Provider]:
			c.Model, count[k] = AllModels, said
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out
}

func models(b *pricebook.Book) map[string]*pricebook.Model {
	out := map[string]*pricebook.Model{}
	for _, p := range b.Providers() {
		for _, m := range p.Models() {
			out[strings.ToLower(p.ID+"/"+m.ID)] = m
		}
	}
	return out
}

func added(m *pricebook.Model) []Change {
	out := []Change{{Kind: Added, Provider: m.Provider.ID, Model: m.ID, What: "model"}}
	for _, p := range m.Prices {
		out = append(out, compareItems(nil, items(p), Change{Kind: Added, Provider: m.Provider.ID, Model: m.ID, Period: p.Period()})...)
	}
	return out
}

func changed(old, now *pricebook.Model) []Change {
	like := Change{Kind: Changed, Provider: now.Provider.ID, Model: now.ID}
	out := append(compareItems(facts(old), facts(now), like), contracts(old, now)...)
	var last []Change // of the segment before, which ends where this one begins
	for _, s := range segments(old, now) {
		like.Period = s
		found := compareItems(itemsAt(old, now, s.From), itemsAt(now, old, s.From), like)
		if len(last) > 0 && last[0].Period.Until == s.From && sameButPeriod(last, found) {
			for i := range last {
				last[i].Period.Until, last[i].Period.HasUntil = s.Until, s.HasUntil
			}
			continue
		}
		out = append(out, found...)
		last = out[len(out)-len(found):]
	}
	return out
}

func sameButPeriod(a, b []Change) bool {
	return slices.EqualFunc(a, b, func(x, y Change) bool { return x.What == y.What && x.Old == y.Old && x.New == y.New })
}

// contracts compares the contracts of each period.
func contracts(old, now *pricebook.Model) []Change {
	before, after := map[pricebook.Span][]item{}, map[pricebook.Span][]item{}
	var periods []pricebook.Span
	for _, side := range []struct {
		rules []pricebook.Rule
		into  map[pricebook.Span][]item
	}{{old.Contracts(), before}, {now.Contracts(), after}} {
		for _, r := range side.rules {
			if !slices.Contains(periods, r.Period) {
				periods = append(periods, r.Period)
			}
			side.into[r.Period] = append(side.into[r.Period], effects(&r)...)
		}
	}
	var out []Change
	for _, p := range periods {
		out = append(out, compareItems(before[p], after[p], Change{Kind: Changed, Provider: now.Provider.ID, Model: now.ID, Period: p})...)
	}
	return out
}

// segments cuts time where either model's price changes.
func segments(models ...*pricebook.Model) []pricebook.Span {
	var cuts []int64
	for _, m := range models {
		for _, p := range m.Prices {
			s := p.Period()
			cuts = append(cuts, s.From, s.Until)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []pricebook.Span
	for i := range len(cuts) - 1 {
		out = append(out, pricebook.Span{
			From: cuts[i], HasFrom: cuts[i] != pricebook.OpenStart, Until: cuts[i+1], HasUntil: cuts[i+1] != pricebook.OpenEnd,
		})
	}
	return out
}

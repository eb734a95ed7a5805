package build

import (
	"maps"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
)

// follow adds to the prices of a region what they leave out and a fact puts in a
// ratio to input, if the list price is in that ratio too: otherwise it would
// stay at the price of other regions.
func (d *draft) follow(set book.Numbers) {
	in := set["input"]
	if in == "" || len(d.periods) == 0 {
		return
	}
	list := d.periods[len(d.periods)-1].price.Rates
	for m, ratio := range d.ratios {
		if set[m] == "" && list[m] != "" && list[m].Near(list["input"].Mul(ratio), five) {
			set[m] = in.Mul(ratio)
		}
	}
}

// scoped gives a group of regions the price of its members where all that are
// known have one: a profile of the group is served by one of them.
func (b *builder) scoped(geos book.Choices) book.Choices {
	for _, scope := range slices.Sorted(maps.Keys(b.file.Scopes)) {
		var of []string
		stated := geos[scope] != nil
		for key, rules := range geos {
			for _, name := range append([]string{key}, rules[0].Names...) {
				stated = stated || name == scope
				if slices.Contains(b.file.Scopes[scope], name) && !slices.Contains(of, key) {
					of = append(of, key)
				}
			}
		}
		if !stated && len(of) == 1 {
			geos[of[0]][0].Names = append(geos[of[0]][0].Names, scope)
		}
	}
	return geos
}

// confirmsRegion tells whether a fact confirms the factors of a region.
func (d *draft) confirmsRegion(geo string, axis *consensus.Axis) bool {
	if flat, ok := axis.Flat(); ok && d.geos[geo] == flat {
		return true
	}
	for _, f := range axis.Times {
		if len(d.geoRange) != 2 || f.Cmp(d.geoRange[0]) < 0 || f.Cmp(d.geoRange[1]) > 0 {
			return false
		}
	}
	return len(axis.Times) > 0
}

// grouped states regions of one effect in one rule.
func grouped(geos book.Choices) book.Choices {
	first := map[string]string{}
	out := book.Choices{}
	for _, key := range slices.Sorted(maps.Keys(geos)) {
		r := geos[key][0]
		effect := r.Times.String() + r.Set.String()
		if of, seen := first[effect]; seen && effect != "" && len(geos[key]) == 1 {
			out[of][0].Names = append(out[of][0].Names, append([]string{key}, r.Names...)...)
			continue
		}
		out[key] = slices.Clone(geos[key])
		out[key][0].Names = slices.Clone(r.Names)
		first[effect] = key
	}
	return out
}

// listPrice tells whether the provider's default gives the region the list price.
func (b *builder) listPrice(geo string) bool {
	for key, rules := range b.provider.Adjust.Geo {
		for _, r := range rules {
			if len(r.Times) == 0 && len(r.Set) == 0 && (key == geo || slices.Contains(r.Names, geo)) {
				return true
			}
		}
	}
	return false
}

// withoutRegion takes a region out of the default, for a model whose price in
// that region is in doubt: a call from there is estimated then.
func (b *builder) withoutRegion(geos book.Choices, geo string) book.Choices {
	out := maps.Clone(geos)
	if out == nil {
		out = book.Choices{}
	}
	for key, rules := range b.provider.Adjust.Geo {
		if _, stated := out[key]; key == geo || stated {
			continue
		}
		rules = slices.Clone(rules)
		for i := range rules {
			rules[i].Names = slices.DeleteFunc(slices.Clone(rules[i].Names), func(n string) bool { return n == geo })
		}
		out[key] = rules
	}
	return out
}

package pricebook

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// prices returns the periods of a model: what it inherits and what it declares
// itself, by layer, with the defaults of the model and of its provider.
func (d *draft) prices(p *draftProvider, m *draftModel) []priceDecl {
	var rows []layered[priceDecl]
	if m.base != nil {
		for _, row := range d.inherit(p, m) {
			rows = append(rows, layered[priceDecl]{m.base.layer, row})
		}
	}
	rows = append(rows, m.prices...) // own ones after inherited ones of the same layer
	slices.SortStableFunc(rows, func(a, b layered[priceDecl]) int { return a.layer - b.layer })
	out := timeline(rows)
	for i := range out {
		out[i].terms = out[i].over(m.defaults).over(p.defaults)
	}
	return out
}

// timeline lays the periods over one another, the later in the list on top.
func timeline(rows []layered[priceDecl]) []priceDecl {
	var out []priceDecl
	of := func(d *priceDecl) *period { return &d.period }
	for _, r := range rows {
		out = lay(out, r.decl, of)
	}
	inOrder(out, of)
	return out
}

// inherit returns the periods of the base with the model's changes. What the
// base's provider has by default stays with that provider.
func (d *draft) inherit(p *draftProvider, m *draftModel) []priceDecl {
	decl := m.base.decl
	base := d.base(p, m, decl.base)
	switch {
	case base == nil:
		d.errs.at(decl.baseAt, "%q is no model of the book; write PROVIDER/MODEL, or MODEL of the same provider", decl.base)
		return nil
	case base == m:
		d.errs.at(decl.baseAt, "%q is the model itself; name another", decl.base)
		return nil
	case base.base != nil:
		d.errs.at(decl.baseAt, "%q has a base of its own; inherit from %q directly", decl.base, base.base.decl.base)
		return nil
	case len(base.prices) == 0:
		d.errs.at(decl.baseAt, "%q has no prices to inherit", decl.base)
		return nil
	}
	out := timeline(base.prices)
	for i := range out {
		row := &out[i]
		below := row.over(base.defaults)
		by := scaling{decl.times, row.rates}
		row.where = decl.where
		row.rates = overlay(by.rates(row.rates), decl.rates)
		row.adjust = m.defaults.adjust.over(by.adjust(below.adjust))
		row.fees = overlay(by.fees(below.fees), m.defaults.fees)
	}
	return out
}

// base finds the model that a declaration names: one of the same provider, or
// one of another.
func (d *draft) base(p *draftProvider, m *draftModel, name string) *draftModel {
	same := p.models[modelKey(name)]
	if same != nil && same != m {
		return same
	}
	if id, rest, ok := strings.Cut(name, "/"); ok {
		if other := d.providers[strings.ToLower(id)]; other != nil && other.models[modelKey(rest)] != nil {
			return other.models[modelKey(rest)]
		}
	}
	return same
}

func overlay[K comparable](below, above map[K]*big.Rat) map[K]*big.Rat {
	if below == nil {
		return above
	}
	out := maps.Clone(below)
	maps.Copy(out, above)
	return out
}

// scaling applies the times of a model to what it inherits: the base's rates,
// its fees, and the prices that its rules set.
type scaling struct {
	times []factor
	base  map[meter.Meter]*big.Rat // rates of the base
}

// rates scales rates, or prices that a rule sets. A factor for a meter that has
// no price of its own gives it one, from the nearest meter that contains it.
func (s scaling) rates(rates map[meter.Meter]*big.Rat) map[meter.Meter]*big.Rat {
	if rates == nil || len(s.times) == 0 {
		return rates
	}
	whole := maps.Clone(rates)
	for _, f := range s.times {
		if f.sel.kind != selMeter || rates[f.sel.meter] != nil {
			continue
		}
		if from, ok := nearestMeter(s.base, f.sel.meter); ok {
			if r, _ := nearest(rates, f.sel.meter, from); r != nil {
				whole[f.sel.meter] = r
			}
		}
	}
	e := effect{times: s.times}
	for m, r := range whole {
		if by := e.forMeter(m); by != nil {
			whole[m] = new(big.Rat).Mul(r, by)
		}
	}
	return whole
}

func (s scaling) fees(fees map[meter.Fee]*big.Rat) map[meter.Fee]*big.Rat {
	e := effect{times: s.times}
	out := maps.Clone(fees)
	for f, r := range out {
		if by := e.forFee(f); by != nil {
			out[f] = new(big.Rat).Mul(r, by)
		}
	}
	return out
}

func (s scaling) adjust(a adjust) adjust {
	if len(s.times) == 0 {
		return a
	}
	a.context, a.mode, a.geo = slices.Clone(a.context), slices.Clone(a.mode), slices.Clone(a.geo)
	a.schedule, a.overrides = slices.Clone(a.schedule), slices.Clone(a.overrides)
	for i := range a.context {
		s.scale(&a.context[i].effect)
	}
	for i := range a.mode {
		s.scale(&a.mode[i].effect)
	}
	for i := range a.geo {
		s.scale(&a.geo[i].effect)
	}
	for i := range a.schedule {
		s.scale(&a.schedule[i].effect)
	}
	for i := range a.overrides {
		o := &a.overrides[i]
		o.rates, o.fees = s.rates(o.rates), s.fees(o.fees)
	}
	return a
}

func (s scaling) scale(e *effect) { e.rates, e.fees = s.rates(e.rates), s.fees(e.fees) }

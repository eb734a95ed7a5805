package pricebook

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// draft is the book under construction: layers are added in order, later ones
// win, and names that two declarations of one layer claim are errors.
type draft struct {
	errs      *problems
	layer     int
	fx        map[string][]fxRate
	calendars map[string]*calendar
	providers map[string]*draftProvider
	names     map[string]owner // provider names, lower case
	hosts     map[string]owner // host patterns, lower case
	contracts []layered[*contractDecl]
	models    int
}

// layered is a declaration and the layer that it stands in.
type layered[T any] struct {
	layer int
	decl  T
}

// owner is who claimed a string.
type owner struct {
	layer int
	id    string
	where place
}

type draftProvider struct {
	id       string
	hostGeo  map[string]string
	grammar  modelname.Grammar
	infer    bool
	models   map[string]*draftModel // by lower-case id
	names    map[string]owner       // ids and aliases of models, lower case
	defaults terms
}

type draftModel struct {
	id      string // as spelt in the book
	dated   bool
	billing string
	decls   []layered[*modelDecl]
	prices  []layered[*priceDecl] // latest layer last; currency and terms filled in
	base    *layered[*modelDecl]  // the latest declaration with a base
}

func newDraft(errs *problems) *draft {
	return &draft{
		errs: errs, fx: map[string][]fxRate{}, calendars: map[string]*calendar{},
		providers: map[string]*draftProvider{}, names: map[string]owner{}, hosts: map[string]owner{},
	}
}

// add puts the documents of one layer on top of what is there.
func (d *draft) add(docs []*document) {
	d.layer++
	for _, doc := range docs {
		maps.Copy(d.fx, doc.fx)
		maps.Copy(d.calendars, doc.calendars)
		for _, p := range doc.providers {
			d.addProvider(p, doc.currency)
		}
		for _, c := range doc.contracts {
			d.contracts = append(d.contracts, layered[*contractDecl]{d.layer, c})
		}
	}
}

// claimIn records that a string means id. A later layer takes it over; within
// a layer it is an error that another id has it.
func (d *draft) claimIn(m map[string]owner, c claim, id, what string) {
	key := strings.ToLower(strings.TrimSpace(c.text))
	if o, taken := m[key]; taken && o.id != id && o.layer == d.layer {
		d.errs.at(c.where, "%q is claimed by %s %q at %s too", c.text, what, o.id, o.where)
		return
	}
	m[key] = owner{d.layer, id, c.where}
}

func (d *draft) addProvider(decl *providerDecl, currency string) {
	id := strings.ToLower(decl.id)
	p := d.providers[id]
	if p == nil {
		p = &draftProvider{id: decl.id, hostGeo: map[string]string{}, grammar: modelname.ForProvider(id), models: map[string]*draftModel{}, names: map[string]owner{}}
		d.providers[id] = p
	}
	d.claimIn(d.names, claim{decl.id, decl.where}, p.id, "provider")
	for _, n := range decl.names {
		d.claimIn(d.names, n, p.id, "provider")
	}
	for _, h := range decl.hosts {
		d.claimIn(d.hosts, h, p.id, "provider")
	}
	for _, g := range decl.hostGeo {
		p.hostGeo[g.host] = g.geo
	}
	if decl.grammar != nil {
		p.grammar = *decl.grammar
	}
	if decl.infer != nil {
		p.infer = *decl.infer
	}
	p.defaults = decl.defaults.over(p.defaults)
	if decl.currency != "" {
		currency = decl.currency
	}
	for _, m := range decl.models {
		d.addModel(p, m, currency)
	}
}

func (d *draft) addModel(p *draftProvider, decl *modelDecl, currency string) {
	key := strings.ToLower(decl.id)
	m := p.models[key]
	if m == nil {
		if d.models++; d.models > maxModels {
			d.errs.at(decl.where, "is more than the %d models that are allowed", maxModels)
			return
		}
		m = &draftModel{id: decl.id}
		p.models[key] = m
	}
	d.claimIn(p.names, claim{decl.id, decl.where}, m.id, "model")
	for _, a := range decl.aliases {
		d.claimIn(p.names, a, m.id, "model")
	}
	if decl.dated != nil {
		m.dated = *decl.dated
	}
	if decl.billing != "" {
		m.billing = decl.billing
	}
	own := layered[*modelDecl]{d.layer, decl}
	m.decls = append(m.decls, own)
	if decl.base != "" {
		m.base = &own
	}
	for _, pr := range decl.prices {
		row := *pr
		if row.currency == "" {
			row.currency = currency
		}
		row.terms = row.over(decl.defaults)
		m.prices = append(m.prices, layered[*priceDecl]{d.layer, &row})
	}
}

// over returns t where it says something, and below where it does not.
func (t terms) over(below terms) terms {
	if t.fees == nil {
		t.fees = below.fees
	}
	if t.adjust.context == nil {
		t.adjust.context = below.adjust.context
	}
	if t.adjust.mode == nil {
		t.adjust.mode = below.adjust.mode
	}
	if t.adjust.geo == nil {
		t.adjust.geo = below.adjust.geo
	}
	if t.adjust.schedule == nil {
		t.adjust.schedule = below.adjust.schedule
	}
	if t.adjust.overrides == nil {
		t.adjust.overrides = below.adjust.overrides
	}
	return t
}

// timeline lays the periods of later layers over those of earlier ones.
func timeline(rows []layered[*priceDecl]) []*priceDecl {
	var out []*priceDecl
	for layer, first := 0, 0; first < len(rows); first = layer {
		for layer = first; layer < len(rows) && rows[layer].layer == rows[first].layer; layer++ {
		}
		for _, r := range rows[first:layer] {
			out = cut(out, r.decl.period)
		}
		for _, r := range rows[first:layer] {
			row := *r.decl
			out = append(out, &row)
		}
	}
	slices.SortFunc(out, func(a, b *priceDecl) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	return out
}

// cut takes a period out of a timeline. What is left of a price after the
// period keeps its price but starts later.
func cut(rows []*priceDecl, hole period) []*priceDecl {
	var out []*priceDecl
	for _, r := range rows {
		if !r.overlaps(hole) {
			out = append(out, r)
			continue
		}
		if r.from < hole.from {
			before := *r
			before.until = hole.from
			out = append(out, &before)
		}
		if r.until > hole.until {
			after := *r
			after.from = hole.until
			out = append(out, &after)
		}
	}
	return out
}

// prices resolves inheritance: the periods of the base with the model's changes, under its own.
func (d *draft) prices(p *draftProvider, m *draftModel) []*priceDecl {
	rows := m.prices
	if m.base != nil {
		if inherited, ok := d.inherit(p, m.base.decl); ok {
			rows = append(inherited, rows...)
		}
	}
	out := timeline(rows)
	for _, r := range out {
		r.terms = r.over(p.defaults)
	}
	return out
}

func (d *draft) inherit(p *draftProvider, decl *modelDecl) ([]layered[*priceDecl], bool) {
	provider, model := p, strings.ToLower(decl.base)
	base := provider.models[model]
	if base == nil {
		if id, rest, ok := strings.Cut(model, "/"); ok && d.providers[id] != nil {
			provider, base = d.providers[id], d.providers[id].models[rest]
		}
	}
	switch {
	case base == nil:
		d.errs.at(decl.baseAt, "base %q is no model of the book; write PROVIDER/MODEL, or MODEL of the same provider", decl.base)
		return nil, false
	case base.base != nil:
		d.errs.at(decl.baseAt, "base %q has a base of its own; inherit from %q directly", decl.base, base.base.decl.base)
		return nil, false
	case len(base.prices) == 0:
		d.errs.at(decl.baseAt, "base %q has no prices", decl.base)
		return nil, false
	}
	var out []layered[*priceDecl]
	for _, b := range timeline(base.prices) {
		row := *b
		row.where = decl.where
		row.terms = decl.defaults.over(b.terms)
		row.fees = overlay(b.fees, decl.defaults.fees)
		row.rates = overlay(scale(b.rates, decl.times), decl.rates)
		row.adjust = row.adjust.scaled(decl.times)
		out = append(out, layered[*priceDecl]{0, &row})
	}
	return out, true
}

func overlay[K comparable](below, above map[K]*big.Rat) map[K]*big.Rat {
	out := maps.Clone(below)
	if out == nil && above != nil {
		out = map[K]*big.Rat{}
	}
	maps.Copy(out, above)
	return out
}

func scale(rates map[meter.Meter]*big.Rat, times []factor) map[meter.Meter]*big.Rat {
	e := effect{times: times}
	out := make(map[meter.Meter]*big.Rat, len(rates))
	for m, r := range rates {
		out[m] = r
		if by := e.forMeter(m); by != nil {
			out[m] = new(big.Rat).Mul(r, by)
		}
	}
	return out
}

// scaled applies a model's times to the absolute prices in inherited rules.
func (a adjust) scaled(times []factor) adjust {
	if len(times) == 0 {
		return a
	}
	a.context = slices.Clone(a.context)
	for i := range a.context {
		a.context[i].rates = scale(a.context[i].rates, times)
	}
	a.mode, a.geo = scaledRules(a.mode, times), scaledRules(a.geo, times)
	a.schedule = slices.Clone(a.schedule)
	for i := range a.schedule {
		a.schedule[i].rates = scale(a.schedule[i].rates, times)
	}
	a.overrides = slices.Clone(a.overrides)
	for i := range a.overrides {
		a.overrides[i].rates = scale(a.overrides[i].rates, times)
	}
	return a
}

func scaledRules(rules []valueRule, times []factor) []valueRule {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].rates = scale(rules[i].rates, times)
	}
	return rules
}

package pricebook

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// draft is the book under construction: layers are added in order, later ones
// win, and what two declarations of one layer claim is an error.
type draft struct {
	errs      *problems
	layer     int
	fx        map[string][]fxRate
	fxOwner   map[string]owner
	calendars map[string]*calendar
	yearOwner map[string]owner // by calendar and year
	providers map[string]*draftProvider
	names     map[string]owner // provider names, lower case
	hosts     map[string]owner // host patterns, lower case
	contracts []*contractDecl
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
	declared owner
	hostGeo  []hostGeo
	grammar  modelname.Grammar
	infer    bool
	models   map[string]*draftModel // by modelKey of the id
	names    map[string]owner       // ids and aliases of models, as modelKey writes them
	defaults terms
}

type draftModel struct {
	id       string // as spelt in the book
	declared owner
	dated    bool
	billing  string
	defaults terms
	prices   []layered[priceDecl] // in order of layers; the currency filled in
	base     *layered[*modelDecl] // the latest declaration with a base
}

func newDraft(errs *problems) *draft {
	return &draft{
		errs: errs, fx: map[string][]fxRate{}, fxOwner: map[string]owner{}, calendars: map[string]*calendar{}, yearOwner: map[string]owner{},
		providers: map[string]*draftProvider{}, names: map[string]owner{}, hosts: map[string]owner{},
	}
}

// add puts the documents of one layer on top of what is there.
func (d *draft) add(docs []*document) {
	d.layer++
	for _, doc := range docs {
		for _, t := range doc.fx {
			d.addExchange(t)
		}
		for _, c := range doc.calendars {
			d.addCalendar(c)
		}
		for _, p := range doc.providers {
			d.addProvider(p, doc.currency)
		}
		for _, c := range doc.contracts {
			c.layer = d.layer
			d.contracts = append(d.contracts, c)
		}
	}
}

// own records a declaration, and refuses a second one in the same layer.
func (d *draft) own(what string, before owner, where place) owner {
	if before.layer == d.layer {
		d.errs.at(where, "%s is declared twice in one book; the other is at %s", what, before.where)
	}
	return owner{layer: d.layer, where: where}
}

func (d *draft) addExchange(t fxTable) {
	d.fxOwner[t.code] = d.own("the currency "+t.code, d.fxOwner[t.code], t.where)
	rows := append([]fxRate{}, d.fx[t.code]...) // not nil: the table is there, even if empty
	of := func(r *fxRate) *period { return &r.period }
	for _, r := range t.rates {
		rows = lay(rows, r, of)
	}
	inOrder(rows, of)
	d.fx[t.code] = rows
}

func (d *draft) addCalendar(c *calendar) {
	all := d.calendars[c.name]
	if all == nil {
		all = &calendar{name: c.name, years: map[int]calendarYear{}, where: c.where}
		d.calendars[c.name] = all
	}
	for year, y := range c.years {
		key := c.name + "\x00" + y.where.path
		d.yearOwner[key] = d.own("the year", d.yearOwner[key], y.where)
		all.years[year] = y
	}
}

// claimIn records that a string means id. A later layer takes it over; within
// a layer it is an error that another id has it.
func (d *draft) claimIn(m map[string]owner, key string, c claim, id, what string) {
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
		p = &draftProvider{id: decl.id, grammar: modelname.ForProvider(id), models: map[string]*draftModel{}, names: map[string]owner{}}
		d.providers[id] = p
	}
	p.declared = d.own("the provider", p.declared, decl.where)
	for _, n := range append([]claim{{decl.id, decl.where}}, decl.names...) {
		d.claimIn(d.names, strings.ToLower(n.text), n, p.id, "provider")
	}
	for _, h := range decl.hosts {
		d.claimIn(d.hosts, strings.ToLower(h.text), h, p.id, "provider")
	}
	for _, g := range decl.hostGeo {
		p.hostGeo = slices.DeleteFunc(p.hostGeo, func(o hostGeo) bool { return o.hostPattern == g.hostPattern })
		p.hostGeo = append(p.hostGeo, g)
	}
	if decl.grammar != nil {
		p.grammar = *decl.grammar
	}
	if decl.infer != nil {
		p.infer = *decl.infer
	}
	p.defaults = decl.defaults.over(p.defaults)
	for _, m := range decl.models {
		d.addModel(p, m, cmp.Or(decl.currency, currency))
	}
}

// modelKey writes a model's name as names are compared. It is empty for what no
// call can name.
func modelKey(name string) string {
	n, _ := modelname.Parse(modelname.Generic, name)
	return n.Full
}

func (d *draft) addModel(p *draftProvider, decl *modelDecl, currency string) {
	key := modelKey(decl.id)
	if key == "" {
		d.errs.at(decl.where, "is no model name: it has control characters, or is no valid text")
		return
	}
	m := p.models[key]
	if m == nil {
		if d.models++; d.models > maxModels {
			d.errs.at(decl.where, "is more than the %d models that are allowed", maxModels)
			return
		}
		m = &draftModel{id: decl.id}
		p.models[key] = m
	}
	m.declared = d.own("the model", m.declared, decl.where)
	d.claimIn(p.names, key, claim{decl.id, decl.where}, m.id, "model")
	for _, a := range decl.aliases {
		if key := modelKey(a.text); key != "" {
			d.claimIn(p.names, key, a, m.id, "model")
		} else {
			d.errs.at(a.where, "is no model name: it has control characters, or is no valid text")
		}
	}
	if decl.dated != nil {
		m.dated = *decl.dated
	}
	if decl.billing != "" {
		m.billing = decl.billing
	}
	m.defaults = decl.defaults.over(m.defaults)
	if decl.base != "" {
		m.base = &layered[*modelDecl]{d.layer, decl}
	}
	for _, row := range decl.prices {
		own := *row
		own.currency = cmp.Or(own.currency, currency)
		m.prices = append(m.prices, layered[priceDecl]{d.layer, own})
	}
}

package pricebook

import (
	"maps"
	"math/big"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// SchemaV1 is the value of the key schema of a book.
const SchemaV1 = "tokencost.pricebook/v1"

// document is one book file as written.
type document struct {
	version   string
	currency  string
	fx        []fxTable
	calendars []*calendar
	providers []*providerDecl
	contracts []*contractDecl
}

type providerDecl struct {
	id       string
	where    place
	names    []claim
	hosts    []claim
	hostGeo  []hostGeo
	grammar  *modelname.Grammar
	currency string
	infer    *bool
	defaults terms
	models   []*modelDecl
}

// claim is a string that means a provider or model.
type claim struct {
	text  string
	where place
}

type modelDecl struct {
	id       string
	where    place
	aliases  []claim
	dated    *bool
	billing  string
	base     string
	baseAt   place
	times    []factor
	rates    map[meter.Meter]*big.Rat
	defaults terms
	prices   []*priceDecl
}

type priceDecl struct {
	period
	where       place
	source      Source
	unconfirmed bool
	confirmed   int64 // calls before it are estimated; minTime for none
	currency    string
	rates       map[meter.Meter]*big.Rat
	terms
}

// Source tells where a price was read.
type Source struct {
	URL     string `json:"url,omitempty"`
	Checked string `json:"checked,omitempty"` // day of the reading
	Note    string `json:"note,omitempty"`
}

func parseDocument(file string, data []byte, errs *problems) *document {
	root, ok := parseYAML(file, data, errs)
	if !ok {
		return nil
	}
	d := &document{currency: "USD"}
	confirmed := int64(minTime)
	given := false
	root.fields(map[string]func(node){
		"schema": func(n node) {
			given = true
			if schema := n.text(); schema != "" && schema != SchemaV1 {
				n.fail("must be %s, not %q", SchemaV1, schema)
			}
		},
		"version":        func(n node) { d.version = n.text() },
		"confirmed_from": func(n node) { n.instant(&confirmed) },
		"currency":       func(n node) { d.currency = n.currency() },
		"fx":             func(n node) { n.each(func(code string, v node) { d.fx = append(d.fx, parseFX(code, v)) }) },
		"calendars": func(n node) {
			n.each(func(name string, v node) { d.calendars = append(d.calendars, parseCalendar(name, v)) })
		},
		"providers": func(n node) {
			n.each(func(id string, v node) { d.providers = append(d.providers, parseProvider(id, v)) })
		},
		"contracts": func(n node) {
			n.list(func(_ int, v node) { d.contracts = append(d.contracts, parseContract(v)) })
		},
	})
	if !given && root.y.Kind == yaml.MappingNode {
		root.errs.add(&Error{File: file, Line: 1, Key: "schema", Problem: "is missing; a price book starts with schema: " + SchemaV1})
	}
	d.confirm(confirmed)
	return d
}

// confirm marks the prices without a start that are in force at an instant:
// for how long they had been so is not known.
func (d *document) confirm(at int64) {
	for _, p := range d.providers {
		for _, m := range p.models {
			for _, price := range m.prices {
				if price.from == minTime && price.contains(at) {
					price.confirmed = at
				}
			}
		}
	}
}

// maxProviderLen is the length of the longest id of a provider.
const maxProviderLen = 64

func parseProvider(id string, n node) *providerDecl {
	p := &providerDecl{id: id, where: n.place()}
	if len(id) > maxProviderLen || strings.ContainsFunc(id, func(r rune) bool { return r == '/' || r == '@' || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		n.fail("must be an id of at most %d bytes without spaces, slashes or @", maxProviderLen)
	}
	n.fields(map[string]func(node){
		"names":    func(n node) { p.names = n.claims() },
		"hosts":    func(n node) { p.hosts = n.hosts() },
		"host_geo": func(n node) { p.hostGeo = n.hostGeo() },
		"grammar": func(n node) {
			text := n.text()
			g, err := modelname.ParseGrammar(text)
			if err != nil && text != "" {
				n.fail("%v", err)
			}
			p.grammar = &g
		},
		"currency": func(n node) { p.currency = n.currency() },
		"infer":    func(n node) { b := n.bool(); p.infer = &b },
		"fees":     func(n node) { p.defaults.fees = n.fees() },
		"adjust":   func(n node) { p.defaults.adjust = n.adjust() },
		"models": func(n node) {
			n.each(func(id string, v node) { p.models = append(p.models, parseModel(id, v)) })
		},
	})
	return p
}

// claims reads a list of strings that mean what is declared.
func (n node) claims() []claim {
	var out []claim
	n.list(func(_ int, v node) {
		if s := v.text(); s != "" {
			out = append(out, claim{s, v.place()})
		}
	})
	return out
}

func parseModel(id string, n node) *modelDecl {
	m := &modelDecl{id: id, where: n.place(), baseAt: n.place()}
	if strings.ContainsFunc(id, unicode.IsSpace) {
		n.fail("must be an id without spaces")
	}
	good := n.fields(map[string]func(node){
		"aliases": func(n node) { m.aliases = n.claims() },
		"dated":   func(n node) { b := n.bool(); m.dated = &b },
		"billing": func(n node) {
			if m.billing = n.text(); m.billing != "" && m.billing != billingProvisioned && m.billing != "usage" {
				n.fail("must be provisioned or usage, not %q", m.billing)
			}
		},
		"base":   func(n node) { m.base, m.baseAt = n.text(), n.place() },
		"times":  func(n node) { m.times = n.factors() },
		"rates":  func(n node) { m.rates = n.rates() },
		"fees":   func(n node) { m.defaults.fees = n.fees() },
		"adjust": func(n node) { m.defaults.adjust = n.adjust() },
		"prices": func(n node) {
			n.limited(maxPeriods, "periods", func(_ int, v node) { m.prices = append(m.prices, parsePrice(v)) })
			closePeriods(n.errs, m.prices, func(p **priceDecl) (*period, place) { return &(*p).period, (*p).where })
		},
	})
	if good && m.base == "" && (m.times != nil || m.rates != nil) {
		n.fail("has times or rates beside no base; give rates in prices, or name a base to inherit from")
	}
	return m
}

// billingProvisioned marks a model whose capacity is paid for by time.
const billingProvisioned = "provisioned"

func parsePrice(n node) *priceDecl {
	p := &priceDecl{period: always, confirmed: minTime, where: n.place()}
	good := n.fields(with(p.period.readers(), map[string]func(node){
		"source":      func(n node) { p.source = parseSource(n) },
		"unconfirmed": func(n node) { p.unconfirmed = n.bool() },
		"currency":    func(n node) { p.currency = n.currency() },
		"rates":       func(n node) { p.rates = n.rates() },
		"fees":        func(n node) { p.fees = n.fees() },
		"adjust":      func(n node) { p.adjust = n.adjust() },
	}))
	if good && len(p.rates)+len(p.fees) == 0 {
		n.fail("needs rates or fees")
	}
	return p
}

func parseSource(n node) Source {
	var s Source
	n.fields(map[string]func(node){
		"url":     func(n node) { s.URL = n.text() },
		"checked": func(n node) { s.Checked = n.date() },
		"note":    func(n node) { s.Note = n.text() },
	})
	return s
}

// with adds keys that several mappings have to those of one.
func with(common, own map[string]func(node)) map[string]func(node) {
	maps.Copy(common, own)
	return common
}

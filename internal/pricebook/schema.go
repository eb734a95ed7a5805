package pricebook

import (
	"math"
	"math/big"
	"regexp"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// SchemaV1 is the value of the key schema of a book.
const SchemaV1 = "tokencost.pricebook/v1"

// Open instants: a period without `from` starts at minTime, one without end ends at maxTime.
const (
	minTime = math.MinInt64
	maxTime = math.MaxInt64
)

// period is a half-open span of time in nanoseconds since 1970.
type period struct{ from, until int64 }

func (p period) contains(t int64) bool { return p.from <= t && t < p.until }

func (p period) overlaps(q period) bool { return p.from < q.until && q.from < p.until }

// document is one book file as written.
type document struct {
	version   string
	currency  string
	fx        map[string][]fxRate
	calendars map[string]*calendar
	providers []*providerDecl
	contracts []*contractDecl
}

type fxRate struct {
	period
	perUSD *big.Rat
	where  place
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

type hostGeo struct{ host, geo string }

// terms are what a model, or a provider for all of its models, adds to prices.
type terms struct {
	fees   map[meter.Fee]*big.Rat
	adjust adjust
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
	hasFrom     bool
	hasUntil    bool
	where       place
	source      Source
	unconfirmed bool
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

type contractDecl struct {
	period
	where    place
	name     string
	provider string
	models   []string
	effect   effect
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (n node) currency() string {
	s := n.text()
	if s != "" && !currencyCode.MatchString(s) {
		n.fail("must be an ISO 4217 code such as USD, not %q", s)
		return ""
	}
	return s
}

func parseDocument(file string, data []byte, errs *problems) *document {
	root, ok := parseYAML(file, data, errs)
	if !ok {
		return nil
	}
	d := &document{currency: "USD", fx: map[string][]fxRate{}, calendars: map[string]*calendar{}}
	schema := ""
	root.fields(map[string]func(node){
		"schema": func(n node) {
			if schema = n.text(); schema != SchemaV1 {
				n.fail("must be %s, not %q", SchemaV1, schema)
			}
		},
		"version":   func(n node) { d.version = n.text() },
		"currency":  func(n node) { d.currency = n.currency() },
		"fx":        func(n node) { n.each(func(code string, v node) { d.fx[code] = parseFX(code, v) }) },
		"calendars": func(n node) { n.each(func(name string, v node) { d.calendars[name] = parseCalendar(v) }) },
		"providers": func(n node) {
			n.each(func(id string, v node) { d.providers = append(d.providers, parseProvider(id, v)) })
		},
		"contracts": func(n node) {
			n.list(func(_ int, v node) { d.contracts = append(d.contracts, parseContract(v)) })
		},
	})
	if schema == "" {
		root.errs.add(&Error{File: file, Line: 1, Key: "schema", Problem: "is missing; a price book starts with schema: " + SchemaV1})
	}
	return d
}

func parseFX(code string, n node) []fxRate {
	if !currencyCode.MatchString(code) || code == "USD" {
		n.fail("must be an ISO 4217 code other than USD")
	}
	var out []fxRate
	n.list(func(_ int, v node) {
		r := fxRate{period: period{minTime, maxTime}, where: v.place()}
		v.fields(map[string]func(node){
			"from":    func(n node) { r.from = n.instant() },
			"until":   func(n node) { r.until = n.instant() },
			"per_usd": func(n node) { r.perUSD = n.decimal() },
			"source":  func(n node) { parseSource(n) },
		})
		if r.perUSD == nil || r.perUSD.Sign() == 0 {
			v.fail("needs per_usd, the units of %s for one USD, above zero", code)
			return
		}
		out = append(out, r)
	})
	closePeriods(n.errs, out, func(r *fxRate) (*period, place) { return &r.period, r.where })
	return out
}

func parseProvider(id string, n node) *providerDecl {
	p := &providerDecl{id: id, where: n.place()}
	if strings.ContainsAny(id, "/@ ") || len(id) > 64 {
		n.fail("must be an id of at most 64 characters without spaces, slashes or @")
	}
	n.fields(map[string]func(node){
		"names":    func(n node) { p.names = n.claims() },
		"hosts":    func(n node) { p.hosts = n.claims() },
		"host_geo": func(n node) { p.hostGeo = n.hostGeo() },
		"grammar": func(n node) {
			g, err := modelname.ParseGrammar(n.text())
			if err != nil {
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
	for _, h := range p.hosts {
		if !validHost(h.text) {
			n.errs.at(h.where, "must be a host name, in which one * may stand for any text, not %q", h.text)
		}
	}
	return p
}

// validHost accepts a host name in which one "*" may stand for any text.
func validHost(h string) bool {
	return strings.Count(h, "*") <= 1 && !strings.ContainsAny(h, "/: ") && strings.Contains(h, ".")
}

func (n node) claims() []claim {
	var out []claim
	n.list(func(_ int, v node) {
		if s := v.text(); s != "" {
			out = append(out, claim{s, v.place()})
		}
	})
	return out
}

func (n node) hostGeo() []hostGeo {
	var out []hostGeo
	n.each(func(host string, v node) {
		if !validHost(host) {
			v.fail("must be a host name, in which one * may stand for any text")
		}
		out = append(out, hostGeo{strings.ToLower(host), strings.ToLower(v.text())})
	})
	return out
}

func parseModel(id string, n node) *modelDecl {
	m := &modelDecl{id: id, where: n.place(), baseAt: n.place()}
	if strings.ContainsAny(id, " \t\n") {
		n.fail("must be an id without spaces")
	}
	n.fields(map[string]func(node){
		"aliases": func(n node) { m.aliases = n.claims() },
		"dated":   func(n node) { b := n.bool(); m.dated = &b },
		"billing": func(n node) {
			if m.billing = n.text(); m.billing != "provisioned" && m.billing != "usage" {
				n.fail("must be provisioned or usage, not %q", m.billing)
			}
		},
		"base":   func(n node) { m.base, m.baseAt = n.text(), n.place() },
		"times":  func(n node) { m.times = n.factors() },
		"rates":  func(n node) { m.rates = n.rates() },
		"fees":   func(n node) { m.defaults.fees = n.fees() },
		"adjust": func(n node) { m.defaults.adjust = n.adjust() },
		"prices": func(n node) {
			if len(n.y.Content) > maxPeriods {
				n.fail("has %d periods; at most %d are allowed", len(n.y.Content), maxPeriods)
				return
			}
			n.list(func(_ int, v node) { m.prices = append(m.prices, parsePrice(v)) })
			closePeriods(n.errs, m.prices, func(p **priceDecl) (*period, place) { return &(*p).period, (*p).where })
		},
	})
	if m.base == "" && (m.times != nil || m.rates != nil) {
		n.fail("has times or rates beside no base; give rates in prices, or name a base to inherit from")
	}
	return m
}

func parsePrice(n node) *priceDecl {
	p := &priceDecl{period: period{minTime, maxTime}, where: n.place()}
	n.fields(map[string]func(node){
		"from":        func(n node) { p.from, p.hasFrom = n.instant(), true },
		"until":       func(n node) { p.until, p.hasUntil = n.instant(), true },
		"source":      func(n node) { p.source = parseSource(n) },
		"unconfirmed": func(n node) { p.unconfirmed = n.bool() },
		"currency":    func(n node) { p.currency = n.currency() },
		"rates":       func(n node) { p.rates = n.rates() },
		"fees":        func(n node) { p.fees = n.fees() },
		"adjust":      func(n node) { p.adjust = n.adjust() },
	})
	if len(p.rates) == 0 && len(p.fees) == 0 {
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

func parseContract(n node) *contractDecl {
	c := &contractDecl{period: period{minTime, maxTime}, where: n.place()}
	n.fields(map[string]func(node){
		"name":     func(n node) { c.name = n.text() },
		"provider": func(n node) { c.provider = n.text() },
		"models":   func(n node) { c.models = n.texts() },
		"from":     func(n node) { c.from = n.instant() },
		"until":    func(n node) { c.until = n.instant() },
		"times":    func(n node) { c.effect.times = n.factors() },
		"set":      func(n node) { c.effect.rates, c.effect.fees = n.set() },
	})
	if c.name == "" || c.provider == "" || c.effect.none() {
		n.fail("needs name, provider, and times or set")
	}
	if c.from >= c.until {
		n.fail("ends before it starts")
	}
	return c
}

func (n node) rates() map[meter.Meter]*big.Rat {
	out := map[meter.Meter]*big.Rat{}
	n.each(func(name string, v node) {
		m, err := meter.Parse(name)
		if err != nil {
			v.fail("is no token meter; allowed: input, output, cache_read, cache_write, tool_prompt, reasoning, citation, with a retention such as cache_write.1h and a modality such as input.audio")
			return
		}
		if _, dup := out[m]; dup {
			v.fail("is the same meter as another key")
		}
		if r := v.decimal(); r != nil {
			out[m] = r
		}
	})
	return out
}

func (n node) fees() map[meter.Fee]*big.Rat {
	out := map[meter.Fee]*big.Rat{}
	n.each(func(name string, v node) {
		f, err := meter.ParseFee(name)
		if err != nil {
			v.fail("is no fee; allowed: %s", strings.Join(meter.FeeNames(), ", "))
			return
		}
		if r := v.decimal(); r != nil {
			out[f] = r
		}
	})
	return out
}

// closePeriods ends every period without `until` where the next one starts, and
// refuses periods that overlap or are empty.
func closePeriods[T any](errs *problems, rows []T, of func(*T) (*period, place)) {
	for i := range rows {
		p, where := of(&rows[i])
		for j := range rows {
			q, _ := of(&rows[j])
			if i == j {
				continue
			}
			if q.from == p.from && i > j {
				errs.at(where, "starts when another one does; give each a different from")
			}
			if p.until == maxTime && q.from > p.from {
				p.until = nextStart(rows, of, p.from)
			}
		}
		if p.from >= p.until {
			errs.at(where, "ends before it starts")
		}
	}
	for i := range rows {
		p, where := of(&rows[i])
		for j := range i {
			if q, at := of(&rows[j]); p.overlaps(*q) && p.from != q.from {
				errs.at(where, "overlaps the period at %s", at)
			}
		}
	}
}

func nextStart[T any](rows []T, of func(*T) (*period, place), after int64) int64 {
	next := int64(maxTime)
	for i := range rows {
		if p, _ := of(&rows[i]); p.from > after && p.from < next {
			next = p.from
		}
	}
	return next
}

// hostPattern is a host name with at most one wildcard.
type hostPattern struct {
	prefix, suffix string
	wild           bool
}

func newHostPattern(s string) hostPattern {
	prefix, suffix, wild := strings.Cut(strings.ToLower(s), "*")
	return hostPattern{prefix, suffix, wild}
}

// match returns the text that the wildcard stands for.
func (p hostPattern) match(host string) (string, bool) {
	if !p.wild {
		return "", host == p.prefix
	}
	n := len(host) - len(p.prefix) - len(p.suffix)
	if n <= 0 || !strings.HasPrefix(host, p.prefix) || !strings.HasSuffix(host, p.suffix) {
		return "", false
	}
	return host[len(p.prefix) : len(p.prefix)+n], true
}

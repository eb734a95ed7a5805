// Package pricebook loads, layers and compiles price books, finds the model
// that a name means, and derives the rates of a price for a choice of rules.
// Books are immutable once loaded. How quantities are read and multiplied is
// the business of other packages.
package pricebook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// File is one file of a layer.
type File struct {
	Name string // for messages
	Data []byte
}

// Layer is a set of files that make one book; within it nothing may be claimed twice.
type Layer []File

// Book is a compiled stack of price books.
type Book struct {
	Version string // of the topmost layer that states one
	Hash    string // of all content, 12 hexadecimal digits
	Label   string // Version and Hash as token_cost.book shows them

	providers []*Provider          // sorted by id
	names     map[string]*Provider // by lower-case name
	hosts     []hostEntry
	inferable map[string][]*Model // by lower-case name, of providers that may be inferred
	fx        map[string][]fxRate
	cache     resolutions
}

type hostEntry struct {
	hostPattern
	provider *Provider
}

// Provider is who bills.
type Provider struct {
	ID      string
	Grammar modelname.Grammar

	book    *Book
	models  []*Model          // sorted by id
	names   map[string]*Model // ids and aliases, lower case
	hostGeo []hostGeoEntry
}

type hostGeoEntry struct {
	hostPattern
	geo string
}

// Model is what a provider bills under one name.
type Model struct {
	Provider    *Provider
	ID          string
	Aliases     []string // sorted
	Dated       bool     // may "<id>-<date>" and the like resolve here
	Provisioned bool     // paid for by time
	Prices      []*Price // in order of time, not overlapping

	contracts []*contractDecl
}

// ErrNoBook is returned by Load without layers.
var ErrNoBook = errors.New("no price book: neither the built-in one nor a file is configured")

// Load compiles layers, the later of which win. Mistakes are returned together,
// as joined *Error values, and give no book.
func Load(layers ...Layer) (*Book, error) {
	if len(layers) == 0 {
		return nil, ErrNoBook
	}
	errs := &problems{}
	d := newDraft(errs)
	b := &Book{}
	hash := sha256.New()
	for _, layer := range layers {
		var docs []*document
		for _, f := range layer {
			fmt.Fprintf(hash, "%d\n", len(f.Data))
			hash.Write(f.Data)
			if doc := parseDocument(f.Name, f.Data, errs); doc != nil {
				docs = append(docs, doc)
				if doc.version != "" {
					b.Version = doc.version
				}
			}
		}
		d.add(docs)
	}
	b.Hash = hex.EncodeToString(hash.Sum(nil))[:12]
	b.Label = strings.TrimPrefix(b.Version+"+"+b.Hash, "+")
	if err := errs.err(); err != nil {
		return nil, err
	}
	b.compile(d)
	if err := errs.err(); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Book) compile(d *draft) {
	b.fx = d.fx
	b.names = map[string]*Provider{}
	b.inferable = map[string][]*Model{}
	byID := map[string]*Provider{}
	for key, dp := range d.providers {
		p := &Provider{ID: dp.id, Grammar: dp.grammar, book: b, names: map[string]*Model{}}
		byID[key] = p
		for host, geo := range dp.hostGeo {
			p.hostGeo = append(p.hostGeo, hostGeoEntry{newHostPattern(host), geo})
		}
		slices.SortFunc(p.hostGeo, func(a, b hostGeoEntry) int { return a.compare(b.hostPattern) })
		b.compileModels(d, dp, p)
		b.providers = append(b.providers, p)
	}
	slices.SortFunc(b.providers, func(a, b *Provider) int { return strings.Compare(a.ID, b.ID) })
	for name, o := range d.names {
		b.names[name] = byID[strings.ToLower(o.id)]
	}
	for host, o := range d.hosts {
		b.hosts = append(b.hosts, hostEntry{newHostPattern(host), byID[strings.ToLower(o.id)]})
	}
	slices.SortFunc(b.hosts, func(a, b hostEntry) int { return a.compare(b.hostPattern) })
	b.compileContracts(d)
}

// compare puts the more specific pattern first: no wildcard, then more text.
func (p hostPattern) compare(q hostPattern) int {
	weight := func(p hostPattern) int {
		if !p.wild {
			return -math.MaxInt32
		}
		return -len(p.prefix) - len(p.suffix)
	}
	if d := weight(p) - weight(q); d != 0 {
		return d
	}
	return strings.Compare(p.prefix+"*"+p.suffix, q.prefix+"*"+q.suffix)
}

func (b *Book) compileModels(d *draft, dp *draftProvider, p *Provider) {
	byID := map[string]*Model{}
	for key, dm := range dp.models {
		m := &Model{Provider: p, ID: dm.id, Dated: dm.dated, Provisioned: dm.billing == "provisioned"}
		for _, row := range d.prices(dp, dm) {
			m.Prices = append(m.Prices, d.compile(m, row))
		}
		byID[key] = m
		p.models = append(p.models, m)
	}
	slices.SortFunc(p.models, func(a, b *Model) int { return strings.Compare(a.ID, b.ID) })
	for name, o := range dp.names {
		m := byID[strings.ToLower(o.id)]
		p.names[name] = m
		if name != strings.ToLower(m.ID) {
			m.Aliases = append(m.Aliases, name)
		}
		if dp.infer {
			b.inferable[name] = append(b.inferable[name], m)
		}
	}
	for _, m := range p.models {
		slices.Sort(m.Aliases)
	}
}

func (b *Book) compileContracts(d *draft) {
	for i, c := range d.contracts {
		p := b.names[strings.ToLower(c.decl.provider)]
		if p == nil {
			d.errs.at(c.decl.where, "provider %q is in no loaded book", c.decl.provider)
			continue
		}
		models := p.models
		if c.decl.models != nil {
			models = nil
			for _, id := range c.decl.models {
				if m := p.names[strings.ToLower(id)]; m != nil {
					models = append(models, m)
				} else {
					d.errs.at(c.decl.where, "model %q of provider %q is in no loaded book", id, p.ID)
				}
			}
		}
		for _, m := range models {
			for _, o := range d.contracts[:i] {
				if o.layer == c.layer && o.decl.overlaps(c.decl.period) && slices.Contains(m.contracts, o.decl) {
					d.errs.at(c.decl.where, "covers %s/%s at the same time as the contract at %s", p.ID, m.ID, o.decl.where)
				}
			}
			m.contracts = append(m.contracts, c.decl)
		}
		if len(d.contracts) > maxRules {
			d.errs.at(c.decl.where, "is one of %d contracts; at most %d are allowed", len(d.contracts), maxRules)
			return
		}
	}
}

// Providers lists the providers, sorted by id.
func (b *Book) Providers() []*Provider { return b.providers }

// Models lists the models of the provider, sorted by id.
func (p *Provider) Models() []*Model { return p.models }

// At returns the price in force at an instant, or nil.
func (m *Model) At(unixNano int64) *Price {
	for i := len(m.Prices) - 1; i >= 0; i-- {
		if m.Prices[i].contains(unixNano) {
			return m.Prices[i]
		}
	}
	return nil
}

// Contract returns the contract that covers the model at an instant, for Choice.Contract.
func (m *Model) Contract(at int64) uint16 {
	for i := len(m.contracts) - 1; i >= 0; i-- { // later layers stand later
		if m.contracts[i].contains(at) {
			return uint16(i + 1)
		}
	}
	return 0
}

// Exchange returns the exchange rate of the price's currency at an instant, for
// Choice.Exchange, and the currency that amounts are in then. ok is false if
// the book has a table for the currency that does not cover the instant.
func (p *Price) Exchange(at int64) (rate uint16, currency string, ok bool) {
	if p.Currency == "USD" {
		return 0, "USD", true
	}
	table, given := p.Model.Provider.book.fx[p.Currency]
	if !given {
		return 0, p.Currency, true
	}
	for i := range table {
		if table[i].contains(at) {
			return uint16(i + 1), "USD", true
		}
	}
	return 0, "", false
}

// From and Until bound the period of the price in nanoseconds since 1970;
// ok is false where it is open.
func (p *Price) From() (unixNano int64, ok bool) { return p.from, p.from != minTime }

// Until is the end of the period, exclusive.
func (p *Price) Until() (unixNano int64, ok bool) { return p.until, p.until != maxTime }

// NumModels returns the number of models of all providers.
func (b *Book) NumModels() int {
	n := 0
	for _, p := range b.providers {
		n += len(p.models)
	}
	return n
}

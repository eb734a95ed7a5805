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
	"maps"
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
	infers    []*Provider // those that may be inferred
	fx        map[string][]fxRate
	cache     resolutions
}

// Provider is who bills.
type Provider struct {
	ID      string
	Grammar modelname.Grammar

	book    *Book
	models  []*Model          // sorted by id
	ids     map[string]*Model // by modelKey
	names   map[string]*Model // ids and aliases, by modelKey
	hostGeo []hostGeo
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
	byID := map[string]*Provider{}
	ids := slices.Sorted(maps.Keys(d.providers)) // errors come in this order
	for _, id := range ids {
		dp := d.providers[id]
		p := &Provider{ID: dp.id, Grammar: dp.grammar, book: b, ids: map[string]*Model{}, names: map[string]*Model{}, hostGeo: dp.hostGeo}
		slices.SortFunc(p.hostGeo, func(a, b hostGeo) int { return a.compare(b.hostPattern) })
		byID[id] = p
		b.providers = append(b.providers, p)
		if dp.infer {
			b.infers = append(b.infers, p)
		}
		compileModels(dp, p)
	}
	for name, o := range d.names {
		b.names[name] = byID[strings.ToLower(o.id)]
	}
	for host, o := range d.hosts {
		b.hosts = append(b.hosts, hostEntry{newHostPattern(host), byID[strings.ToLower(o.id)]})
	}
	slices.SortFunc(b.hosts, func(a, b hostEntry) int { return a.compare(b.hostPattern) })
	b.compileContracts(d)
	for _, id := range ids {
		b.compilePrices(d, d.providers[id], byID[id])
	}
}

// compileModels makes the models of a provider and their names.
func compileModels(dp *draftProvider, p *Provider) {
	for key, dm := range dp.models {
		m := &Model{Provider: p, ID: dm.id, Dated: dm.dated, Provisioned: dm.billing == billingProvisioned}
		p.ids[key] = m
		p.models = append(p.models, m)
	}
	slices.SortFunc(p.models, func(a, b *Model) int { return strings.Compare(a.ID, b.ID) })
	for name, o := range dp.names {
		key := modelKey(o.id)
		m := p.ids[key]
		p.names[name] = m
		if name != key {
			m.Aliases = append(m.Aliases, name)
		}
	}
	for _, m := range p.models {
		slices.Sort(m.Aliases)
	}
}

// compilePrices makes the prices of models that have their contracts.
func (b *Book) compilePrices(d *draft, dp *draftProvider, p *Provider) {
	for _, m := range p.models {
		rows := d.prices(dp, dp.models[modelKey(m.ID)])
		for i := range rows {
			m.Prices = append(m.Prices, d.compile(m, &rows[i]))
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

// NumModels returns the number of models of all providers.
func (b *Book) NumModels() int {
	n := 0
	for _, p := range b.providers {
		n += len(p.models)
	}
	return n
}

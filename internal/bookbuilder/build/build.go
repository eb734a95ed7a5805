// Package build makes the price book out of evidence and facts: it turns what
// the data sets agree on into models, applies what the vendors say, and marks
// what nobody confirms.
package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
)

// Result is a book and what was left out of it.
type Result struct {
	Providers []*book.Provider // in the order of their ids
	Omitted   []Omission
}

// Omission is something that the data sets state and the book does not.
type Omission struct{ Provider, Model, What, Why string }

// Build makes the book. The same input makes the same book.
func Build(files []*facts.File, sets []*evidence.Set) (*Result, error) {
	r := &Result{}
	for _, f := range files {
		p := f.Provider
		p.Models, p.ConfirmedFrom = map[string]*book.Model{}, oldest(sets)
		r.Providers = append(r.Providers, &p)
	}
	unfit := make([]map[string]string, len(files))
	for i, f := range files {
		unfit[i] = map[string]string{}
		b := &builder{file: f, provider: r.Providers[i], result: r, unfit: unfit[i]}
		for _, finding := range consensus.Find(f.Provider.ID, sets, f.OwnList) {
			b.add(newDraft(finding))
		}
		if err := b.finish(); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Provider.ID, err)
		}
	}
	if err := inherit(files, r.Providers); err != nil {
		return nil, err
	}
	for i, p := range r.Providers {
		for id, why := range unfit[i] {
			if p.Models[id].Base == "" {
				delete(p.Models, id)
				r.Omitted = append(r.Omitted, Omission{p.ID, id, "model", why})
			}
		}
		if files[i].VendorPrefix {
			withoutVendor(p)
		}
		claimNames(p, r)
	}
	byID := map[string]*book.Provider{}
	for _, p := range r.Providers {
		byID[p.ID] = p
	}
	for _, p := range r.Providers {
		compact(p, byID)
	}
	slices.SortFunc(r.Omitted, func(a, b Omission) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model), cmp.Compare(a.What, b.What))
	})
	return r, nil
}

// oldest returns the day of the oldest data set. Which prices were in force
// before it, no evidence tells but for dated changes.
func oldest(sets []*evidence.Set) string {
	day := ""
	for _, s := range sets {
		if day == "" || s.State < day {
			day = s.State
		}
	}
	return day
}

type builder struct {
	file     *facts.File
	provider *book.Provider
	result   *Result
	drafts   []*draft
	unfit    map[string]string // models that stand only if they can inherit, and why
}

func (b *builder) add(d *draft) { b.drafts = append(b.drafts, d) }

func (b *builder) omit(model, what, why string) {
	b.result.Omitted = append(b.result.Omitted, Omission{b.provider.ID, model, what, why})
}

// finish applies the facts in their order and keeps the models that stand.
func (b *builder) finish() error {
	for i := range b.file.Facts {
		fact := &b.file.Facts[i]
		used := false
		for _, d := range b.drafts {
			if fact.Applies(d.model.ID) {
				d.apply(fact)
				used = true
			}
		}
		if created := b.create(fact); !created && !used {
			return fmt.Errorf("no model matches %v of the fact %q", fact.Models, fact.Say)
		}
	}
	for _, d := range b.drafts {
		if why := d.unfit(b.file.Single); why != "" {
			if d.base == nil || d.dropped != "" {
				b.omit(d.model.ID, "model", why)
				continue
			}
			d.periods = nil // it stands if it can inherit
			b.unfit[d.model.ID] = why
		}
		d.settle(b)
		b.provider.Models[d.model.ID] = d.model
	}
	return nil
}

// create adds the models that only the fact knows.
func (b *builder) create(fact *facts.Fact) bool {
	created := false
	for _, id := range fact.Models {
		if !fact.Create || slices.ContainsFunc(b.drafts, func(d *draft) bool { return d.model.ID == id }) {
			continue
		}
		d := &draft{model: &book.Model{ID: id}, finding: &consensus.Finding{ID: id}}
		d.apply(fact)
		b.add(d)
		created = true
	}
	return created
}

// withoutVendor declares ids without the vendor before the first dot, as some
// instrumentations cut it off, where only one model is left with such a name.
func withoutVendor(p *book.Provider) {
	claims := map[string]int{}
	for id := range p.Models {
		_, rest, _ := strings.Cut(id, ".")
		claims[rest]++
	}
	for id, m := range p.Models {
		if _, rest, ok := strings.Cut(id, "."); ok && claims[rest] == 1 && p.Models[rest] == nil {
			m.Aliases = append(m.Aliases, rest)
		}
	}
}

// claimNames drops aliases that are another model's id or alias.
func claimNames(p *book.Provider, r *Result) {
	owner := map[string]string{}
	for id := range p.Models {
		owner[strings.ToLower(id)] = id
	}
	for _, m := range p.Sorted() {
		m.Aliases = slices.DeleteFunc(m.Aliases, func(a string) bool {
			key := strings.ToLower(a)
			if o, taken := owner[key]; taken {
				if o != m.ID {
					r.Omitted = append(r.Omitted, Omission{p.ID, m.ID, "alias " + a, "is " + o})
				}
				return true
			}
			owner[key] = m.ID
			return false
		})
	}
}

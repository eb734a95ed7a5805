package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
)

// inherit replaces the prices of models that another provider's list determines
// by a reference to it. A model whose own price differs from the list keeps it.
func inherit(files []*facts.File, providers []*book.Provider) error {
	byID := map[string]*book.Provider{}
	for _, p := range providers {
		byID[p.ID] = p
	}
	for i, f := range files {
		for j := range f.Facts {
			fact := &f.Facts[j]
			if fact.Base == "" {
				continue
			}
			owner := byID[fact.Base]
			if owner == nil {
				return fmt.Errorf("%s: base %q is no provider of the book", f.Provider.ID, fact.Base)
			}
			for _, m := range providers[i].Sorted() {
				if !fact.Applies(m.ID) {
					continue
				}
				adopt(m, owner, strings.TrimPrefix(m.ID, fact.Strip), fact.Always)
			}
		}
	}
	return nil
}

// adopt makes m inherit the owner's model of the id, if their prices are the same
// or the fact holds whatever data sets say.
func adopt(m *book.Model, owner *book.Provider, id string, always bool) {
	parent := owner.Models[id]
	if parent == nil || parent.Base != "" {
		return
	}
	for _, p := range m.Prices {
		if !always && !slices.ContainsFunc(parent.Prices, func(q book.Price) bool { return samePrice(p, q) }) {
			return
		}
	}
	m.Base, m.Prices, m.Adjust.Context = owner.ID+"/"+id, nil, nil
}

// samePrice compares what data sets state reliably; a fact says that the rest follows.
func samePrice(p, q book.Price) bool {
	return p.Rates["input"] == q.Rates["input"] && p.Rates["output"] == q.Rates["output"]
}

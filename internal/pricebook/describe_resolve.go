package pricebook

import (
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Recognition tells by what a query led to its provider and model.
type Recognition struct {
	ProviderBy string // such as `name "openai"` or `host "api.openai.com"`; empty without provider
	ModelBy    string // such as `exact id` or `dated form "gpt-4o-2024-08-06"`; empty without model
	Told       string // the name that led to the model, as told
}

// Recognise explains a resolution that Resolve returned for the query. It
// decides nothing.
func (b *Book) Recognise(q *Query, r *Resolution) Recognition {
	var out Recognition
	if r.Provider != nil {
		out.ProviderBy = b.providerBy(q, r)
	}
	if r.Model == nil {
		return out
	}
	for _, name := range []string{q.Response, q.Request} {
		for _, g := range []modelname.Grammar{r.Provider.Grammar, modelname.Generic} {
			if by := r.Model.knownBy(g, name); by != "" {
				out.ModelBy, out.Told = by, name
				return out
			}
		}
	}
	return out
}

func (b *Book) providerBy(q *Query, r *Resolution) string {
	if r.Reasons.Has(status.ProviderInferred) {
		return "the model's name"
	}
	host := canonical(q.Host)
	if host != "" && slices.ContainsFunc(b.hosts, func(h hostEntry) bool {
		_, ok := h.match(host)
		return ok && h.provider == r.Provider
	}) {
		return "host " + quote(q.Host)
	}
	return "name " + quote(q.Provider)
}

// knownBy tells what makes the name mean the model, in the order in which names
// are looked up, or an empty string.
func (m *Model) knownBy(g modelname.Grammar, name string) string {
	n, ok := modelname.Parse(g, name)
	if !ok {
		return ""
	}
	for i, part := range append([]string{n.Full, n.ID}, n.Bases[:]...) {
		if part == "" || m.Provider.names[part] != m {
			continue
		}
		isID := part == strings.ToLower(m.ID)
		switch {
		case i == 0 && isID:
			return "exact id"
		case i == 0:
			return "alias " + quote(part)
		case i == 1 && isID:
			return "id " + quote(part) + " within " + quote(name)
		case i == 1:
			return "alias " + quote(part) + " within " + quote(name)
		case m.Dated && isID:
			return "dated form " + quote(name)
		case m.Dated:
			return "dated form " + quote(name) + " of alias " + quote(part)
		}
	}
	return ""
}

func quote(s string) string { return `"` + s + `"` }

// Find returns the model that a name of the provider means, or nil.
func (p *Provider) Find(name string) *Model {
	m, _ := p.find(name)
	return m
}

// Provider returns the provider of an id or another of its names, or nil.
func (b *Book) Provider(name string) *Provider { return b.names[canonical(name)] }

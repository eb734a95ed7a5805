package pricebook

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// infer finds the provider by the model, when none was told: by the prefix of a
// router or vendor, or because exactly one of the providers that may be inferred
// has it.
func (b *Book) infer(q *Query) Resolution {
	reason := status.ProviderNotReported
	var stated *Provider
	for _, name := range []string{q.Response, q.Request} {
		parsed, ok := modelname.Parse(modelname.Generic, name)
		if !ok {
			continue
		}
		p := b.names[parsed.Router]
		if parsed.Router == "" {
			p = b.platform(parsed.Grammar) // the vendor in such a name made the model, and does not bill it
		}
		if p == nil && parsed.Router == "" {
			p = b.names[parsed.Vendor] // a vendor that is no provider of the book says nothing
		}
		switch {
		case p != nil:
			if m, geo := p.find(name); m != nil {
				return inferred(q, name, m, geo)
			}
			stated, reason = p, status.ModelUnknown
		case parsed.Router != "":
			reason = status.ProviderUnknown
		default:
			if m, geo := b.inferable(name); m != nil {
				return inferred(q, name, m, geo)
			}
		}
	}
	return Resolution{Provider: stated, Reasons: status.Of(reason)}
}

// platform returns the one provider whose names are written in a grammar that
// a name was recognised by, as us.anthropic.claude-opus-5 can only be Bedrock's.
func (b *Book) platform(g modelname.Grammar) (found *Provider) {
	if g == modelname.Generic {
		return nil
	}
	for _, p := range b.providers {
		switch {
		case p.Grammar != g:
		case found != nil:
			return nil
		default:
			found = p
		}
	}
	return found
}

// inferable returns the model that the name means if exactly one of the
// providers that may be inferred has such a model.
func (b *Book) inferable(name string) (found *Model, geo string) {
	for _, p := range b.infers {
		m, g := p.find(name)
		switch {
		case m == nil:
		case found != nil:
			return nil, ""
		default:
			found, geo = m, g
		}
	}
	return found, geo
}

func inferred(q *Query, name string, m *Model, geo string) Resolution {
	r := Resolution{Provider: m.Provider, Model: m, Geo: geo, Reasons: status.Of(status.ProviderInferred)}
	switch {
	case name == q.Response:
	case q.Response == "":
		r.Reasons.Add(status.ResponseModelNotReported)
	default:
		r.Reasons.Add(status.ResponseModelUnknown)
	}
	return r
}

package pricebook

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Query is what telemetry says about who served which model. Any part may be empty.
type Query struct {
	Provider string // gen_ai.provider.name or its like
	Host     string // server.address
	Response string // the model that served the call
	Request  string // the model that was asked for
}

// Resolution is what a query means to a book. Without Model, Reasons say why.
type Resolution struct {
	Provider *Provider
	Model    *Model
	Geo      string     // region that the name or the host tells, lower case
	Reasons  status.Set // assumptions made, or why nothing was found
}

// The bounds of the cache of resolutions: names come from strangers.
const (
	cacheSets    = 2048
	cacheWays    = 4
	maxCachedLen = 512
)

// resolutions is a set-associative cache: every query has a set of a few
// slots, and a new one takes any of them. It needs no locks and cannot grow.
type resolutions struct {
	sets [cacheSets][cacheWays]atomic.Pointer[cachedResolution]
}

type cachedResolution struct {
	query Query
	res   Resolution
}

var cacheSeed = maphash.MakeSeed()

func (q *Query) hash() uint64 {
	h := maphash.String(cacheSeed, q.Response)
	h = h*31 + maphash.String(cacheSeed, q.Provider)
	if q.Host != "" {
		h = h*31 + maphash.String(cacheSeed, q.Host)
	}
	if q.Request != "" && q.Request != q.Response {
		h = h*31 + maphash.String(cacheSeed, q.Request)
	}
	return h
}

// Resolve finds the model that a query means, and tells whether the answer was
// cached. The result is immutable and belongs to the book.
func (b *Book) Resolve(q *Query) (res *Resolution, cached bool) {
	h := q.hash()
	set := &b.cache.sets[h%cacheSets]
	for i := range set {
		if c := set[i].Load(); c != nil && c.query == *q {
			return &c.res, true
		}
	}
	c := &cachedResolution{res: b.resolve(q)}
	if len(q.Provider)+len(q.Host)+len(q.Response)+len(q.Request) <= maxCachedLen {
		c.query = Query{
			Provider: strings.Clone(q.Provider), Host: strings.Clone(q.Host),
			Response: strings.Clone(q.Response), Request: strings.Clone(q.Request),
		}
		way := h >> 32 % cacheWays
		for i := range set {
			if set[i].Load() == nil {
				way = uint64(i)
				break
			}
		}
		set[way].Store(c)
	}
	return &c.res, false
}

func (b *Book) resolve(q *Query) Resolution {
	var r Resolution
	told := canonical(q.Provider)
	host := canonical(q.Host)
	r.Provider = b.provider(told, host)
	if q.Response == "" && q.Request == "" {
		r.Reasons.Add(status.ModelNotReported)
		return r
	}
	if r.Provider == nil {
		if told != "" {
			r.Reasons.Add(status.ProviderUnknown)
			return r
		}
		return b.infer(q)
	}
	if p := b.elsewhere(q, r.Provider); p != nil {
		return p.asked(q)
	}
	geo := ""
	r.Model, geo = r.Provider.find(q.Response)
	switch {
	case r.Model != nil:
	case q.Request == "":
		r.Reasons.Add(status.ModelUnknown)
	default:
		r.Model, geo = r.Provider.find(q.Request)
		switch {
		case r.Model == nil:
			r.Reasons.Add(status.ModelUnknown)
		case q.Response == "":
			r.Reasons.Add(status.ResponseModelNotReported)
		default:
			r.Reasons.Add(status.ResponseModelUnknown)
		}
	}
	if r.Model == nil {
		if routed := b.route(q); routed.Model != nil {
			return routed
		}
	}
	if geo == "" && r.Model != nil && q.Response != "" {
		geo = r.Provider.geoOf(q.Request) // a response can name the model without the profile that was asked for
	}
	if r.Geo = geo; geo == "" {
		r.Geo = r.Provider.regionOf(host)
	}
	return r
}

// elsewhere returns the platform that a vendor's client was pointed at: it tells
// its vendor as the provider, but asks for a model as only Bedrock or Vertex
// name it, which the vendor itself does not have.
func (b *Book) elsewhere(q *Query, told *Provider) *Provider {
	parsed, ok := modelname.Parse(modelname.Generic, q.Request)
	if !ok || parsed.Router != "" {
		return nil
	}
	p := b.platform(parsed.Grammar)
	if p == nil || p == told {
		return nil
	}
	if m, _ := told.find(q.Request); m != nil {
		return nil
	}
	return p
}

// asked finds the model of a provider that the name of the model asked for told.
func (p *Provider) asked(q *Query) Resolution {
	geo := p.geoOf(q.Request)
	for _, name := range []string{q.Response, q.Request} {
		if m, _ := p.find(name); m != nil {
			return inferred(q, name, m, geo)
		}
	}
	return Resolution{Provider: p, Reasons: status.Of(status.ModelUnknown)}
}

// geoOf returns the region that a name of one of the provider's models tells.
func (p *Provider) geoOf(name string) string {
	m, geo := p.find(name)
	if m == nil {
		return ""
	}
	return geo
}

// provider finds who bills. A host that is known says more than the name: many
// services are called with the client of another.
func (b *Book) provider(told, host string) *Provider {
	if host != "" {
		for i := range b.hosts {
			if _, ok := b.hosts[i].match(host); ok {
				return b.hosts[i].provider
			}
		}
	}
	return b.names[told]
}

// route finds the provider by the prefix of a router in the model name, such as
// "azure/" or "vertex_ai/".
func (b *Book) route(q *Query) Resolution {
	for _, name := range []string{q.Response, q.Request} {
		parsed, ok := modelname.Parse(modelname.Generic, name)
		if !ok || b.names[parsed.Router] == nil {
			continue
		}
		if m, geo := b.names[parsed.Router].find(name); m != nil {
			return inferred(q, name, m, geo)
		}
	}
	return Resolution{}
}

// find looks a name up: exactly, then as the provider's grammar unwraps it, then
// without version tags where the model allows it.
func (p *Provider) find(name string) (*Model, string) {
	n, ok := modelname.Parse(p.Grammar, name)
	if !ok {
		return nil, ""
	}
	if n.Router != "" && p.book.names[n.Router] != nil && p.book.names[n.Router] != p {
		// The name says that another provider serves the model.
		return p.names[n.Full], ""
	}
	if m := p.names[n.Full]; m != nil {
		return m, n.Geo
	}
	if m := p.names[n.ID]; m != nil {
		return m, n.Geo
	}
	for _, base := range n.Bases {
		if m := p.names[base]; m != nil && m.Dated {
			return m, n.Geo
		}
	}
	return nil, n.Geo
}

// canonical lower-cases and trims a short name; anything longer is nobody's.
func canonical(s string) string {
	if len(s) > 255 {
		return "\x00"
	}
	return strings.ToLower(strings.TrimSpace(s))
}

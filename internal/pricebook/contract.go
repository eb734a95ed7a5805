package pricebook

import (
	"slices"
	"strings"
)

// contractDecl is what was negotiated with a provider.
type contractDecl struct {
	period
	where    place
	layer    int
	name     string
	provider string
	models   []claim // nil for all models of the provider
	effect   effect
}

func parseContract(n node) *contractDecl {
	c := &contractDecl{period: always, where: n.place()}
	good := n.fields(with(c.period.readers(), withEffect(&c.effect, map[string]func(node){
		"name":     func(n node) { c.name = n.text() },
		"provider": func(n node) { c.provider = n.text() },
		"models": func(n node) {
			if c.models = n.claims(); len(c.models) == 0 {
				n.fail("must list at least one model; leave it out to cover the provider")
			}
		},
	})))
	switch {
	case !good:
	case c.name == "" || c.provider == "" || c.effect.none():
		n.fail("needs name, provider, and times or set")
	default:
		n.checkPeriod(c.period)
	}
	return c
}

// compileContracts gives every model its contracts, those of later layers last.
// It comes before prices are compiled, because a contract can price meters apart.
func (b *Book) compileContracts(d *draft) {
	if n := len(d.contracts); n > maxContracts {
		d.errs.at(d.contracts[maxContracts].where, "is one of %d contracts; at most %d are allowed", n, maxContracts)
		return
	}
	covered := make([][]*Model, len(d.contracts))
	for i, c := range d.contracts {
		covered[i] = b.covered(c, d.errs)
		for _, m := range covered[i] {
			m.contracts = append(m.contracts, c)
		}
		for j, o := range d.contracts[:i] {
			if o.layer != c.layer || !o.overlaps(c.period) {
				continue
			}
			for _, m := range covered[i] {
				if slices.Contains(covered[j], m) {
					d.errs.at(c.where, "covers %s/%s at the same time as the contract at %s", m.Provider.ID, m.ID, o.where)
					break
				}
			}
		}
	}
}

// covered lists the models that a contract names, each once.
func (b *Book) covered(c *contractDecl, errs *problems) []*Model {
	p := b.Provider(c.provider) // whose name it is now,
	if i := slices.IndexFunc(b.providers, func(p *Provider) bool { return strings.EqualFold(p.ID, c.provider) }); i >= 0 {
		p = b.providers[i] // unless it is an id
	}
	if p == nil {
		errs.at(c.where, "names the provider %q, which is in no loaded book", c.provider)
		return nil
	}
	if c.models == nil {
		return p.models
	}
	var out []*Model
	for _, id := range c.models {
		m := p.ids[modelKey(id.text)]
		if m == nil {
			errs.at(id.where, "is no id of a model of provider %q in any loaded book", p.ID)
			continue
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
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

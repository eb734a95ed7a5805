package pricebook

import (
	"iter"
	"math"
	"strings"
)

// hostPattern is a host name in which one wildcard may stand for any text.
type hostPattern struct {
	prefix, suffix string
	wild           bool
}

type hostEntry struct {
	hostPattern
	provider *Provider
}

// hostGeo is the region that a host tells; "*" is the text that the wildcard stands for.
type hostGeo struct {
	hostPattern
	geo string
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
	return strings.Compare(p.String(), q.String())
}

// String writes the pattern as a book spells it.
func (p hostPattern) String() string {
	if p.wild {
		return p.prefix + "*" + p.suffix
	}
	return p.prefix
}

// validHost accepts a host name in which one "*" may stand for any text. With
// the wildcard there must be a dot, so that no pattern matches every host.
func validHost(h string) bool {
	stars := strings.Count(h, "*")
	return h != "" && stars <= 1 && len(h) <= maxHostLen && !strings.ContainsAny(h, "/:@ \t\n") && (stars == 0 || strings.Contains(h, "."))
}

// maxHostLen is the length of the longest host name, see RFC 1035.
const maxHostLen = 253

const hostRule = "must be a host name without scheme, port or path, in which one * may stand for any text, not %q"

// hosts reads a list of host patterns.
func (n node) hosts() []claim {
	out := n.claims()
	for _, h := range out {
		if !validHost(h.text) {
			n.errs.at(h.where, hostRule, h.text)
		}
	}
	return out
}

// Hosts passes the patterns of hosts on, the more specific first, and whose
// they are.
func (b *Book) Hosts() iter.Seq2[string, *Provider] {
	return func(yield func(string, *Provider) bool) {
		for i := range b.hosts {
			if !yield(b.hosts[i].String(), b.hosts[i].provider) {
				return
			}
		}
	}
}

// hostGeo reads what hosts tell about the region.
func (n node) hostGeo() []hostGeo {
	var out []hostGeo
	n.each(func(host string, v node) {
		h := hostGeo{newHostPattern(host), strings.ToLower(v.text())}
		switch {
		case !validHost(host):
			v.fail(hostRule, host)
		case h.geo == anyOther && !h.wild:
			v.fail("is the text that a * stands for, and the host has none; write the region")
		}
		if len(out) == maxRules {
			v.fail("is more than the %d hosts that are allowed here", maxRules)
			return
		}
		for _, o := range out {
			if o.hostPattern == h.hostPattern {
				v.fail("is the same host as another key")
			}
		}
		out = append(out, h)
	})
	return out
}

// regionOf returns the region that a host tells, or nothing.
func (p *Provider) regionOf(host string) string {
	if host == "" {
		return ""
	}
	for i := range p.hostGeo {
		if star, ok := p.hostGeo[i].match(host); ok {
			if p.hostGeo[i].geo == anyOther {
				return star
			}
			return p.hostGeo[i].geo
		}
	}
	return ""
}

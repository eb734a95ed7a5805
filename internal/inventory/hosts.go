package inventory

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
)

// Host is a name or pattern of hosts, and whose they are.
type Host struct {
	Pattern  string // a host name, in which "*" stands for any run of characters
	Provider string
	// Path must be part of a request's path. It is for hosts that serve more than
	// models: a request that tells no path is none to a model then.
	Path string
}

// Hosts finds the provider of a host. It is immutable and safe for concurrent use.
type Hosts struct {
	byTail map[string][]Host // by the last two labels, which most patterns tell
	loose  []Host            // patterns that leave them open
}

// NewHosts returns a list in which earlier patterns win over later ones.
func NewHosts(all []Host) *Hosts {
	h := &Hosts{byTail: map[string][]Host{}}
	for _, x := range all {
		x.Pattern = strings.ToLower(x.Pattern)
		if t := tail(x.Pattern); !strings.Contains(t, "*") && (t != x.Pattern || !strings.Contains(x.Pattern, "*")) {
			h.byTail[t] = append(h.byTail[t], x)
			continue
		}
		h.loose = append(h.loose, x)
	}
	return h
}

// Find returns the provider of a host, as Normal spells it.
func (h *Hosts) Find(host, path string) (provider string, ok bool) {
	for _, list := range [2][]Host{h.byTail[tail(host)], h.loose} {
		for i := range list {
			x := &list[i]
			if glob.Match(x.Pattern, host) && strings.Contains(path, x.Path) {
				return x.Provider, true
			}
		}
	}
	return "", false
}

// tail returns the last two labels of a name.
func tail(name string) string {
	dots := 0
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] != '.' {
			continue
		}
		if dots++; dots == 2 {
			return name[i+1:]
		}
	}
	return name
}

// MaxHost is the length of the longest host name, see RFC 1035.
const MaxHost = 253

// Normal returns a host name in lower case, without port and the dot of the
// root. What is no host name gives nothing. A name in lower case costs no memory.
func Normal(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > MaxHost {
		return ""
	}
	for i := range len(host) {
		switch c := host[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return "" // also an IPv6 address, which is no name
		}
	}
	return strings.ToLower(host)
}

// hostOf returns host and port, and the path, of a URL.
func hostOf(url string) (host, path string) {
	colon := strings.IndexByte(url, ':')
	if colon < 0 || !strings.HasPrefix(url[colon:], "://") || delimiter(url[:colon]) < colon {
		return "", ""
	}
	rest := url[colon+len("://"):]
	end := delimiter(rest)
	host, path = rest[:end], rest[end:]
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:] // user and password are nobody's business here
	}
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	return host, path
}

// delimiter returns where the first character is that ends a host, or the
// length. strings.IndexAny would take longer than all the rest for a URL.
func delimiter(s string) int {
	for i := range len(s) {
		if c := s[i]; c == '/' || c == '?' || c == '#' {
			return i
		}
	}
	return len(s)
}

// ValidPattern tells whether a pattern is a host name but for its stars, and
// does not match every host.
func ValidPattern(p string) bool {
	plain := strings.ReplaceAll(p, "*", "a")
	return Normal(plain) == strings.ToLower(plain) && strings.Trim(p, "*.") != ""
}

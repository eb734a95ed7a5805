package inventory

import "go.opentelemetry.io/collector/pdata/pcommon"

// Target is where a client span went, as its attributes tell it. Values point
// into the telemetry.
type Target struct {
	hosts [numNames]string
	path  string
}

// The attributes that tell a host, the one to trust most first. The first two
// are those of the stable HTTP conventions; the others are deprecated and still
// written (opentelemetry.io/docs/specs/semconv/non-normative/http-migration).
const (
	serverAddress = iota // server.address
	urlFull              // url.full
	httpURL              // http.url
	netPeerName          // net.peer.name
	httpHost             // http.host
	numNames
)

// Read takes the target of a span from its attributes.
func (t *Target) Read(attrs pcommon.Map) {
	*t = Target{}
	for key, v := range attrs.All() {
		if n := len(key); n < 8 || n > 14 || v.Type() != pcommon.ValueTypeStr {
			continue
		}
		switch key {
		case "server.address":
			t.hosts[serverAddress] = v.Str()
		case "url.full":
			t.url(urlFull, v.Str())
		case "http.url":
			t.url(httpURL, v.Str())
		case "net.peer.name":
			t.hosts[netPeerName] = v.Str()
		case "http.host":
			t.hosts[httpHost] = v.Str()
		case "url.path", "http.target":
			t.path = v.Str()
		}
	}
}

func (t *Target) url(name int, url string) {
	host, path := hostOf(url)
	t.hosts[name] = host
	if path != "" {
		t.path = path
	}
}

// Provider returns the host that is known, in its normal form, and whose it is.
// Of several attributes the first that tells of one counts.
func (h *Hosts) Provider(t *Target) (host, provider string, ok bool) {
	last := ""
	for _, told := range t.hosts {
		if told == last {
			continue // absent, or told twice
		}
		last = told
		if host = Normal(told); host == "" {
			continue
		}
		if provider, ok = h.Find(host, t.path); ok {
			return host, provider, true
		}
	}
	return "", "", false
}

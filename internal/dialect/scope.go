package dialect

import (
	"hash/maphash"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/glob"
)

// Scope is what is known of all spans under one scope of one resource: the
// emitter, the user's rules for it, and facts on the resource. It lives in the
// Scratch it was made with until the next call of Reader.Scope.
type Scope struct {
	*matched
	facts   pcommon.Map // attributes of the resource, if any is a fact
	has     bool
	signals []*SignalRule // those that fit scope and resource
	// named and service are hashes of the names of the scope and its service:
	// where these differ, spans are another's.
	named, service uint64
	resource       pcommon.Map // its attributes
	record         plog.LogRecord
	logged         bool // record is the one that was read last
}

// matched is what name and version of a scope lead to.
type matched struct {
	emitter *emitter
	// others are the emitter's rows for other versions, where the scope tells none.
	others  []*emitter
	dialect uint8      // of the emitter, or noDialect
	rules   []userRule // those that fit scope and version
}

const noDialect = 255

// Bounds on the memory for scopes: real deployments have dozens with short
// names. What does not fit is matched anew each time.
const (
	maxScopes    = 1024
	maxScopeName = 256
)

// scopeKey identifies a matched scope. The resource takes part by the marks
// that emitters are recognised by, not by all of its attributes.
type scopeKey struct {
	name, version string
	mark          uint8
}

// scopeCache is a read-mostly map: readers load it, writers replace it.
type scopeCache struct {
	mu sync.Mutex
	m  atomic.Pointer[map[scopeKey]*matched]
}

func (c *scopeCache) get(k scopeKey) *matched {
	if m := c.m.Load(); m != nil {
		return (*m)[k]
	}
	return nil
}

// put keeps a copy of the key: the telemetry it points into goes away.
func (c *scopeCache) put(k scopeKey, v *matched) {
	if len(k.name)+len(k.version) > maxScopeName {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var last map[scopeKey]*matched
	if m := c.m.Load(); m != nil {
		last = *m
	}
	if len(last) >= maxScopes {
		return
	}
	next := make(map[scopeKey]*matched, len(last)+1)
	maps.Copy(next, last)
	k.name, k.version = strings.Clone(k.name), strings.Clone(k.version)
	next[k] = v
	c.m.Store(&next)
}

// Scope looks up what is known of the spans of a scope. The result is valid
// until the next call with the same Scratch.
func (r *Reader) Scope(resource pcommon.Resource, scope pcommon.InstrumentationScope, schemaURL string, s *Scratch) *Scope {
	attrs := resource.Attributes()
	k := scopeKey{name: scope.Name(), version: scope.Version()}
	sc := &s.scope
	sc.has, sc.named, sc.service = false, maphash.String(seed, k.name), 0
	sc.resource, sc.logged = attrs, false
	for name, v := range attrs.All() {
		if strings.HasPrefix(name, factPrefix) {
			sc.has = true
			continue
		}
		if name == attrkey.ServiceName && v.Type() == pcommon.ValueTypeStr {
			sc.service = maphash.String(seed, v.Str())
		}
		for i, m := range marks {
			if name == m.key && v.Type() == pcommon.ValueTypeStr && v.Str() == m.value {
				k.mark = uint8(i + 1)
			}
		}
	}
	if sc.has {
		sc.facts = attrs
	}
	if len(r.signals) > 0 {
		r.signalRules(sc, k.name, attrs)
	}
	if sc.matched = r.scopes.get(k); sc.matched == nil {
		sc.matched = r.match(k)
		r.scopes.put(k, sc.matched)
	}
	return sc
}

// match finds the emitter and the rules for a scope.
func (r *Reader) match(k scopeKey) *matched {
	m := &matched{dialect: noDialect}
	for _, u := range r.rules {
		if glob.Match(u.scope, k.name) && u.versions.hold(k.version) {
			m.rules = append(m.rules, u)
		}
	}
	// Names first: a marked resource can hold scopes of other emitters too.
	_, versioned := parseVersion(k.version)
	for _, fits := range []func(*emitter, scopeKey) bool{(*emitter).named, (*emitter).marked} {
		for d, dia := range registry {
			for i := range dia.emitters {
				e := &dia.emitters[i]
				switch {
				case !fits(e, k):
				case len(e.bounds) > 0 && !versioned:
					m.others = append(m.others, e)
				case e.bounds.hold(k.version):
					m.emitter, m.dialect = e, uint8(d)
					return m
				}
			}
		}
	}
	return m
}

// Emitter names the row that the scope or its resource was recognised by, or
// is empty. A span under a scope that nobody knows can still be read by the
// rules of an emitter whose keys it has.
func (sc *Scope) Emitter() string {
	if sc.matched == nil || sc.matched.emitter == nil {
		return ""
	}
	return sc.matched.emitter.name
}

func (e *emitter) marked(k scopeKey) bool {
	return k.mark > 0 && marks[k.mark-1] == mark{e.resource[0], e.resource[1]}
}

// named tells whether the name fits, whatever the version.
func (e *emitter) named(k scopeKey) bool {
	for _, p := range e.scopes {
		if glob.Match(p, k.name) {
			return true
		}
	}
	return false
}

// mark is an attribute of a resource that tells an emitter.
type mark struct{ key, value string }

var marks []mark

func init() {
	for _, dia := range registry {
		for i := range dia.emitters {
			e := &dia.emitters[i]
			e.bounds = mustVersions(e.versions)
			if e.resource[0] != "" {
				marks = append(marks, mark{e.resource[0], e.resource[1]})
			}
		}
	}
}

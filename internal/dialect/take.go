package dialect

import (
	"iter"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// Key is an attribute key that some dialect gives a meaning. The zero value is
// one that none does.
type Key struct{ e *entry }

// Keys passes on all keys that have a meaning of their own. Those of token_usage
// attributes are not among them: they are any names after a prefix.
func Keys() iter.Seq2[string, Key] {
	return func(yield func(string, Key) bool) {
		for i := range entries {
			if !yield(entries[i].name, Key{&entries[i]}) {
				return
			}
		}
	}
}

// IsFact tells whether a key is that of a token_usage attribute.
func IsFact(key string) bool { return strings.HasPrefix(key, factPrefix) }

// Begin begins to read the attributes of a span, for callers that pass over
// them for purposes of their own too. They call Take or TakeNamed for each
// attribute, and Taken at the end. What comes out is what Span reads.
func (s *Scratch) Begin() { s.rd.reset() }

// Take takes one attribute whose key was looked up before.
func (s *Scratch) Take(sc *Scope, k Key, v pcommon.Value) {
	switch {
	case k.e == nil:
	case k.e.marks&isBound != 0:
		s.rd.attribute(k.e.name, v, sc.dialect)
	default:
		s.rd.take(k.e, v)
	}
}

// TakeNamed takes one attribute.
func (s *Scratch) TakeNamed(sc *Scope, key string, v pcommon.Value) {
	if passes(&gate, key) {
		s.rd.attribute(key, v, sc.dialect)
	}
}

// Taken reads the span whose attributes were taken into c, as Span does.
func (r *Reader) Taken(sc *Scope, span ptrace.Span, s *Scratch, c *call.Call) bool {
	rd := &s.rd
	if !rd.marked {
		return false
	}
	if sc.has {
		rd.resourceFacts(sc.facts)
	}
	r.understand(sc, spanSource(span), s, c)
	return true
}

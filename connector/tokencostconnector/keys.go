package tokencostconnector

import (
	"maps"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
)

// meaning is all that an attribute means to the connector: one key can be part
// of a result, of what a dialect tells, a dimension and more.
type meaning struct {
	key       string
	result    pricedcall.Field
	inDialect dialect.Key
	fact      bool    // a token_usage attribute
	places    []place // of dimensions
	kind      bool    // it tells what a span stands for
}

// keys holds the meanings of all keys that have one. It is immutable.
type keys struct {
	byName map[string]*meaning
	gate   [256]uint64 // for each first byte, the lengths of keys that have a meaning; those above 62 are as one
	fact   meaning     // of token_usage attributes that are no dimensions
}

func newKeys(cfg *Config, dims *dimensions) *keys {
	k := &keys{byName: map[string]*meaning{}, fact: meaning{fact: true}}
	results := maps.Collect(pricedcall.NewReader(cfg.Prefix).Fields())
	for _, key := range unusedResults(cfg) {
		results[key] = pricedcall.NoField
	}
	for _, key := range attrkey.Under(cfg.Prefix).Keys() {
		k.of(key).result = results[key] // those that mean nothing too: they are there on every call
	}
	for key, inDialect := range dialect.Keys() {
		k.of(key).inDialect = inDialect
	}
	for key := range interaction.KindKeys() {
		k.of(key).kind = true
	}
	for key, places := range dims.rank {
		m := k.of(key)
		m.places, m.fact = places, dialect.IsFact(key)
	}
	return k
}

// unusedResults are the keys of results that nothing is made of: a value that
// nobody looks at need not be fetched.
func unusedResults(cfg *Config) []string {
	w := attrkey.Under(cfg.Prefix)
	unused := []string{w.List, w.Book, w.Reported, w.Calculation}
	if !cfg.Breakdown {
		unused = append(unused, w.Input, w.CacheRead, w.CacheWrite, w.Output, w.Fees)
	}
	if !cfg.Interactions.Enabled {
		unused = append(unused, w.Overhead, w.Loaded)
	}
	return unused
}

func (k *keys) of(key string) *meaning {
	m, ok := k.byName[key]
	if !ok {
		m = &meaning{key: key}
		k.byName[key] = m
		k.gate[key[0]] |= 1 << min(len(key), 63)
	}
	return m
}

// find returns what a key means, or nil.
func (k *keys) find(key string) *meaning {
	if key == "" {
		return nil
	}
	if k.gate[key[0]]&(1<<min(len(key), 63)) != 0 {
		if m := k.byName[key]; m != nil {
			return m
		}
	}
	if dialect.IsFact(key) {
		return &k.fact
	}
	return nil
}

// Spans of one instrumentation have the same keys in the same order most of
// the time, so the meaning of an attribute is looked for first where one in its
// place was found last. Spans with as many attributes share a row.
const (
	memoRows   = 16
	memoPlaces = 64
)

type memo [memoRows][memoPlaces]*meaning

// readAttributes takes results, dimensions and what dialects tell from the attributes of
// a span or record. The scope is nil if its dialect is read otherwise.
func (b *batch) readAttributes(attrs pcommon.Map, scope *dialect.Scope) {
	row, i := &b.memo[attrs.Len()%memoRows], 0
	for key, v := range attrs.All() {
		place := &row[i%memoPlaces]
		i++
		m := *place
		if m == nil || m.key != key {
			if m = b.keys.find(key); m == nil {
				continue
			}
			*place = m
		}
		b.take(m, key, v, scope)
	}
}

func (b *batch) take(m *meaning, key string, v pcommon.Value, scope *dialect.Scope) {
	if m.result != pricedcall.NoField {
		b.result.Set(m.result, v)
	}
	if len(m.places) > 0 {
		b.dims.put(m.places, v, 0)
	}
	if m.kind && b.actions != nil {
		b.kind.Attribute(key, v)
	}
	switch {
	case scope == nil:
	case m.fact:
		b.scratch.TakeNamed(scope, key, v)
	default:
		b.scratch.Take(scope, m.inDialect, v)
	}
}

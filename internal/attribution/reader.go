package attribution

import (
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
)

// Options says what is read.
type Options struct {
	// Dimensions are the settings of those that are read; nil is not read.
	Dimensions [NumDimensions]*Setting
	// HashKey is the key of hashes, at least MinHashKey bytes if there are any.
	HashKey string
	// Keys are the attribute keys that values are written under.
	Keys *attrkey.Written
}

// Setting says how a dimension is read.
type Setting struct {
	// From are the places to look at: attribute keys, resource.attributes["key"], and either followed by ["field"].
	// None stands for the default keys.
	From []string
	// Hash is whether the value is replaced by a keyed hash.
	Hash bool
}

// Reader reads the dimensions of calls. It is safe for concurrent use.
type Reader struct {
	record, resource index
	keys             [NumDimensions]string
	wanted           Set
	hashed           Set
	hasher           *hasher
}

// New compiles options. If no dimension is read, the reader is nil.
func New(o Options) (*Reader, error) {
	r := &Reader{keys: [NumDimensions]string{o.Keys.Team, o.Keys.Feature, o.Keys.Customer, o.Keys.User, o.Keys.Session, o.Keys.Agent}}
	var errs []error
	for d := range NumDimensions {
		setting := o.Dimensions[d]
		if setting == nil {
			continue
		}
		r.wanted |= 1 << d
		if setting.Hash {
			r.hashed |= 1 << d
		}
		places, err := sources(d, setting.From)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", d, err))
		}
		for rank, place := range places {
			if strings.HasPrefix(place.key, o.Keys.Prefix) {
				errs = append(errs, fmt.Errorf("%s: from: %q is a result, which is removed before calls are priced; use an attribute outside of %s", d, place.key, o.Keys.Prefix))
				break
			}
			ix := &r.record
			if place.resource {
				ix = &r.resource
			}
			ix.add(place.key, slot{d, uint16(rank), place.field}) //nolint:gosec // a list of places in a configuration
		}
	}
	if r.hashed != 0 {
		if len(o.HashKey) < MinHashKey {
			errs = append(errs, fmt.Errorf("hash_key: has %d bytes; use at least %d, of a random secret that all replicas share", len(o.HashKey), MinHashKey))
		}
		r.hasher = newHasher(o.HashKey)
	}
	if r.wanted == 0 {
		return nil, errors.Join(errs...)
	}
	return r, errors.Join(errs...)
}

// Set is a set of dimensions.
type Set uint8

// Has tells whether the dimension is in the set.
func (s Set) Has(d Dimension) bool { return s>>d&1 != 0 }

// Found are the values of one call. The zero value is empty.
type Found struct {
	set    Set
	values [NumDimensions]string
	ranked [NumDimensions]candidate
}

// candidate is the best value seen so far: one of an attribute, or text that
// was found in one.
type candidate struct {
	value pcommon.Value
	text  string
	rank  uint16
}

// offer takes a value for a dimension if it ranks before what was found.
func (f *Found) offer(s *slot, c candidate) {
	if !f.set.Has(s.dimension) || s.rank < f.ranked[s.dimension].rank {
		f.ranked[s.dimension] = c
		f.set |= 1 << s.dimension
	}
}

// Get returns the value of a dimension, hashed if that is configured.
func (f *Found) Get(d Dimension) (string, bool) { return f.values[d], f.set.Has(d) }

// Len returns how many dimensions have a value.
func (f *Found) Len() int {
	n := 0
	for d := range NumDimensions {
		if f.set.Has(d) {
			n++
		}
	}
	return n
}

// Find reads the dimensions of a record (a span, a log record or a metric
// point) and its resource. What f held before is forgotten.
func (r *Reader) Find(record, resource pcommon.Map, f *Found) {
	f.set = 0
	r.record.scan(record, f)
	r.resource.scan(resource, f)
	for d := range NumDimensions {
		if !f.set.Has(d) {
			continue
		}
		if f.values[d] = f.ranked[d].text; f.values[d] == "" {
			f.values[d] = text(f.ranked[d].value)
		}
		f.ranked[d] = candidate{} // so that f holds on to no batch
		if r.hashed.Has(d) {
			f.values[d] = r.hasher.hash(f.values[d])
		}
	}
}

// Write puts values on a record, or on a point that stands for it. What stands
// there already is kept.
func (r *Reader) Write(f *Found, attrs pcommon.Map) {
	for d := range NumDimensions {
		if !f.set.Has(d) {
			continue
		}
		if v, exists := attrs.GetOrPutEmpty(r.keys[d]); !exists {
			v.SetStr(f.values[d])
		}
	}
}

package dialect

import (
	"encoding/binary"
	"hash/maphash"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Fingerprint identifies a set of attributes, whatever their order: it is the
// sum of what its attributes come to, so that attributes can be taken out of it
// again. Its seeds are secret and of this process, so that nobody can make two
// sets that differ look alike; 128 bits keep it from happening by chance.
type Fingerprint struct{ a, b uint64 }

// Plus returns the fingerprint of the union of disjoint sets.
func (f Fingerprint) Plus(g Fingerprint) Fingerprint { return Fingerprint{f.a + g.a, f.b + g.b} }

// Minus returns the fingerprint of a set without some of its attributes.
func (f Fingerprint) Minus(g Fingerprint) Fingerprint { return Fingerprint{f.a - g.a, f.b - g.b} }

var fingerprintSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// Fingerprinter makes fingerprints. It keeps nothing of what it has seen; the
// zero value is ready.
type Fingerprinter struct {
	h   [2]maphash.Hash
	buf [9]byte
	set bool
}

// Attribute returns what an attribute adds to a fingerprint.
func (h *Fingerprinter) Attribute(key string, v pcommon.Value) Fingerprint {
	if !h.set {
		h.h[0].SetSeed(fingerprintSeeds[0])
		h.h[1].SetSeed(fingerprintSeeds[1])
		h.set = true
	}
	h.buf[0] = byte(v.Type())
	n, text := uint64(0), ""
	switch v.Type() {
	case pcommon.ValueTypeStr:
		text = v.Str()
	case pcommon.ValueTypeInt:
		n = uint64(v.Int())
	case pcommon.ValueTypeDouble:
		n = math.Float64bits(v.Double())
	case pcommon.ValueTypeBool:
		if v.Bool() {
			n = 1
		}
	case pcommon.ValueTypeEmpty:
	default:
		text = v.AsString() // rare: attributes of metrics are words
	}
	if text != "" {
		n = uint64(len(text))
	}
	binary.LittleEndian.PutUint64(h.buf[1:], n)
	var sums [2]uint64
	for i := range h.h {
		m := &h.h[i]
		m.Reset()
		_, _ = m.Write(h.buf[:])
		_, _ = m.WriteString(text)
		_, _ = m.WriteString(key)
		sums[i] = m.Sum64()
	}
	return Fingerprint{sums[0], sums[1]}
}

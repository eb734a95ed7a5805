package dialect

import (
	"hash/maphash"
	"math"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Fingerprint identifies a set of attributes, whatever their order: it is the
// sum of what its attributes come to, so that attributes can be taken out of it
// again. Its seeds are secret and of this process, so that nobody can make two
// sets that differ look alike; 128 bits keep it from happening by chance.
type Fingerprint [2]uint64

// Plus returns the fingerprint of the union of disjoint sets.
func (f Fingerprint) Plus(g Fingerprint) Fingerprint { return Fingerprint{f[0] + g[0], f[1] + g[1]} }

// Minus returns the fingerprint of a set without some of its attributes.
func (f Fingerprint) Minus(g Fingerprint) Fingerprint { return Fingerprint{f[0] - g[0], f[1] - g[1]} }

var (
	seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	salts = [2]uint64{maphash.String(seeds[0], "salt"), maphash.String(seeds[1], "salt")}
)

// FingerprintOf returns what an attribute adds to a fingerprint.
func FingerprintOf(key string, v pcommon.Value) (f Fingerprint) {
	text, n := "", uint64(0)
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
	for i := range f {
		value := blend(n^salts[i], uint64(v.Type())+1)
		if text != "" {
			value ^= maphash.String(seeds[i], text)
		}
		f[i] = blend(maphash.String(seeds[i], key)^salts[i], value)
	}
	return f
}

// blend combines two numbers of which at least one is secret.
func blend(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9E3779B97F4A7C15, b^0xD6E8FEB86659FD93)
	return hi ^ lo
}

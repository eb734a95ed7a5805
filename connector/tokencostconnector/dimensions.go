package tokencostconnector

import (
	"encoding/binary"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxValue bounds the length of a dimension's value, in bytes. What is longer is cut.
const maxValue = 256

// dimensions finds the values of the configured attributes of a call.
type dimensions struct {
	all  []dimension
	rank map[string][]place // by attribute
	gate [256]uint64        // for each first byte, the lengths of attributes that are read
}

type dimension struct {
	name        string
	fallback    string
	hasFallback bool
}

// place is which dimension an attribute stands for, and how many come before it.
type place struct{ dimension, rank int }

func newDimensions(configs []DimensionConfig) *dimensions {
	d := &dimensions{rank: map[string][]place{}}
	for i, c := range configs {
		x := dimension{name: c.Name}
		if c.Default != nil {
			x.fallback, x.hasFallback = *c.Default, true
		}
		d.all = append(d.all, x)
		from := c.From
		if len(from) == 0 {
			from = []string{c.Name}
		}
		for rank, key := range from {
			d.rank[key] = append(d.rank[key], place{i, rank})
			d.gate[key[0]] |= 1 << min(len(key), 63)
		}
	}
	return d
}

// found is the values of a call's dimensions, with the rank of the attribute
// that each came from. Attributes of the call beat those of its scope, and
// those beat the resource's.
type found struct {
	values [maxDimensions]pcommon.Value
	ranks  [maxDimensions]int
}

const absent = int(^uint(0) >> 1)

// copy takes all values of another.
func (d *dimensions) copy(from, to *found) {
	n := len(d.all)
	copy(to.values[:n], from.values[:n])
	copy(to.ranks[:n], from.ranks[:n])
}

// reset forgets all values.
func (d *dimensions) reset(f *found) {
	for i := range d.all {
		f.ranks[i] = absent
	}
}

// read takes the values among attributes. The level makes those of a later
// call of read, with a lower level, beat them.
func (d *dimensions) read(attrs pcommon.Map, level int, f *found) {
	for key, v := range attrs.All() {
		d.attribute(key, v, level, f)
	}
}

// levelStep is more than the number of attributes a dimension can be read from.
const levelStep = 1 << 16

func (d *dimensions) attribute(key string, v pcommon.Value, level int, f *found) {
	if key == "" || d.gate[key[0]]&(1<<min(len(key), 63)) == 0 {
		return
	}
	f.put(d.rank[key], v, level)
}

// put takes a value for the dimensions that its attribute stands for.
func (f *found) put(places []place, v pcommon.Value, level int) {
	for _, p := range places {
		if rank := p.rank + level*levelStep; rank < f.ranks[p.dimension] {
			f.ranks[p.dimension], f.values[p.dimension] = rank, v
		}
	}
}

// text appends a value as text, cut to its bound.
func text(b []byte, v pcommon.Value) []byte {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		return append(b, s[:min(len(s), maxValue)]...)
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(b, v.Int(), 10)
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(b, v.Bool())
	default:
		s := v.AsString()
		return append(b, s[:min(len(s), maxValue)]...)
	}
}

// field appends a text with its length, so that no two lists of texts are alike.
func field(b []byte, s string) []byte {
	s = s[:min(len(s), maxValue)]
	b = binary.AppendUvarint(b, uint64(len(s)+1))
	return append(b, s...)
}

// key appends the values of all dimensions.
func (d *dimensions) key(b []byte, f *found) []byte {
	for i := range d.all {
		switch {
		case f.ranks[i] != absent:
			at := len(b)
			b = append(b, 0, 0) // the length, which is known afterwards
			b = text(b, f.values[i])
			n := len(b) - at - 2 + 1
			b[at], b[at+1] = byte(n), byte(n>>8)
		case d.all[i].hasFallback:
			b = field(append(b, 0xff), d.all[i].fallback)
		default:
			b = append(b, 0, 0)
		}
	}
	return b
}

// put writes the values of all dimensions as attributes. They are always text,
// for a value that is text on one span and a number on another is one series.
func (d *dimensions) put(attrs pcommon.Map, f *found) {
	for i := range d.all {
		switch {
		case f.ranks[i] != absent:
			attrs.PutStr(d.all[i].name, string(text(nil, f.values[i])))
		case d.all[i].hasFallback:
			attrs.PutStr(d.all[i].name, d.all[i].fallback)
		}
	}
}

package dialect

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// The ways in which calls are looked up, each with a table of its own: an open
// hash with chains of calls.
const (
	byTrace          = iota // response id and trace: one call for each
	byOutput                // response id and output: one call for each
	byInput                 // response id and input
	bySpan                  // trace and span
	byCounts                // counts, and where the call hangs: SDK calls only
	byUncache               // the same with the input that is not cached
	byService               // counts and service
	byServiceUncache        // the same with the input that is not cached
	byRecord                // time and usage: log records only
	ways
)

// chainBound limits how many calls are compared with one where an index cannot
// tell them apart: parents under one span id, and SDK calls with the same
// counts that run at the same time.
const chainBound = 64

// seed makes the hashes of a process its own, so that nobody can choose ids
// that make chains long.
var seed = maphash.MakeSeed()

// counts takes what is compared of the usage of a call.
func (x *sighting) counts(c *call.Call) {
	x.detail = uint64(c.Told) | uint64(c.Reasons)<<16
	var cached, thoughts int64
	for _, k := range c.Usage.Tokens() {
		x.detail += mix(uint64(k.Meter), uint64(k.Tokens)) // whatever their order
		switch k.Meter {
		case meter.AllInput:
			x.in = k.Tokens
		case meter.AllOutput:
			x.out = k.Tokens
		case meter.CacheReads, meter.CacheWrites:
			cached += k.Tokens
		case meter.AllReasoning:
			thoughts = k.Tokens
		}
	}
	x.plain, x.bare = x.in-cached, x.out-thoughts
}

// open empties the table of a way.
func (d *Duplicates) open(way int) {
	n := len(d.seen)
	size := 1 << bits.Len(uint(n))
	d.tables[way] = slices.Grow(d.tables[way][:0], size)[:size]
	clear(d.tables[way])
	d.links[way] = slices.Grow(d.links[way][:0], n)[:n]
}

// slot returns the head of a chain.
func (d *Duplicates) slot(way int, h uint64) *int32 {
	return &d.tables[way][h>>32&uint64(len(d.tables[way])-1)]
}

// push puts call i before those with the same slot.
func (d *Duplicates) push(way int, h uint64, i int32) {
	slot := d.slot(way, h)
	d.links[way][i] = *slot
	*slot = i + 1
}

// byResponseID joins the calls that share an id and a trace, and those that
// share an id and an output. A chain has one call for each such pair, so any
// number of copies is found in one pass. An instrumentation can count the
// output of a stream wrong, so calls that share an id and an input are joined
// where two instrumentations of a service tell them at the same time.
func (d *Duplicates) byResponseID() {
	if !d.shareIDs() {
		return
	}
	d.open(byTrace)
	d.open(byOutput)
	d.open(byInput)
	for i := range d.seen {
		x := &d.seen[i]
		if x.responseID == "" {
			continue
		}
		h := maphash.String(seed, x.responseID)
		d.joinFirst(byTrace, mix(h, traceHash(x.trace)), int32(i), func(y *sighting) bool {
			return y.trace == x.trace && y.responseID == x.responseID && identified(x, y)
		})
		if !x.empty {
			d.joinFirst(byOutput, mix(h, uint64(x.out)), int32(i), func(y *sighting) bool {
				return y.out == x.out && y.responseID == x.responseID && identified(x, y)
			})
			// The first of those with its trace or output stands for others that tell the same here.
			if first := &d.seen[d.root(int32(i))]; first == x || first.in != x.in || first.service != x.service || first.start != x.start || first.end != x.end {
				d.joinBeside(mix(h, uint64(x.in)), int32(i))
			}
		}
	}
}

// shareIDs tells whether any two calls have the same response id, as far as
// its hash tells. In most batches none do, and this is all that is done.
func (d *Duplicates) shareIDs() bool {
	d.open(byTrace)
	for i := range d.seen {
		x := &d.seen[i]
		if x.responseID == "" {
			continue
		}
		x.idHash = maphash.String(seed, x.responseID)
		for j := *d.slot(byTrace, x.idHash); j != 0; j = d.links[byTrace][j-1] {
			if d.seen[j-1].idHash == x.idHash {
				return true
			}
		}
		d.push(byTrace, x.idHash, int32(i))
	}
	return false
}

// joinFirst joins call i with the first call that is equal, or makes it the
// first.
func (d *Duplicates) joinFirst(way int, h uint64, i int32, equal func(*sighting) bool) {
	for j := *d.slot(way, h); j != 0; j = d.links[way][j-1] {
		if equal(&d.seen[j-1]) {
			d.same(i, j-1)
			return
		}
	}
	d.push(way, h, i)
}

// joinBeside joins call i with one of the same id and input that another
// instrumentation of its service tells at the same time.
func (d *Duplicates) joinBeside(h uint64, i int32) {
	x := &d.seen[i]
	own := d.seen[d.root(i)].origins
	n := 0
	for j := *d.slot(byInput, h); j != 0; j = d.links[byInput][j-1] {
		if n++; n > chainBound {
			x.contradicted = true
			break
		}
		y := &d.seen[j-1]
		overlap := x.start <= y.end && y.start <= x.end
		if overlap && d.seen[d.root(j-1)].origins&own == 0 && y.service == x.service && y.in == x.in && y.responseID == x.responseID {
			d.same(i, j-1)
			break
		}
	}
	d.push(byInput, h, i)
}

// byWrapper pairs frameworks with the SDK calls below them that no link shows.
// Both are taken by their start, so what has ended or is paired leaves its
// chain for good.
func (d *Duplicates) byWrapper() {
	d.wrappers, d.sdks = d.wrappers[:0], d.sdks[:0]
	for i := range d.seen {
		switch x := &d.seen[i]; {
		case x.empty:
		case x.wrapper:
			d.wrappers = append(d.wrappers, int32(i))
		default:
			d.sdks = append(d.sdks, int32(i))
		}
	}
	byAge := func(i, j int32) int { return older(&d.seen[i], &d.seen[j]) }
	slices.SortFunc(d.wrappers, byAge)
	slices.SortFunc(d.sdks, byAge)
	d.open(byCounts)
	d.open(byUncache)
	for k := len(d.sdks) - 1; k >= 0; k-- { // so that chains begin with the oldest
		y := &d.seen[d.sdks[k]]
		d.push(byCounts, placeHash(y, y.in), d.sdks[k])
		if y.plain != y.in {
			d.push(byUncache, placeHash(y, y.plain), d.sdks[k])
		}
	}
	for _, i := range d.wrappers {
		if d.seen[d.root(i)].sdk {
			continue
		}
		x := &d.seen[i]
		best := int32(-1)
		for _, way := range [...]int{byCounts, byUncache} {
			best = d.below(way, x, x.in, best)
			if x.plain != x.in {
				best = d.below(way, x, x.plain, best)
			}
		}
		if best >= 0 {
			d.same(i, best)
			x.inner, d.seen[best].outer = true, true
		}
	}
}

// below returns the SDK call of a chain that is the closest to a framework's
// call, or best if none is closer.
func (d *Duplicates) below(way int, x *sighting, in int64, best int32) int32 {
	head := d.slot(way, placeHash(x, in))
	for *head != 0 {
		j := *head - 1
		if y := &d.seen[j]; y.end >= x.start && !d.seen[d.root(j)].framed {
			break
		}
		*head = d.links[way][j]
	}
	n := 0
	for j := *head; j != 0; j = d.links[way][j-1] {
		y := &d.seen[j-1]
		if y.start > x.end {
			break
		}
		if n++; n > chainBound {
			x.contradicted = x.contradicted || best < 0
			break
		}
		together := x.trace == y.trace && x.parent == y.parent || x.parent.IsEmpty() && y.parent.IsEmpty() && x.service == y.service
		if !together || distinct(x, y) || y.end < x.start || y.emitter == x.emitter || !alike(x, y) || !consistent(x, y) || d.seen[d.root(j-1)].framed {
			continue
		}
		if best < 0 || closer(y, &d.seen[best], x) {
			best = j - 1
		}
	}
	return best
}

func closer(a, b, x *sighting) bool {
	return cmp.Or(cmp.Compare(distance(a.start, x.start), distance(b.start, x.start)), older(a, b)) < 0
}

func distance(a, b uint64) uint64 {
	if a > b {
		return a - b
	}
	return b - a
}

// placeHash is of the input of a call and where it hangs: under a parent in a
// trace, or nowhere.
func placeHash(x *sighting, in int64) uint64 {
	h := countsHash(in)
	if x.parent.IsEmpty() {
		return h
	}
	return mix(h, mix(traceHash(x.trace), spanHash(x.parent)))
}

func traceHash(t pcommon.TraceID) uint64 {
	return mix(binary.LittleEndian.Uint64(t[:8])^halves[0], binary.LittleEndian.Uint64(t[8:])^halves[1])
}

// halves are secrets of the process for the halves of trace ids.
var halves = [2]uint64{maphash.String(seed, "first"), maphash.String(seed, "second")}

func spanHash(s pcommon.SpanID) uint64 { return binary.LittleEndian.Uint64(s[:]) }

// mix makes one hash of two.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xA0761D6478BD642F, b^0xD6E8FEB86659FD93)
	return (hi ^ lo) * 0x9E3779B97F4A7C15
}

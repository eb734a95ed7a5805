package dialect

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// maxDuplicates bounds the calls of a batch that are compared. Those beyond
// are taken as they are.
const maxDuplicates = 1 << 14

// Duplicates finds calls of one batch that are the same call seen twice: by
// two instrumentations stacked on each other, or by a client and a gateway.
// The zero value is ready; it is for one goroutine and can be used again.
//
// Two calls are the same if
//   - they have the same response id, and the same trace or the same output;
//   - one span is the parent of the other and their counts are the same, or
//     the parent has none and the same operation;
//   - a framework and an SDK overlap in time with the same counts, under the
//     same parent or both without one. Each SDK call stands for one framework
//     call at most.
//
// Of two, the one that tells more is kept.
type Duplicates struct {
	seen     []sighting
	tables   [ways][]int32 // by hash, the last call that has it plus one
	wrappers []int
	stacked  bool // there are frameworks among the calls
	solved   bool
}

// sighting is what is needed of a call to compare it.
type sighting struct {
	trace          pcommon.TraceID
	span, parent   pcommon.SpanID
	start, end     uint64
	responseID     string
	operation      string
	in, out        int64
	plain          int64 // input without what is told to be cached
	rank           int   // how much the call tells
	empty          bool  // no usage
	wrapper        bool  // a framework above an SDK
	matched, again bool
	emitter        *emitter
	next           [ways]int32
}

// Reset forgets the batch.
func (d *Duplicates) Reset() {
	clear(d.seen) // it holds strings of the telemetry
	d.seen = d.seen[:0]
	d.solved, d.stacked = false, false
}

// Add puts a call into the batch and returns its number, or -1 if it takes no
// part: because it is no inference, or beyond the bound.
func (d *Duplicates) Add(sc *Scope, span ptrace.Span, c *call.Call) int {
	if c.Kind != call.Inference || len(d.seen) >= maxDuplicates || d.solved {
		return -1
	}
	x := sighting{
		trace: span.TraceID(), span: span.SpanID(), parent: span.ParentSpanID(),
		start: c.StartUnixNano, end: uint64(span.EndTimestamp()),
		responseID: c.ResponseID, operation: c.Operation, emitter: sc.emitter,
		wrapper: sc.emitter != nil && sc.emitter.wrapper,
	}
	x.in, _ = c.Usage.Get(meter.AllInput)
	x.out, _ = c.Usage.Get(meter.AllOutput)
	read, _ := c.Usage.Get(meter.CacheReads)
	write, _ := c.Usage.Get(meter.CacheWrites)
	x.plain = x.in - read - write
	x.empty = c.Usage.Empty()
	x.rank = bits.OnesCount16(uint16(c.Told))*4 + len(c.Usage.Tokens()) - 3*c.Reasons.Len()
	if c.Reasons.Only(status.Unpriced) != 0 {
		x.rank -= 1000
	}
	d.seen = append(d.seen, x)
	d.stacked = d.stacked || x.wrapper
	return len(d.seen) - 1
}

// Duplicate tells whether call n of the batch is to be left out because
// another one stands for it. It is asked after all calls were added.
func (d *Duplicates) Duplicate(n int) bool {
	if n < 0 || n >= len(d.seen) {
		return false
	}
	if !d.solved {
		d.solve()
	}
	return d.seen[n].again
}

// The ways to look calls up.
const (
	bySpan = iota
	byResponse
	byOverlap
	ways
)

func (d *Duplicates) solve() {
	d.solved = true
	if len(d.seen) < 2 {
		return
	}
	size := 1 << bits.Len(uint(len(d.seen)))
	for way := range d.tables {
		d.tables[way] = slices.Grow(d.tables[way][:0], size)[:size]
		clear(d.tables[way])
	}
	for i := range d.seen {
		x := &d.seen[i]
		d.link(spanHash(x.span), bySpan, i)
		if x.responseID != "" {
			d.link(hashString(x.responseID), byResponse, i)
		}
		if d.stacked && !x.empty {
			d.link(overlapHash(x), byOverlap, i)
		}
	}
	d.byResponseID()
	d.byParent()
	if d.stacked {
		d.byWrapper()
	}
}

// link puts call i before those with the same slot.
func (d *Duplicates) link(h uint64, way, i int) {
	slot := &d.tables[way][d.slot(h, way)]
	d.seen[i].next[way] = *slot
	*slot = int32(i + 1)
}

// slot takes the upper bits of a hash, which all the lower ones went into.
func (d *Duplicates) slot(h uint64, way int) uint64 {
	return h >> 32 & uint64(len(d.tables[way])-1)
}

// chainBound limits how many calls are compared with one: identical calls
// beyond it are taken as they are.
const chainBound = 64

// each calls f with the calls under a hash, and with others that share its slot.
func (d *Duplicates) each(h uint64, way int, f func(j int)) {
	for j, n := d.tables[way][d.slot(h, way)], 0; j != 0 && n < chainBound; n++ {
		f(int(j - 1))
		j = d.seen[j-1].next[way]
	}
}

func (d *Duplicates) byResponseID() {
	for i := range d.seen {
		x := &d.seen[i]
		if x.responseID == "" {
			continue
		}
		d.each(hashString(x.responseID), byResponse, func(j int) {
			y := &d.seen[j]
			if j < i && y.responseID == x.responseID && (y.trace == x.trace || y.out == x.out && !x.empty && !y.empty) {
				d.same(i, j)
			}
		})
	}
}

func (d *Duplicates) byParent() {
	for i := range d.seen {
		x := &d.seen[i]
		if x.parent.IsEmpty() {
			continue
		}
		d.each(spanHash(x.parent), bySpan, func(j int) {
			y := &d.seen[j]
			if j == i || y.span != x.parent || y.trace != x.trace {
				return
			}
			switch {
			case y.empty && y.operation == x.operation, !x.empty && alike(x, y):
				d.same(i, j)
			}
		})
	}
}

// byWrapper pairs frameworks with the SDK calls below them that no link shows.
func (d *Duplicates) byWrapper() {
	d.wrappers = d.wrappers[:0]
	for i := range d.seen {
		if x := &d.seen[i]; x.wrapper && !x.again && !x.empty {
			d.wrappers = append(d.wrappers, i)
		}
	}
	slices.SortFunc(d.wrappers, func(i, j int) int { return older(&d.seen[i], &d.seen[j]) })
	for _, i := range d.wrappers {
		x := &d.seen[i]
		best := -1
		d.each(overlapHash(x), byOverlap, func(j int) {
			y := &d.seen[j]
			if y.wrapper || y.again || y.matched || y.emitter == x.emitter || !alike(x, y) || x.start > y.end || y.start > x.end {
				return
			}
			together := x.trace == y.trace && x.parent == y.parent || x.parent.IsEmpty() && y.parent.IsEmpty()
			if together && (best < 0 || closer(y, &d.seen[best], x)) {
				best = j
			}
		})
		if best >= 0 {
			x.matched, d.seen[best].matched = true, true
			d.same(i, best)
		}
	}
}

func closer(a, b, x *sighting) bool {
	return cmp.Or(cmp.Compare(distance(a.start, x.start), distance(b.start, x.start)), older(a, b)) < 0
}

// older orders calls in a way that does not depend on who was added first.
func older(a, b *sighting) int {
	return cmp.Or(cmp.Compare(a.start, b.start), slices.Compare(a.trace[:], b.trace[:]), slices.Compare(a.span[:], b.span[:]))
}

func distance(a, b uint64) uint64 {
	if a > b {
		return a - b
	}
	return b - a
}

// alike tells whether two calls have the same counts, or would have if one of
// them told its cache.
func alike(x, y *sighting) bool {
	return x.out == y.out && (x.in == y.in || x.plain == y.plain || x.in == y.plain || y.in == x.plain)
}

// same leaves the call out that tells less. The choice does not depend on the
// order in which calls were added.
func (d *Duplicates) same(i, j int) {
	x, y := &d.seen[i], &d.seen[j]
	if x.again || y.again {
		return
	}
	if cmp.Or(cmp.Compare(x.rank, y.rank), older(y, x)) < 0 {
		x.again = true
	} else {
		y.again = true
	}
}

func spanHash(s pcommon.SpanID) uint64 {
	return binary.LittleEndian.Uint64(s[:]) * 0x9E3779B97F4A7C15
}

func overlapHash(x *sighting) uint64 {
	return (uint64(x.out)*0xA0761D6478BD642F + 1) * 0xD6E8FEB86659FD93
}

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

package dialect

import (
	"cmp"
	"math/bits"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// MaxCompared bounds the calls of a batch that are compared. Those beyond are
// taken as they are.
const MaxCompared = 1 << 14

// Duplicates finds calls of one batch that are the same call seen twice: by
// two instrumentations stacked on each other, or by a client and a gateway.
// The zero value is ready; it is for one goroutine and can be used again.
//
// Two calls are the same if
//   - they are copies of one span, of the same times and counts;
//   - log records that are equal, in a time finer than milliseconds, tell them;
//   - they have the same response id, and the same trace or the same output, or
//     two instrumentations of a service tell them at the same time with the
//     same input;
//   - one span is the parent of the other, and their counts are the same or the
//     parent has none. A parent stands for one of its children at most;
//   - a framework and an SDK overlap in time with the same counts, under the
//     same parent or, in one service, both without one. Each SDK call stands
//     for one framework call at most;
//   - one lies in time within the other, in one trace or, both without a parent,
//     in one service, with the same counts, and another instrumentation or
//     service tells it. Each stands for one call
//     around it and one within it at most.
//
// A call is a sum, and no call of its own, if the calls right below it add up
// to its counts. Parents, overlaps, and sums hold only where models and operations
// do not differ, and parents and overlaps only where response ids of one form do
// not. What is the same as a third call is the same: of all that are, the one
// that tells most is kept, and of those that tell as much, the one with the
// larger counts. Neither depends on the order in which calls were added.
type Duplicates struct {
	// Known tells whether the model of call n is known, so that a sighting whose
	// names nobody knows does not stand for one that can be priced. It is asked
	// of calls that are the same only, and may be nil.
	Known func(n int) bool

	seen     []sighting
	tables   [ways][]int32 // by hash, the last call that has it plus one
	links    [ways][]int32 // for each call, the next one of its chain plus one
	wrappers []int32
	sdks     []int32
	order    []int32
	sums     []sum
	records  []origin // of the calls that log records tell
	origins  []uint64 // hashes of instrumentation and service, as many as are told apart
	stacked  bool     // there are frameworks among the calls
	hanging  bool     // there are calls with a parent
	joined   bool     // some calls are the same
	solved   bool
}

// sighting is what is needed of a call to compare it.
type sighting struct {
	trace        pcommon.TraceID
	span, parent pcommon.SpanID
	start, end   uint64
	responseID   string
	idHash       uint64 // of it
	operation    string
	models       [2]string // served and asked for
	terms        [3]string // provider, mode and region
	in, out      int64
	plain        int64  // input without what is told to be cached
	bare         int64  // output without what is told to be reasoning
	rank         int    // how much the call tells
	detail       uint64 // a hash of its usage, and of what it tells
	unpriced     bool   // what it tells makes no cost
	empty        bool   // no usage
	wrapper      bool   // a framework above an SDK
	vague        bool   // its counts are known to lack something, so they contradict nothing
	emitter      *emitter
	scope        uint64 // hash of its name
	service      uint64 // hash of its name
	origins      uint64 // of a root: a bit for each instrumentation and service in its class

	record       int32 // the log record that tells it plus one, or zero
	class        int32 // a call of the same class, itself for the root
	best         int32 // of a root: the call of its class that is kept
	child        int32 // the child that the call stands for, plus one
	outer, inner bool  // a call around it, or within it, is the same
	framed       bool  // of a root: a framework is in its class
	sdk          bool  // of a root: a call that is no framework's is in its class
	unsure       bool  // of a root: nothing but time and counts joins services in its class
	again        bool
	contradicted bool
}

// vague are the reasons of calls whose counts are known to be less, or other,
// than the provider's.
var vague = status.Of(status.UsageEstimatedByEmitter, status.OutputNotReported, status.ReasoningNotReported, status.ToolPromptNotReported,
	status.UsageMissing, status.UsageInvalid)

// Reset forgets the batch.
func (d *Duplicates) Reset() {
	clear(d.seen) // it holds strings of the telemetry
	d.seen = d.seen[:0]
	clear(d.records)
	d.records = d.records[:0]
	d.origins = d.origins[:0]
	d.solved, d.stacked, d.hanging, d.joined = false, false, false, false
}

// Place is where a call was seen. That of a log record has a trace and a time
// only: the span that it names is the one around the call.
type Place struct {
	Trace        pcommon.TraceID
	Span, Parent pcommon.SpanID
	End          pcommon.Timestamp
}

// PlaceOf returns the place of a span.
func PlaceOf(span ptrace.Span) Place {
	return Place{span.TraceID(), span.SpanID(), span.ParentSpanID(), span.EndTimestamp()}
}

// Add puts a call into the batch and returns its number, or -1 if it takes no
// part: because it is no inference, is priced elsewhere, or is beyond the bound.
func (d *Duplicates) Add(sc *Scope, at Place, c *call.Call) int {
	if c.Kind != call.Inference || c.Reasons.Has(status.PricedInOtherSignal) || len(d.seen) >= MaxCompared || d.solved {
		return -1
	}
	n := len(d.seen)
	if n == cap(d.seen) {
		d.seen = slices.Grow(d.seen, 1)
	}
	d.seen = d.seen[:n+1]
	x := &d.seen[n] // is zero: Reset clears
	x.trace, x.span, x.parent = at.Trace, at.Span, at.Parent
	x.start, x.end = c.StartUnixNano, uint64(at.End)
	x.responseID, x.operation = identity(c.ResponseID), c.Operation
	x.models[0], x.models[1] = c.ResponseModel, c.RequestModel
	x.terms[0], x.terms[1], x.terms[2] = c.Provider, c.Mode, c.Geo
	x.emitter, x.wrapper = sc.emitter, sc.emitter != nil && sc.emitter.wrapper
	x.vague, x.empty = c.Reasons&vague != 0, c.Usage.Empty()
	x.scope, x.service = sc.named, sc.service
	x.class, x.best = int32(n), int32(n)
	if sc.logged {
		d.records = append(d.records, origin{sc.record, sc.resource})
		x.record = int32(len(d.records))
	}
	x.counts(c)
	x.rank = bits.OnesCount16(uint16(c.Told))*4 + len(c.Usage.Tokens()) - 3*c.Reasons.Len()
	if c.ResponseModel == "" && c.RequestModel == "" {
		x.rank -= 500 // another sighting has to say what it was
	}
	if c.Reasons.Only(status.Unpriced) != 0 {
		x.rank, x.unpriced = x.rank-1000, true
	}
	x.framed, x.sdk, x.origins = x.wrapper, !x.wrapper, d.origin(mix(x.scope, x.service))
	d.stacked = d.stacked || x.wrapper
	d.hanging = d.hanging || !x.parent.IsEmpty()
	return n
}

// Duplicate tells whether call n of the batch is to be left out because
// another one stands for it. It is asked after all calls were added.
func (d *Duplicates) Duplicate(n int) bool { return d.knows(n) && d.seen[n].again }

// Contradicted tells whether call n is kept though another sighting of the
// same call has other counts, or though it could not be compared with all that
// it might be the same as. Such a call is not certain.
func (d *Duplicates) Contradicted(n int) bool { return d.knows(n) && d.seen[n].contradicted }

// Unsure tells whether call n is kept, and stands for a call of another service,
// though nothing but time and counts tells that they are the same.
func (d *Duplicates) Unsure(n int) bool {
	return d.knows(n) && !d.seen[n].again && d.seen[d.root(int32(n))].unsure
}

func (d *Duplicates) knows(n int) bool {
	if n < 0 || n >= len(d.seen) {
		return false
	}
	if !d.solved {
		d.solve()
	}
	return true
}

func (d *Duplicates) solve() {
	d.solved = true
	if len(d.seen) < 2 {
		return
	}
	d.byResponseID()
	d.byParent()
	if len(d.records) > 1 {
		d.byRecord()
	}
	if d.stacked {
		d.byWrapper()
	}
	if len(d.origins) > 1 {
		d.byTime()
	}
	if d.joined {
		d.choose()
	}
	if d.hanging {
		d.leaveOutSums()
	}
}

// choose keeps the best call of each class.
func (d *Duplicates) choose() {
	for i := range d.seen {
		root := &d.seen[d.root(int32(i))]
		if int(root.best) != i && d.rather(i, int(root.best)) {
			root.best = int32(i)
		}
	}
	for i := range d.seen {
		x := &d.seen[i]
		best := d.seen[d.root(int32(i))].best
		if int(best) == i {
			continue
		}
		x.again = true
		if y := &d.seen[best]; !x.vague && !x.empty && !alike(x, y) {
			y.contradicted = true
		}
	}
}

// rather tells whether call i is to be kept rather than call j of its class.
func (d *Duplicates) rather(i, j int) bool {
	x, y := &d.seen[i], &d.seen[j]
	if d.Known != nil && (x.models != y.models || x.terms[0] != y.terms[0]) {
		if known := d.Known(i); known != d.Known(j) {
			return known
		}
	}
	return better(x, y)
}

// better orders the calls of a class. Calls that are equal in all this are
// interchangeable.
func better(x, y *sighting) bool {
	return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.in+x.out, y.in+y.out), cmp.Compare(x.out, y.out), older(y, x)) > 0
}

// root returns the call that stands for the class of call i, and shortens the
// way to it.
func (d *Duplicates) root(i int32) int32 {
	for d.seen[i].class != i {
		d.seen[i].class = d.seen[d.seen[i].class].class
		i = d.seen[i].class
	}
	return i
}

// same makes one class of two.
func (d *Duplicates) same(i, j int32) {
	i, j = d.root(i), d.root(j)
	if i == j {
		return
	}
	d.joined = true
	x, y := &d.seen[min(i, j)], &d.seen[max(i, j)]
	y.class = min(i, j)
	x.framed, x.sdk, x.unsure, x.origins = x.framed || y.framed, x.sdk || y.sdk, x.unsure || y.unsure, x.origins|y.origins
}

// older orders calls in a way that does not depend on who was added first.
func older(a, b *sighting) int {
	if c := cmp.Compare(a.start, b.start); c != 0 {
		return c
	}
	if c := slices.Compare(a.trace[:], b.trace[:]); c != 0 {
		return c
	}
	if c := slices.Compare(a.span[:], b.span[:]); c != 0 {
		return c
	}
	// Copies of a span, which somebody may have changed.
	return cmp.Or(cmp.Compare(a.in, b.in), cmp.Compare(a.out, b.out), cmp.Compare(a.plain, b.plain), cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.end, b.end), slices.Compare(a.parent[:], b.parent[:]), cmp.Compare(a.operation, b.operation),
		slices.Compare(a.models[:], b.models[:]), slices.Compare(a.terms[:], b.terms[:]), cmp.Compare(a.detail, b.detail))
}

// alike tells whether two calls have the same counts, or would have if one of
// them told its cache, its reasoning or, known to lack it, its output.
func alike(x, y *sighting) bool {
	return (x.out == y.out || x.bare == y.out || x.out == y.bare || x.out == 0 && x.vague || y.out == 0 && y.vague) &&
		(x.in == y.in || x.plain == y.plain || x.in == y.plain || y.in == x.plain)
}

package interaction

import (
	"encoding/binary"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Link is a span that is not of GenAI: it only tells what is above others.
type Link struct {
	ID, Parent pcommon.SpanID
	Start      pcommon.Timestamp // of a root: a span without parent
	Name       string            // of a root
}

// recent remembers spans that are not of GenAI and whose trace is not known to
// have any, the last ones of a fixed number. Nearly all are forgotten unused.
// When a trace turns out to have a span of GenAI, those of it that are still
// there are found. Spans come in runs of one trace, and are written one after
// another, so that a span costs little more than the copying of its two ids.
type recent struct {
	pairs   []pair   // a ring
	runs    []run    // a ring
	heads   []uint64 // by the hash of a trace, the last run of it or another with that hash
	written uint64   // pairs, ever
	begun   uint64   // runs, ever; the first one has the number 1, and n stands at n mod the length
}

type pair struct{ id, parent pcommon.SpanID }

type run struct {
	trace pcommon.TraceID
	first uint64 // pair
	n     uint32
	name  uint32 // of its earliest root
	start pcommon.Timestamp
	root  pcommon.SpanID // empty if there is none
	prev  uint64         // run with the same hash
}

// spansPerRun is how many spans of a run there are on average, at least, for
// all that are remembered to be found.
const spansPerRun = 4

func newRecent(spans int) recent {
	n := 1
	for n*2 <= spans {
		n *= 2
	}
	if spans == 0 {
		return recent{}
	}
	runs := max(1, n/spansPerRun)
	return recent{pairs: make([]pair, n), runs: make([]run, runs), heads: make([]uint64, runs)}
}

func (r *recent) head(trace pcommon.TraceID) *uint64 {
	h := mix(binary.LittleEndian.Uint64(trace[8:]) ^ binary.LittleEndian.Uint64(trace[:8]))
	return &r.heads[h>>8&uint64(len(r.heads)-1)] // the lowest bits chose the shard
}

// mix spreads ids that are no random numbers, such as counters: every bit of
// the product's halves depends on bits above or below it.
func mix(h uint64) uint64 {
	high, low := bits.Mul64(h^0xa0761d6478bd642f, 0x9e3779b97f4a7c15)
	return high ^ low
}

// put remembers spans of a trace.
func (r *recent) put(trace pcommon.TraceID, links []Link, n *names) {
	if len(r.pairs) == 0 {
		return
	}
	links = links[:min(len(links), len(r.pairs))]
	head := r.head(trace)
	x := run{trace: trace, first: r.written, n: uint32(len(links)), prev: *head}
	for i := range links {
		l := &links[i]
		r.pairs[r.written&uint64(len(r.pairs)-1)] = pair{l.ID, l.Parent}
		r.written++
		if l.Parent.IsEmpty() && (x.root.IsEmpty() || order{l.Start, l.ID}.compare(order{x.start, x.root}) < 0) {
			x.root, x.start, x.name = l.ID, l.Start, n.number(l.Name)
		}
	}
	r.begun++
	r.runs[r.begun&uint64(len(r.runs)-1)] = x
	*head = r.begun
}

// of passes on what is remembered of a trace: its runs, and their spans.
func (r *recent) of(trace pcommon.TraceID, each func(*run, pair)) {
	if len(r.pairs) == 0 {
		return
	}
	for i := *r.head(trace); i != 0 && i+uint64(len(r.runs)) > r.begun; {
		x := &r.runs[i&uint64(len(r.runs)-1)]
		i = x.prev
		if x.trace != trace {
			continue
		}
		for p := x.first; p < x.first+uint64(x.n); p++ {
			if p+uint64(len(r.pairs)) >= r.written {
				each(x, r.pairs[p&uint64(len(r.pairs)-1)])
			}
		}
	}
}

package dialect

import (
	"cmp"
	"math/bits"
	"slices"
)

// byTime joins calls of one trace that lie within each other in time and have
// the same counts, though no link shows it: between a client's call and a
// gateway's there are spans of other kinds, which are not looked at, or which
// arrive elsewhere. Calls of one service are looked at too, whatever their
// trace: instrumentations in Python do not make the span of a stream the current
// one, and agents that are traced by callbacks (OpenAI Agents, LangChain) make
// none current, so that the spans of an SDK below begin traces of their own.
// Two calls of one instrumentation in one service are never joined so: they
// run beside each other.
func (d *Duplicates) byTime() {
	d.order = d.order[:0]
	for i := range d.seen {
		if x := &d.seen[i]; !x.empty && !x.trace.IsEmpty() && x.end >= x.start {
			d.order = append(d.order, int32(i))
		}
	}
	slices.SortFunc(d.order, func(i, j int32) int {
		x, y := &d.seen[i], &d.seen[j]
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(y.end, x.end), older(x, y))
	})
	for _, p := range places {
		d.open(p.counts)
		d.open(p.uncached)
	}
	for k := len(d.order) - 1; k >= 0; k-- { // so that chains begin with the oldest
		x := &d.seen[d.order[k]]
		for _, p := range places {
			at, ok := p.of(x)
			if !ok {
				continue
			}
			d.push(p.counts, mix(countsHash(x.in), at), d.order[k])
			if x.plain != x.in {
				d.push(p.uncached, mix(countsHash(x.plain), at), d.order[k])
			}
		}
	}
	for _, i := range d.order {
		y := &d.seen[i]
		if y.outer {
			continue
		}
		best := int32(-1)
		for _, p := range places {
			at, ok := p.of(y)
			if !ok {
				continue
			}
			for _, way := range [...]int{p.counts, p.uncached} {
				best = d.around(way, i, mix(countsHash(y.in), at), best)
				if y.plain != y.in {
					best = d.around(way, i, mix(countsHash(y.plain), at), best)
				}
			}
			if best >= 0 {
				break // what is in the same trace goes before the rest of the service
			}
		}
		if best >= 0 {
			d.same(i, best)
			x := &d.seen[best]
			y.outer, x.inner = true, true
			if x.service != y.service && (x.responseID == "" || x.responseID != y.responseID) {
				d.seen[d.root(i)].unsure = true
			}
		}
	}
}

// places are where calls are looked for around each other, the ways in which
// those there are found, and the hash of the place where a call has one.
var places = [...]struct {
	counts, uncached int
	of               func(*sighting) (uint64, bool)
}{
	{byCounts, byUncache, func(x *sighting) (uint64, bool) { return traceHash(x.trace), true }},
	{byService, byServiceUncache, func(x *sighting) (uint64, bool) { return x.service, x.service != 0 }},
}

// together tells whether two calls, of which x begins first, are in one place
// at one time. Within a service spans that begin in callbacks interleave, so it
// is enough that they overlap. Without output, as of embeddings, equal counts
// say little, so there they have to lie within each other.
func together(x, y *sighting) bool {
	local := x.service == y.service && x.service != 0
	if x.trace != y.trace && !(local && (x.out > 0 || x.parent.IsEmpty() && y.parent.IsEmpty())) {
		return false
	}
	return x.end >= y.end || local && x.out > 0 && overlap(x, y)
}

// overlap tells whether a call that begins first runs for half of the other, or
// of its own time, beside it. Calls that follow each other can touch, as some
// clocks tell milliseconds only.
func overlap(x, y *sighting) bool {
	return x.end > y.start && x.end-y.start >= min(x.end-x.start, y.end-y.start)/2
}

// around returns the call of a chain that lies the closest around call i, or
// best if none is closer. Calls are asked for by their start, so what has ended
// or has a call within it leaves its chain for good.
func (d *Duplicates) around(way int, i int32, hash uint64, best int32) int32 {
	y, own := &d.seen[i], d.seen[d.root(i)].origins
	head := d.slot(way, hash)
	for *head != 0 && (d.seen[*head-1].end < y.start || d.seen[*head-1].inner) {
		*head = d.links[way][*head-1]
	}
	n := 0
	for j := *head; j != 0; j = d.links[way][j-1] {
		x := &d.seen[j-1]
		if x.start > y.start {
			break
		}
		if n++; n > chainBound {
			y.contradicted = y.contradicted || best < 0 && bits.OnesCount64(own) == 1
			break
		}
		apart := d.seen[d.root(j-1)].origins&own == 0 && !(x.scope == y.scope && x.out == 0)
		if j-1 == i || x.inner || !together(x, y) || distinct(x, y) || !apart || !alike(x, y) || !consistent(x, y) {
			continue
		}
		if best < 0 || closer(x, &d.seen[best], y) {
			best = j - 1
		}
	}
	return best
}

// maxOrigins is how many instrumentations and services of a batch are numbered.
const maxOrigins = 1024

// origin returns the bit of an instrumentation in a service. Those of one
// service stand together in a batch, so that they have bits of their own though
// there are only 64. Two services that
// ask the same can have calls with the same counts if there is no output, as of
// embeddings; those are the same only where two instrumentations tell them.
func (d *Duplicates) origin(hash uint64) uint64 {
	n := slices.Index(d.origins, hash)
	if n < 0 {
		if n = len(d.origins); n == maxOrigins {
			return 1 << (hash % 64)
		}
		d.origins = append(d.origins, hash)
	}
	return 1 << (n % 64)
}

// countsHash is of the input of a call: outputs that differ can be alike.
func countsHash(in int64) uint64 { return mix(1, uint64(in)) }

// sum is what the calls right below one add up to.
type sum struct {
	in, plain, out int64
	calls          int
	top            int32 // of a root: the member of its class that hangs below another call, plus one
}

// leaveOutSums leaves out the calls that are the sum of those right below: the
// root of several calls can have their operation, as that of embedMany has in
// the AI SDK (langfuse #16409). What is seen several times counts once.
func (d *Duplicates) leaveOutSums() {
	d.sums = slices.Grow(d.sums[:0], len(d.seen))[:len(d.seen)]
	clear(d.sums)
	several := false
	for i := range d.seen {
		x := &d.seen[i]
		if x.parent.IsEmpty() || x.empty || x.unpriced {
			continue
		}
		top := &d.sums[d.root(int32(i))].top
		if (*top == 0 || older(x, &d.seen[*top-1]) < 0) && d.above(int32(i), func(*sum) {}) {
			*top = int32(i) + 1
		}
	}
	for i := range d.seen {
		top := d.sums[i].top
		if top == 0 {
			continue
		}
		part := &d.seen[d.seen[i].best]
		d.above(top-1, func(s *sum) {
			s.in, s.plain, s.out = s.in+part.in, s.plain+part.plain, s.out+part.out
			s.calls++
			several = several || s.calls > 1
		})
	}
	for i := range d.seen {
		if s := &d.sums[i]; several && s.calls > 1 && d.seen[i].addsUp(s) {
			d.seen[d.seen[d.root(int32(i))].best].again = true
		}
	}
}

// above visits the sums of the calls right above call i that are not the same
// as it, and tells whether there are any.
func (d *Duplicates) above(i int32, visit func(*sum)) (any bool) {
	x, class := &d.seen[i], d.root(i)
	n := 0
	for j := *d.slot(bySpan, mix(traceHash(x.trace), spanHash(x.parent))); j != 0 && n <= chainBound; j = d.links[bySpan][j-1] {
		n++
		if y := &d.seen[j-1]; y.span == x.parent && y.trace == x.trace && d.root(j-1) != class && consistent(x, y) {
			visit(&d.sums[j-1])
			any = true
		}
	}
	return any
}

// addsUp tells whether a call has the counts of a sum, or would have if both
// told their cache.
func (x *sighting) addsUp(s *sum) bool {
	return x.out == s.out && (x.in == s.in || x.plain == s.plain || x.in == s.plain || s.in == x.plain)
}

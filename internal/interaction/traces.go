package interaction

import "go.opentelemetry.io/collector/pdata/pcommon"

// traces knows which traces are open, and which were closed last: as many of
// these as can be open at a time, so, when the window is just full, for as long
// as it is wide.
type traces struct {
	limit  int
	live   int
	known  map[pcommon.TraceID]*open // nil for one that was closed
	closed []pcommon.TraceID         // a ring
	oldest int                       // of a full ring
}

func newTraces(limit int) traces {
	return traces{limit: limit, known: map[pcommon.TraceID]*open{}}
}

// get returns the open action of a trace, or whether the trace was closed.
func (t *traces) get(id pcommon.TraceID) (x *open, closed bool) {
	x, ok := t.known[id]
	return x, ok && x == nil
}

func (t *traces) full() bool { return t.live >= t.limit }

func (t *traces) open(x *open) {
	t.known[x.trace] = x
	t.live++
}

// close forgets the action. More calls without a trace can come for the same
// name at any time; for them nothing is remembered.
func (t *traces) close(x *open) {
	t.live--
	if x.unit {
		delete(t.known, x.trace)
		return
	}
	t.known[x.trace] = nil
	if len(t.closed) < t.limit {
		t.closed = append(t.closed, x.trace)
		return
	}
	delete(t.known, t.closed[t.oldest])
	t.closed[t.oldest] = x.trace
	t.oldest = (t.oldest + 1) % t.limit
}

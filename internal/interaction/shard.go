package interaction

import (
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// shard is a part of the traces with a lock of its own.
type shard struct {
	mu     sync.Mutex
	traces traces
	rooted list[open] // in the order in which they are due
	others list[open]
	spans  int // of all that are open
	recent recent
	names  names
	idle   []*open // to be used again
	_      [64]byte
}

// endings are actions that end because of a span: its own, whose time had
// passed, and others for which there was no room. There are rarely more than two.
type endings struct {
	few  [2]ending
	n    int
	more []ending
}

type ending struct {
	action *open
	reason Ending
}

func (e *endings) add(x *open, why Ending) {
	if e.n < len(e.few) {
		e.few[e.n] = ending{x, why}
		e.n++
		return
	}
	e.more = append(e.more, ending{x, why})
}

// current returns the open action of a trace, if its time has not passed, or
// whether it was closed.
func (sh *shard) current(trace pcommon.TraceID, now int64, w *Window, e *endings) (x *open, closed bool) {
	x, closed = sh.traces.get(trace)
	if x == nil {
		return nil, closed
	}
	if why, ok := x.due(now, &w.options); ok {
		sh.close(x)
		e.add(x, why)
		return nil, !x.unit
	}
	return x, false
}

// begin opens an action, and closes another if there is no place.
func (sh *shard) begin(trace pcommon.TraceID, unit bool, now int64, w *Window, e *endings) *open {
	if sh.traces.full() {
		x := sh.oldest(nil)
		sh.close(x)
		e.add(x, Evicted)
	}
	var x *open
	if n := len(sh.idle); n > 0 {
		x, sh.idle = sh.idle[n-1], sh.idle[:n-1]
	} else {
		x = &open{values: make([]Told, w.options.Dimensions)}
		x.reset()
	}
	x.trace, x.unit, x.since = trace, unit, now
	x.begin(&sh.recent, &w.options, &sh.names)
	sh.spans += x.size()
	sh.traces.open(x)
	sh.list(x.rooted).push(&x.place)
	w.open.Add(1)
	return x
}

// touch puts an action last, after spans were added.
func (sh *shard) touch(x *open, now int64, before int, rooted bool) {
	sh.spans += x.size() - before
	x.last = max(x.last, now)
	sh.list(rooted).remove(&x.place)
	sh.list(x.rooted).push(&x.place)
}

func (x *open) size() int { return len(x.spans) + len(x.calls) }

func (sh *shard) list(rooted bool) *list[open] {
	if rooted {
		return &sh.rooted
	}
	return &sh.others
}

// oldest is the action that least can be expected of, and is not the one given.
func (sh *shard) oldest(but *open) *open {
	for _, l := range []*list[open]{&sh.rooted, &sh.others} {
		if x := l.oldest(); x != nil && x != but {
			return x
		}
	}
	return nil
}

// relieve closes an action if there are too many spans in all. The one that
// spans were just added to stays: it is bounded by itself.
func (sh *shard) relieve(but *open, w *Window, e *endings) {
	for sh.spans > spansPerAction*w.options.Limit/len(w.shards) {
		x := sh.oldest(but)
		if x == nil {
			return
		}
		sh.close(x)
		e.add(x, Evicted)
	}
}

// close takes an action out of its shard.
func (sh *shard) close(x *open) {
	sh.list(x.rooted).remove(&x.place)
	sh.spans -= x.size()
	sh.traces.close(x)
}

// due tells whether the time of an action has passed, and why.
func (x *open) due(now int64, o *Options) (Ending, bool) {
	switch quiet := time.Duration(now - x.last); {
	case x.rooted && quiet >= o.Window:
		return Complete, true
	case quiet >= o.RootTimeout:
		return Idle, true
	case time.Duration(now-x.since) >= o.MaxAge:
		return Aged, true
	case len(x.rest) > maxCurrencies:
		return Evicted, true
	}
	return 0, false
}

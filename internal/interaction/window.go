package interaction

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Options bounds a window and says what it reads.
type Options struct {
	Window      time.Duration // an action whose root has come is closed when nothing came for so long
	RootTimeout time.Duration // and one whose root has not, when nothing came for so long
	MaxAge      time.Duration // no action is open for longer
	Limit       int           // open actions at most; the oldest is closed early for a newer one
	MaxSpans    int           // spans of one action that its roles are decided by
	Recent      int           // spans remembered whose trace is not known to have any of GenAI
	Dimensions  int           // number of values that spans tell
	NameRanks   []int         // for each dimension the rank of the root's name, or Absent
	LastPrimary bool          // only the last call of the main model is primary
	// Conversations joins the actions of a conversation into one, which is closed
	// when no action was added for so long. Zero keeps actions apart.
	Conversations time.Duration
}

// spansPerAction bounds the spans of all actions: the limit of actions times this.
const spansPerAction = 16

// maxCurrencies bounds what is added up beyond the bound of calls of an action.
const maxCurrencies = 8

// Outcome is what became of a span.
type Outcome uint8

// The outcomes, of which several can hold.
const (
	WasLate  Outcome = 1 << iota // its action was closed already
	WasLost                      // beyond the bound of spans of an action
	WasAlone                     // a call of no trace and no conversation
)

// Window keeps actions open. It is safe for concurrent use.
type Window struct {
	options Options
	shards  []shard
	chats   *conversations
	tell    func(*Action)
	ended   [NumEndings]atomic.Int64
	open    atomic.Int64
	settled sync.Pool
}

// shard is a part of the traces with a lock of its own.
type shard struct {
	mu     sync.Mutex
	open   map[pcommon.TraceID]*open
	rooted list[open] // in the order in which they are due
	others list[open]
	spans  int // of all that are open
	closed memory
	links  links
	idle   []*open // to be used again
	_      [64]byte
}

// maxShards is how many locks share the traces at most.
const maxShards = 32

// New returns a window, which hands closed actions to tell, from several
// goroutines at a time.
func New(o Options, tell func(*Action)) *Window {
	n := 1
	for n < maxShards && o.Limit/(2*n) >= 64 {
		n *= 2
	}
	w := &Window{options: o, shards: make([]shard, n), tell: tell}
	w.settled.New = func() any { return &settler{} }
	for i := range w.shards {
		sh := &w.shards[i]
		sh.open = map[pcommon.TraceID]*open{}
		sh.closed.limit = max(1, o.Limit/n)
		sh.links.resize(o.Recent / n)
	}
	if o.Conversations > 0 {
		w.chats = newConversations(o.Conversations, o.Limit)
	}
	return w
}

// Open returns the number of open actions.
func (w *Window) Open() int { return int(w.open.Load()) }

// Ended returns how many actions with calls were closed for a reason.
func (w *Window) Ended(e Ending) int64 { return w.ended[e].Load() }

func (w *Window) shard(t pcommon.TraceID) *shard {
	return &w.shards[mix(binary.LittleEndian.Uint64(t[:8])^binary.LittleEndian.Uint64(t[8:]))&uint64(len(w.shards)-1)]
}

// Add takes a span that came now, in nanoseconds of any clock that does not go back.
func (w *Window) Add(now int64, s *Span) Outcome {
	trace, unit := s.Trace, false
	if trace.IsEmpty() {
		if !s.IsCall {
			return 0
		}
		if w.chats == nil || s.Conversation.Rank == Absent {
			return WasAlone
		}
		trace, unit = w.chats.trace(s.Conversation.Text), true
	}
	sh := w.shard(trace)
	sh.mu.Lock()
	x := sh.open[trace]
	var due, crowded, heavy *open
	ending := Evicted
	if x != nil {
		if e, ok := x.due(now, &w.options); ok {
			sh.close(x)
			due, x, ending = x, nil, e
		}
	}
	var outcome Outcome
	switch {
	case x == nil && s.Kind == Ordinary && !s.IsCall:
		sh.links.put(s)
	case x == nil && sh.closed.has(trace):
		outcome = WasLate
	default:
		if x == nil {
			x, crowded = sh.begin(trace, unit, now, w)
			w.open.Add(1)
		}
		outcome = sh.add(x, now, s, w)
		heavy = sh.relieve(x, w)
	}
	sh.mu.Unlock()
	w.settle(due, ending)
	w.settle(crowded, Evicted)
	w.settle(heavy, Evicted)
	return outcome
}

// begin opens an action, and returns the one that had to make room for it.
func (sh *shard) begin(trace pcommon.TraceID, unit bool, now int64, w *Window) (x, evicted *open) {
	if len(sh.open) >= max(1, w.options.Limit/len(w.shards)) {
		evicted = sh.oldest(nil)
		sh.close(evicted)
	}
	if n := len(sh.idle); n > 0 {
		x, sh.idle = sh.idle[n-1], sh.idle[:n-1]
	} else {
		x = &open{values: make([]Told, w.options.Dimensions)}
		x.reset()
	}
	x.trace, x.unit, x.since = trace, unit, now
	x.begin(&w.options, &sh.links)
	sh.open[trace] = x
	sh.list(x.rooted).push(&x.place)
	return x, evicted
}

func (sh *shard) add(x *open, now int64, s *Span, w *Window) (o Outcome) {
	before, rooted := x.size(), x.rooted
	if !x.add(s, &w.options, &sh.links) {
		o = WasLost
	}
	sh.spans += x.size() - before
	x.last = max(x.last, now)
	sh.list(rooted).remove(&x.place)
	sh.list(x.rooted).push(&x.place)
	return o
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

// relieve closes an action if there are too many spans in all, and returns it.
// The one that a span was just added to stays: it is bounded by itself.
func (sh *shard) relieve(but *open, w *Window) *open {
	if sh.spans <= spansPerAction*w.options.Limit/len(w.shards) {
		return nil
	}
	x := sh.oldest(but)
	if x != nil {
		sh.close(x)
	}
	return x
}

// close takes an action out of its shard.
func (sh *shard) close(x *open) {
	sh.list(x.rooted).remove(&x.place)
	sh.spans -= x.size()
	delete(sh.open, x.trace)
	if !x.unit { // a conversation goes on
		sh.closed.add(x.trace)
	}
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

// Sweep closes the actions whose time has passed.
func (w *Window) Sweep(now int64) {
	w.sweep(func(x *open) (Ending, bool) { return x.due(now, &w.options) })
	if w.chats != nil {
		w.chats.sweep(now, w.finish)
	}
}

// Close closes all actions.
func (w *Window) Close() {
	w.sweep(func(*open) (Ending, bool) { return Stopped, true })
	if w.chats != nil {
		w.chats.close(w.finish)
	}
}

// sweep looks at the first of each list: those after it are due later.
func (w *Window) sweep(due func(*open) (Ending, bool)) {
	for i := range w.shards {
		sh := &w.shards[i]
		for _, l := range []*list[open]{&sh.rooted, &sh.others} {
			for {
				sh.mu.Lock()
				x := l.oldest()
				if x == nil {
					sh.mu.Unlock()
					break
				}
				e, ok := due(x)
				if ok {
					sh.close(x)
				}
				sh.mu.Unlock()
				if !ok {
					break
				}
				w.settle(x, e)
			}
		}
	}
}

// settle decides roles, tells the action, and keeps its memory to be used again.
func (w *Window) settle(x *open, e Ending) {
	if x == nil {
		return
	}
	w.open.Add(-1)
	s := w.settled.Get().(*settler)
	if a := s.settle(x, w.options.LastPrimary); a.Calls > 0 {
		a.Ending = e
		if w.chats == nil || !w.chats.add(x.last, &x.conversation, a, w.finish) {
			w.finish(a)
		}
	}
	w.settled.Put(s)
	sh := w.shard(x.trace)
	x.reset()
	if cap(x.spans)+cap(x.calls) > 256 {
		return // a large one is rare: its memory is given back
	}
	sh.mu.Lock()
	if len(sh.idle) < 64 {
		sh.idle = append(sh.idle, x)
	}
	sh.mu.Unlock()
}

func (w *Window) finish(a *Action) {
	w.ended[a.Ending].Add(1)
	w.tell(a)
}

package interaction

import (
	"encoding/binary"
	"runtime"
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
	names   hasher
	tell    func(*Action)
	ended   [NumEndings]atomic.Int64
	open    atomic.Int64
	spare   chan *settler // that nobody uses; a sync.Pool would lose them at every garbage collection
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
	w := &Window{options: o, shards: make([]shard, n), tell: tell, names: newHasher()}
	w.spare = make(chan *settler, 2*runtime.GOMAXPROCS(0))
	for i := range w.shards {
		sh := &w.shards[i]
		sh.traces = newTraces(max(1, o.Limit/n))
		sh.recent = newRecent(o.Recent / n)
	}
	if o.Conversations > 0 {
		w.chats = newConversations(o.Conversations, o.Limit, w.names)
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

// Add takes a span of GenAI, or a record of a call, that came now, in
// nanoseconds of any clock that does not go back.
func (w *Window) Add(now int64, s *Span) Outcome {
	s.SoFar = SoFar{}
	trace, unit := s.Trace, false
	if trace.IsEmpty() {
		if !s.IsCall {
			return 0
		}
		if s.Unit.Rank == Absent {
			return WasAlone
		}
		trace, unit = w.names.id(s.Unit.Text), true
	}
	var e endings
	sh := w.shard(trace)
	sh.mu.Lock()
	x, closed := sh.current(trace, now, w, &e)
	if closed {
		sh.mu.Unlock()
		w.settleAll(&e)
		return WasLate
	}
	if x == nil {
		x = sh.begin(trace, unit, now, w, &e)
	}
	before, rooted := x.size(), x.rooted
	fits := x.add(s, &w.options, &sh.names)
	sh.touch(x, now, before, rooted)
	sh.relieve(x, w, &e)
	sh.mu.Unlock()
	w.settleAll(&e)
	if !fits {
		return WasLost
	}
	return 0
}

// AddLinks takes spans of one trace that are not of GenAI, and tells how many
// were beyond the bound of spans of an action.
func (w *Window) AddLinks(now int64, trace pcommon.TraceID, links []Link) (lost int) {
	if trace.IsEmpty() {
		return 0
	}
	var e endings
	sh := w.shard(trace)
	sh.mu.Lock()
	if x, _ := sh.current(trace, now, w, &e); x != nil {
		before, rooted := x.size(), x.rooted
		lost = x.addLinks(links, &w.options, &sh.names)
		sh.touch(x, now, before, rooted)
		sh.relieve(x, w, &e)
	} else {
		sh.recent.put(trace, links, &sh.names)
	}
	sh.mu.Unlock()
	w.settleAll(&e)
	return lost
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

func (w *Window) settleAll(e *endings) {
	for _, x := range e.few[:e.n] {
		w.settle(x.action, x.reason)
	}
	for _, x := range e.more {
		w.settle(x.action, x.reason)
	}
}

// settle decides roles, tells the action, and keeps its memory to be used again.
func (w *Window) settle(x *open, e Ending) {
	w.open.Add(-1)
	s := w.settler()
	if a := s.settle(x, w.options.LastPrimary); a.Calls > 0 {
		a.Ending = e
		if w.chats == nil || !w.chats.add(x.last, &x.conversation, a, w.finish) {
			w.finish(a)
		}
	}
	select {
	case w.spare <- s:
	default:
	}
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

func (w *Window) settler() *settler {
	select {
	case s := <-w.spare:
		return s
	default:
		return &settler{}
	}
}

func (w *Window) finish(a *Action) {
	w.ended[a.Ending].Add(1)
	w.tell(a)
}

package interaction

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// fed is a window at a moment, and what it told.
type fed struct {
	*Window
	toldActions
}

func feed(o Options) *fed {
	f := &fed{}
	f.Window = New(o, f.toldActions.tell)
	return f
}

func (f *fed) at(seconds float64, s Span) Outcome { return add(f.Window, at(seconds), &s) }

func of(trace int, s Span) Span {
	s.Trace = traceOf(trace)
	return s
}

func TestAnActionIsClosedWhenNothingComesAfterItsRoot(t *testing.T) {
	f := feed(defaults())
	f.at(0, call(2, 1, big, unit))
	f.at(20, root(1, "POST /answer"))
	f.Sweep(at(49.9))
	assert.Empty(t, f.actions)
	f.at(49.9, call(3, 1, big, unit))
	f.Sweep(at(79.8))
	assert.Empty(t, f.actions, "a span keeps it open")
	f.Sweep(at(79.9))
	assert.Equal(t, []string{"complete POST /answer: 2 calls 20 tokens depth 1 exact, primary 2x 2 USD, overhead 1"}, f.actions)
	assert.EqualValues(t, 1, f.Ended(Complete))
}

func TestWithoutItsRootAnActionStaysOpenForLonger(t *testing.T) {
	f := feed(defaults())
	f.at(0, call(2, 1, big, unit))
	f.Sweep(at(299))
	assert.Equal(t, 1, f.Open())
	f.Sweep(at(300))
	assert.Equal(t, []string{"idle : 1 calls 10 tokens depth 1 exact, primary 1x 1 USD, overhead 1"}, f.actions)
}

func TestNoActionIsOpenForLongerThanItsAge(t *testing.T) {
	f := feed(defaults())
	for minute := range 60 {
		assert.Zero(t, f.at(float64(60*minute), call(2+minute, 1, big, 1)))
	}
	assert.Empty(t, f.actions)
	assert.Equal(t, WasLate, f.at(3600, call(62, 1, big, 1)))
	require.Len(t, f.actions, 1)
	assert.True(t, strings.HasPrefix(f.actions[0], "aged : "), f.actions[0])
}

func TestAnActionWhoseTimeHasPassedIsClosedThoughNoSweepSawIt(t *testing.T) {
	f := feed(defaults())
	f.at(0, call(2, 1, big, unit))
	f.at(0, root(1, "r"))
	assert.Equal(t, WasLate, f.at(30, call(3, 1, big, unit)))
	assert.Equal(t, []string{"complete r: 1 calls 10 tokens depth 1 exact, primary 1x 1 USD, overhead 1"}, f.actions)
	assert.Zero(t, f.Open(), "what comes late opens nothing")
}

func TestLateSpansAreReportedAndNeverOpenAnActionAgain(t *testing.T) {
	f := feed(defaults())
	f.at(0, call(2, 1, big, unit))
	f.at(0, root(1, "r"))
	f.Sweep(at(30))
	assert.Equal(t, WasLate, f.at(31, call(3, 1, big, unit)))
	assert.Equal(t, WasLate, f.at(32, span(4, 1, Agent)))
	assert.Zero(t, f.at(32, span(5, 1, Ordinary)), "ordinary spans are not missed")
	f.Close()
	assert.Len(t, f.actions, 1)
}

func TestWhenFullTheOldestIsClosedEarlyAndCounted(t *testing.T) {
	o := defaults()
	o.Limit = 3
	f := feed(o)
	for trace := range 3 {
		f.at(0, of(trace, named(call(2, 1, big, unit), 0, fmt.Sprint("action ", trace))))
	}
	f.at(1, of(0, call(3, 1, big, unit)))
	f.at(2, of(3, call(2, 1, big, unit)))
	assert.Equal(t, []string{"evicted action 1: 1 calls 10 tokens depth 1 exact, primary 1x 1 USD, overhead 1"}, f.actions)
	f.at(2, of(0, root(1, "r")))
	f.at(2, of(4, call(2, 1, big, unit)))
	require.Len(t, f.actions, 2)
	assert.True(t, strings.HasPrefix(f.actions[1], "evicted action 0: 2 calls"), "one whose root has come goes first: %s", f.actions[1])
	assert.Equal(t, 3, f.Open())
	assert.EqualValues(t, 2, f.Ended(Evicted))
}

func TestSpansOfAllActionsAreBoundedTogether(t *testing.T) {
	o := defaults()
	o.Limit, o.MaxSpans = 10, 100
	f := feed(o)
	for trace := range 10 {
		for id := range 100 {
			f.at(0, of(trace, call(id+1, 0, big, 1)))
		}
	}
	f.Close()
	assert.Equal(t, 1000, f.calls)
	assert.Positive(t, f.Ended(Evicted))
	held := 0
	g := feed(o)
	for trace := range 10 {
		for id := range 100 {
			g.at(0, of(trace, call(id+1, 0, big, 1)))
			held = max(held, g.shards[0].spans)
		}
	}
	assert.LessOrEqual(t, held, spansPerAction*o.Limit+1)
}

func TestCallsBeyondTheBoundCountAndAreNotClassified(t *testing.T) {
	o := defaults()
	o.MaxSpans = 3
	f := feed(o)
	for id := range 5 {
		lost := f.at(0, call(id+1, 0, big, unit)) == WasLost
		assert.Equal(t, id >= 3, lost)
	}
	f.Close()
	assert.Equal(t, []string{"stopped : 5 calls 50 tokens depth 1 exact, primary 3x 3 USD, unclassified 2x 2 USD"}, f.actions, "and there is no overhead")
}

func TestLinksBeyondTheBoundMakeRolesUncertainWhereTheyMatter(t *testing.T) {
	o := defaults()
	o.MaxSpans = 3
	for _, missing := range []bool{false, true} {
		f := feed(o)
		f.at(0, call(1, 0, big, unit))
		for id := range 4 {
			f.at(0, span(id+2, 1, Ordinary))
		}
		if missing {
			f.at(0, call(6, 5, big, unit))
		}
		f.Close()
		assert.Equal(t, !missing, strings.Contains(f.actions[0], "overhead"), f.actions[0])
	}
}

func TestAncestorsThatCameBeforeTheFirstSpanOfGenAIAreFound(t *testing.T) {
	f := feed(defaults())
	f.at(0, root(1, "POST /answer"))
	f.at(0, span(4, 3, Ordinary))
	f.at(0, span(5, 4, Ordinary))
	f.at(0, call(6, 5, big, unit))
	f.at(0, call(7, 2, big, unit))
	f.at(0, span(3, 2, ToolUse))
	f.at(0, span(2, 1, Agent))
	f.Sweep(at(30))
	assert.Equal(t, []string{"complete POST /answer: 2 calls 20 tokens depth 3 exact, primary 1x 1 USD, tool 1x 1 USD, overhead 2"}, f.actions)
}

func TestATraceWithoutCallsIsNoAction(t *testing.T) {
	f := feed(defaults())
	f.at(0, root(1, "GET /"))
	f.at(0, span(2, 1, Ordinary))
	assert.Zero(t, f.Open(), "ordinary spans open nothing")
	f.at(0, span(3, 1, ToolUse))
	assert.Equal(t, 1, f.Open())
	f.Close()
	assert.Empty(t, f.actions)
}

func TestACallWithoutTraceIsAlone(t *testing.T) {
	f := feed(defaults())
	s := call(0, 0, big, unit)
	s.Trace = pcommon.TraceID{}
	assert.Equal(t, WasAlone, f.at(0, s))
	assert.Zero(t, f.at(0, Span{}))
	assert.Zero(t, f.Open())
}

func inChat(name string, s Span) Span {
	s.Conversation = Value{0, []byte(name)}
	return s
}

func TestActionsOfAConversationAreOne(t *testing.T) {
	o := defaults()
	o.Conversations = 30 * time.Minute
	f := feed(o)
	turn := func(trace int, seconds float64, chat string) {
		f.at(seconds, of(trace, inChat(chat, call(2, 1, big, unit, loaded(2*unit)))))
		f.at(seconds, of(trace, call(3, 1, small, unit)))
		f.at(seconds, of(trace, root(1, fmt.Sprint("turn ", trace))))
		f.Sweep(at(seconds + 30))
	}
	turn(1, 0, "jane")
	turn(2, 600, "jane")
	turn(3, 700, "john")
	assert.Empty(t, f.actions)
	f.Sweep(at(600 + 1800))
	want := "complete turn 1: 4 calls 40 tokens depth 1 exact, other_model 2x 2 USD, primary 2x 2 USD, overhead 2, configured 2"
	assert.Equal(t, []string{want}, f.actions)
	turn(4, 3000, "jane")
	assert.Len(t, f.actions, 2, "the time of john has passed")
	f.Close()
	slices.Sort(f.actions)
	assert.Equal(t, "stopped turn 4: 2 calls 20 tokens depth 1 exact, other_model 1x 1 USD, primary 1x 1 USD, overhead 2, configured 2", f.actions[2], "what comes later is a new one")
	assert.Equal(t, 8, f.calls)
}

func TestCallsWithoutTraceBelongToWhatTheyName(t *testing.T) {
	f := feed(defaults())
	for i := range 4 {
		s := call(0, 0, big, unit)
		s.Trace, s.Unit = pcommon.TraceID{}, Value{0, []byte("prompt 17")}
		assert.Zero(t, f.at(float64(200*i), s))
	}
	f.Sweep(at(900))
	assert.Equal(t, []string{"idle : 4 calls 40 tokens depth 1 exact, primary 4x 4 USD, overhead 1"}, f.actions)
	s := call(0, 0, big, unit)
	s.Trace, s.Unit = pcommon.TraceID{}, Value{0, []byte("prompt 17")}
	assert.Zero(t, f.at(900, s), "what comes later is a new one, and not late")
}

func TestConversationsAreBounded(t *testing.T) {
	o := defaults()
	o.Limit, o.Conversations = 10, time.Hour
	f := feed(o)
	for i := range 100 {
		f.at(0, of(i, inChat(fmt.Sprint("chat ", i), call(2, 1, big, unit))))
	}
	assert.LessOrEqual(t, len(f.chats.open), 10)
	f.Close()
	assert.Equal(t, 100, f.calls)
}

func TestWhateverComesInParallelAddsUp(t *testing.T) {
	for _, chats := range []time.Duration{0, time.Minute} {
		o := defaults()
		o.Limit, o.Conversations = 200, chats
		f := feed(o)
		var late, want money.Amount
		var mu sync.Mutex
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(worker)))
				var sum, gone money.Amount
				for i := range 5000 {
					s := of(r.IntN(800), call(1+r.IntN(50), r.IntN(50), 1, r.Uint64N(1e13)))
					if r.IntN(3) == 0 {
						s = of(r.IntN(800), root(1+r.IntN(50), "r"))
					}
					if r.IntN(2) == 0 {
						s = inChat(fmt.Sprint(r.IntN(100)), s)
					}
					sum = sum.Add(s.Call.Cost)
					if f.at(float64(i)/20, s)&WasLate != 0 {
						gone = gone.Add(s.Call.Cost)
					}
					if i%500 == 0 {
						f.Sweep(at(float64(i) / 20))
					}
				}
				mu.Lock()
				late, want = late.Add(gone), want.Add(sum)
				mu.Unlock()
			})
		}
		wg.Wait()
		f.Close()
		assert.Equal(t, want, f.spend.Add(late))
		assert.Zero(t, f.Open())
		for i := range f.shards {
			assert.Zero(t, f.shards[i].spans)
		}
	}
}

// A million traces come within one window: only as many are open as may be, and
// nothing is lost.
func TestAMillionTracesStayWithinTheBound(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const traces, limit = 1_000_000, 20_000
	o := defaults()
	o.Limit, o.MaxSpans, o.Recent = limit, 1000, 1<<16
	var sum money.Amount
	calls, open := 0, 0
	w := New(o, func(a *Action) {
		calls += a.Calls
		for _, s := range a.Spends {
			sum = sum.Add(s.Cost)
		}
	})
	before := heap()
	name := []byte("support")
	for i := range traces {
		s := of(i, named(call(2, 1, big, unit), 0, string(name)))
		w.Add(int64(i), &s)
		s = of(i, span(3, 1, ToolUse))
		w.Add(int64(i), &s)
		s = of(i, call(4, 3, small, unit/2))
		w.Add(int64(i), &s)
		open = max(open, w.Open())
	}
	held := heap() - before
	t.Logf("%d traces of 3 spans in one window: %d open at most, %.1f MiB held, %d bytes for each of the limit of %d",
		traces, open, float64(held)/(1<<20), held/limit, limit)
	assert.LessOrEqual(t, open, limit)
	assert.Less(t, held, int64(limit*2048))
	w.Close()
	assert.Equal(t, 2*traces, calls)
	assert.Equal(t, "1500000", sum.String())
	assert.EqualValues(t, traces-limit/32*32, w.Ended(Evicted), "all others were closed early")
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestSpansThatAreNotOfGenAIAllocateNothing(t *testing.T) {
	f := feed(defaults())
	links := []Link{{ID: idOf(2), Parent: idOf(1)}, {ID: idOf(1), Name: "GET /"}}
	n := 0
	trace := func() {
		n++
		f.AddLinks(0, traceOf(n), links)
	}
	for range 100 { // every shard knows the name
		trace()
	}
	assert.Zero(t, testing.AllocsPerRun(1000, trace))
}

func TestMemoryOfClosedActionsIsUsedAgain(t *testing.T) {
	o := defaults()
	o.Limit = 64
	w := New(o, func(*Action) {})
	n := 0
	spans := []Span{named(call(2, 1, big, unit), 0, "support"), span(3, 1, ToolUse), root(1, "POST /answer")}
	all := func() {
		n++
		for i := range spans {
			s := spans[i]
			s.Trace = traceOf(n)
			add(w, at(float64(n)), &s)
		}
	}
	for range 1000 {
		all()
	}
	assert.LessOrEqual(t, testing.AllocsPerRun(1000, all), 1.0)
}

// Traces of 16 spans each, none of GenAI.
func BenchmarkLinks(b *testing.B) {
	o := defaults()
	o.Limit, o.Recent = 20_000, 1<<16
	w := New(o, func(*Action) {})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		links := make([]Link, 16)
		for i := range links {
			links[i] = Link{ID: idOf(i + 1), Parent: idOf(i), Name: "GET /"}
		}
		r := rand.New(rand.NewPCG(1, rand.Uint64()))
		for pb.Next() {
			w.AddLinks(0, traceOf(int(r.Uint32())), links)
		}
	})
}

// A trace has an agent, a tool and two calls.
func BenchmarkActionOfFourSpans(b *testing.B) {
	o := defaults()
	o.Limit, o.Recent = 20_000, 1<<16
	w := New(o, func(*Action) {})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		spans := []Span{named(call(2, 1, big, unit), 0, "support"), span(3, 1, ToolUse), call(4, 3, big, unit), span(1, 0, Agent)}
		r := rand.New(rand.NewPCG(1, rand.Uint64()))
		for pb.Next() {
			trace := traceOf(int(r.Uint32()))
			for i := range spans {
				spans[i].Trace = trace
				add(w, 0, &spans[i])
			}
		}
	})
}

func TestRecentSpansAreTheLastOnesOfAFixedNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 4, 64, 100} {
		var n names
		x := newRecent(size)
		type came struct {
			trace int
			p     pair
		}
		var all []came
		for range 500 {
			trace := r.IntN(8)
			links := make([]Link, 1+r.IntN(2*spansPerRun+size/8))
			for i := range links {
				links[i] = Link{ID: idOf(1 + r.IntN(60000)), Parent: idOf(1 + r.IntN(60000))}
			}
			x.put(traceOf(trace), links, &n)
			for _, l := range links[:min(len(links), len(x.pairs))] {
				all = append(all, came{trace, pair{l.ID, l.Parent}})
			}
			of, found := r.IntN(8), map[pair]bool{}
			x.of(traceOf(of), func(_ *run, p pair) { found[p] = true })
			last := all[max(0, len(all)-len(x.pairs)):]
			for p := range found {
				require.True(t, slices.Contains(last, came{of, p}), "size %d: a span of another trace or one that is gone", size)
			}
			if latest := all[max(0, len(all)-len(x.pairs)/(2*spansPerRun+size/8+1)):]; len(x.pairs) > 0 {
				for _, c := range latest {
					require.True(t, c.trace != of || found[c.p], "size %d: one of the last spans is missing", size)
				}
			}
		}
	}
}

// Some systems count traces instead of drawing random ids, in whatever byte.
func TestCountersAsTraceIDsSpreadOverAllShards(t *testing.T) {
	w := New(Options{Window: time.Second, RootTimeout: time.Second, MaxAge: time.Second, Limit: 20_000, MaxSpans: 10}, func(*Action) {})
	for at := range 16 {
		used := map[*shard]int{}
		const n = 256
		for i := range n {
			id := pcommon.TraceID{}
			id[at], id[(at+5)%16] = byte(i), 7
			used[w.shard(id)]++
		}
		if len(used) < len(w.shards)*3/4 {
			t.Errorf("%d ids that differ in byte %d are in %d of %d shards", n, at, len(used), len(w.shards))
		}
	}
}

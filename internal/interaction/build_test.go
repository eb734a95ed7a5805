package interaction

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// defaults are options for tests; one dimension, which the root's name is the
// last source of.
func defaults() Options {
	return Options{
		Window: 30 * time.Second, RootTimeout: 5 * time.Minute, MaxAge: time.Hour, Limit: 1000, MaxSpans: 100, Recent: 1 << 14,
		Dimensions: 1, NameRanks: []int{9},
	}
}

// told collects what a window tells, as text.
type toldActions struct {
	mu      sync.Mutex
	actions []string
	spend   money.Amount
	calls   int
}

func (c *toldActions) tell(a *Action) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.actions = append(c.actions, describe(a))
	for _, s := range a.Spends {
		c.spend = c.spend.Add(s.Cost)
	}
	c.calls += a.Calls
}

// describe writes an action such as
// "complete chat: 3 calls 30 tokens depth 2 exact, primary 2x 0.5 USD, tool 1x 0.25 USD, overhead 1.5".
func describe(a *Action) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d calls %d tokens depth %d %s", a.Ending, a.Values[0].Text, a.Calls, a.Tokens, a.Depth, a.Status())
	byRole := map[string]string{}
	for _, s := range a.Spends {
		v := fmt.Sprintf("%dx", s.Calls)
		if s.Priced {
			v += " " + s.Cost.String() + " " + s.Currency
		}
		byRole[s.Role.String()+s.Currency] = s.Role.String() + " " + v
	}
	for _, k := range slices.Sorted(maps.Keys(byRole)) {
		b.WriteString(", " + byRole[k])
	}
	if f, ok := a.Overhead(); ok {
		fmt.Fprintf(&b, ", overhead %.6g", f)
	}
	if f, ok := a.Configured(); ok {
		fmt.Fprintf(&b, ", configured %.6g", f)
	}
	return b.String()
}

// at is a moment in seconds.
func at(seconds float64) int64 { return int64(seconds * 1e9) }

func traceOf(n int) (t pcommon.TraceID) {
	t[0], t[8], t[9], t[10], t[15] = 1, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	return t
}

func idOf(n int) (id pcommon.SpanID) {
	if n != 0 {
		id[0], id[6], id[7] = 1, byte(n>>8), byte(n)
	}
	return id
}

// add hands a span of any kind to a window.
func add(w *Window, now int64, s *Span) Outcome {
	if s.Kind != Ordinary || s.IsCall {
		return w.Add(now, s)
	}
	if w.AddLinks(now, s.Trace, []Link{{ID: s.ID, Parent: s.Parent, Start: s.Start, Name: s.Name}}) > 0 {
		return WasLost
	}
	return 0
}

// span makes a span of trace 1 that starts at its number of seconds.
func span(id, parent int, kind Kind) Span {
	return Span{
		Trace: traceOf(1), ID: idOf(id), Parent: idOf(parent), Kind: kind,
		Start: pcommon.Timestamp(at(float64(id))), End: pcommon.Timestamp(at(float64(id) + 0.5)),
		Values: []Value{{Rank: Absent}}, Conversation: Value{Rank: Absent}, Unit: Value{Rank: Absent},
	}
}

// call makes a call of 10 tokens that costs so many quanta.
func call(id, parent int, model uint64, cost uint64, change ...func(*Span)) Span {
	s := span(id, parent, Other)
	s.IsCall = true
	s.Call = Call{Status: status.Exact, Cost: money.Quanta(cost), Currency: "USD", Asked: model, Model: model, Input: 6, Tokens: 10}
	for _, f := range change {
		f(&s)
	}
	return s
}

func root(id int, name string) Span {
	s := span(id, 0, Ordinary)
	s.Name = name
	return s
}

func named(s Span, rank int, value string) Span {
	s.Values = []Value{{rank, []byte(value)}}
	return s
}

// failed is a call that failed and was not billed.
func failed(s *Span) {
	s.Call = Call{Status: status.NotBillable, Asked: s.Call.Asked, Model: s.Call.Model, Failed: true}
}

func unpriced(s *Span)  { s.Call.Status, s.Call.Cost = status.Unpriced, money.Amount{} }
func retrieves(s *Span) { s.Call.Retrieves = true }

func input(n int64) func(*Span) { return func(s *Span) { s.Call.Input = n } }

func loaded(quanta uint64) func(*Span) {
	return func(s *Span) { s.Call.Loaded, s.Call.HasLoaded = money.Quanta(quanta), true }
}

func given(r Role) func(*Span) { return func(s *Span) { s.Call.Given = r } }

// settled feeds spans to a window, closes it, and returns what it tells.
func settled(t testing.TB, o Options, spans ...Span) []string {
	t.Helper()
	var got toldActions
	w := New(o, got.tell)
	for i := range spans {
		add(w, 0, &spans[i])
	}
	w.Close()
	if n := w.Open(); n != 0 {
		t.Errorf("%d actions are open after the window was closed", n)
	}
	slices.Sort(got.actions)
	return got.actions
}

package interaction

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

const (
	big   = 1 // models
	small = 2
)

// unit is a round number of quanta.
const unit = 1_000_000_000_000

func TestEveryCallHasARole(t *testing.T) {
	last := defaults()
	last.LastPrimary = true
	for _, c := range []struct {
		rule  string
		o     *Options
		spans []Span
		want  string
	}{
		{
			rule:  "one call is primary",
			spans: []Span{root(1, "POST /answer"), call(2, 1, big, unit)},
			want:  "stopped POST /answer: 1 calls 10 tokens depth 1 exact, primary 1x 1 USD, overhead 1",
		},
		{
			rule: "all calls that an agent's loop makes are primary",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, unit), span(3, 1, ToolUse), call(4, 1, big, 2*unit), call(5, 1, big, unit),
			},
			want: "stopped : 3 calls 30 tokens depth 2 exact, primary 3x 4 USD, overhead 1",
		},
		{
			rule: "or the last of them, where that is configured",
			o:    &last,
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, unit), span(3, 1, ToolUse), call(4, 1, big, 2*unit), call(5, 1, big, unit),
			},
			want: "stopped : 3 calls 30 tokens depth 2 exact, primary 1x 1 USD, step 2x 3 USD, overhead 4",
		},
		{
			rule: "calls below a tool are the tool's, also through other services and agents",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, 2*unit), span(3, 1, ToolUse), span(4, 3, Ordinary), span(5, 4, Ordinary), span(6, 5, Agent), call(7, 6, big, unit),
			},
			want: "stopped : 2 calls 20 tokens depth 4 exact, primary 1x 2 USD, tool 1x 1 USD, overhead 1.5",
		},
		{
			rule:  "a tool right below a tool is the same one",
			spans: []Span{span(1, 0, Agent), call(2, 1, big, 2*unit), span(3, 1, ToolUse), span(4, 3, ToolUse), call(5, 4, big, unit)},
			want:  "stopped : 2 calls 20 tokens depth 3 exact, primary 1x 2 USD, tool 1x 1 USD, overhead 1.5",
		},
		{
			rule: "embeddings, reranking and calls below a retriever are retrieval",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, small, unit, retrieves), span(3, 1, Retriever), call(4, 3, big, unit), span(5, 3, ToolUse), call(6, 5, big, unit),
				call(7, 1, big, 4*unit),
			},
			want: "stopped : 4 calls 40 tokens depth 4 exact, primary 1x 4 USD, retrieval 2x 2 USD, tool 1x 1 USD, overhead 1.75",
		},
		{
			rule:  "where there is nothing but embeddings, they are primary",
			spans: []Span{root(1, "index"), call(2, 1, small, unit, retrieves), call(3, 1, small, unit, retrieves)},
			want:  "stopped index: 2 calls 20 tokens depth 1 exact, primary 2x 2 USD, overhead 1",
		},
		{
			rule: "calls of agents that an agent calls are overhead",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, 2*unit), span(3, 1, Agent), call(4, 3, big, unit), call(5, 3, small, unit),
			},
			want: "stopped : 3 calls 30 tokens depth 3 exact, primary 1x 2 USD, sub_agent 2x 2 USD, overhead 2",
		},
		{
			rule: "a framework that puts one agent around another adds no level",
			spans: []Span{
				span(1, 0, Agent), span(2, 1, Other), span(3, 2, Agent), call(4, 3, big, unit), call(5, 3, big, unit),
			},
			want: "stopped : 2 calls 20 tokens depth 3 exact, primary 2x 2 USD, overhead 1",
		},
		{
			rule:  "a check before the agent starts makes the agent no sub-agent",
			spans: []Span{root(1, "POST /chat"), call(2, 1, small, unit), span(3, 1, Agent), call(4, 3, big, 4*unit)},
			want:  "stopped POST /chat: 2 calls 20 tokens depth 2 exact, other_model 1x 1 USD, primary 1x 4 USD, overhead 1.25",
		},
		{
			rule:  "agents side by side, as after a handoff, are all on the top level",
			spans: []Span{root(1, "crew"), span(2, 1, Agent), call(3, 2, big, unit), span(4, 1, Agent), call(5, 4, big, unit)},
			want:  "stopped crew: 2 calls 20 tokens depth 2 exact, primary 2x 2 USD, overhead 1",
		},
		{
			rule:  "the main model is the one that cost most",
			spans: []Span{root(1, "r"), call(2, 1, small, unit), call(3, 1, small, unit), call(4, 1, big, 3*unit)},
			want:  "stopped r: 3 calls 30 tokens depth 1 exact, other_model 2x 2 USD, primary 1x 3 USD, overhead 1.66667",
		},
		{
			rule:  "of models that cost the same, the one that began",
			spans: []Span{root(1, "r"), call(2, 1, small, unit), call(3, 1, big, unit)},
			want:  "stopped r: 2 calls 20 tokens depth 1 exact, other_model 1x 1 USD, primary 1x 1 USD, overhead 2",
		},
		{
			rule:  "a failed call that was made again is a retry, and the new one takes its place",
			spans: []Span{span(1, 0, Agent), call(2, 1, big, 0, failed), call(3, 1, big, 0, failed), call(4, 1, big, unit)},
			want:  "stopped : 3 calls 10 tokens depth 2 exact, primary 1x 1 USD, retry 2x, overhead 1",
		},
		{
			rule: "a failed call that is billed costs what it costs",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, unit, func(s *Span) { s.Call.Failed = true }), call(3, 1, big, unit),
			},
			want: "stopped : 2 calls 20 tokens depth 2 exact, primary 1x 1 USD, retry 1x 1 USD, overhead 2",
		},
		{
			rule: "a failed call with another input, model or parent was not made again",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, unit, func(s *Span) { s.Call.Failed = true }, input(5)), call(3, 1, big, unit),
				call(4, 1, small, 0, failed), call(5, 1, big, unit), call(6, 99, big, 0, failed),
			},
			want: "stopped : 5 calls 30 tokens depth 2 exact, failed 2x, failed 1x 1 USD, primary 2x 2 USD, overhead 1.5",
		},
		{
			rule:  "steps and chains around attempts do not matter",
			spans: []Span{span(1, 0, Agent), span(2, 1, Other), call(3, 2, big, 0, failed), span(4, 1, Other), span(5, 4, Other), call(6, 5, big, unit)},
			want:  "stopped : 2 calls 10 tokens depth 2 exact, primary 1x 1 USD, retry 1x, overhead 1",
		},
		{
			rule: "of calls at the same time none is another's retry",
			spans: []Span{
				span(1, 0, Agent), call(2, 1, big, 0, failed, func(s *Span) { s.End = s.Start + 9e9 }), call(3, 1, big, unit),
			},
			want: "stopped : 2 calls 10 tokens depth 2 exact, failed 1x, primary 1x 1 USD, overhead 1",
		},
		{
			rule:  "roles that are configured count before all others",
			spans: []Span{span(1, 0, Agent), call(2, 1, big, 3*unit, given(OtherModel)), call(3, 1, small, 2*unit), call(4, 99, big, unit, failed, given(Tool))},
			want:  "stopped : 3 calls 20 tokens depth 2 exact, other_model 1x 3 USD, primary 1x 2 USD, tool 1x, overhead 2.5",
		},
		{
			rule:  "without the cost of a call there is no overhead",
			spans: []Span{span(1, 0, Agent), call(2, 1, big, unit), call(3, 1, small, 0, unpriced)},
			want:  "stopped : 2 calls 20 tokens depth 2 partial, other_model 1x, primary 1x 1 USD",
		},
		{
			rule:  "an action of unknown cost is counted",
			spans: []Span{call(2, 0, big, 0, unpriced)},
			want:  "stopped : 1 calls 10 tokens depth 1 unpriced, primary 1x",
		},
		{
			rule:  "where primary calls cost nothing there is no overhead",
			spans: []Span{call(2, 0, big, 0), call(3, 0, small, unit, retrieves)},
			want:  "stopped : 2 calls 20 tokens depth 1 exact, primary 1x 0 USD, retrieval 1x 1 USD",
		},
		{
			rule:  "calls in several currencies are kept apart and have no overhead",
			spans: []Span{call(2, 0, big, unit), call(3, 0, big, unit, func(s *Span) { s.Call.Currency = "EUR" })},
			want:  "stopped : 2 calls 20 tokens depth 1 exact, primary 1x 1 EUR, primary 1x 1 USD",
		},
		{
			rule:  "the configured overhead is that of the primary calls",
			spans: []Span{call(2, 0, big, unit, loaded(2*unit)), call(3, 0, big, 3*unit, loaded(4*unit)), call(4, 0, small, unit, retrieves, loaded(9*unit))},
			want:  "stopped : 3 calls 30 tokens depth 1 exact, primary 2x 4 USD, retrieval 1x 1 USD, overhead 1.25, configured 1.5",
		},
		{
			rule:  "and there is none unless all of them have one",
			spans: []Span{call(2, 0, big, unit, loaded(2*unit)), call(3, 0, big, unit)},
			want:  "stopped : 2 calls 20 tokens depth 1 exact, primary 2x 2 USD, overhead 1",
		},
		{
			rule:  "parents in a circle are followed once around",
			spans: []Span{span(1, 2, Agent), span(2, 1, Agent), call(3, 3, big, unit), call(4, 2, big, unit)},
			want:  "stopped : 2 calls 20 tokens depth 3 exact, primary 1x 1 USD, sub_agent 1x 1 USD, overhead 2",
		},
		{
			rule:  "log records of calls hang below the span around them",
			spans: []Span{span(1, 0, Agent), span(2, 1, ToolUse), call(0, 2, big, unit), call(0, 1, big, unit)},
			want:  "stopped : 2 calls 20 tokens depth 3 exact, primary 1x 1 USD, tool 1x 1 USD, overhead 2",
		},
	} {
		o := defaults()
		if c.o != nil {
			o = *c.o
		}
		assert.Equal(t, []string{c.want}, settled(t, o, c.spans...), c.rule)
		slices.Reverse(c.spans)
		assert.Equal(t, []string{c.want}, settled(t, o, c.spans...), "%s, in reverse order", c.rule)
	}
}

func TestTheNearestSourceNamesTheAction(t *testing.T) {
	named3 := named(call(3, 1, big, unit), 2, "by a later call")
	for _, c := range []struct {
		want  string
		spans []Span
	}{
		{"POST /answer", []Span{root(1, "POST /answer"), call(3, 1, big, unit)}},
		{"by a later call", []Span{root(1, "POST /answer"), call(2, 1, big, unit), named3}},
		{"by an earlier call", []Span{root(1, "POST /answer"), named(call(2, 1, big, unit), 2, "by an earlier call"), named3}},
		{"by a better source", []Span{root(1, "r"), named(call(2, 1, big, unit), 2, "x"), named3, named(span(4, 1, Agent), 1, "by a better source")}},
	} {
		for range 20 {
			rand.Shuffle(len(c.spans), func(i, j int) { c.spans[i], c.spans[j] = c.spans[j], c.spans[i] })
			got := settled(t, defaults(), c.spans...)
			require.Len(t, got, 1)
			assert.Contains(t, got[0], "stopped "+c.want+": ")
		}
	}
}

// forest makes the spans of a few actions of any shape, and what their calls cost.
func forest(r *rand.Rand) (spans []Span, spend money.Amount) {
	for trace := range 1 + r.IntN(4) {
		n := 1 + r.IntN(30)
		for id := 1; id <= n; id++ {
			parent := r.IntN(id)
			var s Span
			switch r.IntN(3) {
			case 0:
				s = span(id, parent, Kind(r.IntN(5)))
			case 1:
				s = call(id, parent, uint64(1+r.IntN(3)), r.Uint64N(1e13))
				if r.IntN(4) == 0 {
					s.Call.Failed = true
				}
				if r.IntN(5) == 0 {
					failed(&s)
				}
				if r.IntN(6) == 0 {
					s.Call.Retrieves = true
				}
			default:
				s = named(span(id, parent, Agent), r.IntN(3), string(rune('a'+r.IntN(3))))
			}
			if parent == 0 {
				s.Name = "root " + string(rune('a'+r.IntN(3)))
			}
			s.Start = s.Start / 3 * 3 // some start together
			s.Trace = traceOf(trace)
			if s.IsCall {
				spend = spend.Add(s.Call.Cost)
			}
			spans = append(spans, s)
		}
	}
	return spans, spend
}

func TestTheOrderOfSpansChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		spans, spend := forest(r)
		want := settled(t, defaults(), spans...)
		for range 5 {
			r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			var got toldActions
			w := New(defaults(), got.tell)
			for i := range spans {
				add(w, at(float64(i)/10), &spans[i])
			}
			w.Close()
			slices.Sort(got.actions)
			require.Equal(t, want, got.actions)
			require.Equal(t, spend, got.spend, "the roles add up to the spend")
		}
	}
}

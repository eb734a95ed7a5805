package ledgertest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// pair is a store, and what it has to say.
type pair struct {
	*testing.T
	store  ledger.Store
	model  *model
	atomic bool
}

// whole is more time than any test uses.
var whole = ledger.Span{From: day("2026-01-01").UnixNano(), Until: day("2027-01-01").UnixNano()}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func (p *pair) write(rows ...*ledger.Row) ledger.Outcome {
	p.Helper()
	got, err := p.store.Write(p.Context(), rows)
	require.NoError(p, err)
	require.Equal(p, p.model.write(0, rows), got, "outcome")
	return got
}

func (p *pair) amend(run *ledger.Run, rows ...*ledger.Row) ledger.Outcome {
	p.Helper()
	for _, r := range rows {
		r.Origin = ledger.Repriced
	}
	got, err := p.store.Amend(p.Context(), run, rows)
	require.NoError(p, err)
	require.Positive(p, run.ID)
	require.Equal(p, p.model.write(run.ID, rows), got, "outcome")
	return got
}

func (p *pair) close(month string) {
	p.Helper()
	until := day(month + "-01").Unix()
	require.NoError(p, p.store.ClosePeriods(p.Context(), until))
	p.model.closed = max(p.model.closed, until)
}

// check compares all that can be read.
func (p *pair) check() {
	p.Helper()
	p.checkContexts()
	for _, every := range []bool{false, true} {
		p.checkCalls(whole, every)
	}
	for _, grain := range []ledger.Grain{ledger.Hourly, ledger.Daily} {
		p.checkSums(grain, whole)
	}
	p.checkTraces(whole)
	closed, err := p.store.Closed(p.Context())
	require.NoError(p, err)
	assert.Equal(p, p.model.closed, closed, "closed")
}

func (p *pair) checkContexts() {
	p.Helper()
	got := map[int64]ledger.Context{}
	require.NoError(p, p.store.Contexts(p.Context(), func(id int64, c *ledger.Context) error {
		got[id] = *c
		return nil
	}))
	// Those of duplicates may be there too.
	maps.DeleteFunc(got, func(id int64, _ ledger.Context) bool { _, ok := p.model.contexts[id]; return !ok })
	same(p, p.model.contexts, got, "contexts")
}

func (p *pair) checkCalls(span ledger.Span, every bool) {
	p.Helper()
	var want []*ledger.Row
	for _, r := range p.model.sorted(every) {
		if r.Start >= span.From && r.Start < span.Until {
			want = append(want, r)
		}
	}
	i := 0
	require.NoError(p, p.store.Calls(p.Context(), span, every, func(r *ledger.Row) error {
		require.Less(p, i, len(want), "further call %v", r)
		assert.NotZero(p, r.Ingested)
		require.Equal(p, plain(want[i]), plain(r), "call %d", i)
		i++
		return nil
	}))
	require.Equal(p, len(want), i, "calls")
}

// plain leaves out what the model cannot know.
func plain(r *ledger.Row) ledger.Row {
	c := *r
	c.Ingested = 0
	c.Quantities = append([]int64(nil), r.Quantities...) // nil if it is empty
	return c
}

// sumsOf reads sums, and makes sure that they are in order.
func (p *pair) sumsOf(read func(context.Context, ledger.Grain, ledger.Span, func(*ledger.PeriodSum) error) error, grain ledger.Grain, span ledger.Span) map[ledger.SumKey]string {
	p.Helper()
	got := map[ledger.SumKey]string{}
	var last ledger.SumKey
	require.NoError(p, read(p.Context(), grain, span, func(s *ledger.PeriodSum) error {
		if len(got) > 0 {
			require.Negative(p, compare(last, s.SumKey), "order of keys")
		}
		last = s.SumKey
		if text := text(s.Calls, &s.Amounts, &s.Tokens); text != "" {
			got[s.SumKey] = text
		}
		return nil
	}))
	return got
}

func compare(a, b ledger.SumKey) int {
	return slices.Compare([]int64{a.Start, a.Context, a.Billing}, []int64{b.Start, b.Context, b.Billing})
}

func (p *pair) checkSums(grain ledger.Grain, span ledger.Span) {
	p.Helper()
	sums := p.checkPeriods(grain, span)
	total := totals(sums, span)
	same(p, texts(total, span), p.sumsOf(p.store.Totals, grain, span), "totals")
}

// checkPeriods compares sums and items, and returns what the sums have to be.
func (p *pair) checkPeriods(grain ledger.Grain, span ledger.Span) map[ledger.SumKey]*sum {
	p.Helper()
	sums := p.model.hours
	if grain == ledger.Daily {
		sums = p.model.days
	}
	same(p, texts(sums, span), p.sumsOf(p.store.Sums, grain, span), "sums")

	items := map[item]int64{}
	last := item{Item: -1}
	require.NoError(p, p.store.Items(p.Context(), grain, span, func(i *ledger.PeriodItem) error {
		at := item{i.SumKey, i.Item}
		if last.Item >= 0 {
			order := compare(last.SumKey, at.SumKey)
			require.True(p, order < 0 || order == 0 && last.Item < at.Item, "order of items")
		}
		last = at
		// Items of days are kept as long as those of their hours, or longer.
		if i.Quantity != 0 && i.Start*1e9 >= p.model.expired {
			items[at] = i.Quantity
		}
		return nil
	}))
	same(p, p.model.items(grain, span), items, "items")
	return sums
}

func (p *pair) checkTraces(span ledger.Span) {
	p.Helper()
	type key struct {
		id      [16]byte
		context int64
	}
	want, got := map[key]ledger.Trace{}, map[key]ledger.Trace{}
	for _, r := range p.model.sorted(false) {
		if r.Signal == ledger.Traces && r.Start >= span.From && r.Start < span.Until {
			k := key{r.Trace, r.ContextID}
			t, ok := want[k]
			if !ok || t.LastEnd < r.End {
				t.LastEnd = r.End
			}
			want[k] = ledger.Trace{ID: r.Trace, Context: r.ContextID, Calls: t.Calls + 1, LastEnd: t.LastEnd}
		}
	}
	require.NoError(p, p.store.Traces(p.Context(), span, func(t *ledger.Trace) error {
		_, twice := got[key{t.ID, t.Context}]
		require.False(p, twice, "a trace twice")
		got[key{t.ID, t.Context}] = *t
		return nil
	}))
	same(p, want, got, "traces")
}

// same compares maps, and tells the first differences.
func same[K comparable, V comparable](p *pair, want, got map[K]V, what string) {
	p.Helper()
	n := 0
	for k, w := range want {
		if g, ok := got[k]; (!ok || g != w) && n < 3 {
			n++
			assert.Fail(p, what, "%+v:\nwant %+v\ngot  %+v (there: %t)", k, w, g, ok)
		}
	}
	for k, g := range got {
		if _, ok := want[k]; !ok && n < 6 {
			n++
			assert.Fail(p, what, "%+v:\nnot wanted: %+v", k, g)
		}
	}
}

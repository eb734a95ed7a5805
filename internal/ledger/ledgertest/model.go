package ledgertest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// model is the oracle: a ledger in a few maps, written for being read. It works
// out from scratch what stores keep up to date.
type model struct {
	calls    map[ledger.Key][]*ledger.Row // versions, the first one first
	hours    map[ledger.SumKey]*sum
	days     map[ledger.SumKey]*sum
	contexts map[int64]ledger.Context
	closed   int64
	expired  int64 // the start of the first day whose calls are kept, unix nanoseconds
}

// sum holds numbers of any size.
type sum struct {
	calls   int64
	amounts [ledger.NumAmounts]big.Int
	tokens  [ledger.NumTokens]int64
	items   map[int]int64
}

func newModel() *model {
	return &model{map[ledger.Key][]*ledger.Row{}, map[ledger.SumKey]*sum{}, map[ledger.SumKey]*sum{}, map[int64]ledger.Context{}, 0, math.MinInt64}
}

// write stores rows as Write does, and Amend with the number of a run.
func (m *model) write(run int64, rows []*ledger.Row) (o ledger.Outcome) {
	for _, given := range rows {
		if given.Start < m.expired {
			o.Expired++
			continue
		}
		r := *given
		r.Context, r.Superseded, r.Run = nil, false, run
		r.Origin = ledger.Observed
		if run != 0 {
			r.Origin = ledger.Repriced
		}
		versions := m.calls[r.Key]
		r.Version = len(versions) + 1
		r.Billing = max(ledger.Month(r.Start), m.closed)
		old := counting(versions)
		if old != nil && known(versions, old, &r) {
			o.Duplicates++
			continue
		}
		m.contexts[r.ContextID] = *given.Context
		m.calls[r.Key] = append(versions, &r)
		if old == nil {
			o.Inserted++
		} else {
			o.Versions++
		}
		if r.Correction() {
			o.Late++
		}
		if old != nil {
			if r.Origin < old.Origin {
				r.Superseded = true
				continue
			}
			old.Superseded = true
			m.count(old, -1, max(old.Billing, m.closed))
		}
		m.count(&r, 1, r.Billing)
	}
	return o
}

// counting returns the version that counts.
func counting(versions []*ledger.Row) *ledger.Row {
	for _, v := range versions {
		if !v.Superseded {
			return v
		}
	}
	return nil
}

// known tells whether a row says nothing new: telemetry may say again what it
// said at any time, repricing may go back to an earlier price.
func known(versions []*ledger.Row, counts, r *ledger.Row) bool {
	if r.Origin == ledger.Repriced {
		return counts.Fingerprint == r.Fingerprint
	}
	return slices.ContainsFunc(versions, func(v *ledger.Row) bool { return v.Origin == r.Origin && v.Fingerprint == r.Fingerprint })
}

func (m *model) count(r *ledger.Row, sign, billing int64) {
	for _, at := range []struct {
		sums  map[ledger.SumKey]*sum
		start int64
	}{{m.hours, ledger.Hour(r.Start)}, {m.days, ledger.Day(r.Start)}} {
		k := ledger.SumKey{Start: at.start, Context: r.ContextID, Billing: billing}
		s := at.sums[k]
		if s == nil {
			s = &sum{items: map[int]int64{}}
			at.sums[k] = s
		}
		s.calls += sign
		for i, a := range r.Amounts {
			s.amounts[i].Add(&s.amounts[i], big.NewInt(sign*a))
		}
		for i, n := range r.Tokens {
			s.tokens[i] += sign * n
		}
		for i, n := range r.Quantities {
			s.items[i] += sign * n
		}
	}
}

// expire forgets as Expire does, at the starts of days.
func (m *model) expire(calls, sums int64) (gone int64) {
	m.expired = max(m.expired, calls)
	for k := range m.calls {
		if k.Start < calls {
			gone++
			delete(m.calls, k)
		}
	}
	maps.DeleteFunc(m.hours, func(k ledger.SumKey, _ *sum) bool { return k.Start < calls/1e9 })
	maps.DeleteFunc(m.days, func(k ledger.SumKey, _ *sum) bool { return k.Start < sums/1e9 })
	return gone
}

// sorted lists rows in the order of their keys.
func (m *model) sorted(every bool) (out []*ledger.Row) {
	for _, versions := range m.calls {
		for _, v := range versions {
			if every || !v.Superseded {
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out, func(a, b *ledger.Row) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), slices.Compare(a.Trace[:], b.Trace[:]), slices.Compare(a.Span[:], b.Span[:]), cmp.Compare(a.Version, b.Version))
	})
	return out
}

// texts writes sums of periods within the span as text. Those that are zero
// altogether are left out: whether stores keep them is up to them.
func texts(sums map[ledger.SumKey]*sum, span ledger.Span) map[ledger.SumKey]string {
	out := map[ledger.SumKey]string{}
	for k, s := range sums {
		if text := text(s.calls, &s.amounts, &s.tokens); text != "" && within(k, span) {
			out[k] = text
		}
	}
	return out
}

func within(k ledger.SumKey, span ledger.Span) bool {
	return k.Start*1e9 >= span.From && k.Start*1e9 < span.Until
}

// text writes what is not zero.
func text(calls int64, amounts *[ledger.NumAmounts]big.Int, tokens *[ledger.NumTokens]int64) string {
	var b strings.Builder
	if calls != 0 {
		fmt.Fprintf(&b, " calls=%d", calls)
	}
	for i := range amounts {
		if amounts[i].Sign() != 0 {
			fmt.Fprintf(&b, " %s=%s", ledger.AmountNames[i], &amounts[i])
		}
	}
	for i, n := range tokens {
		if n != 0 {
			fmt.Fprintf(&b, " %s=%d", ledger.TokenNames[i], n)
		}
	}
	return b.String()
}

// totals adds sums up over the span.
func totals(sums map[ledger.SumKey]*sum, span ledger.Span) map[ledger.SumKey]*sum {
	out := map[ledger.SumKey]*sum{}
	for k, s := range sums {
		if !within(k, span) {
			continue
		}
		k.Start = span.From / 1e9
		t := out[k]
		if t == nil {
			t = &sum{}
			out[k] = t
		}
		t.calls += s.calls
		for i := range s.amounts {
			t.amounts[i].Add(&t.amounts[i], &s.amounts[i])
		}
		for i, n := range s.tokens {
			t.tokens[i] += n
		}
	}
	return out
}

// item identifies a quantity.
type item struct {
	ledger.SumKey
	Item int
}

// items lists quantities of periods within the span that are not zero. Those of
// days are those of their hours, and go with them.
func (m *model) items(grain ledger.Grain, span ledger.Span) map[item]int64 {
	out := map[item]int64{}
	for k, s := range m.hours {
		if grain == ledger.Daily {
			k.Start = ledger.Day(k.Start * 1e9)
		}
		if !within(k, span) {
			continue
		}
		for i, n := range s.items {
			out[item{k, i}] += n
		}
	}
	maps.DeleteFunc(out, func(_ item, n int64) bool { return n == 0 })
	return out
}

package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Contexts passes every context, by number.
func (s *Store) Contexts(ctx context.Context, f func(int64, *ledger.Context) error) error {
	s.mu.RLock()
	known := maps.Clone(s.contexts)
	s.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(known)) {
		c := *known[id]
		if err := pass(ctx, func() error { return f(id, &c) }); err != nil {
			return err
		}
	}
	return nil
}

// Sums passes sums of periods that begin within the span.
func (s *Store) Sums(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	return passAll(ctx, s.sums(grain, span), f)
}

// Totals passes sums over the whole span.
func (s *Store) Totals(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	totals := map[ledger.SumKey]*ledger.PeriodSum{}
	from := time.Unix(0, span.From).Unix() // rounds down, also before 1970
	for _, p := range s.sums(grain, span) {
		key := ledger.SumKey{Start: from, Context: p.Context, Billing: p.Billing}
		t := totals[key]
		if t == nil {
			t = &ledger.PeriodSum{SumKey: key}
			totals[key] = t
		}
		t.Calls += p.Calls
		for i := range p.Amounts {
			t.Amounts[i].Add(&t.Amounts[i], &p.Amounts[i])
		}
		for i := range p.Tokens {
			t.Tokens[i] += p.Tokens[i]
		}
	}
	var sorted []*ledger.PeriodSum
	for _, k := range slices.SortedFunc(maps.Keys(totals), compareSums) {
		sorted = append(sorted, totals[k])
	}
	return passAll(ctx, sorted, f)
}

// Items passes quantities by hour or day. They are kept by hour alone.
func (s *Store) Items(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error {
	s.mu.RLock()
	items := map[ledger.SumKey][]int64{}
	for _, k := range within(s.hours, span) {
		stored := s.hours[k].items
		if grain == ledger.Daily {
			k.Start = ledger.Day(time.Unix(k.Start, 0).UnixNano())
		}
		sum := items[k]
		if len(sum) < len(stored) {
			sum = append(sum, make([]int64, len(stored)-len(sum))...)
			items[k] = sum
		}
		for i, q := range stored {
			sum[i] += q
		}
	}
	s.mu.RUnlock()
	var sorted []*ledger.PeriodItem
	for _, k := range slices.SortedFunc(maps.Keys(items), compareSums) {
		for i, q := range items[k] {
			sorted = append(sorted, &ledger.PeriodItem{SumKey: k, Item: i, Quantity: q})
		}
	}
	return passAll(ctx, sorted, f)
}

// Calls passes rows that started within the span.
func (s *Store) Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error {
	for _, stored := range s.rows(span, every) {
		r := *stored
		r.Quantities = slices.Clone(stored.Quantities)
		if err := pass(ctx, func() error { return f(&r) }); err != nil {
			return err
		}
	}
	return nil
}

// Traces passes what each trace holds of each context, in the order of traces
// and contexts.
func (s *Store) Traces(ctx context.Context, span ledger.Span, f func(*ledger.Trace) error) error {
	type key struct {
		trace   [16]byte
		context int64
	}
	traces := map[key]*ledger.Trace{}
	for _, r := range s.rows(span, false) {
		if r.Signal != ledger.Traces {
			continue
		}
		k := key{r.Trace, r.ContextID}
		t := traces[k]
		if t == nil {
			t = &ledger.Trace{ID: r.Trace, Context: r.ContextID, LastEnd: r.End}
			traces[k] = t
		}
		t.Calls++
		t.LastEnd = max(t.LastEnd, r.End)
	}
	return passAll(ctx, slices.SortedFunc(maps.Values(traces), func(a, b *ledger.Trace) int {
		return cmp.Or(bytes.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Context, b.Context))
	}), f)
}

// Bounds returns the first and the last start of a call.
func (s *Store) Bounds(context.Context) (first, last int64, ok bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k := range s.calls {
		if !ok || k.Start < first {
			first = k.Start
		}
		if !ok || k.Start > last {
			last = k.Start
		}
		ok = true
	}
	return first, last, ok, nil
}

// Closed returns until when billing periods are closed.
func (s *Store) Closed(context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closed, nil
}

func (s *Store) of(grain ledger.Grain) map[ledger.SumKey]*sum {
	if grain == ledger.Hourly {
		return s.hours
	}
	return s.days
}

func (s *Store) sums(grain ledger.Grain, span ledger.Span) []*ledger.PeriodSum {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*ledger.PeriodSum
	sums := s.of(grain)
	for _, k := range within(sums, span) {
		stored := sums[k]
		p := &ledger.PeriodSum{SumKey: k, Calls: stored.calls, Tokens: stored.tokens}
		for i := range stored.amounts {
			p.Amounts[i].Set(&stored.amounts[i])
		}
		out = append(out, p)
	}
	return out
}

// within lists the keys of periods that begin within a span, sorted.
func within(sums map[ledger.SumKey]*sum, span ledger.Span) []ledger.SumKey {
	var keys []ledger.SumKey
	for k := range sums {
		if start := time.Unix(k.Start, 0).UnixNano(); start >= span.From && start < span.Until {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, compareSums)
	return keys
}

func compareSums(a, b ledger.SumKey) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Context, b.Context), cmp.Compare(a.Billing, b.Billing))
}

// rows lists the rows that started within a span, in the order of keys and versions.
func (s *Store) rows(span ledger.Span, every bool) []*ledger.Row {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*ledger.Row
	for k, versions := range s.calls {
		if k.Start < span.From || k.Start >= span.Until {
			continue
		}
		for _, r := range versions {
			if every || !r.Superseded {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b *ledger.Row) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), bytes.Compare(a.Trace[:], b.Trace[:]), bytes.Compare(a.Span[:], b.Span[:]), cmp.Compare(a.Version, b.Version))
	})
	return out
}

func passAll[T any](ctx context.Context, list []*T, f func(*T) error) error {
	for _, v := range list {
		if err := pass(ctx, func() error { return f(v) }); err != nil {
			return err
		}
	}
	return nil
}

func pass(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return f()
}

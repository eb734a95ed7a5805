package clickhouse

import (
	"context"
	"errors"
	"math"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// foreign marks an error of the reader's function, which is returned as it is.
type foreign struct{ error }

func (s *Store) query(ctx context.Context, columns int, query string, f func(*fields) error) error {
	return s.told(s.client.each(ctx, columns, query, f))
}

// told explains an error, unless it is one of the reader's function.
func (s *Store) told(err error) error {
	var own foreign
	if errors.As(err, &own) {
		return own.error
	}
	return s.explain(err)
}

// pass gives a value to a reader's function, if it was read.
func pass[T any](fields *fields, v *T, f func(*T) error) error {
	if fields.err != nil {
		return fields.err
	}
	if err := f(v); err != nil {
		return foreign{err}
	}
	return nil
}

// Contexts implements ledger.Reader.
func (s *Store) Contexts(ctx context.Context, f func(int64, *ledger.Context) error) error {
	query := "SELECT context_id, " + list(same, contextColumns...) + " FROM token_cost_contexts FINAL ORDER BY context_id"
	return s.query(ctx, 1+len(contextColumns), query, func(row *fields) error {
		id, c := row.int64(), new(ledger.Context)
		for _, field := range ledger.Fields {
			*field.At(c) = row.text()
		}
		return pass(row, c, func(c *ledger.Context) error { return f(id, c) })
	})
}

// second is one in nanoseconds, the unit of spans.
const second = 1_000_000_000

// periods widens a span to the periods that begin within it.
func periods(grain ledger.Grain, span ledger.Span) (length string, widened ledger.Span) {
	if grain == ledger.Daily {
		return day, ledger.Span{From: ceil(span.From, 86400*second), Until: ceil(span.Until, 86400*second)}
	}
	return hour, ledger.Span{From: ceil(span.From, 3600*second), Until: ceil(span.Until, 3600*second)}
}

func ceil(n, by int64) int64 {
	rest := n % by
	switch {
	case rest <= 0: // the division rounds towards zero, which is up
		return n - rest
	case n > math.MaxInt64-by:
		return math.MaxInt64
	}
	return n - rest + by
}

const sumColumns = 4 + int(ledger.NumAmounts) + int(ledger.NumTokens)

func readSum(f *fields) *ledger.PeriodSum {
	p := new(ledger.PeriodSum)
	p.Start, p.Context, p.Billing, p.Calls = f.int64(), f.int64(), f.int64(), f.int64()
	for i := range p.Amounts {
		f.quanta(&p.Amounts[i])
	}
	for i := range p.Tokens {
		p.Tokens[i] = f.int64()
	}
	return p
}

// sumsOf is a query of sums within a span.
func sumsOf(grain ledger.Grain, span ledger.Span) string {
	length, span := periods(grain, span)
	where := "start_unix >= intDiv(" + literal(span.From) + ", 1000000000) AND start_unix < intDiv(" + literal(span.Until) + ", 1000000000)"
	query := sums(length, within(span))
	if grain == ledger.Daily {
		query = days(within(span))
	}
	return "(SELECT * FROM (" + query + ") WHERE " + where + ")"
}

// Sums implements ledger.Reader.
func (s *Store) Sums(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	query := "SELECT start_unix, context_id, billing_period, calls, " + list(same, numbers...) + " FROM " + sumsOf(grain, span) + " ORDER BY start_unix, context_id, billing_period"
	return s.query(ctx, sumColumns, query, func(row *fields) error { return pass(row, readSum(row), f) })
}

// Totals implements ledger.Reader.
func (s *Store) Totals(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	query := "SELECT intDiv(" + literal(span.From) + ", 1000000000), context_id, billing_period, sum(t.calls), " + list(func(name string) string { return "sum(t." + name + ")" }, numbers...) +
		" FROM " + sumsOf(grain, span) + " AS t GROUP BY context_id, billing_period ORDER BY context_id, billing_period"
	return s.query(ctx, sumColumns, query, func(row *fields) error { return pass(row, readSum(row), f) })
}

// Items implements ledger.Reader.
func (s *Store) Items(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error {
	length, span := periods(grain, span)
	query := "SELECT start_unix, context_id, billing_period, item, quantity FROM (" + items(length, within(span)) + ") ORDER BY start_unix, context_id, billing_period, item"
	return s.query(ctx, 5, query, func(row *fields) error {
		i := &ledger.PeriodItem{SumKey: ledger.SumKey{Start: row.int64(), Context: row.int64(), Billing: row.int64()}, Item: int(row.int64()), Quantity: row.int64()}
		return pass(row, i, f)
	})
}

// Calls implements ledger.Reader. Rows come in the order of calls; which version
// counts is known once all of a call are there.
func (s *Store) Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error {
	var call []*ledger.Row
	flush := func() error {
		for _, r := range ordered(call) {
			if every || !r.Superseded {
				if err := f(r); err != nil {
					return foreign{err}
				}
			}
		}
		call = nil
		return nil
	}
	query := "SELECT " + list(same, columns...) + " FROM token_cost_live WHERE " + within(span) + " ORDER BY " + key + ", " + order
	err := s.client.each(ctx, len(columns), query, func(row *fields) error {
		r := new(ledger.Row)
		readRow(row, r)
		if row.err != nil {
			return row.err
		}
		if len(call) > 0 && call[0].Key != r.Key {
			if err := flush(); err != nil {
				return err
			}
		}
		call = append(call, r)
		return nil
	})
	if err == nil {
		err = flush()
	}
	return s.told(err)
}

// Traces implements ledger.Reader.
func (s *Store) Traces(ctx context.Context, span ledger.Span, f func(*ledger.Trace) error) error {
	query := "SELECT trace_id, context_id, count(), max(end_unix_nano) FROM (" + counting(within(span)) + ") WHERE signal = " + literal(int64(ledger.Traces)) + " GROUP BY trace_id, context_id"
	return s.query(ctx, 4, query, func(row *fields) error {
		t := new(ledger.Trace)
		row.hex(t.ID[:])
		t.Context, t.Calls, t.LastEnd = row.int64(), row.int64(), row.int64()
		return pass(row, t, f)
	})
}

// Bounds implements ledger.Reader.
func (s *Store) Bounds(ctx context.Context) (first, last int64, ok bool, err error) {
	err = s.query(ctx, 3, "SELECT min(start_unix_nano), max(start_unix_nano), count() > 0 FROM token_cost_calls WHERE NOT "+expired, func(row *fields) error {
		first, last, ok = row.int64(), row.int64(), row.int64() == 1
		return nil
	})
	return first, last, ok, err
}

// Closed implements ledger.Reader.
func (s *Store) Closed(ctx context.Context) (int64, error) {
	until, err := s.meta(ctx, closedUntil)
	return until, s.explain(err)
}

package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// each calls f with every row of a result, and closes it.
func each(rows pgx.Rows, f func(*decoder) error) error {
	defer rows.Close()
	for rows.Next() {
		d := decoder{values: rows.RawValues()}
		if err := f(&d); err != nil {
			return err
		}
		if d.err != nil {
			return d.err
		}
	}
	return rows.Err()
}

// foreign marks an error of the reader's function, which is returned as it is.
type foreign struct{ error }

func (s *Store) query(ctx context.Context, f func(*decoder) error, sql string, args ...any) error {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return s.explain(err)
	}
	err = each(rows, f)
	var own foreign
	if errors.As(err, &own) {
		return own.error
	}
	return s.explain(err)
}

// pass gives a value to a reader's function, if it was read.
func pass[T any](d *decoder, v *T, f func(*T) error) error {
	if d.err != nil {
		return d.err
	}
	if err := f(v); err != nil {
		return foreign{err}
	}
	return nil
}

// Contexts implements ledger.Reader.
func (s *Store) Contexts(ctx context.Context, f func(int64, *ledger.Context) error) error {
	return s.query(ctx, func(d *decoder) error {
		id, c := d.int64(), new(ledger.Context)
		for _, field := range ledger.Fields {
			*field.At(c) = d.text()
		}
		return pass(d, c, func(c *ledger.Context) error { return f(id, c) })
	}, "SELECT context_id, "+list(of("x"), fields...)+" FROM token_cost_contexts x ORDER BY context_id")
}

var tables = map[ledger.Grain]string{ledger.Hourly: "token_cost_hours", ledger.Daily: "token_cost_days"}

// second is one in nanoseconds, the unit of spans.
const second = 1_000_000_000

// starts returns the seconds that periods of a span begin at: from the first one,
// to before the second one.
func starts(span ledger.Span) (from, until int64) { return ceil(span.From), ceil(span.Until) }

func ceil(nanoseconds int64) int64 {
	seconds := nanoseconds / second
	if nanoseconds%second > 0 {
		seconds++
	}
	return seconds
}

func sum(d *decoder) *ledger.PeriodSum {
	p := new(ledger.PeriodSum)
	p.Start, p.Context, p.Billing, p.Calls = d.int64(), d.int64(), d.int64(), d.int64()
	for i := range p.Amounts {
		d.quanta(&p.Amounts[i])
	}
	for i := range p.Tokens {
		p.Tokens[i] = d.int64()
	}
	return p
}

// Sums implements ledger.Reader.
func (s *Store) Sums(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	from, until := starts(span)
	return s.query(ctx, func(d *decoder) error { return pass(d, sum(d), f) },
		"SELECT start_unix, context_id, billing_period, "+list(of("s"), numbers...)+" FROM "+tables[grain]+" s WHERE start_unix >= $1 AND start_unix < $2 ORDER BY start_unix, context_id, billing_period",
		from, until)
}

// Totals implements ledger.Reader.
func (s *Store) Totals(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	from, until := starts(span)
	sums := list(func(name string) string { return "sum(" + name + ")::bigint" }, "calls") + ", " +
		list(func(name string) string { return "sum(" + name + ")" }, ledger.AmountNames[:]...) + ", " +
		list(func(name string) string { return "sum(" + name + ")::bigint" }, ledger.TokenNames[:]...)
	return s.query(ctx, func(d *decoder) error { return pass(d, sum(d), f) },
		"SELECT $1::bigint, context_id, billing_period, "+sums+" FROM "+tables[grain]+" WHERE start_unix >= $1 AND start_unix < $2 GROUP BY context_id, billing_period ORDER BY context_id, billing_period",
		from, until)
}

// Items implements ledger.Reader.
func (s *Store) Items(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error {
	from, until := starts(span)
	sql := "SELECT start_unix, context_id, billing_period, item, quantity FROM token_cost_hour_items WHERE start_unix >= $1 AND start_unix < $2 ORDER BY start_unix, context_id, billing_period, item"
	if grain == ledger.Daily {
		const day = "start_unix - mod(mod(start_unix, 86400) + 86400, 86400)" // also before 1970
		sql = "SELECT day, context_id, billing_period, item, sum(quantity)::bigint FROM (SELECT " + day + " AS day, * FROM token_cost_hour_items) i" +
			// Hours of a day that begins within the span may end after it.
			" WHERE start_unix >= $1 AND start_unix < $2::bigint + 86400 AND day >= $1 AND day < $2 GROUP BY day, context_id, billing_period, item ORDER BY day, context_id, billing_period, item"
	}
	return s.query(ctx, func(d *decoder) error {
		i := &ledger.PeriodItem{SumKey: ledger.SumKey{Start: d.int64(), Context: d.int64(), Billing: d.int64()}, Item: int(d.int32()), Quantity: d.int64()}
		return pass(d, i, f)
	}, sql, from, until)
}

// Calls implements ledger.Reader.
func (s *Store) Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error {
	which := " AND NOT superseded"
	if every {
		which = ""
	}
	return s.query(ctx, func(d *decoder) error {
		r := new(ledger.Row)
		d.row(r)
		return pass(d, r, f)
	}, "SELECT "+columnNames+" FROM token_cost_calls WHERE start_unix_nano >= $1 AND start_unix_nano < $2"+which+" ORDER BY start_unix_nano, trace_id, span_id, version", span.From, span.Until)
}

// Traces implements ledger.Reader.
func (s *Store) Traces(ctx context.Context, span ledger.Span, f func(*ledger.Trace) error) error {
	return s.query(ctx, func(d *decoder) error {
		t := new(ledger.Trace)
		copy(t.ID[:], d.next(len(t.ID)))
		t.Context, t.Calls, t.LastEnd = d.int64(), d.int64(), d.int64()
		return pass(d, t, f)
	}, "SELECT trace_id, context_id, count(*), max(end_unix_nano) FROM token_cost_calls WHERE start_unix_nano >= $1 AND start_unix_nano < $2 AND NOT superseded AND signal = $3 GROUP BY trace_id, context_id",
		span.From, span.Until, int16(ledger.Traces))
}

// Bounds implements ledger.Reader.
func (s *Store) Bounds(ctx context.Context) (first, last int64, ok bool, err error) {
	var from, to *int64
	if err := s.pool.QueryRow(ctx, "SELECT min(start_unix_nano), max(start_unix_nano) FROM token_cost_calls").Scan(&from, &to); err != nil {
		return 0, 0, false, s.explain(err)
	}
	if from == nil || to == nil {
		return 0, 0, false, nil
	}
	return *from, *to, true, nil
}

// Closed implements ledger.Reader.
func (s *Store) Closed(ctx context.Context) (until int64, err error) {
	err = s.pool.QueryRow(ctx, "SELECT value FROM token_cost_meta WHERE key = 'closed_until'").Scan(&until)
	return until, s.explain(err)
}

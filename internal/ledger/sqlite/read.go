package sqlite

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

var tables = [...]string{ledger.Hourly: "token_cost_hours", ledger.Daily: "token_cost_days"}

// Contexts implements ledger.Reader.
func (s *Store) Contexts(ctx context.Context, f func(id int64, c *ledger.Context) error) error {
	rows, err := s.read.QueryContext(ctx, "SELECT "+contextColumns+", context_id FROM token_cost_contexts ORDER BY context_id")
	if err != nil {
		return s.failed(err)
	}
	return s.failed(each(rows, func() error {
		var c ledger.Context
		var id int64
		var targets []any
		for _, field := range ledger.Fields {
			targets = append(targets, field.At(&c))
		}
		if err := rows.Scan(append(targets, &id)...); err != nil {
			return err
		}
		return f(id, &c)
	}))
}

// Sums implements ledger.Reader.
func (s *Store) Sums(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	from, until := seconds(span)
	return s.sums(ctx, "SELECT start_unix, context_id, billing_period, "+halves(func(name string) string { return name })+
		" FROM "+tables[grain]+" WHERE start_unix >= ? AND start_unix < ? ORDER BY start_unix, context_id, billing_period", f, from, until)
}

// Totals implements ledger.Reader.
func (s *Store) Totals(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	from, until := seconds(span)
	return s.sums(ctx, "SELECT ?, context_id, billing_period, "+halves(func(name string) string { return "sum(" + name + ")" })+
		" FROM "+tables[grain]+" WHERE start_unix >= ? AND start_unix < ? GROUP BY context_id, billing_period ORDER BY context_id, billing_period", f, from, from, until)
}

// seconds returns the periods that begin within a span.
func seconds(span ledger.Span) (from, until int64) {
	const second = 1_000_000_000
	ceil := func(n int64) int64 { return n/second + min(1, max(0, n%second)) }
	return ceil(span.From), ceil(span.Until)
}

// half splits amounts such that the sums of either part stay within 64 bits.
const half = 1_000_000_000

// halves selects the numbers of sums; amounts in two parts.
func halves(each func(name string) string) string {
	var out []string
	for _, name := range numbers {
		out = append(out, each(name))
		if isAmount(name) {
			out[len(out)-1] = each(fmt.Sprintf("%s / %d", name, half))
			out = append(out, each(fmt.Sprintf("%s %% %d", name, half)))
		}
	}
	return strings.Join(out, ", ")
}

func isAmount(column string) bool {
	for _, name := range ledger.AmountNames {
		if name == column {
			return true
		}
	}
	return false
}

func (s *Store) sums(ctx context.Context, query string, f func(*ledger.PeriodSum) error, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return s.failed(err)
	}
	factor := big.NewInt(half)
	return s.failed(each(rows, func() error {
		var sum ledger.PeriodSum
		var parts [ledger.NumAmounts][2]int64
		targets := []any{&sum.Start, &sum.Context, &sum.Billing, &sum.Calls}
		for i := range parts {
			targets = append(targets, &parts[i][0], &parts[i][1])
		}
		for i := range sum.Tokens {
			targets = append(targets, &sum.Tokens[i])
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, p := range parts {
			a := &sum.Amounts[i]
			a.Mul(a.SetInt64(p[0]), factor)
			a.Add(a, big.NewInt(p[1]))
		}
		return f(&sum)
	}))
}

// Items implements ledger.Reader.
func (s *Store) Items(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error {
	from, until := seconds(span)
	start := "start_unix"
	if grain == ledger.Daily {
		start = "start_unix - (start_unix % 86400 + 86400) % 86400"
	}
	rows, err := s.read.QueryContext(ctx, "SELECT "+start+" AS start, context_id, billing_period, item, sum(quantity) FROM token_cost_hour_items "+
		"WHERE start_unix >= ? AND start_unix < ? GROUP BY start, context_id, billing_period, item ORDER BY start, context_id, billing_period, item", from, until)
	if err != nil {
		return s.failed(err)
	}
	return s.failed(each(rows, func() error {
		var i ledger.PeriodItem
		if err := rows.Scan(&i.Start, &i.Context, &i.Billing, &i.Item, &i.Quantity); err != nil {
			return err
		}
		return f(&i)
	}))
}

// Calls implements ledger.Reader.
func (s *Store) Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error {
	where := "superseded = 0 AND "
	if every {
		where = ""
	}
	rows, err := s.read.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM token_cost_calls WHERE "+where+
		"start_unix_nano >= ? AND start_unix_nano < ? ORDER BY start_unix_nano, trace_id, span_id, version", span.From, span.Until)
	if err != nil {
		return s.failed(err)
	}
	return s.failed(each(rows, func() error {
		var r ledger.Row
		if err := scanRow(rows, &r); err != nil {
			return err
		}
		return f(&r)
	}))
}

// Traces implements ledger.Reader.
func (s *Store) Traces(ctx context.Context, span ledger.Span, f func(*ledger.Trace) error) error {
	rows, err := s.read.QueryContext(ctx, "SELECT trace_id, context_id, count(*), max(end_unix_nano) FROM token_cost_calls "+
		"WHERE superseded = 0 AND signal = ? AND start_unix_nano >= ? AND start_unix_nano < ? GROUP BY trace_id, context_id", ledger.Traces, span.From, span.Until)
	if err != nil {
		return s.failed(err)
	}
	return s.failed(each(rows, func() error {
		var t ledger.Trace
		var id []byte
		if err := rows.Scan(&id, &t.Context, &t.Calls, &t.LastEnd); err != nil {
			return err
		}
		copy(t.ID[:], id)
		return f(&t)
	}))
}

// Bounds implements ledger.Reader.
func (s *Store) Bounds(ctx context.Context) (first, last int64, ok bool, err error) {
	var n int
	err = s.read.QueryRowContext(ctx, "SELECT count(*), coalesce(min(a), 0), coalesce(max(a), 0) FROM (SELECT * FROM (SELECT start_unix_nano AS a FROM token_cost_calls ORDER BY 1 LIMIT 1) "+
		"UNION ALL SELECT * FROM (SELECT start_unix_nano AS a FROM token_cost_calls ORDER BY 1 DESC LIMIT 1))").Scan(&n, &first, &last)
	return first, last, n > 0, s.failed(err)
}

// Closed implements ledger.Reader.
func (s *Store) Closed(ctx context.Context) (int64, error) {
	until, err := closed(ctx, s.read)
	return until, s.failed(err)
}

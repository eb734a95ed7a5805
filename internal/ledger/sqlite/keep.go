package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Amend implements ledger.Keeper.
func (s *Store) Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	id := run.ID
	r := &request{ctx: ctx, rows: rows}
	err := s.transaction(ctx, func(t *transaction) error {
		if id == 0 {
			if err := t.conn.QueryRowContext(ctx, "SELECT coalesce(max(run_id), 0) + 1 FROM token_cost_runs").Scan(&id); err != nil {
				return err
			}
		} else if err := t.conn.QueryRowContext(ctx, "SELECT run_id FROM token_cost_runs WHERE run_id = ?", id).Scan(&id); err != nil {
			return fmt.Errorf("run %d: %w", id, err)
		}
		for _, row := range rows {
			if row.Origin != ledger.Repriced {
				return fmt.Errorf("%w: a row to amend has another origin than repricing", ledger.ErrPermanent)
			}
			row.Run = id
		}
		if err := t.add(r); err != nil {
			return err
		}
		_, err := t.conn.ExecContext(ctx, "INSERT INTO token_cost_runs (run_id, at_unix_nano, from_unix_nano, until_unix_nano, book, note, calls, difference) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "+
			"ON CONFLICT DO UPDATE SET calls = excluded.calls, difference = excluded.difference",
			id, run.At.UnixNano(), run.Span.From, run.Span.Until, run.Book, run.Note, run.Calls, run.Difference)
		return err
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	run.ID = id
	return r.out, nil
}

// Runs implements ledger.Keeper.
func (s *Store) Runs(ctx context.Context) ([]ledger.Run, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT run_id, at_unix_nano, from_unix_nano, until_unix_nano, book, note, calls, difference FROM token_cost_runs ORDER BY run_id")
	if err != nil {
		return nil, s.failed(err)
	}
	var out []ledger.Run
	err = each(rows, func() error {
		var r ledger.Run
		var at int64
		if err := rows.Scan(&r.ID, &at, &r.Span.From, &r.Span.Until, &r.Book, &r.Note, &r.Calls, &r.Difference); err != nil {
			return err
		}
		r.At = time.Unix(0, at).UTC()
		out = append(out, r)
		return nil
	})
	return out, s.failed(err)
}

// ClosePeriods implements ledger.Keeper.
func (s *Store) ClosePeriods(ctx context.Context, until int64) error {
	if until != ledger.Month(until*1_000_000_000) {
		return fmt.Errorf("close: %s is not the start of a month", time.Unix(until, 0).UTC().Format(time.RFC3339))
	}
	_, err := s.write.ExecContext(ctx, "INSERT INTO token_cost_meta (key, value) VALUES ('closed_until', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)", until)
	return s.failed(err)
}

// expireAtOnce is about how many calls one transaction removes, so that writers
// wait for short. All versions of a call go in one.
const expireAtOnce = 20_000

// Expire implements ledger.Keeper.
func (s *Store) Expire(ctx context.Context, calls, sums int64) (gone int64, err error) {
	calls, sums = ledger.StartOfDay(calls), ledger.StartOfDay(sums)
	for more := calls != 0; more; {
		var n int64
		err := s.transaction(ctx, func(t *transaction) (err error) {
			n, more, err = t.expire(calls)
			return err
		})
		if err != nil {
			return gone, err
		}
		gone += n
	}
	if sums != 0 {
		if _, err := s.write.ExecContext(ctx, "DELETE FROM token_cost_days WHERE start_unix < ?", ledger.Day(sums)); err != nil {
			return gone, s.failed(err)
		}
	}
	return gone, nil
}

// expire removes some of the calls before the start of a day, in unix nanoseconds,
// and with the last ones their hourly sums. It tells how many went, and whether
// there are more. Since there is one writer at a time, none finds what is gone and
// does not know why.
func (t *transaction) expire(until int64) (gone int64, more bool, err error) {
	if _, err := t.conn.ExecContext(t.ctx, "INSERT INTO token_cost_meta (key, value) VALUES ('expired_until', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)", ledger.Day(until)); err != nil {
		return 0, false, err
	}
	var last *int64
	if err := t.conn.QueryRowContext(t.ctx, "SELECT max(start) FROM (SELECT start_unix_nano AS start FROM token_cost_calls WHERE start_unix_nano < ? ORDER BY 1 LIMIT ?)", until, expireAtOnce).Scan(&last); err != nil {
		return 0, false, err
	}
	if last != nil {
		if err := t.conn.QueryRowContext(t.ctx, "SELECT count(*) FROM token_cost_calls WHERE start_unix_nano <= ? AND version = 1", *last).Scan(&gone); err != nil {
			return 0, false, err
		}
		result, err := t.conn.ExecContext(t.ctx, "DELETE FROM token_cost_calls WHERE start_unix_nano <= ?", *last)
		if err != nil {
			return 0, false, err
		}
		if n, err := result.RowsAffected(); err != nil || n >= expireAtOnce {
			return gone, true, err
		}
	}
	for _, table := range []string{"token_cost_hours", "token_cost_hour_items"} {
		if _, err := t.conn.ExecContext(t.ctx, "DELETE FROM "+table+" WHERE start_unix < ?", ledger.Day(until)); err != nil {
			return 0, false, err
		}
	}
	return gone, false, nil
}

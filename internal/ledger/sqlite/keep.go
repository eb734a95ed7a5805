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
		return nil, explain(err)
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
	return out, explain(err)
}

// ClosePeriods implements ledger.Keeper.
func (s *Store) ClosePeriods(ctx context.Context, until int64) error {
	if until != ledger.Month(until*1_000_000_000) {
		return fmt.Errorf("close: %s is not the start of a month", time.Unix(until, 0).UTC().Format(time.RFC3339))
	}
	_, err := s.write.ExecContext(ctx, "INSERT INTO token_cost_meta (key, value) VALUES ('closed_until', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)", until)
	return explain(err)
}

// day is the longest period of sums, in nanoseconds.
const day = int64(24 * time.Hour)

// expireAtOnce is about how many calls one transaction removes, so that writers
// wait for short. All versions of a call go in one.
const expireAtOnce = 20_000

// Expire implements ledger.Keeper.
func (s *Store) Expire(ctx context.Context, calls, sums int64) (int64, error) {
	var gone int64
	calls, sums = calls-calls%day, sums-sums%day // what is left is of whole days
	for calls != 0 {
		result, err := s.write.ExecContext(ctx, "DELETE FROM token_cost_calls WHERE start_unix_nano <= "+
			"(SELECT max(start) FROM (SELECT start_unix_nano AS start FROM token_cost_calls WHERE start_unix_nano < ? ORDER BY 1 LIMIT ?))", calls, expireAtOnce)
		if err != nil {
			return gone, explain(err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return gone, err
		}
		if gone += n; n < expireAtOnce {
			break
		}
	}
	for table, before := range map[string]int64{"token_cost_hours": calls, "token_cost_hour_items": calls, "token_cost_days": sums} {
		if before == 0 {
			continue
		}
		if _, err := s.write.ExecContext(ctx, "DELETE FROM "+table+" WHERE start_unix < ?", ledger.Hour(before)); err != nil {
			return gone, explain(err)
		}
	}
	return gone, nil
}

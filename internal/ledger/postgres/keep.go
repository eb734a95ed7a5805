package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// Amend implements ledger.Keeper.
func (s *Store) Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	var id int64
	var out ledger.Outcome
	err := s.transact(ctx, func(t *transaction) error {
		var err error
		if id, err = t.keepRun(run); err != nil {
			return err
		}
		for _, r := range rows {
			r.Origin, r.Run = ledger.Repriced, id
		}
		sorted, err := t.prepare(rows)
		if err != nil {
			return err
		}
		if err := t.versions(sorted); err != nil {
			return err
		}
		out = t.out
		return nil
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	run.ID = id
	return out, nil
}

// keepRun stores what is told of a run, and returns its number.
func (t *transaction) keepRun(run *ledger.Run) (id int64, err error) {
	if run.ID != 0 {
		tag, err := t.tx.Exec(t.ctx, "UPDATE token_cost_runs SET at_unix_nano = $2, from_unix_nano = $3, until_unix_nano = $4, book = $5, note = $6, calls = $7, difference = $8 WHERE run_id = $1",
			run.ID, run.At.UnixNano(), run.Span.From, run.Span.Until, contextset.Clean(run.Book), contextset.Clean(run.Note), run.Calls, contextset.Clean(run.Difference))
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("%w: run %d is not in the ledger; a new one has the number 0", ledger.ErrPermanent, run.ID)
		}
		return run.ID, err
	}
	// Two runs that begin at once get the same number, and the later is tried again.
	err = t.tx.QueryRow(t.ctx, "INSERT INTO token_cost_runs (run_id, at_unix_nano, from_unix_nano, until_unix_nano, book, note, calls, difference)"+
		" SELECT coalesce(max(run_id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM token_cost_runs RETURNING run_id",
		run.At.UnixNano(), run.Span.From, run.Span.Until, contextset.Clean(run.Book), contextset.Clean(run.Note), run.Calls, contextset.Clean(run.Difference)).Scan(&id)
	return id, err
}

// Runs implements ledger.Keeper.
func (s *Store) Runs(ctx context.Context) (out []ledger.Run, err error) {
	err = s.query(ctx, func(d *decoder) error {
		r := ledger.Run{ID: d.int64(), At: time.Unix(0, d.int64()).UTC(), Span: ledger.Span{From: d.int64(), Until: d.int64()}, Book: d.text(), Note: d.text(), Calls: d.int64(), Difference: d.text()}
		out = append(out, r)
		return nil
	}, "SELECT run_id, at_unix_nano, from_unix_nano, until_unix_nano, book, note, calls, difference FROM token_cost_runs ORDER BY run_id")
	return out, err
}

// ClosePeriods implements ledger.Keeper. It waits for writers.
func (s *Store) ClosePeriods(ctx context.Context, until int64) error {
	if until != ledger.Month(until*second) {
		return fmt.Errorf("close: %s is not the start of a month", time.Unix(until, 0).UTC().Format(time.RFC3339))
	}
	_, err := s.pool.Exec(ctx, "UPDATE token_cost_meta SET value = greatest(value, $1) WHERE key = 'closed_until'", until)
	return s.explain(err)
}

// expireAtOnce is how many rows one transaction removes, so that writers wait for short.
const expireAtOnce = 20_000

// Expire implements ledger.Keeper. It waits for writers once, before anything is
// removed: those that come after it leave out what it removes.
func (s *Store) Expire(ctx context.Context, calls, sums int64) (gone int64, err error) {
	calls, sums = ledger.StartOfDay(calls), ledger.StartOfDay(sums)
	if calls != 0 {
		if _, err := s.pool.Exec(ctx, "UPDATE token_cost_meta SET value = greatest(value, $1) WHERE key = 'expired_until'", ledger.Day(calls)); err != nil {
			return 0, s.explain(err)
		}
	}
	for more := calls != 0; more; {
		n, rows, err := s.expire(ctx, calls)
		if err != nil {
			return gone, s.explain(err)
		}
		gone, more = gone+n, rows > 0
	}
	for _, t := range []struct {
		table  string
		before int64
	}{{"token_cost_hours", calls}, {"token_cost_hour_items", calls}, {"token_cost_days", sums}} {
		if t.before == 0 {
			continue
		}
		if _, err := s.pool.Exec(ctx, "DELETE FROM "+t.table+" WHERE start_unix < $1", ledger.Day(t.before)); err != nil {
			return gone, s.explain(err)
		}
	}
	return gone, nil
}

// expire removes some of the calls before an instant, and returns how many of
// them, and how many rows.
func (s *Store) expire(ctx context.Context, until int64) (gone, rows int64, err error) {
	err = s.pool.QueryRow(ctx, "WITH gone AS (DELETE FROM token_cost_calls WHERE ctid = ANY(ARRAY("+
		"SELECT ctid FROM token_cost_calls WHERE start_unix_nano < $1 ORDER BY start_unix_nano LIMIT $2)) RETURNING version) "+
		"SELECT count(*), count(*) FILTER (WHERE version = 1) FROM gone", until, expireAtOnce).Scan(&rows, &gone)
	return gone, rows, err
}

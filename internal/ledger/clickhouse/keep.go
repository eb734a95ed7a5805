package clickhouse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// closedUntil is the key of the instant until when billing periods are closed.
const closedUntil = "closed_until"

// expiredUntil is the key of the instant until when calls are expired.
const expiredUntil = "expired_until"

// horizons returns until when billing periods are closed, and calls expired, in
// unix seconds.
func (s *Store) horizons(ctx context.Context) (closed, expired int64, err error) {
	var any int64
	query := "SELECT maxIf(value, key = '" + closedUntil + "'), maxIf(value, key = '" + expiredUntil + "'), countIf(key = '" + expiredUntil + "') FROM token_cost_meta"
	err = s.client.each(ctx, 3, query, func(f *fields) error {
		closed, expired, any = f.int64(), f.int64(), f.int64()
		return nil
	})
	if any == 0 {
		expired = ledger.NothingExpired
	}
	return closed, expired, err
}

// Amend implements ledger.Keeper. Two runs that begin at once may get the same number.
func (s *Store) Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	out, err := s.amend(ctx, run, rows)
	return out, s.explain(err)
}

func (s *Store) amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	var last, known int64
	err := s.client.each(ctx, 2, "SELECT max(run_id), countIf(run_id = "+literal(run.ID)+") FROM token_cost_runs", func(f *fields) error {
		last, known = f.int64(), f.int64()
		return nil
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	id := run.ID
	if id == 0 {
		id = last + 1
	} else if known == 0 {
		return ledger.Outcome{}, fmt.Errorf("%w: run %d is not in the ledger; a new one has the number 0", ledger.ErrPermanent, id)
	}
	for _, r := range rows {
		r.Origin, r.Run = ledger.Repriced, id
	}
	out, err := s.write(ctx, rows)
	if err != nil {
		return ledger.Outcome{}, err
	}
	row, err := json.Marshal(map[string]any{
		"run_id": id, "at_unix_nano": run.At.UnixNano(), "from_unix_nano": run.Span.From, "until_unix_nano": run.Span.Until,
		"book": contextset.Clean(run.Book), "note": contextset.Clean(run.Note), "calls": run.Calls, "difference": contextset.Clean(run.Difference), "written": s.instants(now(), 1),
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	if err := s.client.exec(ctx, "INSERT INTO token_cost_runs SETTINGS async_insert = 0 FORMAT JSONEachRow", bytes.NewReader(row)); err != nil {
		return ledger.Outcome{}, err
	}
	run.ID = id
	return out, nil
}

// Runs implements ledger.Keeper.
func (s *Store) Runs(ctx context.Context) (out []ledger.Run, err error) {
	err = s.query(ctx, 8, "SELECT run_id, at_unix_nano, from_unix_nano, until_unix_nano, book, note, calls, difference FROM token_cost_runs FINAL ORDER BY run_id", func(f *fields) error {
		out = append(out, ledger.Run{
			ID: f.int64(), At: time.Unix(0, f.int64()).UTC(), Span: ledger.Span{From: f.int64(), Until: f.int64()}, Book: f.text(), Note: f.text(), Calls: f.int64(), Difference: f.text(),
		})
		return nil
	})
	return out, err
}

// ClosePeriods implements ledger.Keeper. Writes that began before may still be
// booked in what it closes.
func (s *Store) ClosePeriods(ctx context.Context, until int64) error {
	if until != ledger.Month(until*second) {
		return fmt.Errorf("close: %s is not the start of a month", time.Unix(until, 0).UTC().Format(time.RFC3339))
	}
	return s.explain(s.setMeta(ctx, closedUntil, until))
}

// Expire implements ledger.Keeper. First writers are told to leave out what it
// removes. Then daily sums of the calls are kept, calls and kept sums are exchanged
// by one row, and at last the calls are removed. Where it ended midway, the next
// one goes on.
func (s *Store) Expire(ctx context.Context, calls, sums int64) (gone int64, err error) {
	calls, sums = ledger.StartOfDay(calls), ledger.StartOfDay(sums)
	if calls != 0 {
		if err := s.setMeta(ctx, expiredUntil, ledger.Day(calls)); err != nil {
			return 0, s.explain(err)
		}
		if gone, err = s.expireCalls(ctx, calls); err != nil {
			return 0, s.explain(err)
		}
	}
	if sums != 0 {
		return gone, s.explain(s.remove(ctx, "token_cost_kept_days", "start_unix < "+literal(ledger.Day(sums))))
	}
	return gone, nil
}

func (s *Store) expireCalls(ctx context.Context, until int64) (gone int64, err error) {
	var before, next, earlier int64
	err = s.client.each(ctx, 3, "SELECT max(until_unix_nano), max(generation) + 1, count() FROM token_cost_expiries", func(f *fields) error {
		before, next, earlier = f.int64(), f.int64(), f.int64()
		return nil
	})
	if err != nil {
		return 0, err
	}
	if earlier > 0 {
		until = max(until, before)
	}
	at := s.instants(now(), 1)
	old := fmt.Sprintf("start_unix_nano < %d AND ingested_unix_nano <= %d", until, at)
	if err := s.client.each(ctx, 1, "SELECT uniqExact("+key+") FROM token_cost_live WHERE "+old, func(f *fields) error { gone = f.int64(); return nil }); err != nil {
		return 0, err
	}
	// What a run left that ended before it exchanged anything.
	if err := s.remove(ctx, "token_cost_kept_days", "generation >= "+literal(next)); err != nil {
		return 0, err
	}
	keep := "INSERT INTO token_cost_kept_days (generation, start_unix, context_id, billing_period, calls, " + list(same, numbers...) + ") SELECT " + literal(next) + ", * FROM (" + days(old) + ")"
	if err := s.client.exec(ctx, keep, nil); err != nil {
		return 0, err
	}
	if err := s.client.exec(ctx, fmt.Sprintf("INSERT INTO token_cost_expiries VALUES (%d, %d, %d)", next, until, at), nil); err != nil {
		return 0, err
	}
	if err := s.remove(ctx, "token_cost_calls", old); err != nil {
		return 0, err
	}
	return gone, s.remove(ctx, "token_cost_kept_days", "generation < "+literal(next))
}

// remove removes rows, and waits until they are gone.
func (s *Store) remove(ctx context.Context, table, where string) error {
	return s.client.exec(ctx, "ALTER TABLE "+table+" DELETE WHERE "+where+" SETTINGS mutations_sync = 1", nil)
}

// literal writes a number of 64 bits as SQL has it.
func literal(n int64) string { return "toInt64(" + strconv.FormatInt(n, 10) + ")" }

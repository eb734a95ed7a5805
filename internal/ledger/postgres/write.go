package postgres

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// transaction is the work on one commit. Its statements lock in one order for
// all writers: the closed period and the expired days, contexts, new calls, known calls, sums; and
// within each of these by key.
type transaction struct {
	ctx      context.Context //nolint:containedctx // it lives within one call
	s        *Store
	tx       pgx.Tx
	deltas   *ledger.Deltas
	fresh    map[int64]contextset.Digest // contexts that this transaction found or stored
	inserted map[ledger.Key]*ledger.Row  // new calls of which there are further rows
	closed   int64                       // until when billing periods are closed, unix seconds
	expired  int64                       // until when calls are expired, unix seconds
	out      ledger.Outcome
}

// now is the instant of an ingestion.
var now = func() int64 { return time.Now().UnixNano() }

// Write implements ledger.Writer.
func (s *Store) Write(ctx context.Context, rows []*ledger.Row) (ledger.Outcome, error) {
	var out ledger.Outcome
	if len(rows) == 0 {
		return out, ctx.Err()
	}
	err := s.transact(ctx, func(t *transaction) error {
		for _, r := range rows {
			r.Origin, r.Run = ledger.Observed, 0
		}
		if err := t.store(rows); err != nil {
			return err
		}
		out = t.out
		return nil
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	s.replays.Store(out.Duplicates > 0)
	return out, nil
}

func (t *transaction) run(do func(*transaction) error) error {
	// Closing periods and expiry wait for writers, and writers for them.
	const query = "SELECT (SELECT value FROM token_cost_meta WHERE key = 'closed_until' FOR SHARE), (SELECT value FROM token_cost_meta WHERE key = 'expired_until' FOR SHARE)"
	if err := t.tx.QueryRow(t.ctx, query).Scan(&t.closed, &t.expired); err != nil {
		return fmt.Errorf("closed_until and expired_until in token_cost_meta: %w", err)
	}
	if err := do(t); err != nil {
		return err
	}
	return t.sums()
}

// prepare leaves out what is expired, sets what the store sets, stores contexts,
// and sorts rows by key. Those with the same key stay in their order.
func (t *transaction) prepare(rows []*ledger.Row) ([]*ledger.Row, error) {
	rows, expired, err := ledger.Live(rows, t.expired)
	if err != nil {
		return nil, err
	}
	t.out.Expired = expired
	at := now()
	for _, r := range rows {
		r.Version, r.Superseded, r.Ingested = 1, false, at
		r.Billing = max(ledger.Month(r.Start), t.closed)
	}
	if err := t.contexts(rows); err != nil {
		return nil, err
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, byKey)
	return sorted, nil
}

func byKey(a, b *ledger.Row) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), bytes.Compare(a.Trace[:], b.Trace[:]), bytes.Compare(a.Span[:], b.Span[:]))
}

// store stores rows of telemetry: new calls all at once, and then what remains.
func (t *transaction) store(rows []*ledger.Row) error {
	sorted, err := t.prepare(rows)
	if err != nil || len(sorted) == 0 {
		return err
	}
	first, rest := split(sorted)
	stored := false
	if !t.s.replays.Load() {
		// Rows straight into the table are faster, and possible if all of them are new.
		if stored, err = t.copyNew(first); err != nil {
			return err
		}
	}
	if !stored {
		fresh, err := t.insertNew(first)
		if err != nil {
			return err
		}
		first, rest = part(sorted, fresh)
	}
	for _, r := range first {
		t.out.Inserted++
		if r.Correction() {
			t.out.Late++
		}
		if err := t.deltas.Add(r); err != nil {
			return err
		}
	}
	if len(rest) == 0 {
		return nil
	}
	for _, r := range first {
		t.inserted[r.Key] = r
	}
	return t.versions(rest)
}

// split takes the first row of each key.
func split(sorted []*ledger.Row) (first, rest []*ledger.Row) {
	for i, r := range sorted {
		if i == 0 || r.Key != sorted[i-1].Key {
			first = append(first, r)
		} else {
			rest = append(rest, r)
		}
	}
	return first, rest
}

// part takes the first row of each key that is new.
func part(sorted []*ledger.Row, fresh map[ledger.Key]bool) (first, rest []*ledger.Row) {
	for i, r := range sorted {
		if (i == 0 || r.Key != sorted[i-1].Key) && fresh[r.Key] {
			first = append(first, r)
		} else {
			rest = append(rest, r)
		}
	}
	return first, rest
}

// copyTo streams rows into a table.
func (t *transaction) copyTo(table string, rows []*ledger.Row) error {
	_, err := t.tx.Conn().PgConn().CopyFrom(t.ctx, &reader{rows: rows}, "COPY "+table+" ("+columnNames+") FROM STDIN (FORMAT binary)")
	return err
}

var columnNames = list(same, columns...)

// copyNew stores rows if none of them is there yet.
func (t *transaction) copyNew(rows []*ledger.Row) (stored bool, err error) {
	if _, err := t.tx.Exec(t.ctx, "SAVEPOINT new_calls"); err != nil {
		return false, err
	}
	err = t.copyTo("token_cost_calls", rows)
	var failed *pgconn.PgError
	if errors.As(err, &failed) && failed.Code == "23505" { // unique_violation
		_, err = t.tx.Exec(t.ctx, "ROLLBACK TO SAVEPOINT new_calls")
		return false, err
	}
	return err == nil, err
}

// insertNew stores rows that are not there yet, and tells which ones.
func (t *transaction) insertNew(rows []*ledger.Row) (fresh map[ledger.Key]bool, err error) {
	if _, err := t.tx.Exec(t.ctx, "CREATE TEMPORARY TABLE token_cost_batch (LIKE token_cost_calls) ON COMMIT DROP"); err != nil {
		return nil, err
	}
	if err := t.copyTo("token_cost_batch", rows); err != nil {
		return nil, err
	}
	// The table is read in the order that it was written in.
	found, err := t.tx.Query(t.ctx, "INSERT INTO token_cost_calls ("+columnNames+") SELECT "+columnNames+" FROM token_cost_batch ON CONFLICT DO NOTHING RETURNING start_unix_nano, trace_id, span_id")
	if err != nil {
		return nil, err
	}
	fresh = map[ledger.Key]bool{}
	err = each(found, func(d *decoder) error {
		var k ledger.Key
		k.Start = d.int64()
		copy(k.Trace[:], d.next(len(k.Trace)))
		copy(k.Span[:], d.next(len(k.Span)))
		fresh[k] = true
		return nil
	})
	return fresh, err
}

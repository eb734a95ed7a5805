package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// maxCommit is how many rows one transaction takes together for several writers.
const maxCommit = 1 << 14

// request is a write that waits for its transaction.
type request struct {
	ctx   context.Context //nolint:containedctx // for as long as its caller waits
	rows  []*ledger.Row
	state atomic.Int32 // of the constants below
	out   ledger.Outcome
	err   error
	done  chan struct{}
}

const (
	waiting = iota
	begun
	abandoned
)

// Write implements ledger.Writer. Concurrent writes share transactions, because
// each costs one or two waits for the disk.
func (s *Store) Write(ctx context.Context, rows []*ledger.Row) (ledger.Outcome, error) {
	r := &request{ctx: ctx, rows: rows, done: make(chan struct{})}
	select {
	case s.requests <- r:
	case <-ctx.Done():
		return ledger.Outcome{}, ctx.Err()
	case <-s.quit:
		return ledger.Outcome{}, errors.New("the ledger is closed")
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.state.CompareAndSwap(waiting, abandoned) {
			return ledger.Outcome{}, ctx.Err()
		}
		<-r.done
	}
	return r.out, r.err
}

// commits stores what is asked for, until the store is closed.
func (s *Store) commits() {
	defer close(s.done)
	for {
		select {
		case r := <-s.requests:
			s.commit(s.gather(r))
		case <-s.quit:
			return
		}
	}
}

// gather adds writers that wait already.
func (s *Store) gather(first *request) []*request {
	all, rows := []*request{first}, len(first.rows)
	for rows < maxCommit {
		select {
		case r := <-s.requests:
			all, rows = append(all, r), rows+len(r.rows)
		default:
			return all
		}
	}
	return all
}

// commit stores the rows of all requests, or each by itself if together they fail.
func (s *Store) commit(all []*request) {
	var live []*request
	for _, r := range all {
		if r.state.CompareAndSwap(waiting, begun) {
			live = append(live, r)
		}
	}
	if len(live) > 1 && s.together(live) == nil {
		return
	}
	for _, r := range live {
		r.err = s.transaction(r.ctx, func(t *transaction) error { return t.add(r) })
		close(r.done)
	}
}

func (s *Store) together(live []*request) error {
	err := s.transaction(context.Background(), func(t *transaction) error {
		for _, r := range live {
			if err := t.add(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for _, r := range live {
			close(r.done)
		}
	}
	return err
}

// transaction is the work on one commit.
type transaction struct {
	ctx     context.Context //nolint:containedctx // it lives within one call
	s       *Store
	conn    *sql.Tx
	deltas  *ledger.Deltas
	fresh   map[int64]*ledger.Context // contexts that this transaction stores
	closed  int64                     // until when billing periods are closed, unix seconds
	expired int64                     // until when calls are expired, unix seconds
}

// transaction runs one, and makes durable what it did unless it fails.
func (s *Store) transaction(ctx context.Context, do func(*transaction) error) error {
	forgotten := s.settle()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.failed(err)
	}
	t := &transaction{ctx: ctx, s: s, conn: tx, deltas: ledger.NewDeltas(), fresh: map[int64]*ledger.Context{}}
	err = t.run(do)
	if err != nil {
		return s.failed(errors.Join(err, ignoreDone(tx.Rollback())))
	}
	if err := tx.Commit(); err != nil {
		return s.failed(err)
	}
	s.remember(t.fresh, forgotten)
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func (t *transaction) run(do func(*transaction) error) error {
	var err error
	if t.closed, err = closed(t.ctx, t.conn); err != nil {
		return err
	}
	if t.expired, err = expired(t.ctx, t.conn); err != nil {
		return err
	}
	if err := do(t); err != nil {
		return err
	}
	return t.sums()
}

// add stores the rows of a request.
func (t *transaction) add(r *request) error {
	rows, expired, err := ledger.Live(r.rows, t.expired)
	if err != nil {
		return err
	}
	r.out = ledger.Outcome{Expired: expired}
	at := now()
	for _, row := range rows {
		row.Version, row.Superseded, row.Ingested = 1, false, at
		row.Billing = max(ledger.Month(row.Start), t.closed)
		if err := t.context(row); err != nil {
			return err
		}
	}
	for len(rows) > 0 {
		n := min(len(rows), chunk)
		if err := t.insert(rows[:n], &r.out); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// insert stores some rows. If all of them are new, that takes one statement.
func (t *transaction) insert(rows []*ledger.Row, out *ledger.Outcome) error {
	if len(rows) == chunk && rows[0].Origin == ledger.Observed {
		stored, err := t.all(rows)
		if err != nil || stored {
			return errors.Join(err, t.count(rows, out))
		}
	}
	for _, row := range rows {
		if err := t.one(row, out); err != nil {
			return err
		}
	}
	return nil
}

// all stores rows if none of them is there yet.
func (t *transaction) all(rows []*ledger.Row) (stored bool, err error) {
	args := make([]any, 0, chunk*len(columns))
	for _, row := range rows {
		args = appendRow(args, row)
	}
	if _, err := t.conn.ExecContext(t.ctx, "SAVEPOINT batch"); err != nil {
		return false, err
	}
	result, err := t.conn.StmtContext(t.ctx, t.s.inserts.chunk).ExecContext(t.ctx, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, err
	}
	end := "RELEASE batch"
	if n != int64(len(rows)) {
		end = "ROLLBACK TO batch; RELEASE batch"
	}
	_, err = t.conn.ExecContext(t.ctx, end)
	return n == int64(len(rows)), err
}

func (t *transaction) count(rows []*ledger.Row, out *ledger.Outcome) error {
	for _, row := range rows {
		out.Inserted++
		if row.Correction() {
			out.Late++
		}
		if err := t.deltas.Add(row); err != nil {
			return err
		}
	}
	return nil
}

// chunk is how many rows one statement inserts.
const chunk = 32

// columns of token_cost_calls in the order of appendRow.
var columns = ledger.CallColumns

func appendRow(args []any, r *ledger.Row) []any {
	args = append(args, r.Start, r.Trace[:], r.Span[:], r.Version, r.Superseded, int64(r.Origin), r.Run, int64(r.Signal), r.ContextID, r.End, r.Parent[:],
		r.User, r.Session, r.Response, r.Usage, ledger.FormatQuantities(r.Quantities))
	for _, a := range r.Amounts {
		args = append(args, a)
	}
	for _, n := range r.Tokens {
		args = append(args, n)
	}
	return append(args, r.Billing, r.Ingested, r.Fingerprint)
}

// inserts are prepared statements.
type inserts struct{ chunk, one *sql.Stmt }

func (i *inserts) prepare(ctx context.Context, db *sql.DB) error {
	row := "(" + list("?", len(columns)) + ")"
	text := "INSERT INTO token_cost_calls (" + strings.Join(columns, ", ") + ") VALUES " + list(row, chunk) + " ON CONFLICT DO NOTHING"
	var err error
	if i.chunk, err = db.PrepareContext(ctx, text); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	i.one, err = db.PrepareContext(ctx, "INSERT INTO token_cost_calls ("+strings.Join(columns, ", ")+") VALUES "+row)
	return err
}

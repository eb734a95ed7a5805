package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// one stores a row of which there may be versions already.
func (t *transaction) one(row *ledger.Row, out *ledger.Outcome) error {
	known, err := t.versions(row.Key)
	switch {
	case err != nil:
		return err
	case len(known) == 0 && row.Origin == ledger.Repriced:
		return fmt.Errorf("%w: the call that started at %d (trace %x, span %x) is not in the ledger, so it has no new price", ledger.ErrPermanent, row.Start, row.Trace, row.Span)
	case len(known) == 0:
		if err := t.put(row); err != nil {
			return err
		}
		return t.count([]*ledger.Row{row}, out)
	}
	which := slices.IndexFunc(known, func(v *ledger.Row) bool { return !v.Superseded })
	if which < 0 {
		return fmt.Errorf("%w: no version counts of the call that started at %d (trace %x, span %x): was the file edited?", ledger.ErrPermanent, row.Start, row.Trace, row.Span)
	}
	counts := known[which]
	if seen(row, counts, known) {
		out.Duplicates++
		return nil
	}
	row.Version = known[len(known)-1].Version + 1
	row.Superseded = counts.Origin > row.Origin
	if !row.Superseded {
		if err := t.supersede(counts, row); err != nil {
			return err
		}
	}
	out.Versions++
	if row.Correction() {
		out.Late++
	}
	return t.put(row)
}

// seen tells whether a row says nothing new: a sighting that any earlier one
// said already, or a price that counts already.
func seen(row, counts *ledger.Row, known []*ledger.Row) bool {
	if row.Origin == ledger.Repriced {
		return counts.Fingerprint == row.Fingerprint
	}
	return slices.ContainsFunc(known, func(v *ledger.Row) bool { return v.Origin == row.Origin && v.Fingerprint == row.Fingerprint })
}

// supersede makes a row count instead of an earlier version.
func (t *transaction) supersede(old, row *ledger.Row) error {
	if err := t.deltas.Add(row); err != nil {
		return err
	}
	if _, err := t.conn.ExecContext(t.ctx, "UPDATE token_cost_calls SET superseded = 1 WHERE start_unix_nano = ? AND trace_id = ? AND span_id = ? AND version = ?",
		old.Start, old.Trace[:], old.Span[:], old.Version); err != nil {
		return err
	}
	return t.deltas.Reverse(old, max(old.Billing, t.closed))
}

func (t *transaction) put(row *ledger.Row) error {
	_, err := t.conn.StmtContext(t.ctx, t.s.inserts.one).ExecContext(t.ctx, appendRow(nil, row)...)
	return err
}

// versions returns what is stored of a call, the first version first.
func (t *transaction) versions(k ledger.Key) ([]*ledger.Row, error) {
	rows, err := t.conn.QueryContext(t.ctx, "SELECT "+strings.Join(columns, ", ")+" FROM token_cost_calls WHERE start_unix_nano = ? AND trace_id = ? AND span_id = ? ORDER BY version",
		k.Start, k.Trace[:], k.Span[:])
	if err != nil {
		return nil, err
	}
	var out []*ledger.Row
	err = each(rows, func() error {
		row := new(ledger.Row)
		out = append(out, row)
		return scanRow(rows, row)
	})
	return out, err
}

// each calls f for every row, and closes them.
func each(rows *sql.Rows, f func() error) error {
	for rows.Next() {
		if err := f(); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// scanRow reads the columns of columns.
func scanRow(rows *sql.Rows, r *ledger.Row) error {
	var trace, span, parent []byte
	var quantities string
	targets := []any{&r.Start, &trace, &span, &r.Version, &r.Superseded, &r.Origin, &r.Run, &r.Signal, &r.ContextID, &r.End, &parent, &r.User, &r.Session, &r.Response, &r.Usage, &quantities}
	for i := range r.Amounts {
		targets = append(targets, &r.Amounts[i])
	}
	for i := range r.Tokens {
		targets = append(targets, &r.Tokens[i])
	}
	if err := rows.Scan(append(targets, &r.Billing, &r.Ingested, &r.Fingerprint)...); err != nil {
		return err
	}
	copy(r.Trace[:], trace)
	copy(r.Span[:], span)
	copy(r.Parent[:], parent)
	r.Quantities = ledger.ParseQuantities(quantities)
	return nil
}

// context stores the row's context, unless it is known to be stored.
func (t *transaction) context(row *ledger.Row) error {
	id := row.ContextID
	t.s.mu.Lock()
	known := t.s.known[id]
	t.s.mu.Unlock()
	if known == nil {
		known = t.fresh[id]
	}
	if known != nil {
		return same(id, known, row.Context)
	}
	args := []any{id}
	for _, f := range ledger.Fields {
		args = append(args, *f.At(row.Context))
	}
	if _, err := t.conn.ExecContext(t.ctx, "INSERT INTO token_cost_contexts (context_id, "+contextColumns+") VALUES ("+list("?", len(args))+") ON CONFLICT DO NOTHING", args...); err != nil {
		return err
	}
	stored, err := readContext(t.conn.QueryRowContext(t.ctx, "SELECT "+contextColumns+" FROM token_cost_contexts WHERE context_id = ?", id))
	if err != nil {
		return err
	}
	t.fresh[id] = row.Context
	return same(id, stored, row.Context)
}

func same(id int64, stored, c *ledger.Context) error {
	if stored != c && *stored != *c {
		return fmt.Errorf("%w: two contexts have the number %d", ledger.ErrPermanent, id)
	}
	return nil
}

// contextColumns are the columns of a context without its number.
var contextColumns = strings.Join(ledger.FieldNames, ", ")

func readContext(row interface{ Scan(...any) error }) (*ledger.Context, error) {
	c := new(ledger.Context)
	var targets []any
	for _, f := range ledger.Fields {
		targets = append(targets, f.At(c))
	}
	return c, row.Scan(targets...)
}

// maxKnown bounds the contexts that are remembered to be stored.
const maxKnown = 1 << 14

// remember keeps what a transaction stored, unless all was forgotten since it
// began: it may have been another file.
func (s *Store) remember(fresh map[int64]*ledger.Context, forgotten int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if forgotten != s.forgotten {
		return
	}
	if len(s.known)+len(fresh) > maxKnown {
		clear(s.known)
	}
	for id, c := range fresh {
		if len(s.known) < maxKnown {
			s.known[id] = c
		}
	}
}

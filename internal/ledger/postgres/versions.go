package postgres

import (
	"fmt"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/history"
)

// versions stores rows of calls that are known, sorted by key.
func (t *transaction) versions(rows []*ledger.Row) error {
	known, err := t.read(rows)
	if err != nil {
		return err
	}
	// Most say nothing new. The versions of the others must not change meanwhile.
	var news []*ledger.Row
	for _, r := range rows {
		if !history.Says(known[r.Key], r) {
			news = append(news, r)
		}
	}
	if len(news) > 0 {
		if err := t.lock(news); err != nil {
			return err
		}
		locked, err := t.read(news)
		if err != nil {
			return err
		}
		for k, versions := range locked {
			known[k] = versions
		}
	}
	w := &versionWriter{transaction: t, known: known}
	for _, r := range rows {
		if err := w.add(r); err != nil {
			return err
		}
	}
	return w.flush()
}

const keysOf = " JOIN unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS k (start_unix_nano, trace_id, span_id) USING (start_unix_nano, trace_id, span_id)"

func keys(rows []*ledger.Row) (starts []int64, traces, spans [][]byte) {
	for i, r := range rows {
		if i == 0 || r.Key != rows[i-1].Key {
			starts, traces, spans = append(starts, r.Start), append(traces, r.Trace[:]), append(spans, r.Span[:])
		}
	}
	return starts, traces, spans
}

// lock keeps other writers from storing versions of calls, until this one commits.
func (t *transaction) lock(rows []*ledger.Row) error {
	starts, traces, spans := keys(rows)
	_, err := t.tx.Exec(t.ctx, "SELECT 1 FROM token_cost_calls c"+keysOf+" WHERE c.version = 1 ORDER BY start_unix_nano, trace_id, span_id FOR UPDATE OF c", starts, traces, spans)
	return err
}

// read returns what is stored of calls, the first version first.
func (t *transaction) read(rows []*ledger.Row) (map[ledger.Key][]*ledger.Row, error) {
	starts, traces, spans := keys(rows)
	found, err := t.tx.Query(t.ctx, "SELECT "+columnNames+" FROM token_cost_calls c"+keysOf+" ORDER BY c.version", starts, traces, spans)
	if err != nil {
		return nil, err
	}
	out := map[ledger.Key][]*ledger.Row{}
	err = each(found, func(d *decoder) error {
		r := new(ledger.Row)
		d.row(r)
		out[r.Key] = append(out[r.Key], r)
		return nil
	})
	return out, err
}

// versionWriter gathers versions.
type versionWriter struct {
	*transaction
	known      map[ledger.Key][]*ledger.Row
	rows       []*ledger.Row // to be stored
	superseded []*ledger.Row // of those that are stored
}

func (w *versionWriter) add(r *ledger.Row) error {
	versions := w.known[r.Key]
	switch {
	case history.Says(versions, r):
		w.out.Duplicates++
		return nil
	case len(versions) == 0 && r.Origin == ledger.Repriced:
		return fmt.Errorf("%w: the call of trace %x and span %x that started at %d is not in the ledger, so that it has no new price", ledger.ErrPermanent, r.Trace, r.Span, r.Start)
	case len(versions) == 0: // its call was removed by hand since its row was refused
		w.out.Inserted++
	default:
		w.out.Versions++
		if old := history.Place(versions, r); old != nil {
			if err := w.reverse(old); err != nil {
				return err
			}
		}
	}
	if r.Correction() {
		w.out.Late++
	}
	if !r.Superseded {
		if err := w.deltas.Add(r); err != nil {
			return err
		}
	}
	w.rows, w.known[r.Key] = append(w.rows, r), append(versions, r)
	return nil
}

// reverse takes back a version that no longer counts.
func (w *versionWriter) reverse(old *ledger.Row) error {
	if first := w.inserted[old.Key]; first != nil && first.Version == old.Version {
		first.Superseded = true
	}
	if old.Context == nil { // it was read from the table
		w.superseded = append(w.superseded, old)
	}
	return w.deltas.Reverse(old, max(old.Billing, w.closed))
}

func (w *versionWriter) flush() error {
	if len(w.rows) == 0 {
		return nil
	}
	if err := w.copyTo("token_cost_calls", w.rows); err != nil {
		return err
	}
	starts, traces, spans := keys(w.superseded) // each call once, because one version of it counted
	versions := make([]int32, len(w.superseded))
	for i, r := range w.superseded {
		versions[i] = int32(r.Version)
	}
	_, err := w.tx.Exec(w.ctx, "UPDATE token_cost_calls c SET superseded = TRUE FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::integer[]) AS k (start_unix_nano, trace_id, span_id, version)"+
		" WHERE (c.start_unix_nano, c.trace_id, c.span_id, c.version) = (k.start_unix_nano, k.trace_id, k.span_id, k.version)", starts, traces, spans, versions)
	return err
}

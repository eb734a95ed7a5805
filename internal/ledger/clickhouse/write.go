package clickhouse

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/history"
)

// now is the instant of an ingestion.
var now = func() int64 { return time.Now().UnixNano() }

// Write implements ledger.Writer.
func (s *Store) Write(ctx context.Context, rows []*ledger.Row) (ledger.Outcome, error) {
	for _, r := range rows {
		r.Origin, r.Run = ledger.Observed, 0
	}
	out, err := s.write(ctx, rows)
	return out, s.explain(err)
}

// write stores what says something new.
func (s *Store) write(ctx context.Context, rows []*ledger.Row) (out ledger.Outcome, err error) {
	if len(rows) == 0 {
		return out, ctx.Err()
	}
	closed, expired, err := s.horizons(ctx)
	if err != nil {
		return out, err
	}
	if rows, out.Expired, err = ledger.Live(rows, expired); err != nil || len(rows) == 0 {
		return out, err
	}
	known, err := s.versions(ctx, rows)
	if err != nil {
		return ledger.Outcome{}, err
	}
	first := s.instants(now(), len(rows))
	var news []*ledger.Row
	for i, r := range rows {
		versions := known[r.Key]
		r.Version, r.Superseded = 1, false
		r.Ingested, r.Billing = first+int64(i), max(ledger.Month(r.Start), closed)
		switch {
		case history.Says(versions, r):
			out.Duplicates++
			continue
		case len(versions) > 0:
			out.Versions++
		case r.Origin == ledger.Repriced:
			return ledger.Outcome{}, fmt.Errorf("%w: the call of trace %x and span %x that started at %d is not in the ledger, so that it has no new price", ledger.ErrPermanent, r.Trace, r.Span, r.Start)
		default:
			out.Inserted++
		}
		history.Place(versions, r)
		if r.Correction() {
			out.Late++
		}
		known[r.Key] = append(versions, r)
		news = append(news, r)
	}
	// Contexts of duplicates are compared too: their rows may be of another one.
	if err := s.storeContexts(ctx, rows); err != nil {
		return ledger.Outcome{}, err
	}
	if err := s.insert(ctx, news); err != nil {
		return ledger.Outcome{}, err
	}
	return out, nil
}

// insert stores rows in one block a month, which the server stores as a whole.
func (s *Store) insert(ctx context.Context, rows []*ledger.Row) error {
	if len(rows) == 0 {
		return nil
	}
	statement := "INSERT INTO token_cost_calls (" + list(same, columns...) + ") SETTINGS insert_deduplicate = 1, insert_deduplication_token = '" + token(rows) + "'" +
		", async_insert = 0, input_format_parallel_parsing = 0, max_partitions_per_insert_block = 0 FORMAT JSONCompactEachRow"
	b := make([]byte, 0, len(rows)*rowSize)
	for _, r := range rows {
		b = appendRow(b, r)
	}
	return s.client.exec(ctx, statement, bytes.NewReader(b))
}

// rowSize is about what one row takes as JSON.
const rowSize = 1 << 9

// token identifies the content of rows, but for the instant of ingestion: a
// batch that is sent again while the first attempt is still under way is one.
func token(rows []*ledger.Row) string {
	h := sha256.New()
	for _, r := range rows {
		h.Write(r.Trace[:])
		h.Write(r.Span[:])
		for _, n := range [...]int64{r.Start, int64(r.Origin), r.Run, r.ContextID, r.Fingerprint} {
			var b [8]byte
			binary.BigEndian.PutUint64(b[:], uint64(n))
			h.Write(b[:])
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// startsAtOnce bounds the text of a query, which servers take up to 256 KiB of.
const startsAtOnce = 8000

// versions returns what is stored of calls, as far as history asks: the first
// version first.
func (s *Store) versions(ctx context.Context, rows []*ledger.Row) (map[ledger.Key][]*ledger.Row, error) {
	wanted := map[ledger.Key]bool{}
	starts := make([]int64, 0, len(rows))
	for _, r := range rows {
		wanted[r.Key] = true
		starts = append(starts, r.Start)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	out := map[ledger.Key][]*ledger.Row{}
	for some := range slices.Chunk(starts, startsAtOnce) {
		query := "SELECT " + key + ", " + order + " FROM token_cost_calls WHERE start_unix_nano IN (" + join(some) + ") AND NOT " + expired
		err := s.client.each(ctx, 7, query, func(f *fields) error {
			r := new(ledger.Row)
			r.Start = f.int64()
			f.hex(r.Trace[:])
			f.hex(r.Span[:])
			r.Ingested, r.Origin, r.Run, r.Fingerprint = f.int64(), ledger.Origin(f.int64()), f.int64(), f.int64()
			if wanted[r.Key] {
				out[r.Key] = append(out[r.Key], r)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for k := range out {
		out[k] = ordered(out[k])
	}
	return out, nil
}

// ordered numbers the versions of a call, and finds which one counts. Of rows
// that say the same the first one remains.
func ordered(rows []*ledger.Row) []*ledger.Row {
	slices.SortFunc(rows, func(a, b *ledger.Row) int {
		return cmp.Or(cmp.Compare(a.Ingested, b.Ingested), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Run, b.Run), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	var out []*ledger.Row
	for _, r := range rows {
		again := slices.ContainsFunc(out, func(v *ledger.Row) bool {
			return v.Origin == r.Origin && v.Run == r.Run && v.Fingerprint == r.Fingerprint
		})
		if !again {
			history.Place(out, r)
			out = append(out, r)
		}
	}
	return out
}

// Package reprice prices calls of a ledger again, with another price book, from
// the facts that the ledger keeps of them. What comes out differently becomes a
// version; nothing is edited. It owns which calls can be priced again, and why
// an amount changed; it knows neither telemetry nor how a ledger is stored.
package reprice

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// DefaultChunk is how many versions are stored at once.
const DefaultChunk = 2000

// Options say what is priced again, and how.
type Options struct {
	Span     ledger.Span
	Where    func(*ledger.Context) bool // nil selects every call
	Reported bool                       // also those whose total is a cost that the telemetry carried
	Unpriced bool                       // also store that the book has no price for a call that had one
	DryRun   bool                       // store nothing
	Note     string                     // what for; kept with the run
	At       time.Time                  // of the run
	Chunk    int                        // versions stored at once; DefaultChunk if zero
	Progress func(calls int64)          // told how many more calls were looked at; may be nil
}

// Store is what repricing needs of a ledger.
type Store interface {
	Contexts(ctx context.Context, f func(id int64, c *ledger.Context) error) error
	Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error
	Closed(ctx context.Context) (int64, error)
	Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error)
}

// errFull ends the reading of calls when enough versions wait to be stored.
var errFull = errors.New("chunk is full")

// Run prices the calls of a span again. When it fails, what it had stored
// before stays, and the same run can be repeated: what is stored already does
// not change again.
func Run(ctx context.Context, store Store, book *pricebook.Book, o Options) (*Report, error) {
	closed, err := store.Closed(ctx)
	if err != nil {
		return nil, fmt.Errorf("closed billing periods: %w", err)
	}
	r := &run{
		store: store, options: o, pricing: pricing{book: book, reported: o.Reported, unpriced: o.Unpriced}, report: newReport(book, &o, closed),
		record: ledger.Run{At: o.At, Span: o.Span, Book: book.Label, Note: o.Note},
	}
	if r.options.Chunk <= 0 {
		r.options.Chunk = DefaultChunk
	}
	if err := r.loadContexts(ctx); err != nil {
		return nil, err
	}
	for more := true; more; {
		if more, err = r.chunk(ctx); err != nil {
			return nil, err
		}
		if err := r.amend(ctx); err != nil {
			return nil, err
		}
	}
	return r.report, nil
}

// run is one run under way.
type run struct {
	store    Store
	options  Options
	pricing  pricing
	report   *Report
	record   ledger.Run
	contexts map[int64]*known
	last     ledger.Key // of the call that was looked at last
	any      bool       // last is set
	versions []*ledger.Row
}

// chunk looks at calls until enough versions wait, and tells whether there is more.
func (r *run) chunk(ctx context.Context) (more bool, err error) {
	span := r.options.Span
	if r.any {
		span.From = r.last.Start
	}
	err = r.store.Calls(ctx, span, false, func(row *ledger.Row) error {
		if r.any && compare(row.Key, r.last) <= 0 {
			return nil
		}
		r.last, r.any = row.Key, true
		return r.look(ctx, row)
	})
	if errors.Is(err, errFull) {
		return true, nil
	}
	return false, err
}

func compare(a, b ledger.Key) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), bytes.Compare(a.Trace[:], b.Trace[:]), bytes.Compare(a.Span[:], b.Span[:]))
}

// look prices one call again.
func (r *run) look(ctx context.Context, row *ledger.Row) error {
	if r.options.Progress != nil {
		r.options.Progress(1)
	}
	k := r.contexts[row.ContextID]
	if k == nil { // written since
		if err := r.loadContexts(ctx); err != nil {
			return err
		}
		if k = r.contexts[row.ContextID]; k == nil {
			return fmt.Errorf("ledger: context %d of the call at %s is missing", row.ContextID, time.Unix(0, row.Start).UTC().Format(time.RFC3339Nano))
		}
	}
	if !k.selected {
		return nil
	}
	version, why := r.pricing.price(k, row)
	if why != Priced {
		r.report.leave(k.context, row, why)
		return nil
	}
	if version == nil {
		r.report.same(k.context, row)
		return nil
	}
	r.report.change(k, row, version)
	if r.options.DryRun {
		return nil
	}
	if r.versions = append(r.versions, version); len(r.versions) >= r.options.Chunk {
		return errFull
	}
	return nil
}

// amend stores the versions that wait.
func (r *run) amend(ctx context.Context) error {
	if len(r.versions) == 0 {
		return nil
	}
	r.record.Calls, r.record.Difference = r.report.Changed, r.report.difference()
	if _, err := r.store.Amend(ctx, &r.record, r.versions); err != nil {
		return fmt.Errorf("store versions: %w", err)
	}
	r.report.Run = r.record.ID
	r.versions = nil // the store may keep rows
	return nil
}

func (r *run) loadContexts(ctx context.Context) error {
	if r.contexts == nil {
		r.contexts = map[int64]*known{}
	}
	return r.store.Contexts(ctx, func(id int64, c *ledger.Context) error {
		if r.contexts[id] == nil {
			own := *c
			r.contexts[id] = &known{context: &own, selected: r.options.Where == nil || r.options.Where(&own)}
		}
		return nil
	})
}

package ledger

import (
	"context"
	"math/big"
	"time"
)

// Outcome counts what became of the rows of a write.
type Outcome struct {
	Inserted   int // new calls
	Duplicates int // said nothing new
	Versions   int // said something else of the cost of a known call
	Late       int // of Inserted and Versions: booked in a later period than their own, because that was closed
	Expired    int // too old: the ledger keeps no calls of their day any more, so that it cannot tell whether it counted them
}

// Writer stores rows.
type Writer interface {
	// Write stores rows, and with them the sums they change. When it returns without
	// an error, all of that is durable; with one, nothing of it is there, unless the
	// connection to a server was lost while it committed: then the server may have the
	// whole batch, and writing it again gives duplicates. Rows that are there already
	// are counted as duplicates. Those of days whose calls are expired are left out, as
	// they are; of the others it sets Version, Billing and Superseded.
	Write(ctx context.Context, rows []*Row) (Outcome, error)
}

// PeriodSum is a sum with exact amounts, whatever their size.
type PeriodSum struct {
	SumKey
	Calls   int64
	Amounts [NumAmounts]big.Int // quanta
	Tokens  [NumTokens]int64
}

// PeriodItem is how much of one item was used.
type PeriodItem struct {
	SumKey
	Item     int // of the context's card
	Quantity int64
}

// Span is a half-open range of time in unix nanoseconds.
type Span struct{ From, Until int64 }

// Trace is what one trace holds of one context.
type Trace struct {
	ID      [16]byte
	Context int64
	Calls   int64
	LastEnd int64 // unix nanoseconds
}

// Reader reads what counts. Functions are called one at a time; an error of
// theirs ends the reading and is returned.
type Reader interface {
	// Contexts passes every context with its number.
	Contexts(ctx context.Context, f func(id int64, c *Context) error) error
	// Sums passes sums of periods that begin within the span, in the order of their keys.
	Sums(ctx context.Context, grain Grain, span Span, f func(*PeriodSum) error) error
	// Totals passes sums over the whole span, whose ends are starts of the grain's
	// periods: one for each context and billing period, with the Start of the span.
	Totals(ctx context.Context, grain Grain, span Span, f func(*PeriodSum) error) error
	// Items passes quantities by hour or day, in the order of their keys and items.
	Items(ctx context.Context, grain Grain, span Span, f func(*PeriodItem) error) error
	// Calls passes rows that started within the span, in the order of their keys:
	// those that count, or every version.
	Calls(ctx context.Context, span Span, every bool, f func(*Row) error) error
	// Traces passes what each trace holds of each context within the span, in any order.
	// Calls of log records have no trace.
	Traces(ctx context.Context, span Span, f func(*Trace) error) error
	// Bounds returns the first and the last start of a call; ok is false if there is none.
	Bounds(ctx context.Context) (first, last int64, ok bool, err error)
	// Closed returns until when billing periods are closed, in unix seconds; zero if none is.
	Closed(ctx context.Context) (int64, error)
}

// Run describes one run of repricing.
type Run struct {
	ID         int64 // given by the store
	At         time.Time
	Span       Span
	Book       string // label of the price book
	Note       string // what for, in a few words
	Calls      int64  // that it changed
	Difference string // of the totals, as decimals by currency
}

// Keeper changes what is stored, as the command line does.
type Keeper interface {
	// Amend stores versions that count instead of those before them. Rows have Origin
	// Repriced. Calls that are not in the ledger, or are expired, have no new price:
	// an error that wraps ErrPermanent. A run is one or more calls with the same Run, which the first one numbers.
	Amend(ctx context.Context, run *Run, rows []*Row) (Outcome, error)
	// Runs lists the runs, the first one first.
	Runs(ctx context.Context) ([]Run, error)
	// Close closes billing periods before an instant in unix seconds, the start of a
	// month. What belongs to them and comes later is booked in the first open one.
	ClosePeriods(ctx context.Context, until int64) error
	// Expire removes calls and hourly sums of UTC days before that of an instant, in
	// unix nanoseconds, and daily sums of days before that of another. Both are rounded
	// down to the start of their UTC day; zero removes nothing. It returns how many
	// calls went, each counted once whatever its versions. From before the first one
	// goes, and for ever, Write leaves calls of those days out: it could not tell a
	// replay from a new one, and their daily sums may still be there.
	Expire(ctx context.Context, calls, sums int64) (int64, error)
	// Size returns the bytes that the store takes.
	Size(ctx context.Context) (int64, error)
}

// Store is a ledger.
type Store interface {
	Writer
	Reader
	Keeper
	Close() error
}

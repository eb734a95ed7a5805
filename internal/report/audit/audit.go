// Package audit recomputes what a ledger keeps besides its calls, and tells what
// differs: sums by hour and day, quantities of items, which version of a call
// counts, and fingerprints. It changes nothing.
package audit

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Difference is something that a ledger has, and should have otherwise.
type Difference struct {
	Where      string // the call, hour or day
	Context    int64
	Billing    string // billing period of a sum
	What       string
	Stored     string
	Recomputed string
}

// Result is what an audit found.
type Result struct {
	Days        int
	Versions    int64 // of calls
	Calls       int64 // that count
	Differences []Difference
	More        int         // differences that are not listed
	Unsettled   []time.Time // days that were written all the time, and are not compared
}

// maxListed bounds the differences that are kept.
const maxListed = 200

// tries is how often a day is read before it is given up as being written.
const tries = 4

// Run audits a ledger, a UTC day at a time. It tells how many versions of calls
// were read, of about how many.
func Run(ctx context.Context, r ledger.Reader, progress func(done, total int64)) (*Result, error) {
	a := &audit{ctx: ctx, reader: r, contexts: map[int64]*ledger.Context{}, progress: progress}
	if a.progress == nil {
		a.progress = func(int64, int64) {}
	}
	if err := a.readContexts(); err != nil {
		return nil, err
	}
	first, last, ok, err := r.Bounds(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &a.Result, a.nothing(ledger.Hourly, ledger.Span{From: math.MinInt64, Until: math.MaxInt64})
	}
	from, until := ledger.Day(first), ledger.Day(last)+day
	if err := a.count(ledger.Span{From: nanos(from), Until: nanos(until)}); err != nil {
		return nil, err
	}
	// Days before the first call may be left when calls have expired, hours not.
	if err := a.nothing(ledger.Hourly, ledger.Span{From: math.MinInt64, Until: nanos(from)}); err != nil {
		return nil, err
	}
	days, err := a.touched(from, until)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		if err := a.day(d); err != nil {
			return nil, err
		}
		a.Days++
	}
	return &a.Result, nil
}

// day is the length of one, in seconds.
const day = 86400

// nanos returns an instant in unix nanoseconds, or the nearest that there is.
func nanos(seconds int64) int64 {
	const most = math.MaxInt64 / 1_000_000_000
	switch {
	case seconds > most:
		return math.MaxInt64
	case seconds < -most:
		return math.MinInt64
	}
	return seconds * 1_000_000_000
}

// touched lists the days that have sums or calls, in unix seconds. There may be
// centuries between them, since clocks can be wrong.
func (a *audit) touched(from, until int64) ([]int64, error) {
	known := map[int64]bool{}
	if err := a.sumDays(ledger.Daily, from, until, known); err != nil {
		return nil, err
	}
	sorted := append(slices.Sorted(maps.Keys(known)), until)
	for _, d := range sorted { // between them, what has no daily sum
		if d > from {
			if err := a.sumDays(ledger.Hourly, from, d, known); err != nil {
				return nil, err
			}
			if err := a.reader.Calls(a.ctx, ledger.Span{From: nanos(from), Until: nanos(d)}, true, func(r *ledger.Row) error {
				known[ledger.Day(r.Start)] = true
				return nil
			}); err != nil {
				return nil, err
			}
		}
		from = d + day
	}
	return slices.Sorted(maps.Keys(known)), nil
}

func (a *audit) sumDays(grain ledger.Grain, from, until int64, known map[int64]bool) error {
	return a.reader.Sums(a.ctx, grain, ledger.Span{From: nanos(from), Until: nanos(until)}, func(s *ledger.PeriodSum) error {
		known[s.Start-((s.Start%day)+day)%day] = true
		return nil
	})
}

type audit struct {
	Result
	ctx      context.Context //nolint:containedctx // it lives within one call
	reader   ledger.Reader
	contexts map[int64]*ledger.Context
	progress func(done, total int64)
	total    int64
}

func (a *audit) differ(d Difference) {
	if len(a.Differences) == maxListed {
		a.More++
		return
	}
	a.Differences = append(a.Differences, d)
}

// readContexts reads the contexts, and checks that their numbers are theirs.
func (a *audit) readContexts() error {
	return a.reader.Contexts(a.ctx, func(id int64, c *ledger.Context) error {
		if a.contexts[id] != nil {
			return nil
		}
		a.contexts[id] = c
		if want := c.ID(); want != id {
			a.differ(Difference{Where: "contexts", Context: id, What: "number", Stored: number(id), Recomputed: number(want)})
		}
		return nil
	})
}

// count adds up the calls of the hours.
func (a *audit) count(span ledger.Span) error {
	return a.reader.Totals(a.ctx, ledger.Hourly, span, func(s *ledger.PeriodSum) error {
		a.total += s.Calls
		return nil
	})
}

// nothing checks that there are no sums in a span without calls.
func (a *audit) nothing(grain ledger.Grain, span ledger.Span) error {
	stored := newSums()
	if err := a.readSums(grain, span, stored); err != nil {
		return err
	}
	a.compare(grain, newSums(), stored)
	return nil
}

// day compares one day, once its sums are the same before and after its calls are read.
func (a *audit) day(start int64) error {
	span := ledger.Span{From: nanos(start), Until: nanos(start + day)}
	before, err := a.stored(span)
	if err != nil {
		return err
	}
	for range tries {
		made, found, err := a.recompute(span)
		if err != nil {
			return err
		}
		if found.unknown { // contexts may have come since they were read
			if err := a.readContexts(); err != nil {
				return err
			}
			if made, found, err = a.recompute(span); err != nil {
				return err
			}
		}
		after, err := a.stored(span)
		if err != nil {
			return err
		}
		if after.equal(before) {
			a.accept(found)
			a.compare(ledger.Hourly, made.hours, after.hours)
			a.compare(ledger.Daily, made.days, after.days)
			return nil
		}
		before = after
	}
	a.Unsettled = append(a.Unsettled, time.Unix(start, 0).UTC())
	return nil
}

// kept are the sums of a day.
type kept struct{ hours, days *sums }

func (k *kept) equal(l *kept) bool { return k.hours.equal(l.hours) && k.days.equal(l.days) }

// stored reads what a ledger keeps of a day.
func (a *audit) stored(span ledger.Span) (*kept, error) {
	k := &kept{newSums(), newSums()}
	if err := a.readSums(ledger.Hourly, span, k.hours); err != nil {
		return nil, err
	}
	if err := a.readSums(ledger.Daily, span, k.days); err != nil {
		return nil, err
	}
	return k, a.reader.Items(a.ctx, ledger.Hourly, span, func(i *ledger.PeriodItem) error {
		k.hours.at(i.SumKey).item(i.Item, i.Quantity)
		return nil
	})
}

func (a *audit) readSums(grain ledger.Grain, span ledger.Span, into *sums) error {
	return a.reader.Sums(a.ctx, grain, span, func(s *ledger.PeriodSum) error {
		into.at(s.SumKey).set(s)
		return nil
	})
}

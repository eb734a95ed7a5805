package budget

import (
	"math/big"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Account is a budget with what was spent in the current period, the previous
// one, for calls that come late, and the next one, for clocks that are ahead.
type Account struct {
	limit      Limit
	thresholds []threshold
	windows    [3]window // previous, current, next
	burn       burn
	changed    bool // since it was last stored
}

const (
	previous = iota
	current
	next
)

// window is a period with what was spent in it.
type window struct {
	Interval
	spent money.Amount
	fired []string // ids of the events of its crossings
	done  uint64   // those of the thresholds, by their places
}

// MaxThresholds is how many thresholds a budget can have, of both kinds together.
const MaxThresholds = 32

func newAccount(l Limit, now time.Time) (*Account, error) {
	t, err := l.thresholds()
	if err != nil {
		return nil, err
	}
	a := &Account{limit: l, thresholds: t}
	a.roll(now)
	return a, nil
}

// roll makes the period of an instant the current one. Spend of periods that
// are out of reach then is forgotten.
func (a *Account) roll(now time.Time) {
	if a.windows[current].Contains(now) {
		return
	}
	old := a.windows
	p, zone := a.limit.Period, a.limit.Zone
	now0 := p.At(now, zone)
	a.windows = [3]window{{Interval: p.At(now0.Start.Add(-1), zone)}, {Interval: now0}, {Interval: p.At(now0.End, zone)}}
	for _, w := range old {
		a.restore(w.Start, w.spent, w.fired)
	}
	a.changed = true
}

// restore sets what is known of the period that starts then, if it is kept.
func (a *Account) restore(start time.Time, spent money.Amount, fired []string) {
	for i := range a.windows {
		if w := &a.windows[i]; w.Start.Equal(start) {
			w.spent, w.fired, w.done = spent, fired, 0
			for j := range a.thresholds {
				if slices.Contains(fired, a.id(w, &a.thresholds[j])) {
					w.done |= 1 << j
				}
			}
		}
	}
}

// spend adds to the period of a call, and reports false if that is not kept.
func (a *Account) spend(at time.Time, amount money.Amount, now time.Time) bool {
	for _, i := range [3]int{current, previous, next} {
		if w := &a.windows[i]; w.Contains(at) {
			w.spent = w.spent.Add(amount)
			a.burn.add(at, amount, now)
			a.changed = true
			return true
		}
	}
	return false
}

// crossings appends the events that are due, each once.
func (a *Account) crossings(now time.Time, events []Event) []Event {
	for i := range a.windows {
		w := &a.windows[i]
		if w.spent.IsZero() || len(w.fired) >= maxFired {
			continue
		}
		for j := range a.thresholds {
			if w.done&(1<<j) != 0 {
				continue
			}
			if projected, due := a.due(w, &a.thresholds[j], i, now); due {
				e := a.event(w, &a.thresholds[j], projected, now)
				events = append(events, e)
				w.fired, w.done, a.changed = append(w.fired, e.ID), w.done|1<<j, true
			}
		}
	}
	return events
}

// maxFired bounds the events of a period; only changes of the configuration
// within it can make more than there are thresholds.
const maxFired = 256

// due tells whether a threshold is reached. A projection that comes after the
// fact says nothing new.
func (a *Account) due(w *window, t *threshold, i int, now time.Time) (projected money.Amount, due bool) {
	reached := w.spent.Cmp(t.level) >= 0
	if t.kind == Actual || reached || i != current {
		return money.Amount{}, reached && t.kind == Actual
	}
	projected, ok := project(w, now)
	return projected, ok && projected.Cmp(t.level) >= 0
}

// projectable is the part of a period, one over this, before which nothing is
// projected: the first call of a month would announce thousands.
const projectable = 10

// project takes spend to go on at its average rate to the end of the period.
func project(w *window, now time.Time) (money.Amount, bool) {
	whole, elapsed := w.Length(), now.Sub(w.Start)
	if elapsed <= 0 || elapsed < whole/projectable {
		return money.Amount{}, false
	}
	r := new(big.Rat).SetFrac64(int64(whole), int64(elapsed))
	return money.FromRat(r.Mul(r, w.spent.Rat()))
}

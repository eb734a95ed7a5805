package budget

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Entry is what a call adds to the budget with the index.
type Entry struct {
	Budget int
	At     time.Time // of the call's start
	Amount money.Amount
	// Call is the fingerprint of the call, which its entries of one batch share and stand together by.
	Call uint64
}

// Ledger is all budgets with their outbox. It is safe for concurrent use.
//
// Spend and outbox are stored in one transaction, before the batch they come
// from is acknowledged and before an event leaves. So a crossing that is stored
// is an event that is stored: whatever the moment of a kill, it is sent at least
// once, with the same id each time.
type Ledger struct {
	store  Store
	saving sync.Mutex // held while the store writes; taken before mu

	mu       sync.Mutex
	accounts []*Account
	outbox   []Event // in the order of crossings
	altered  bool    // the outbox, since it was last stored
	repeats  repeats
}

// NewLedger returns budgets with nothing spent. The store may be nil: then
// everything is kept in memory only.
func NewLedger(limits []Limit, store Store, now time.Time) (*Ledger, error) {
	l := &Ledger{store: store}
	for _, limit := range limits {
		a, err := newAccount(limit, now)
		if err != nil {
			return nil, fmt.Errorf("budget %q: %w", limit.Name, err)
		}
		l.accounts = append(l.accounts, a)
	}
	return l, nil
}

// Outcome tells what became of the entries of a batch.
type Outcome struct {
	Late     int  // entries of a period that is not kept
	Repeated int  // entries of calls that were counted before a kill
	Events   bool // there are events to be sent
}

// Spend adds the entries of a batch, and stores them with the crossings they make.
// An error is the store's: the spend counts, and the next Spend stores it.
func (l *Ledger) Spend(ctx context.Context, entries []Entry, now time.Time) (Outcome, error) {
	return l.spend(entries, now), l.Save(ctx)
}

func (l *Ledger) spend(entries []Entry, now time.Time) (o Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []byte
	repeated := false
	for i, e := range entries {
		if first := i == 0 || e.Call != entries[i-1].Call; first && l.store != nil {
			repeated = l.repeats.repeated(e.Call, now)
			if len(batch) < 8*maxFingerprints {
				batch = binary.LittleEndian.AppendUint64(batch, e.Call)
			}
		}
		if repeated {
			o.Repeated++
			continue
		}
		a := l.accounts[e.Budget]
		a.roll(now)
		if !a.spend(e.At, e.Amount, now) {
			o.Late++
		}
	}
	l.repeats.remember(batch)
	for _, a := range l.accounts {
		if a.changed {
			l.outgo(a, now)
		}
	}
	o.Events = len(l.outbox) > 0
	return o
}

// outgo puts the events that are due into the outbox. The caller holds mu.
func (l *Ledger) outgo(a *Account, now time.Time) {
	n := len(l.outbox)
	l.outbox = a.crossings(now, l.outbox)
	l.altered = l.altered || len(l.outbox) > n
}

// Tick lets time pass: periods end, and projections become possible without
// new spend.
func (l *Ledger) Tick(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.accounts {
		a.roll(now)
		l.outgo(a, now)
	}
}

// Next returns the event that waits longest, and makes sure that it is stored.
// It stays in the outbox until it is marked as sent. An error is the store's:
// the event is there all the same, for an alert matters more than its record.
func (l *Ledger) Next(ctx context.Context) (e Event, ok bool, err error) {
	l.mu.Lock()
	if ok = len(l.outbox) > 0; ok {
		e = l.outbox[0]
	}
	l.mu.Unlock()
	if !ok {
		return Event{}, false, nil
	}
	return e, true, l.Save(ctx)
}

// Sent takes an event out of the outbox, and stores that. Between sending an
// event and this a kill makes it be sent again.
func (l *Ledger) Sent(ctx context.Context, id string) error {
	l.mu.Lock()
	for i := range l.outbox {
		if l.outbox[i].ID == id {
			l.outbox = append(l.outbox[:i:i], l.outbox[i+1:]...)
			l.altered = true
			break
		}
	}
	l.mu.Unlock()
	return l.Save(ctx)
}

// State is a budget as gauges tell it.
type State struct {
	Limit       *Limit
	End         time.Time // of the current period
	Spent       money.Amount
	Remaining   float64 // negative once more than the amount is spent
	Utilization float64 // spent over amount
	Burn        []float64
	Projected   money.Amount
	IsProjected bool
}

// Each passes the state of every budget in its current period on.
func (l *Ledger) Each(now time.Time, each func(*State)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.accounts {
		a.roll(now)
		s := a.state(now)
		each(&s)
	}
}

func (a *Account) state(now time.Time) State {
	w := &a.windows[current]
	s := State{Limit: &a.limit, End: w.End, Spent: w.spent}
	amount, spent := a.limit.Amount.Rat(), w.spent.Rat()
	s.Utilization, _ = spent.Quo(spent, amount).Float64()
	s.Remaining, _ = amount.Sub(amount, w.spent.Rat()).Float64()
	allowance := a.limit.Amount.Float64() / w.Length().Seconds()
	for _, over := range BurnWindows {
		s.Burn = append(s.Burn, a.burn.rate(now, over)/allowance)
	}
	s.Projected, s.IsProjected = project(w, now)
	return s
}

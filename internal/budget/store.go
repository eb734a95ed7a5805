package budget

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Store keeps records across restarts.
type Store interface {
	// Load returns nil for a record that is not there.
	Load(ctx context.Context, key string) ([]byte, error)
	// Save writes all records or none.
	Save(ctx context.Context, records []Record) error
}

// Record is a value under its key.
type Record struct {
	Key   string
	Value []byte
}

const outboxKey = "outbox"

func (a *Account) key() string     { return "budget/" + a.limit.Name }
func (a *Account) burnKey() string { return "burn/" + a.limit.Name }

// stored is a budget as it is stored.
type stored struct {
	Periods []storedPeriod `json:"periods"`
}

type storedPeriod struct {
	Start time.Time    `json:"start"`
	Spent money.Amount `json:"spent"`
	Fired []string     `json:"fired,omitempty"`
}

// ErrRecord is wrapped by the error of a stored record that cannot be read.
var ErrRecord = errors.New("cannot be read, so that its budget begins anew")

// Load takes over what was stored. Records that cannot be read are told as an
// ErrRecord, and the others are taken over all the same.
func (l *Ledger) Load(ctx context.Context, now time.Time) error {
	if l.store == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	errs := []error{l.load(ctx, outboxKey, &l.outbox)}
	for _, a := range l.accounts {
		var s stored
		var minutes []MinuteSpend
		errs = append(errs, l.load(ctx, a.key(), &s), l.load(ctx, a.burnKey(), &minutes))
		a.roll(now)
		for _, p := range s.Periods {
			a.restore(p.Start, p.Spent, p.Fired)
		}
		for _, m := range minutes {
			a.burn.add(time.Unix(m.Minute*60, 0), m.Spent, now)
		}
	}
	for i := range l.repeats.slots {
		b, err := l.store.Load(ctx, repeatKey(i))
		errs = append(errs, err)
		l.repeats.load(b, now)
	}
	return errors.Join(errs...)
}

func (l *Ledger) load(ctx context.Context, key string, into any) error {
	b, err := l.store.Load(ctx, key)
	if err != nil {
		return fmt.Errorf("load %q: %w", key, err)
	}
	if b == nil {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("record %q %w: %w", key, ErrRecord, err)
	}
	return nil
}

// Save stores what changed. Batches that come while another is written are
// written together: the first of them to get its turn takes the others along.
func (l *Ledger) Save(ctx context.Context) error {
	if l.store == nil {
		return nil
	}
	l.saving.Lock()
	defer l.saving.Unlock()
	records, changed, outbox, slots := l.unsaved()
	if len(records) == 0 {
		return nil
	}
	if err := l.store.Save(ctx, records); err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.altered, l.repeats.changed = l.altered || outbox, l.repeats.changed|slots
		for _, a := range changed {
			a.changed = true
		}
		return fmt.Errorf("store budgets: %w", err)
	}
	return nil
}

// Close stores what is left, once nothing comes any more and every sender has
// its answer.
func (l *Ledger) Close(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	l.repeats.forget()
	l.mu.Unlock()
	return errors.Join(l.Save(ctx), l.SaveBurn(ctx, now))
}

// unsaved returns what changed, and takes it for stored.
func (l *Ledger) unsaved() (records []Record, changed []*Account, outbox bool, slots uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.accounts {
		if !a.changed {
			continue
		}
		a.changed = false
		changed = append(changed, a)
		records = append(records, Record{a.key(), a.encode()})
	}
	if outbox = l.altered; outbox {
		l.altered = false
		records = append(records, Record{outboxKey, encode(l.outbox)})
	}
	slots = l.repeats.changed
	return l.repeats.records(records), changed, outbox, slots
}

func (a *Account) encode() []byte {
	var s stored
	for _, w := range a.windows {
		if !w.spent.IsZero() {
			s.Periods = append(s.Periods, storedPeriod{w.Start, w.spent, w.fired})
		}
	}
	return encode(s)
}

// SaveBurn stores the minutes that burn rates are made of. They are stored with
// every flush only: a kill costs the rates some seconds of spend, and budgets none.
func (l *Ledger) SaveBurn(ctx context.Context, now time.Time) error {
	if l.store == nil {
		return nil
	}
	l.mu.Lock()
	var records []Record
	for _, a := range l.accounts {
		records = append(records, Record{a.burnKey(), encode(a.burn.list(now))})
	}
	l.mu.Unlock()
	if err := l.store.Save(ctx, records); err != nil {
		return fmt.Errorf("store burn rates: %w", err)
	}
	return nil
}

// encode writes values that always can be written: texts, numbers, times of
// years that a clock can show.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

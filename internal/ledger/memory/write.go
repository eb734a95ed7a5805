package memory

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/history"
)

// Write stores rows that were observed. A row that says what any observed
// version of the call said is a duplicate. Another one is a version; it counts,
// unless a repriced version does.
func (s *Store) Write(ctx context.Context, rows []*ledger.Row) (ledger.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		r.Origin, r.Run = ledger.Observed, 0
	}
	c := s.begin()
	live, expired, err := ledger.Live(rows, s.expired)
	if err != nil {
		return ledger.Outcome{}, err
	}
	c.outcome.Expired = expired
	for _, r := range live {
		if err := c.observe(r); err != nil {
			return ledger.Outcome{}, err
		}
	}
	return c.commit(ctx)
}

// Amend stores versions that count instead of those before them. A version that
// says what the one that counts says is a duplicate.
func (s *Store) Amend(ctx context.Context, run *ledger.Run, rows []*ledger.Row) (ledger.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if run.ID < 0 || run.ID > int64(len(s.runs)) {
		return ledger.Outcome{}, fmt.Errorf("run %d is not in the ledger; a new one has the number 0", run.ID)
	}
	id := run.ID
	if id == 0 {
		id = int64(len(s.runs)) + 1
	}
	for _, r := range rows {
		r.Origin, r.Run = ledger.Repriced, id
	}
	if _, _, err := ledger.Live(rows, s.expired); err != nil {
		return ledger.Outcome{}, err
	}
	c := s.begin()
	for _, r := range rows {
		if err := c.reprice(r); err != nil {
			return ledger.Outcome{}, err
		}
	}
	outcome, err := c.commit(ctx)
	if err != nil {
		return outcome, err
	}
	if run.ID == 0 {
		s.runs = append(s.runs, ledger.Run{})
	}
	run.ID = id
	s.runs[id-1] = *run
	s.runs[id-1].At = run.At.Round(0).In(time.UTC)
	return outcome, nil
}

// change gathers what a transaction changes.
type change struct {
	store    *Store
	at       int64 // unix nanoseconds
	outcome  ledger.Outcome
	deltas   *ledger.Deltas
	contexts map[int64]*ledger.Context
	calls    map[ledger.Key][]*ledger.Row
}

func (s *Store) begin() *change {
	return &change{store: s, at: time.Now().UnixNano(), deltas: ledger.NewDeltas(), contexts: map[int64]*ledger.Context{}, calls: map[ledger.Key][]*ledger.Row{}}
}

func (c *change) versions(k ledger.Key) []*ledger.Row {
	if v, ok := c.calls[k]; ok {
		return v
	}
	return c.store.calls[k]
}

func (c *change) observe(r *ledger.Row) error {
	if err := c.know(r); err != nil {
		return err
	}
	return c.add(r, c.versions(r.Key))
}

func (c *change) reprice(r *ledger.Row) error {
	if err := c.know(r); err != nil {
		return err
	}
	versions := c.versions(r.Key)
	if len(versions) == 0 {
		return fmt.Errorf("%w: call that started at %d (trace %x, span %x) is not in the ledger, so it has no new price", ledger.ErrPermanent, r.Start, r.Trace, r.Span)
	}
	return c.add(r, versions)
}

// add adds a version of a call, unless it says nothing new.
func (c *change) add(r *ledger.Row, versions []*ledger.Row) error {
	if history.Says(versions, r) {
		c.outcome.Duplicates++
		return nil
	}
	closed := c.store.closed
	r.Billing = max(ledger.Month(r.Start), closed)
	r.Ingested = c.at
	after := slices.Clone(versions)
	for i, v := range after { // what is stored is never changed
		copied := *v
		after[i] = &copied
	}
	if old := history.Place(after, r); old != nil {
		if err := c.deltas.Reverse(old, max(old.Billing, closed)); err != nil {
			return err
		}
	}
	if len(versions) > 0 {
		c.outcome.Versions++
	} else {
		c.outcome.Inserted++
	}
	if r.Correction() {
		c.outcome.Late++
	}
	if !r.Superseded {
		if err := c.deltas.Add(r); err != nil {
			return err
		}
	}
	kept := *r
	kept.Context = nil
	kept.Quantities = slices.Clone(r.Quantities)
	c.calls[r.Key] = append(after, &kept)
	return nil
}

// know makes sure that the context of a row is known and is the only one of its number.
func (c *change) know(r *ledger.Row) error {
	known := c.contexts[r.ContextID]
	if known == nil {
		known = c.store.contexts[r.ContextID]
	}
	switch {
	case known == nil && r.Context == nil:
		return fmt.Errorf("%w: context %d of a row is not in the ledger", ledger.ErrPermanent, r.ContextID)
	case known == nil:
		context := *r.Context
		c.contexts[r.ContextID] = &context
	case r.Context != nil && *known != *r.Context:
		return fmt.Errorf("%w: two contexts have the number %d", ledger.ErrPermanent, r.ContextID)
	}
	return nil
}

// commit applies the change, or nothing of it.
func (c *change) commit(ctx context.Context) (ledger.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return ledger.Outcome{}, err
	}
	s := c.store
	if err := errors.Join(fits(s.hours, c.deltas.Hours), fits(s.days, c.deltas.Days)); err != nil {
		return ledger.Outcome{}, err
	}
	apply(s.hours, c.deltas.Hours)
	apply(s.days, c.deltas.Days)
	for id, context := range c.contexts {
		s.contexts[id] = context
	}
	for k, versions := range c.calls {
		s.calls[k] = versions
	}
	return c.outcome, nil
}

// fits tells whether sums stay in what every store holds.
func fits(sums map[ledger.SumKey]*sum, deltas map[ledger.SumKey]*ledger.Sum) error {
	var n big.Int
	for k, d := range deltas {
		old := sums[k]
		if old == nil {
			continue
		}
		for i := range d.Amounts {
			if n.Add(&old.amounts[i], big.NewInt(d.Amounts[i])); !n.IsInt64() {
				return fmt.Errorf("%w: %s of calls from %s", ledger.ErrRange, ledger.AmountNames[i], time.Unix(k.Start, 0).UTC().Format(time.RFC3339))
			}
		}
	}
	return nil
}

func apply(sums map[ledger.SumKey]*sum, deltas map[ledger.SumKey]*ledger.Sum) {
	for k, d := range deltas {
		t := sums[k]
		if t == nil {
			t = new(sum)
			sums[k] = t
		}
		t.calls += d.Calls
		for i := range d.Amounts {
			t.amounts[i].Add(&t.amounts[i], big.NewInt(d.Amounts[i]))
		}
		for i := range d.Tokens {
			t.tokens[i] += d.Tokens[i]
		}
		if len(t.items) < len(d.Items) {
			t.items = append(t.items, make([]int64, len(d.Items)-len(t.items))...)
		}
		for i := range d.Items {
			t.items[i] += d.Items[i]
		}
	}
}

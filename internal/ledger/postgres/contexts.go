package postgres

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// digest tells contexts apart that have the same number.
type digest [sha256.Size]byte

func digestOf(texts []string) digest {
	var b []byte
	for _, text := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	return sha256.Sum256(b)
}

// texts returns the fields of a context as they are stored.
func texts(c *ledger.Context) []string {
	out := make([]string, len(ledger.Fields))
	for i, f := range ledger.Fields {
		out[i] = clean(*f.At(c))
	}
	return out
}

// maxKnown bounds the contexts that are remembered to be stored.
const maxKnown = 1 << 14

// known remembers contexts that are stored for sure: by committed transactions.
type known struct {
	mu      *sync.Mutex
	digests map[int64]digest
}

func newKnown() known { return known{new(sync.Mutex), map[int64]digest{}} }

func (k known) get(id int64) (digest, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d, ok := k.digests[id]
	return d, ok
}

// add remembers more, and forgets all before when there are too many.
func (k known) add(fresh map[int64]digest) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.digests)+len(fresh) > maxKnown {
		clear(k.digests)
	}
	for id, d := range fresh {
		if len(k.digests) < maxKnown {
			k.digests[id] = d
		}
	}
}

// contexts stores the contexts of rows, unless they are known to be stored.
func (t *transaction) contexts(rows []*ledger.Row) error {
	seen := map[*ledger.Context]int64{}
	wanted := map[int64]digest{} // of this call
	missing := map[int64][]string{}
	for _, r := range rows {
		if id, ok := seen[r.Context]; ok && id == r.ContextID {
			continue
		}
		if r.Context == nil {
			return fmt.Errorf("%w: the row of a call at %d has no context", ledger.ErrPermanent, r.Start)
		}
		seen[r.Context] = r.ContextID
		text := texts(r.Context)
		d := digestOf(text)
		stored, ok := t.s.contexts.get(r.ContextID)
		if !ok {
			if stored, ok = wanted[r.ContextID]; !ok {
				missing[r.ContextID], stored = text, d
			}
			wanted[r.ContextID] = stored
		}
		if stored != d {
			return collision(r.ContextID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return t.insertContexts(missing, wanted)
}

func collision(id int64) error {
	return fmt.Errorf("%w: two contexts have the number %d", ledger.ErrPermanent, id)
}

// insertContexts stores contexts in the order of their numbers, so that two
// writers of the same ones do not wait for each other in a circle.
func (t *transaction) insertContexts(missing map[int64][]string, wanted map[int64]digest) error {
	ids := slices.Sorted(maps.Keys(missing))
	batch := &pgx.Batch{}
	names := list(func(name string) string { return name }, fields...)
	n := 1
	insert := "INSERT INTO token_cost_contexts (context_id, " + names + ") VALUES ($1, " + list(func(string) string { n++; return fmt.Sprintf("$%d", n) }, fields...) + ") ON CONFLICT DO NOTHING"
	for _, id := range ids {
		args := []any{id}
		for _, text := range missing[id] {
			args = append(args, text)
		}
		batch.Queue(insert, args...)
	}
	if err := t.tx.SendBatch(t.ctx, batch).Close(); err != nil {
		return err
	}
	rows, err := t.tx.Query(t.ctx, "SELECT context_id, "+names+" FROM token_cost_contexts WHERE context_id = ANY($1)", ids)
	if err != nil {
		return err
	}
	found := 0
	err = each(rows, func(d *decoder) error {
		found++
		id := d.int64()
		stored := make([]string, len(fields))
		for i := range stored {
			stored[i] = d.text()
		}
		if digestOf(stored) != wanted[id] {
			return collision(id)
		}
		t.fresh[id] = wanted[id]
		return nil
	})
	if err == nil && found != len(ids) {
		err = fmt.Errorf("%d of %d contexts were stored", found, len(ids))
	}
	return err
}

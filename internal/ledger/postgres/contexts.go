package postgres

import (
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// contexts stores the contexts of rows, unless they are known to be stored: in
// the order of their numbers, so that two writers of the same ones do not wait for
// each other in a circle.
func (t *transaction) contexts(rows []*ledger.Row) error {
	missing, err := t.s.contexts.Missing(rows)
	if err != nil || len(missing) == 0 {
		return err
	}
	ids := slices.Sorted(maps.Keys(missing))
	batch := &pgx.Batch{}
	for _, id := range ids {
		args := []any{id}
		for _, text := range missing[id] {
			args = append(args, text)
		}
		batch.Queue(insertContext, args...)
	}
	if err := t.tx.SendBatch(t.ctx, batch).Close(); err != nil {
		return err
	}
	return t.compare(ids, missing)
}

var insertContext = func() string {
	n := 1
	places := list(func(string) string { n++; return fmt.Sprintf("$%d", n) }, fields...)
	return "INSERT INTO token_cost_contexts (context_id, " + list(same, fields...) + ") VALUES ($1, " + places + ") ON CONFLICT DO NOTHING"
}()

// compare makes sure that what is stored under the numbers is what was to be stored.
func (t *transaction) compare(ids []int64, want map[int64][]string) error {
	rows, err := t.tx.Query(t.ctx, "SELECT context_id, "+list(same, fields...)+" FROM token_cost_contexts WHERE context_id = ANY($1)", ids)
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
		if d.err == nil && !slices.Equal(stored, want[id]) {
			return contextset.Collision(id)
		}
		t.fresh[id] = contextset.DigestOf(stored)
		return nil
	})
	if err == nil && found != len(ids) {
		err = fmt.Errorf("%d of %d contexts were stored", found, len(ids))
	}
	return err
}

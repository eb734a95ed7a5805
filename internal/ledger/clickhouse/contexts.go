package clickhouse

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// storeContexts stores the contexts of rows, unless they are known to be stored.
func (s *Store) storeContexts(ctx context.Context, rows []*ledger.Row) error {
	missing, err := s.contexts.Missing(rows)
	if err != nil || len(missing) == 0 {
		return err
	}
	ids := slices.Sorted(maps.Keys(missing))
	stored, err := s.readContexts(ctx, ids)
	if err != nil {
		return err
	}
	digests := map[int64]contextset.Digest{}
	var b []byte
	for _, id := range ids {
		digests[id] = contextset.DigestOf(missing[id])
		if texts, ok := stored[id]; ok {
			if !slices.Equal(texts, missing[id]) {
				return contextset.Collision(id)
			}
			continue
		}
		b = strconv.AppendInt(append(b, '['), id, 10)
		for _, text := range missing[id] {
			b = appendText(append(b, ','), text)
		}
		b = append(b, "]\n"...)
	}
	if len(b) > 0 {
		if err := s.client.exec(ctx, "INSERT INTO token_cost_contexts (context_id, "+list(same, contextColumns...)+") SETTINGS async_insert = 0 FORMAT JSONCompactEachRow", bytes.NewReader(b)); err != nil {
			return err
		}
	}
	s.contexts.Add(digests)
	return nil
}

func (s *Store) readContexts(ctx context.Context, ids []int64) (map[int64][]string, error) {
	out := map[int64][]string{}
	query := "SELECT context_id, " + list(same, contextColumns...) + " FROM token_cost_contexts FINAL WHERE context_id IN (" + join(ids) + ")"
	err := s.client.each(ctx, 1+len(contextColumns), query, func(f *fields) error {
		id := f.int64()
		for range contextColumns {
			out[id] = append(out[id], f.text())
		}
		return nil
	})
	return out, err
}

// join writes numbers with commas between.
func join(numbers []int64) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}

package report_test

import (
	"context"
	"flag"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/sqlite"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report/audit"
)

var ledgerCalls = flag.Int("ledger-calls", 100_000, "calls of the month that benchmarks report")

// BenchmarkMonth reports a month of calls with 500 contexts from SQLite, which is
// opened anew each time, as the command line does.
func BenchmarkMonth(b *testing.B) {
	from, until := instant(b, "2026-10-01"), instant(b, "2026-11-01")
	path := filepath.Join(b.TempDir(), "ledger.db")
	store, err := sqlite.Open(context.Background(), path, sqlite.Options{Synchronous: "normal"})
	require.NoError(b, err)
	const batch = 8192
	for written := 0; written < *ledgerCalls; written += batch {
		share := func(n int) time.Duration {
			return time.Duration(float64(until.Sub(from)) * float64(n) / float64(*ledgerCalls))
		}
		length := max(min(share(batch), until.Sub(from)-share(written)), time.Second)
		calls := ledgertest.NewCalls(uint64(written)+1, 500, from.Add(share(written)), length)
		_, err := store.Write(context.Background(), calls.Batch(min(batch, *ledgerCalls-written)))
		require.NoError(b, err)
	}
	require.NoError(b, store.Close())
	for _, c := range []struct {
		name   string
		by     []string
		series bool
		count  bool
	}{{"model,team", []string{"model", "team"}, false, false}, {"model,team with a series", []string{"model", "team"}, true, false}, {"hour", []string{"hour"}, false, false}, {"interactions", []string{"model"}, false, true}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				store, err := sqlite.Open(context.Background(), path, sqlite.Options{ReadOnly: true})
				require.NoError(b, err)
				q := query(b, "2026-10-01", "2026-11-01", c.by...)
				q.Count = c.count
				if c.series {
					q.Series = report.StepFor(from, until)
				}
				calls := int64(0)
				for _, block := range read(b, store, q).Blocks {
					calls += block.Total.Calls
				}
				require.Equal(b, int64(*ledgerCalls), calls)
				require.NoError(b, store.Close())
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			store, err := sqlite.Open(context.Background(), path, sqlite.Options{ReadOnly: true})
			require.NoError(b, err)
			r, err := audit.Run(context.Background(), store, nil)
			require.NoError(b, err)
			require.Empty(b, r.Differences)
			require.Equal(b, int64(*ledgerCalls), r.Calls)
			require.NoError(b, store.Close())
		}
	})
}

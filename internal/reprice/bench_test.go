package reprice_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/sqlite"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reprice"
)

// BenchmarkSQLite prices 100,000 calls of a file again: once with the same book,
// once with a contract that changes each of them.
func BenchmarkSQLite(b *testing.B) {
	const calls = 100_000
	before := book(b, october)
	contract := book(b, october, "schema: tokencost.pricebook/v1\ncontracts: [{name: acme-2026, provider: acme, from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}]\n")
	var rows []*ledger.Row
	for i := range calls {
		r := row(b, before, i, observed{start: at(1, 0) + int64(i)*int64(20*time.Second), model: []string{"small", "large"}[i%2], usage: "input=1200 output=300", service: string(rune('a' + i%20))})
		r.Trace[13] = byte(i >> 16)
		rows = append(rows, r)
	}
	for range b.N {
		store, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "ledger.db"), sqlite.Options{})
		require.NoError(b, err)
		for chunk := rows; len(chunk) > 0; chunk = chunk[min(5000, len(chunk)):] {
			_, err := store.Write(context.Background(), chunk[:min(5000, len(chunk))])
			require.NoError(b, err)
		}
		for _, c := range []struct {
			name    string
			options reprice.Options
		}{{"same", reprice.Options{}}, {"all", reprice.Options{}}} {
			which, want := before, int64(0)
			if c.name == "all" {
				which, want = contract, calls
			}
			c.options.Span = ledger.Span{Until: math.MaxInt64}
			begin := time.Now()
			r, err := reprice.Run(context.Background(), store, which, c.options)
			require.NoError(b, err)
			require.Equal(b, want, r.Changed)
			b.ReportMetric(calls/time.Since(begin).Seconds(), c.name+"-calls/s")
		}
		require.NoError(b, store.Close())
	}
}

package clickhouse_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
)

// batchSize is how many calls the exporter writes at once by default.
const batchSize = 8192

// BenchmarkWrite stores batches of 8,192 calls, and then adds all of them up.
func BenchmarkWrite(b *testing.B) {
	engine := clickhousetest.Start(b)
	s, err := clickhouse.Open(b.Context(), engine.Database(b))
	require.NoError(b, err)
	defer s.Close()
	calls := ledgertest.NewCalls(1, 200, october, 5*time.Second)
	all := make([][]*ledger.Row, b.N)
	for i := range all {
		all[i] = calls.Batch(batchSize)
		calls.Forward(time.Minute)
	}
	b.ResetTimer()
	for _, batch := range all {
		out, err := s.Write(b.Context(), batch)
		require.NoError(b, err)
		require.Equal(b, batchSize, out.Inserted)
	}
	b.StopTimer()
	b.ReportMetric(float64(batchSize*b.N)/b.Elapsed().Seconds(), "calls/s")
	start, n := time.Now(), int64(0)
	require.NoError(b, s.Totals(b.Context(), ledger.Daily, ledger.Span{From: october.Truncate(24 * time.Hour).UnixNano(), Until: october.Truncate(24*time.Hour).AddDate(0, 1, 0).UnixNano()}, func(p *ledger.PeriodSum) error {
		n += p.Calls
		return nil
	}))
	require.EqualValues(b, batchSize*b.N, n)
	b.ReportMetric(time.Since(start).Seconds(), "s/totals")
}

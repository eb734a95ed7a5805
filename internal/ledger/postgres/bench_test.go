package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
)

// batchSize is how many calls the exporter writes at once by default.
const batchSize = 8192

// batches makes calls of 200 contexts, 40,000 a second of telemetry, as they
// come: within some seconds in any order.
func batches(n int) [][]*ledger.Row {
	calls := ledgertest.NewCalls(1, 200, time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC), 5*time.Second)
	out := make([][]*ledger.Row, n)
	for i := range out {
		out[i] = calls.Batch(batchSize)
		calls.Forward(200 * time.Millisecond)
	}
	return out
}

// BenchmarkWrite stores batches of 8,192 calls durably (fsync and
// synchronous_commit are on), with their sums, by one or more writers.
func BenchmarkWrite(b *testing.B) {
	server := postgrestest.Start(b)
	for _, writers := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("batch=%d/sync=on/writers=%d", batchSize, writers), func(b *testing.B) {
			s, err := postgres.Open(b.Context(), server.Database(b))
			require.NoError(b, err)
			defer s.Close()
			all := batches(b.N)
			work := make(chan []*ledger.Row, len(all))
			for _, batch := range all {
				work <- batch
			}
			close(work)
			b.ResetTimer()
			var group sync.WaitGroup
			for range writers {
				group.Go(func() {
					for batch := range work {
						if out, err := s.Write(b.Context(), batch); err != nil || out.Inserted != batchSize {
							b.Errorf("%+v %v", out, err)
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(batchSize*b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// BenchmarkReplay writes batches that are stored already.
func BenchmarkReplay(b *testing.B) {
	server := postgrestest.Start(b)
	s, err := postgres.Open(b.Context(), server.Database(b))
	require.NoError(b, err)
	defer s.Close()
	batch := batches(1)[0]
	_, err = s.Write(b.Context(), batch)
	require.NoError(b, err)
	for b.Loop() {
		out, err := s.Write(b.Context(), batch)
		require.NoError(b, err)
		require.Equal(b, batchSize, out.Duplicates)
	}
	b.ReportMetric(float64(batchSize*b.N)/b.Elapsed().Seconds(), "calls/s")
}

package postgres_test

import (
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
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

// BenchmarkPlainInsert stores the same calls as one does without a ledger:
// statements of 1,000 rows, into a table with the same columns and key, in one
// transaction a batch, without sums, versions and contexts.
func BenchmarkPlainInsert(b *testing.B) {
	server := postgrestest.Start(b)
	dsn := server.Database(b)
	s, err := postgres.Open(b.Context(), dsn)
	require.NoError(b, err)
	require.NoError(b, s.Close())
	conn, err := pgx.Connect(b.Context(), dsn)
	require.NoError(b, err)
	defer conn.Close(b.Context())
	_, err = conn.Exec(b.Context(), "CREATE TABLE plain (LIKE token_cost_calls INCLUDING ALL)")
	require.NoError(b, err)
	all := batches(b.N)
	b.ResetTimer()
	for _, batch := range all {
		err := pgx.BeginFunc(b.Context(), conn, func(tx pgx.Tx) error {
			for len(batch) > 0 {
				n := min(len(batch), 1000)
				sql, args := plain(batch[:n])
				if _, err := tx.Exec(b.Context(), sql, args...); err != nil {
					return err
				}
				batch = batch[n:]
			}
			return nil
		})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(batchSize*b.N)/b.Elapsed().Seconds(), "calls/s")
}

func plain(rows []*ledger.Row) (sql string, args []any) {
	var tuples []string
	for _, r := range rows {
		first := len(args)
		args = append(args, r.Start, r.Trace[:], r.Span[:], r.Version, r.Superseded, int(r.Origin), r.Run, int(r.Signal), r.ContextID, r.End, r.Parent[:],
			r.User, r.Session, r.Response, r.Usage, ledger.FormatQuantities(r.Quantities))
		for _, a := range r.Amounts {
			args = append(args, new(big.Rat).SetFrac64(a, 1e12).FloatString(12))
		}
		for _, n := range r.Tokens {
			args = append(args, n)
		}
		args = append(args, r.Billing, r.Ingested, r.Fingerprint)
		places := make([]string, len(args)-first)
		for i := range places {
			places[i] = fmt.Sprintf("$%d", first+i+1)
		}
		tuples = append(tuples, "("+strings.Join(places, ", ")+")")
	}
	return "INSERT INTO plain VALUES " + strings.Join(tuples, ", ") + " ON CONFLICT DO NOTHING", args
}

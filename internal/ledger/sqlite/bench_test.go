package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// BenchmarkWrite stores batches of new calls of 50 contexts, as an hour of
// traffic, and reports calls a second.
func BenchmarkWrite(b *testing.B) {
	for _, synchronous := range []string{"full", "normal"} {
		for _, size := range []int{512, 8192} {
			b.Run(fmt.Sprintf("synchronous=%s/batch=%d", synchronous, size), func(b *testing.B) {
				s, err := Open(context.Background(), filepath.Join(b.TempDir(), "ledger.db"), Options{Synchronous: synchronous})
				require.NoError(b, err)
				defer s.Close()
				var contexts []*ledger.Context
				for i := range 50 {
					contexts = append(contexts, &ledger.Context{Service: fmt.Sprintf("service-%d", i), Provider: "openai", Model: "gpt-4o", Status: "exact", Currency: "USD", By: fmt.Sprintf("%0600d", i)})
				}
				n := 0
				start := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC).UnixNano()
				batch := func() []*ledger.Row {
					out := make([]*ledger.Row, size)
					rows := make([]ledger.Row, size)
					for i := range rows {
						n++
						r := &rows[i]
						*r = ledger.Row{
							Key: ledger.Key{Start: start + int64(n)*int64(20*time.Microsecond)}, Signal: ledger.Traces, End: start,
							User: "u-1234", Session: "0191b1c2-7c1e", Response: "chatcmpl-0123456789abcdef", Usage: "cache_read=300 input=1200 output=80", Quantities: []int64{900, 300, 80},
						}
						binary.BigEndian.PutUint64(r.Trace[:], uint64(n)*0x9e3779b97f4a7c15)
						binary.BigEndian.PutUint64(r.Span[:], uint64(n))
						r.Amounts[ledger.Total] = int64(n)
						out[i] = r
					}
					for i, r := range out {
						r.Context, r.ContextID = contexts[i%50], int64(i%50)+1
						r.Seal()
					}
					return out
				}
				b.ResetTimer()
				for b.Loop() {
					b.StopTimer()
					rows := batch()
					b.StartTimer()
					_, err := s.Write(context.Background(), rows)
					require.NoError(b, err)
				}
				b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "calls/s")
			})
		}
	}
}

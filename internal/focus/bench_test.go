package focus_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
)

// BenchmarkExport exports a month by hour: 744 hours of 100 contexts with 3
// meters are 223,200 rows.
func BenchmarkExport(b *testing.B) {
	s := memory.New()
	for c := range 100 {
		card := usd(fmt.Sprint("m", c), tokens("cache_read", "0.3"), tokens("input", "3"), tokens("output", "15"))
		var rows []*ledger.Row
		for h := range 744 {
			r := call(b, fmt.Sprintf("2025-05-%02dT%02d:00:00Z", h/24+1, h%24), card, 1000, 200, 30)
			r.Trace[2] = byte(c)
			rows = append(rows, r)
		}
		if _, err := s.Write(context.Background(), rows); err != nil {
			b.Fatal(err)
		}
	}
	for _, format := range focus.Formats() {
		b.Run(format, func(b *testing.B) {
			o := draftOptions(b)
			o.Format, o.Grain = focus.Format(format), ledger.Hourly
			for b.Loop() {
				sum, err := focus.Export(context.Background(), s, o, may2025)
				if err != nil || sum.Rows != 223_200 {
					b.Fatal(err, sum)
				}
			}
			b.ReportMetric(223_200/b.Elapsed().Seconds()*float64(b.N), "rows/s")
		})
	}
}

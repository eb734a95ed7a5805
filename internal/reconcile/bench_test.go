package reconcile_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// month is a ledger of a month's hourly sums: what comparing reads of a ledger,
// whatever its number of calls.
type month struct{ models, teams int }

func (m month) Contexts(_ context.Context, f func(int64, *ledger.Context) error) error {
	for i := range m.models * m.teams {
		if err := f(int64(i), &ledger.Context{Provider: "acme", Model: fmt.Sprintf("model-%d", i%m.models), Status: "exact", Currency: "USD", Team: fmt.Sprint(i / m.models)}); err != nil {
			return err
		}
	}
	return nil
}

func (m month) Sums(_ context.Context, _ ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	for hour := ledger.Hour(span.From); hour < ledger.Hour(span.Until); hour += 3600 {
		for i := range m.models * m.teams {
			s := ledger.PeriodSum{SumKey: ledger.SumKey{Start: hour, Context: int64(i)}, Calls: 10, Tokens: [ledger.NumTokens]int64{1200 + hour%977, 200, 100, 300, 0}}
			s.Amounts[ledger.Total].SetInt64(4_000_000)
			s.Amounts[ledger.Input].SetInt64(1_000_000)
			s.Amounts[ledger.Output].SetInt64(3_000_000)
			if err := f(&s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (month) Items(context.Context, ledger.Grain, ledger.Span, func(*ledger.PeriodItem) error) error {
	return nil
}

func BenchmarkCompareAMonth(b *testing.B) {
	for _, m := range []month{{5, 10}, {40, 25}} {
		b.Run(fmt.Sprintf("models=%d/contexts=%d", m.models, m.models*m.teams), func(b *testing.B) {
			billed := &bill.Bill{From: at(1, 0).Unix(), Until: at(32, 0).Unix()}
			for day := 1; day <= 31; day++ {
				for i := range m.models {
					for _, meter := range bill.Tokens {
						start := at(day, 0).Unix()
						billed.Lines = append(billed.Lines, bill.Line{
							Start: start, End: start + 86400, Model: fmt.Sprintf("model-%d", i), Meter: meter, Quantity: big.NewRat(24_000, 1), Cost: big.NewRat(1, 1000), Currency: "USD",
						})
					}
				}
			}
			require.NoError(b, billed.Finish())
			o := &reconcile.Options{Provider: "acme", Book: book(b), By: reconcile.Dimensions, Tolerance: dec("0.01")}
			for b.Loop() {
				_, err := reconcile.Compare(context.Background(), m, billed, o)
				require.NoError(b, err)
			}
		})
	}
}

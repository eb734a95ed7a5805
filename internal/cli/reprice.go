package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reprice"
)

// manyCalls is from how many on a person wants to see how far the work is.
const manyCalls = 20_000

func (t *tool) reprice() *cobra.Command {
	var (
		stack   books
		chosen  chosenLedger
		past    period
		matched filter
		output  string
		o       reprice.Options
	)
	cmd := &cobra.Command{
		Use:   "reprice",
		Short: "Price calls of a ledger again with another price book",
		Long: `Prices the calls of a period again, from the facts that the ledger keeps of them, with the
price book as it is now. What comes out differently is stored as a further version of the
call, and the difference is explained by model and cause. A second run changes nothing.

The ledger keeps the facts where the processor writes them: attributes: {calculation: true}.`,
		Example: `  tokencost reprice --ledger sqlite:///var/lib/otelcol/ledger.db --from 2026-10 --until 2026-11 --dry-run
  tokencost reprice --from 2026-10 --book contract.yaml --note "contract of October" --where provider=openai`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			zone, err := past.location(cmd)
			if err != nil {
				return err
			}
			s, err := past.read(cmd, zone)
			if err != nil {
				return err
			}
			if s.from.IsZero() {
				return misuse(cmd, "needs --from, --month or --last, such as --from 2026-11")
			}
			o.At = now()
			if s, err = s.complete(cmd, span{until: o.At}); err != nil {
				return err
			}
			o.Span = s.ledger()
			if o.Where, err = matched.ofContexts(cmd); err != nil {
				return err
			}
			book, err := stack.load(cmd)
			if err != nil {
				return err
			}
			open := chosen.write
			if o.DryRun {
				open = chosen.read
			}
			store, err := open(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			report, err := t.priceAgain(cmd.Context(), store, book, o)
			if err != nil {
				return err
			}
			if output == "json" {
				return writeJSON(t.Out, repricedOf(report, o.DryRun))
			}
			return t.printRepriced(report, o.DryRun)
		},
	}
	chosen.flags(cmd)
	past.flags(cmd, "one of these is needed; --until is now by default")
	past.zoneFlag(cmd, "the time zone of days and months, such as `ZONE` Europe/Berlin")
	stack.flags(cmd)
	matched.flags(cmd)
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "only say what would change")
	cmd.Flags().StringVar(&o.Note, "note", "", "`TEXT` that is kept with the run: what it is for")
	cmd.Flags().BoolVar(&o.Reported, "reported", false, "also price calls whose total is a cost that the telemetry carried")
	cmd.Flags().BoolVar(&o.Unpriced, "allow-unpriced", false, "also store that the price book has no price for calls that had one")
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

// priceAgain runs the repricing, and shows how far it is if there is much to do.
func (t *tool) priceAgain(ctx context.Context, store ledger.Store, book *pricebook.Book, o reprice.Options) (*reprice.Report, error) {
	calls, err := countCalls(ctx, store, o.Span)
	if err != nil {
		return nil, err
	}
	if calls < manyCalls {
		return reprice.Run(ctx, store, book, o)
	}
	task := progress.Start(t.Err, "Pricing again", calls)
	defer task.Fail()
	o.Progress = task.Add
	report, err := reprice.Run(ctx, store, book, o)
	if err == nil {
		task.Done(plural(int(report.Changed), "call") + " differ")
	}
	return report, err
}

// countCalls counts the calls of the hours that a span touches.
func countCalls(ctx context.Context, store ledger.Reader, span ledger.Span) (calls int64, err error) {
	const hour = int64(time.Hour)
	whole := ledger.Span{From: ledger.Hour(span.From) * int64(time.Second), Until: ledger.Hour(span.Until-1)*int64(time.Second) + hour}
	err = store.Totals(ctx, ledger.Hourly, whole, func(s *ledger.PeriodSum) error {
		calls += s.Calls
		return nil
	})
	return calls, err
}

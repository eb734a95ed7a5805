package cli

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

func (t *tool) ledger() *cobra.Command {
	return t.group(&cobra.Command{
		Use:   "ledger",
		Short: "Show, close, expire and verify a cost ledger",
		Long: `Looks after a ledger that the exporter cost_ledger fills: a file of SQLite, PostgreSQL
or ClickHouse, which --ledger or the environment variable TOKENCOST_LEDGER names.`,
		Example: `  tokencost ledger status --ledger sqlite:///var/lib/otelcol/ledger.db
  tokencost ledger close 2026-10`,
	}, t.ledgerStatus(), t.ledgerClose(), t.ledgerExpire(), t.ledgerVerify())
}

func (t *tool) ledgerClose() *cobra.Command {
	var chosen chosenLedger
	cmd := &cobra.Command{
		Use:   "close MONTH",
		Short: "Close billing periods until the end of a month",
		Long: `Closes the billing period of a UTC month and those before it. Calls that come later, and
new prices, are then booked in the first open period, as corrections. A closed period
stays closed.`,
		Example: `  tokencost ledger close 2026-10`,
		Args:    exactly(1, "one month such as 2026-10"),
		RunE: func(cmd *cobra.Command, args []string) error {
			month, err := parseMonth(args[0], time.UTC)
			if err == nil {
				_, err = parseBilling(args[0])
			}
			if err != nil {
				return misuse(cmd, "%w", err)
			}
			until := month.AddDate(0, 1, 0)
			if until.After(now()) {
				return fmt.Errorf("%s has not ended: it can be closed from %s UTC on", args[0], until.Format(time.DateOnly))
			}
			store, err := chosen.write(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			before, err := store.Closed(cmd.Context())
			if err != nil {
				return err
			}
			if before >= until.Unix() {
				_, err := fmt.Fprintf(t.Out, "%s is closed already: periods before %s are\n", args[0], monthOf(before))
				return err
			}
			if err := store.ClosePeriods(cmd.Context(), until.Unix()); err != nil {
				return err
			}
			booked, err := bookedIn(cmd.Context(), store, month.Unix())
			if err != nil {
				return err
			}
			fmt.Fprintf(t.Out, "closed billing periods before %s; booked in %s:\n", monthOf(until.Unix()), args[0])
			return t.printBooked(booked)
		},
	}
	chosen.flags(cmd)
	return cmd
}

// booked is what is booked in a billing period, in one currency or without one.
type booked struct {
	Currency string `json:"currency"`
	Calls    int64  `json:"calls"`
	Cost     string `json:"cost,omitempty"`
}

// bookedIn adds up a billing period, whenever its calls were made.
func bookedIn(ctx context.Context, store ledger.Store, billing int64) ([]booked, error) {
	condition, err := report.ParseCondition("billing_period=" + monthOf(billing))
	if err != nil {
		return nil, err
	}
	currency, err := report.ParseDimension("currency")
	if err != nil {
		return nil, err
	}
	end := time.Unix(billing, 0).UTC().AddDate(0, 1, 0)
	r, err := report.Read(ctx, store, &report.Query{From: report.Earliest, Until: end, By: []report.Dimension{currency}, Where: []report.Condition{condition}})
	if err != nil {
		return nil, err
	}
	var out []booked
	for i := range r.Blocks {
		for _, g := range r.Blocks[i].Groups {
			b := booked{Currency: g.Key[0], Calls: g.Calls}
			if b.Currency != "" {
				b.Cost = report.Exact(g.Cost())
			}
			out = append(out, b)
		}
	}
	return out, nil
}

func (t *tool) printBooked(all []booked) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(t.Out, "  nothing")
		return err
	}
	for _, b := range all {
		text := b.Cost + " " + b.Currency
		if b.Currency == "" {
			text = "without a cost"
		}
		if _, err := fmt.Fprintf(t.Out, "  %s, %s\n", text, callCount(b.Calls)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tool) ledgerExpire() *cobra.Command {
	var chosen chosenLedger
	var calls, sums string
	var dry bool
	cmd := &cobra.Command{
		Use:   "expire",
		Short: "Remove what is older than needed",
		Long: `Removes calls with their hourly sums, and daily sums, that are older than so many days.
Without calls there are no interactions, repricing, FOCUS files or reports by hour;
reports by UTC day need daily sums alone. The exporter does the same with retention.
A call of a removed day that comes later, again or for the first time, is left out.`,
		Example: `  tokencost ledger expire --calls 400d --sums 1100d
  tokencost ledger expire --calls 400d --dry-run`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if calls == "" && sums == "" {
				return misuse(cmd, "needs --calls or --sums, such as --calls 400d")
			}
			var before [2]int64
			for i, f := range []struct{ flag, value string }{{"calls", calls}, {"sums", sums}} {
				if f.value == "" {
					continue
				}
				n, unit, err := parseLength(f.value)
				if err != nil || unit == 'h' {
					return misuse(cmd, "--%s %q is no number of days or weeks; write one such as 400d or 60w, at most %d: whole days are removed", f.flag, f.value, maxLength)
				}
				if unit == 'w' {
					n *= 7
				}
				before[i] = now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -n).UnixNano()
			}
			open := chosen.write
			if dry {
				open = chosen.read
			}
			store, err := open(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			return t.expire(cmd.Context(), store, before[0], before[1], dry)
		},
	}
	chosen.flags(cmd)
	cmd.Flags().StringVar(&calls, "calls", "", "remove calls and hourly sums that are older: an `AGE` such as 400d or 60w")
	cmd.Flags().StringVar(&sums, "sums", "", "remove daily sums that are older: an `AGE` such as 1100d")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would be removed")
	return cmd
}

// expire removes what starts before two instants, of which zero means nothing.
func (t *tool) expire(ctx context.Context, store ledger.Store, calls, sums int64, dry bool) error {
	first, _, ok, err := store.Bounds(ctx)
	if err != nil {
		return err
	}
	if kept := max(first, calls); sums != 0 && ok && kept < sums {
		return fmt.Errorf("calls from %s on would stay without their daily sums: let calls expire no later than sums", instantOf(ledger.Day(kept)*1e9))
	}
	if dry {
		for _, part := range []struct {
			what   string
			grain  ledger.Grain
			before int64
		}{{"calls with their hourly sums", ledger.Hourly, calls}, {"daily sums", ledger.Daily, sums}} {
			if part.before == 0 {
				continue
			}
			n := int64(0)
			if err := store.Totals(ctx, part.grain, ledger.Span{From: math.MinInt64, Until: part.before}, func(s *ledger.PeriodSum) error {
				n += s.Calls
				return nil
			}); err != nil {
				return err
			}
			fmt.Fprintf(t.Out, "would remove %s before %s: of %s\n", part.what, instantOf(part.before), callCount(n))
		}
		return nil
	}
	gone, err := store.Expire(ctx, calls, sums)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "removed %s\n", callCount(gone))
	return err
}

// sizeOf writes a number of bytes.
func sizeOf(n int64) string {
	size, units := new(big.Rat).SetInt64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; i < len(units)-1 && size.Cmp(big.NewRat(1024, 1)) >= 0; i++ {
		size.Mul(size, big.NewRat(1, 1024))
	}
	return report.Decimal(size, min(1, i)) + " " + units[i]
}

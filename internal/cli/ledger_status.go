package cli

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// ledgerState is what `tokencost ledger status` prints.
type ledgerState struct {
	FirstCall  string      `json:"first_call,omitempty"`
	LastCall   string      `json:"last_call,omitempty"`
	Calls      int64       `json:"calls"`
	Contexts   int64       `json:"contexts"`
	Bytes      int64       `json:"bytes"`
	FirstSum   string      `json:"first_daily_sum,omitempty"`
	DailyCalls int64       `json:"calls_in_daily_sums"`
	ClosedTo   string      `json:"closed_before,omitempty"` // a month
	Runs       []ledgerRun `json:"runs"`
}

// ledgerRun is a run of repricing.
type ledgerRun struct {
	ID         int64  `json:"run"`
	At         string `json:"at"`
	From       string `json:"from"`
	Until      string `json:"until"`
	Book       string `json:"book"`
	Note       string `json:"note,omitempty"`
	Calls      int64  `json:"calls"`
	Difference string `json:"difference"`
}

func (t *tool) ledgerStatus() *cobra.Command {
	var chosen chosenLedger
	var output string
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show what a ledger holds",
		Long:    `Shows the first and last call, how many there are, the size, closed periods and runs of repricing.`,
		Example: `  tokencost ledger status --ledger sqlite:///var/lib/otelcol/ledger.db`,
		Args:    exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := chosen.read(cmd)
			if err != nil {
				return err
			}
			defer store.Close()
			s, err := stateOf(cmd.Context(), store)
			if err != nil {
				return err
			}
			if output == "json" {
				return writeJSON(t.Out, s)
			}
			return t.printState(s)
		},
	}
	chosen.flags(cmd)
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

func stateOf(ctx context.Context, store ledger.Store) (*ledgerState, error) {
	s := &ledgerState{Runs: []ledgerRun{}}
	first, last, ok, err := store.Bounds(ctx)
	if err != nil {
		return nil, err
	}
	if ok {
		s.FirstCall, s.LastCall = pricebook.Instant(first), pricebook.Instant(last)
	}
	if s.Bytes, err = store.Size(ctx); err != nil {
		return nil, err
	}
	closed, err := store.Closed(ctx)
	if err != nil {
		return nil, err
	}
	if closed > 0 {
		s.ClosedTo = monthOf(closed)
	}
	if err := store.Contexts(ctx, func(int64, *ledger.Context) error { s.Contexts++; return nil }); err != nil {
		return nil, err
	}
	if err := s.readSums(ctx, store); err != nil {
		return nil, err
	}
	runs, err := store.Runs(ctx)
	for _, r := range runs {
		s.Runs = append(s.Runs, ledgerRun{r.ID, r.At.UTC().Format("2006-01-02T15:04:05Z"), instantOf(r.Span.From), instantOf(r.Span.Until), r.Book, r.Note, r.Calls, r.Difference})
	}
	return s, err
}

// readSums counts calls by both kinds of sums, which expire apart.
func (s *ledgerState) readSums(ctx context.Context, store ledger.Store) error {
	whole := ledger.Span{From: math.MinInt64, Until: math.MaxInt64}
	if err := store.Totals(ctx, ledger.Hourly, whole, func(p *ledger.PeriodSum) error { s.Calls += p.Calls; return nil }); err != nil {
		return err
	}
	return store.Sums(ctx, ledger.Daily, whole, func(p *ledger.PeriodSum) error {
		if s.FirstSum == "" && p.Calls != 0 {
			s.FirstSum = instantOf(p.Start * 1e9)
		}
		s.DailyCalls += p.Calls
		return nil
	})
}

func (t *tool) printState(s *ledgerState) error {
	rows := [][]string{
		{"calls", explain.Thousands(s.Calls)},
		{"first", s.FirstCall},
		{"last", s.LastCall},
		{"daily sums", strings.TrimSpace(fmt.Sprintf("of %s since %s", callCount(s.DailyCalls), s.FirstSum))},
		{"contexts", explain.Thousands(s.Contexts)},
		{"size", sizeOf(s.Bytes)},
		{"closed", closedText(s.ClosedTo)},
	}
	if s.FirstSum == "" {
		rows[3][1] = "none"
	}
	for _, r := range rows {
		if r[1] == "" {
			r[1] = "none"
		}
		fmt.Fprintf(t.Out, "%-11s %s\n", r[0], r[1])
	}
	if len(s.Runs) == 0 {
		return nil
	}
	var runs [][]string
	for _, r := range s.Runs {
		runs = append(runs, []string{fmt.Sprint(r.ID), r.At, r.From, r.Until, cell(r.Book), cell(r.Note), explain.Thousands(r.Calls), cell(r.Difference)})
	}
	fmt.Fprintln(t.Out)
	return writeTable(t.Out, []string{"run", "at", "from", "until", "book", "note", "calls", "difference"}, runs, "run", "calls")
}

func closedText(before string) string {
	if before == "" {
		return "no billing period"
	}
	return "billing periods before " + before
}

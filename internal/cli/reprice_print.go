package cli

import (
	"bufio"
	"fmt"
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reprice"
)

// repriced is a run of repricing as JSON. Amounts are exact decimals.
type repriced struct {
	DryRun      bool              `json:"dry_run"`
	Run         int64             `json:"run,omitempty"`
	Book        string            `json:"book"`
	Note        string            `json:"note,omitempty"`
	From        string            `json:"from"`
	Until       string            `json:"until"`
	Calls       int64             `json:"calls"`
	Changed     int64             `json:"changed"`
	Totals      []repricedTotal   `json:"totals"`
	Effects     []repricedEffect  `json:"effects"`
	Left        []repricedLeft    `json:"left"`
	Corrections *repricedTransfer `json:"corrections,omitempty"`
}

type repricedTotal struct {
	Currency   string `json:"currency"`
	Before     string `json:"before"`
	After      string `json:"after"`
	Difference string `json:"difference"`
}

type repricedEffect struct {
	Provider   string `json:"provider"`
	Model      string `json:"model"`
	Cause      string `json:"cause"`
	Calls      int64  `json:"calls"`
	Difference string `json:"difference"`
	Currency   string `json:"currency,omitempty"`
}

type repricedLeft struct {
	Why   string `json:"why"`
	Calls int64  `json:"calls"`
}

// repricedTransfer is what is booked later than when the calls were made.
type repricedTransfer struct {
	Calls       int64             `json:"calls"`
	BookedIn    string            `json:"booked_in"`
	Differences map[string]string `json:"differences"` // by currency
}

func repricedOf(r *reprice.Report, dry bool) *repriced {
	out := &repriced{
		DryRun: dry, Run: r.Run, Book: r.Book, Note: r.Note, From: pricebook.Instant(r.Span.From), Until: pricebook.Instant(r.Span.Until),
		Calls: r.Calls, Changed: r.Changed, Totals: []repricedTotal{}, Effects: []repricedEffect{}, Left: []repricedLeft{},
	}
	for _, t := range r.Totals() {
		out.Totals = append(out.Totals, repricedTotal{t.Currency, pricebook.Decimal(t.BeforeUnits()), pricebook.Decimal(t.AfterUnits()), pricebook.Decimal(t.Difference())})
	}
	for _, e := range r.Effects() {
		out.Effects = append(out.Effects, repricedEffect{e.Provider, e.Model, string(e.Cause), e.Calls, pricebook.Decimal(e.Units()), e.Currency})
	}
	for _, l := range r.Left() {
		out.Left = append(out.Left, repricedLeft{string(l.Why), l.Calls})
	}
	if r.Corrections > 0 {
		out.Corrections = &repricedTransfer{Calls: r.Corrections, BookedIn: monthOf(r.Closed), Differences: map[string]string{}}
		for _, c := range r.BookedLater() {
			out.Corrections.Differences[c.Currency] = pricebook.Decimal(c.Difference)
		}
	}
	return out
}

// signed writes an amount with its sign, so that differences are seen as such.
func signed(r *big.Rat) string {
	return plus(r.Sign(), pricebook.Decimal(r))
}

func (t *tool) printRepriced(r *reprice.Report, dry bool) error {
	w := bufio.NewWriter(t.Out)
	verb := "changed"
	if dry {
		verb = "would change"
	}
	fmt.Fprintf(w, "%s of %s from %s until %s with %s: %s %s\n", callCount(r.Calls), "the ledger", instantOf(r.Span.From), instantOf(r.Span.Until), r.Book, explain.Thousands(r.Changed), verb)
	if totals := r.Totals(); len(totals) > 0 {
		var rows [][]string
		for _, total := range totals {
			rows = append(rows, []string{total.Currency, pricebook.Decimal(total.BeforeUnits()), pricebook.Decimal(total.AfterUnits()), signed(total.Difference())})
		}
		fmt.Fprintln(w)
		if err := writeTable(w, []string{"currency", "before", "after", "difference"}, rows, "before", "after", "difference"); err != nil {
			return err
		}
	}
	if effects := r.Effects(); len(effects) > 0 {
		var rows [][]string
		for _, e := range effects {
			rows = append(rows, []string{cell(e.Provider), cell(e.Model), e.Cause.Text(), explain.Thousands(e.Calls), strings.TrimSpace(signed(e.Units()) + " " + e.Currency)})
		}
		fmt.Fprintln(w)
		if err := writeTable(w, []string{"provider", "model", "cause", "calls", "difference"}, rows, "calls", "difference"); err != nil {
			return err
		}
	}
	printRepricedNotes(w, r)
	if r.Run > 0 {
		fmt.Fprintf(w, "\nStored as run %d.\n", r.Run)
	}
	return w.Flush()
}

// printRepricedNotes says what was left, and what is booked later.
func printRepricedNotes(w *bufio.Writer, r *reprice.Report) {
	if left := r.Left(); len(left) > 0 {
		fmt.Fprintln(w, "\nLeft as they are:")
		for _, l := range left {
			fmt.Fprintf(w, "  %s: %s\n", callCount(l.Calls), l.Why.Text())
		}
	}
	if r.Corrections == 0 {
		return
	}
	var amounts []string
	for _, c := range r.BookedLater() {
		amounts = append(amounts, signed(c.Difference)+" "+c.Currency)
	}
	fmt.Fprintf(w, "\nCorrections: billing periods before %s are closed; %s of them differ, and %s is booked in %s.\n",
		monthOf(r.Closed), callCount(r.Corrections), strings.Join(amounts, ", "), monthOf(r.Closed))
}

func callCount(n int64) string {
	if n == 1 {
		return "1 call"
	}
	return explain.Thousands(n) + " calls"
}

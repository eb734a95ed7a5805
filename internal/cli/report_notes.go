package cli

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// reportNotes says how much of the spend is certain and attributed, and what there is
// to know about it besides.
func reportNotes(q *report.Query, b *report.Block) []string {
	f := b.Total
	notes := []string{noteLine("certainty", certainty(f))}
	if f.Stray.Calls > 0 {
		notes = append(notes, noteLine("no currency", callCount(f.Stray.Calls)+" with a cost in no currency, which is left out"))
	}
	if b.Currency == "" {
		return notes
	}
	notes = append(notes, noteLine("without", unattributed(f)))
	if n := f.Customers(); n > 0 {
		notes = append(notes, noteLine("customers", fmt.Sprintf("%s, %s %s each", explain.Thousands(n), unitCost(f.PerCustomer()), b.Currency)))
	}
	for _, other := range []struct {
		name   string
		amount ledger.Amount
	}{{"at list price", ledger.List}, {"with overhead", ledger.Loaded}} {
		if amount := &f.Amounts[other.amount]; amount.Cmp(f.Cost()) != 0 {
			notes = append(notes, noteLine(other.name, report.Decimal(report.Units(amount), placesFor(f.Cost()))+" "+b.Currency))
		}
	}
	if q.Count && f.Interactions.Traceless > 0 {
		notes = append(notes, noteLine("no trace", callCount(f.Interactions.Traceless)+" known from log records: groups with such calls have no cost per interaction"))
	}
	return notes
}

func noteLine(name, text string) string { return fmt.Sprintf("%-14s %s", name, text) }

// certainty tells what is not exact.
func certainty(f *report.Figures) string {
	calls, tokens := f.Unpriced()
	parts := []string{}
	if calls == nil {
		parts = append(parts, "no call needs a price")
	} else {
		parts = append(parts, fmt.Sprintf("%s of calls and %s of tokens unpriced", percentShare(calls), orNone(tokens)))
	}
	if f.Cost().Sign() > 0 {
		for _, s := range []status.Status{status.Estimated, status.Partial} {
			parts = append(parts, percentShare(f.ShareOfCost(s))+" of cost "+s.String())
		}
	}
	for _, s := range []status.Status{status.NotMetered, status.NotBillable} {
		if n := f.By[s].Calls; n > 0 {
			parts = append(parts, callCount(n)+" "+strings.ReplaceAll(s.String(), "_", " "))
		}
	}
	if f.Failed > 0 {
		parts = append(parts, percentShare(f.FailedShare())+" of calls failed")
	}
	return strings.Join(parts, ", ")
}

// orNone writes a share, of nothing as nothing.
func orNone(r *big.Rat) string {
	if r == nil {
		return percentShare(new(big.Rat))
	}
	return percentShare(r)
}

func unattributed(f *report.Figures) string {
	var parts []string
	for i, name := range report.OwnerNames {
		if r := f.Unattributed(report.Owner(i)); r != nil {
			parts = append(parts, name+" "+percentShare(r))
		}
	}
	if len(parts) == 0 {
		return "nothing was spent"
	}
	return strings.Join(parts, ", ") + " of cost"
}

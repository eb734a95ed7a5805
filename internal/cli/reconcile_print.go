package cli

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile"
)

// reconciled is a comparison as JSON. Amounts are decimals, exact but for those
// of findings, which are rounded to twelve places.
type reconciled struct {
	Provider  string             `json:"provider"`
	From      string             `json:"from"`
	Until     string             `json:"until"`
	Zone      int                `json:"zone_hours"`
	Currency  string             `json:"currency,omitempty"`
	Within    bool               `json:"within_tolerance"`
	Tolerance string             `json:"tolerance"`
	Total     reconciledRow      `json:"total"`
	Rows      []reconciledRow    `json:"rows"`
	Findings  []reconciledCause  `json:"findings"`
	Factors   []reconciledFactor `json:"calibration"`
	Warnings  []string           `json:"warnings,omitempty"`
}

type reconciledRow struct {
	Day    string          `json:"day,omitempty"`
	Model  string          `json:"model,omitempty"`
	Meter  string          `json:"meter,omitempty"`
	Tokens *reconciledPair `json:"tokens,omitempty"`
	Cost   *reconciledPair `json:"cost,omitempty"`
}

type reconciledPair struct {
	Billed     string `json:"billed"`
	Ledger     string `json:"ledger"`
	Difference string `json:"difference"`
	Percent    string `json:"percent,omitempty"`
}

type reconciledCause struct {
	Cause    string `json:"cause"`
	Model    string `json:"model,omitempty"`
	Amount   string `json:"amount,omitempty"`
	Tokens   string `json:"tokens,omitempty"`
	Calls    int64  `json:"calls,omitempty"`
	Evidence string `json:"evidence"`
}

type reconciledFactor struct {
	Model  string `json:"model,omitempty"` // empty for all
	Factor string `json:"factor"`
	Exact  string `json:"exact"` // as a fraction
}

func (t *tool) printReconciled(r *reconcile.Report, output string) error {
	for _, w := range r.Warnings {
		fmt.Fprintf(t.Err, "tokencost: %s\n", w)
	}
	switch output {
	case "json":
		return writeJSON(t.Out, reconciledOf(r))
	case "csv":
		return t.reconciledCSV(r)
	}
	return t.reconciledTable(r)
}

func reconciledOf(r *reconcile.Report) *reconciled {
	out := &reconciled{
		Provider: r.Provider, From: pricebook.Instant(r.From * int64(time.Second)), Until: pricebook.Instant(r.Until * int64(time.Second)), Zone: r.Zone,
		Currency: r.Currency, Within: r.Within(), Tolerance: pricebook.Decimal(r.Tolerance), Total: rowOf(&r.Total), Rows: []reconciledRow{},
		Findings: []reconciledCause{}, Factors: []reconciledFactor{}, Warnings: r.Warnings,
	}
	for i := range r.Rows {
		out.Rows = append(out.Rows, rowOf(&r.Rows[i]))
	}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, reconciledCause{string(f.Cause), f.Model, places(f.Amount, 12), places(f.Tokens, 0), f.Calls, f.Evidence})
	}
	for _, f := range r.Factors {
		out.Factors = append(out.Factors, reconciledFactor{f.Model, places(f.Ratio, 9), f.Ratio.String()})
	}
	return out
}

func rowOf(r *reconcile.Row) reconciledRow {
	return reconciledRow{r.Day, r.Model, string(r.Meter), pairOf(r.Tokens), pairOf(r.Cost)}
}

func pairOf(p *reconcile.Pair) *reconciledPair {
	if p == nil {
		return nil
	}
	return &reconciledPair{pricebook.Decimal(p.Billed), pricebook.Decimal(p.Ours), pricebook.Decimal(p.Difference()), relative(p)}
}

// relative writes the difference as a share of the bill.
func relative(p *reconcile.Pair) string {
	r := p.Relative()
	if r == nil {
		return ""
	}
	return percent(r.Mul(r, big.NewRat(100, 1)))
}

// places writes a number with at most so many decimal places, and nil as nothing.
func places(r *big.Rat, n int) string {
	if r == nil {
		return ""
	}
	rounded, _ := new(big.Rat).SetString(r.FloatString(n))
	return pricebook.Decimal(rounded)
}

// tokensOf writes tokens with commas, if they are whole.
func tokensOf(r *big.Rat) string {
	if r.IsInt() && r.Num().IsInt64() {
		return explain.Thousands(r.Num().Int64())
	}
	return pricebook.Decimal(r)
}

// dimensionOf returns what a row is of a dimension.
func dimensionOf(row *reconcile.Row, d reconcile.Dimension) string {
	switch d {
	case reconcile.ByDay:
		return row.Day
	case reconcile.ByModel:
		return cell(row.Model)
	}
	return string(row.Meter)
}

// reconciledColumns lists the columns of a comparison, and writes a row of it.
func reconciledColumns(r *reconcile.Report) (header []string, right []string, write func(*reconcile.Row) []string) {
	var told []reconcile.Dimension
	for _, d := range reconcile.Dimensions {
		if slices.ContainsFunc(r.Rows, func(row reconcile.Row) bool { return dimensionOf(&row, d) != "" }) {
			told = append(told, d)
			header = append(header, string(d))
		}
	}
	if len(told) == 0 { // room for the word total
		header = append(header, "")
	}
	tokens := []string{"billed tokens", "ledger tokens", "difference in tokens"}
	cost := []string{"billed", "ledger", "difference", "percent"}
	if r.Total.Tokens != nil {
		right = append(right, tokens...)
	}
	if r.Total.Cost != nil {
		right = append(right, cost...)
	}
	header = append(header, right...)
	return header, right, func(row *reconcile.Row) []string {
		var out []string
		for _, d := range told {
			out = append(out, dimensionOf(row, d))
		}
		if len(told) == 0 {
			out = append(out, "")
		}
		if r.Total.Tokens != nil {
			if p := row.Tokens; p != nil {
				out = append(out, tokensOf(p.Billed), tokensOf(p.Ours), tokensOf(p.Difference()))
			} else {
				out = append(out, "", "", "")
			}
		}
		if r.Total.Cost != nil {
			if p := row.Cost; p != nil {
				out = append(out, pricebook.Decimal(p.Billed), pricebook.Decimal(p.Ours), signed(p.Difference()), relative(p))
			} else {
				out = append(out, "", "", "", "")
			}
		}
		return out
	}
}

func (t *tool) reconciledTable(r *reconcile.Report) error {
	w := bufio.NewWriter(t.Out)
	fmt.Fprintf(w, "%s from %s until %s", r.Provider, instantOf(r.From*int64(time.Second)), instantOf(r.Until*int64(time.Second)))
	if r.Currency != "" {
		fmt.Fprintf(w, ", in %s", r.Currency)
	}
	fmt.Fprint(w, "\n\n")
	header, right, write := reconciledColumns(r)
	var rows [][]string
	for i := range r.Rows {
		rows = append(rows, write(&r.Rows[i]))
	}
	total := write(&r.Total)
	total[0] = "total"
	if err := writeTable(w, header, append(rows, total), right...); err != nil {
		return err
	}
	if err := writeFindings(w, r); err != nil {
		return err
	}
	for i, f := range r.Factors {
		if i == 0 {
			fmt.Fprint(w, "\nTo give the bill, the ledger's cost has to be multiplied by:\n")
		}
		name := f.Model
		if name == "" {
			name = "all"
		}
		fmt.Fprintf(w, "  %s  %s\n", places(f.Ratio, 9), cell(name))
	}
	verdict := "within"
	if !r.Within() {
		verdict = "beyond"
	}
	fmt.Fprintf(w, "\nThe difference is %s the tolerance of %s.\n", verdict, toleranceText(r.Tolerance))
	return w.Flush()
}

func toleranceText(share *big.Rat) string {
	return pricebook.Decimal(new(big.Rat).Mul(share, big.NewRat(100, 1))) + "%"
}

func writeFindings(w *bufio.Writer, r *reconcile.Report) error {
	if len(r.Findings) == 0 {
		return nil
	}
	fmt.Fprint(w, "\nWhy:\n")
	for _, f := range r.Findings {
		fmt.Fprintf(w, "  %s", f.Cause.Text())
		if f.Model != "" {
			fmt.Fprintf(w, ", %s", cell(f.Model))
		}
		if f.Amount != nil {
			rounded, _ := new(big.Rat).SetString(f.Amount.FloatString(12))
			fmt.Fprintf(w, ": %s %s", signed(rounded), r.Currency)
		}
		fmt.Fprintf(w, "\n    %s\n", explain.Printable(f.Evidence))
	}
	return nil
}

func (t *tool) reconciledCSV(r *reconcile.Report) error {
	w := csv.NewWriter(t.Out)
	rows := [][]string{{"day", "model", "meter", "billed_tokens", "ledger_tokens", "tokens_difference", "currency", "billed_cost", "ledger_cost", "cost_difference"}}
	pair := func(p *reconcile.Pair) []string {
		if p == nil {
			return []string{"", "", ""}
		}
		return []string{pricebook.Decimal(p.Billed), pricebook.Decimal(p.Ours), pricebook.Decimal(p.Difference())}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		out := append([]string{row.Day, csvCell(row.Model), string(row.Meter)}, pair(row.Tokens)...)
		rows = append(rows, append(append(out, csvCell(r.Currency)), pair(row.Cost)...))
	}
	return w.WriteAll(rows)
}

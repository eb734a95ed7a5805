package cli

import (
	"bufio"
	"fmt"
	"io"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// reportColumn is one of a table: its text for a group.
type reportColumn struct {
	name string
	left bool // aligned
	of   func(*report.Figures) string
}

// printReport prints a table and what is to know about it for each currency.
func (t *tool) printReport(r *report.Report, plot bool) error {
	w := bufio.NewWriter(t.Out)
	fmt.Fprintln(w, explain.Printable(r.Query.Title()))
	if len(r.Blocks) == 0 {
		fmt.Fprintln(w, "no calls")
	}
	for i := range r.Blocks {
		fmt.Fprintln(w)
		if b := &r.Blocks[i]; len(r.Blocks) > 1 && b.Currency == "" {
			fmt.Fprintln(w, "without a cost:")
		} else if len(r.Blocks) > 1 {
			fmt.Fprintf(w, "in %s:\n", b.Currency)
		}
		if err := printBlock(w, r, &r.Blocks[i], plot); err != nil {
			return err
		}
	}
	return w.Flush()
}

func printBlock(w io.Writer, r *report.Report, b *report.Block, plot bool) error {
	columns := reportColumns(r, b, plot)
	header := r.Query.Names()
	var right []string
	for _, c := range columns {
		header = append(header, c.name)
		if !c.left {
			right = append(right, c.name)
		}
	}
	var rows [][]string
	line := func(key []string, f *report.Figures) {
		for _, c := range columns {
			key = append(key, c.of(f))
		}
		rows = append(rows, key)
	}
	for i := range b.Groups {
		g := &b.Groups[i]
		line(groupLabels(r.Query, g.Key, g.Others), g.Figures)
	}
	if len(r.Query.By) > 0 {
		line(totalKey(r.Query), b.Total)
	}
	if err := writeTable(w, header, rows, right...); err != nil {
		return err
	}
	for _, note := range reportNotes(r.Query, b) {
		fmt.Fprintln(w, note)
	}
	return nil
}

// totalKey is the first cell of the line below the groups.
func totalKey(q *report.Query) []string {
	key := make([]string, len(q.By))
	key[0] = "total"
	return key
}

// groupLabels returns the values of a group for people.
func groupLabels(q *report.Query, values []string, others int) []string {
	out := make([]string, len(values))
	for i, v := range values {
		switch {
		case others > 0 && !q.By[i].Periodic():
			v = "(" + plural(others, "other") + ")"
		case v == "":
			v = "(none)"
		}
		out[i] = cell(v)
	}
	return out
}

// reportColumns chooses the columns that say something about the block.
func reportColumns(r *report.Report, b *report.Block, plot bool) []reportColumn {
	out := []reportColumn{
		{"calls", false, func(f *report.Figures) string { return explain.Thousands(f.Calls) }},
		{"input", false, func(f *report.Figures) string { return explain.Thousands(f.Tokens[ledger.InputTokens]) }},
		{"cached", false, func(f *report.Figures) string { return percentShare(f.CacheHits()) }},
		{"output", false, func(f *report.Figures) string { return explain.Thousands(f.Tokens[ledger.OutputTokens]) }},
	}
	if b.Currency != "" {
		out = append(out, costColumns(b, placesFor(b.Total.Cost()))...)
	}
	if r.Query.Count {
		out = append(out, reportColumn{"interactions", false, func(f *report.Figures) string { return explain.Thousands(f.Interactions.Traces) }})
	}
	if r.Query.Count && b.Currency != "" {
		out = append(out,
			reportColumn{"each", false, func(f *report.Figures) string { return unitCost(f.PerInteraction()) }},
			reportColumn{"per success", false, func(f *report.Figures) string { return unitCost(f.PerSuccess()) }})
	}
	if b.Total.By[status.Unpriced].Calls > 0 {
		out = append(out, reportColumn{"unpriced", false, func(f *report.Figures) string { return explain.Thousands(f.By[status.Unpriced].Calls) }})
	}
	if plot && b.Currency != "" {
		out = append(out, reportPlot(r, b))
	}
	return out
}

// costColumns tell of money.
func costColumns(b *report.Block, places int) []reportColumn {
	share := func(f *report.Figures) string {
		if b.Total.Cost().Sign() == 0 || f.Priced.Calls == 0 {
			return ""
		}
		return percentShare(new(big.Rat).SetFrac(f.Cost(), b.Total.Cost()))
	}
	return []reportColumn{
		{b.Currency, false, func(f *report.Figures) string {
			if f.Priced.Calls == 0 {
				return ""
			}
			return report.Decimal(report.Units(f.Cost()), places)
		}},
		{"share", false, share},
		{"per call", false, func(f *report.Figures) string { return unitCost(f.PerCall()) }},
		{"per 1M tokens", false, func(f *report.Figures) string { return unitCost(f.PerMillion()) }},
	}
}

// reportPlot draws spend over time beside the groups, or as bars if each is a time.
func reportPlot(r *report.Report, b *report.Block) reportColumn {
	if r.Query.Series != nil {
		return reportColumn{"by " + r.Query.Series.Name(), true, func(f *report.Figures) string { return sparkline(f.Series) }}
	}
	most := new(big.Int)
	for i := range b.Groups {
		if c := b.Groups[i].Cost(); c.Cmp(most) > 0 {
			most = c
		}
	}
	return reportColumn{"", true, func(f *report.Figures) string {
		if f == b.Total {
			return ""
		}
		return bar(f.Cost(), most)
	}}
}

// placesFor chooses how many decimal places tell enough of a sum.
func placesFor(cost *big.Int) int {
	switch size := new(big.Rat).Abs(report.Units(cost)); {
	case size.Cmp(big.NewRat(1000, 1)) >= 0:
		return 2
	case size.Cmp(big.NewRat(1, 1)) >= 0:
		return 4
	}
	return 8
}

// unitCost writes a unit cost with the digits that matter.
func unitCost(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return report.Significant(r, 4)
}

// percentShare writes a share in percent.
func percentShare(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return report.Decimal(new(big.Rat).Mul(r, big.NewRat(100, 1)), 1) + "%"
}

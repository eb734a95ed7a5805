package cli

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// othersCell stands for the values of groups that are not among the top ones.
const othersCell = "(others)"

// writeReportCSV writes a line for each group. Totals are left to who reads it.
func writeReportCSV(w io.Writer, r *report.Report) error {
	out := csv.NewWriter(w)
	header := append([]string{"currency"}, r.Query.Names()...)
	columns := figuresOf(r.Query)
	for _, c := range columns {
		header = append(header, c.name)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for i := range r.Blocks {
		b := &r.Blocks[i]
		for j := range b.Groups {
			g := &b.Groups[j]
			line := append([]string{csvCell(b.Currency)}, groupCells(r.Query, g.Key, g.Others)...)
			for _, c := range columns {
				line = append(line, c.of(g.Figures))
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// groupCells returns the values of a group's dimensions as cells of CSV.
func groupCells(q *report.Query, values []string, others int) []string {
	var out []string
	for i, d := range q.By {
		if others > 0 && !d.Periodic() {
			out = append(out, othersCell)
			continue
		}
		out = append(out, csvCell(values[i]))
	}
	return out
}

// changedFigure is one number of a group that is compared.
type changedFigure struct {
	name string
	of   func(*report.Changed) string
	text bool
}

// changedFigures lists the numbers of a comparison. The effects add up to the
// difference.
var changedFigures = func() []changedFigure {
	var out []changedFigure
	text := func(name string, of func(*report.Changed) string) { out = append(out, changedFigure{name, of, true}) }
	number := func(name string, of func(*report.Changed) int64) {
		out = append(out, changedFigure{name, func(c *report.Changed) string { return strconv.FormatInt(of(c), 10) }, false})
	}
	text("change", (*report.Changed).Change)
	text("cost_before", func(c *report.Changed) string { return report.Exact(c.Before.Cost()) })
	text("cost_after", func(c *report.Changed) string { return report.Exact(c.After.Cost()) })
	text("difference", func(c *report.Changed) string { return report.Exact(c.Difference) })
	text("relative_difference", func(c *report.Changed) string {
		if r := c.Relative(); r != nil {
			return report.Rounded(r)
		}
		return ""
	})
	for i, name := range report.EffectNames {
		text(name+"_effect", func(c *report.Changed) string { return report.Exact(&c.Effects[i]) })
	}
	for _, side := range []struct {
		name string
		of   func(*report.Changed) *report.Figures
	}{{"before", func(c *report.Changed) *report.Figures { return c.Before }}, {"after", func(c *report.Changed) *report.Figures { return c.After }}} {
		number("priced_calls_"+side.name, func(c *report.Changed) int64 { return side.of(c).Priced.Calls })
		number("priced_tokens_"+side.name, func(c *report.Changed) int64 { return side.of(c).PricedTokens() })
	}
	return out
}()

func writeComparisonCSV(w io.Writer, c *report.Comparison) error {
	out := csv.NewWriter(w)
	header := append([]string{"currency"}, c.After.Names()...)
	for _, f := range changedFigures {
		header = append(header, f.name)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for i := range c.Blocks {
		b := &c.Blocks[i]
		for j := range b.Groups {
			g := &b.Groups[j]
			line := append([]string{csvCell(b.Currency)}, groupCells(c.After, g.Key, g.Others)...)
			for _, f := range changedFigures {
				line = append(line, f.of(g))
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

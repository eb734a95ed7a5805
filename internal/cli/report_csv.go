package cli

import (
	"encoding/csv"
	"io"

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

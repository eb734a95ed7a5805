package cli

import (
	"bufio"
	"fmt"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// printComparison prints a table for each currency.
func (t *tool) printComparison(c *report.Comparison) error {
	w := bufio.NewWriter(t.Out)
	fmt.Fprintf(w, "%s\ncompared with %s\n", explain.Printable(c.After.Title()), c.Before.Time())
	if len(c.Blocks) == 0 {
		fmt.Fprintln(w, "nothing was spent in either")
	}
	for i := range c.Blocks {
		fmt.Fprintln(w)
		if err := printChanges(w, c, &c.Blocks[i]); err != nil {
			return err
		}
	}
	return w.Flush()
}

func printChanges(w *bufio.Writer, c *report.Comparison, b *report.Changes) error {
	larger := b.Total.Before.Cost()
	if after := b.Total.After.Cost(); after.CmpAbs(larger) > 0 {
		larger = after
	}
	places := placesFor(larger)
	right := []string{"before", "after", "difference", "percent"}
	right = append(right, report.EffectNames[:]...)
	header := append(append(c.After.Names(), "change"), right...)
	var rows [][]string
	line := func(key []string, g *report.Changed) {
		row := append(key, g.Change(), report.Decimal(report.Units(g.Before.Cost()), places), report.Decimal(report.Units(g.After.Cost()), places),
			withSign(g.Difference, places), relativeChange(g.Relative()))
		for i := range g.Effects {
			row = append(row, withSign(&g.Effects[i], places))
		}
		rows = append(rows, row)
	}
	for i := range b.Groups {
		g := &b.Groups[i]
		line(groupLabels(c.After, g.Key, g.Others), g)
	}
	if len(c.After.By) > 0 {
		line(totalKey(c.After), &b.Total)
	}
	fmt.Fprintf(w, "%s, %s calls before and %s after\n", b.Currency, explain.Thousands(b.Total.Before.Priced.Calls), explain.Thousands(b.Total.After.Priced.Calls))
	return writeTable(w, header, rows, right...)
}

// withSign writes an amount such that differences are seen as such.
func withSign(quanta *big.Int, places int) string {
	return plus(quanta.Sign(), report.Decimal(report.Units(quanta), places))
}

func relativeChange(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return plus(r.Sign(), percentShare(r))
}

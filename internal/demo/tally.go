package demo

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// tally sums what came back by provider, model and status. Money is summed as
// decimals, so the total is exact.
type tally struct {
	rows map[group]*row
}

type group struct{ provider, model, status, currency string }

type row struct {
	spans         int
	input, output int64
	cost          money.Amount
	reasons       map[string]int
}

func (t *tally) add(v pricedspans.Verdict, truth *genai.Span) {
	provider, model := v.Model()
	if model == "" {
		provider, model = truth.Provider, truth.RequestModel
	}
	g := group{provider, model, v.Status, v.Currency}
	r := t.rows[g]
	if r == nil {
		r = &row{reasons: map[string]int{}}
		if t.rows == nil {
			t.rows = map[group]*row{}
		}
		t.rows[g] = r
	}
	r.spans++
	for name, n := range truth.Tokens {
		if m, err := meter.Parse(name); err == nil && m.Direction() == meter.Input {
			r.input += n
		} else {
			r.output += n
		}
	}
	r.cost = r.cost.Add(v.Total)
	for _, reason := range v.Reasons {
		r.reasons[reason]++
	}
}

// widthOfWhy is the width of the last column, and widthOfAll what the whole table
// needs with it. A narrower terminal gets the table without that column; the
// reasons stand below it anyway.
const (
	widthOfWhy = 50
	widthOfAll = 150
)

// print writes the table, and what the reasons in it mean. The width is that of
// the terminal, or 0 if there is none.
func (t *tally) print(w io.Writer, width int) {
	out := table.NewWriter()
	out.SetOutputMirror(w)
	out.SetStyle(table.StyleLight)
	out.Style().Format.Header = text.FormatDefault
	out.Style().Format.Footer = text.FormatDefault
	out.AppendHeader(table.Row{"provider", "model", "status", "spans", "input", "output", "cost", "why"})
	out.SetColumnConfigs([]table.ColumnConfig{
		{Name: "spans", Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight},
		{Name: "input", Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight},
		{Name: "output", Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight},
		{Name: "cost", Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight},
		{Name: "why", WidthMax: widthOfWhy, WidthMaxEnforcer: text.WrapSoft, Hidden: width > 0 && width < widthOfAll},
	})
	var sum row
	totals, seen := map[string]money.Amount{}, map[string]int{}
	var above group
	for _, g := range slices.SortedFunc(maps.Keys(t.rows), compareGroups) {
		r := t.rows[g]
		provider, model := g.provider, g.model
		if provider == above.provider {
			provider = ""
			if model == above.model {
				model = ""
			}
		}
		above = g
		out.AppendRow(table.Row{provider, model, g.status, r.spans, count(r.input), count(r.output), cost(g, r), why(r.reasons)})
		sum.spans += r.spans
		sum.input += r.input
		sum.output += r.output
		if g.currency != "" {
			totals[g.currency] = totals[g.currency].Add(r.cost)
		}
		for reason, n := range r.reasons {
			seen[reason] += n
		}
	}
	var costs []string
	for _, currency := range slices.Sorted(maps.Keys(totals)) {
		costs = append(costs, totals[currency].String()+" "+currency)
	}
	out.AppendFooter(table.Row{"total", "", "", sum.spans, count(sum.input), count(sum.output), strings.Join(costs, "\n"), ""})
	out.Render()
	explain(w, seen)
}

// explain tells what the reasons mean, in the words of their documentation.
func explain(w io.Writer, seen map[string]int) {
	if len(seen) == 0 {
		return
	}
	fmt.Fprintln(w, "\nWhy a call is not exact:")
	for i := range status.NumReasons {
		if r := status.Reason(i); seen[r.Code()] > 0 {
			fmt.Fprintf(w, "  %-32s %s\n", fmt.Sprintf("%s (%d)", words(r.Code()), seen[r.Code()]), r.Text())
		}
	}
}

func compareGroups(a, b group) int {
	return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.model, b.model), cmp.Compare(a.status, b.status), cmp.Compare(a.currency, b.currency))
}

func cost(g group, r *row) string {
	if g.currency == "" {
		return "-"
	}
	return r.cost.String() + " " + g.currency
}

// why lists reasons, the most frequent first.
func why(reasons map[string]int) string {
	codes := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int { return cmp.Or(reasons[b]-reasons[a], cmp.Compare(a, b)) })
	for i, code := range codes {
		codes[i] = fmt.Sprintf("%s (%d)", words(code), reasons[code])
	}
	return strings.Join(codes, ", ")
}

func words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// count writes a number in groups of three digits, and nothing as a dash.
func count(n int64) string {
	if n == 0 {
		return "-"
	}
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

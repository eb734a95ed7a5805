package explain

import (
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// cell is one cell of the arithmetic.
type cell struct {
	text  string
	right bool // aligned to the right
	style style
}

// arithmetic writes a line for each meter and fee, and the sum.
func (t *Text) arithmetic(e *Call) {
	if len(e.Lines) == 0 {
		return
	}
	head := []cell{{}, {text: "quantity", right: true, style: dim}, {text: e.unit(), style: dim}, {}, {}}
	if e.adjusted() {
		head[2].text, head[3], head[4] = "base", cell{text: "rules", style: dim}, cell{text: "rate: " + e.unit(), style: dim}
	}
	rows := [][]cell{head}
	amounts := []string{e.Currency}
	for _, l := range e.Lines {
		rows = append(rows, l.row(e.adjusted(), e.shortRule()))
		amounts = append(amounts, shown(l.Amount.Rat))
	}
	if len(e.Lines) > 1 || e.Rounded() {
		rows = append(rows, []cell{{text: "sum"}})
		amounts = append(amounts, shown(e.Sum.Rat))
	}
	if e.Rounded() {
		rows = append(rows, []cell{{text: "rounded"}})
		amounts = append(amounts, e.Total.String())
	}
	align(amounts)
	for i := range rows {
		for len(rows[i]) < len(head) {
			rows[i] = append(rows[i], cell{})
		}
		s := plain
		switch {
		case i == 0:
			s = dim
		case i == len(rows)-1:
			s = bold
		}
		rows[i] = append(rows[i], cell{text: amounts[i], style: s})
	}
	t.line("")
	t.table(rows)
}

// adjusted tells whether any rule changed a rate.
func (e *Call) adjusted() bool {
	return slices.ContainsFunc(e.Lines, func(l Line) bool { return len(l.Steps) > 0 })
}

// unit tells what rates are in.
func (e *Call) unit() string {
	if slices.ContainsFunc(e.Lines, func(l Line) bool { return l.Unit == "token" }) {
		return e.Price.Currency + " per 1M tokens"
	}
	return e.Price.Currency
}

func (l *Line) row(adjusted bool, names func(rule string) string) []cell {
	each := ""
	if l.Unit == "item" {
		each = " each"
	}
	base := "× " + shown(l.Base.Rat) + each
	if l.BaseOf != "" {
		base += " (" + l.BaseOf + ")"
	}
	row := []cell{{text: l.Meter}, {text: Thousands(l.Quantity), right: true}, {text: base}}
	if !adjusted {
		return row
	}
	var steps []string
	for _, s := range l.Steps {
		steps = append(steps, s.describe(names(s.Rule)))
	}
	return append(row, cell{text: strings.Join(steps, ", "), style: cyan}, cell{text: "= " + shown(l.Rate.Rat) + each})
}

// rules lists the rules that changed a rate, in the order in which they apply.
func (e *Call) rules() []string {
	var out []string
	for _, l := range e.Lines {
		for _, s := range l.Steps {
			if !slices.Contains(out, s.Rule) {
				out = append(out, s.Rule)
			}
		}
	}
	return out
}

// shortRule names a rule by its axis, unless two rules of the axis were used.
func (e *Call) shortRule() func(rule string) string {
	rules := e.rules()
	return func(rule string) string {
		axis, _, _ := strings.Cut(rule, " ")
		for _, r := range rules {
			if r != rule && strings.HasPrefix(r, axis+" ") {
				return "(" + rule + ")"
			}
		}
		return axis
	}
}

func (s *Step) describe(name string) string {
	switch {
	case s.Set != nil:
		return name + " → " + shown(s.Set.Rat)
	case isDecimal(s.Times.Rat):
		return name + " × " + pricebook.Decimal(s.Times.Rat)
	}
	return name + " ÷ " + shown(new(big.Rat).Inv(s.Times.Rat))
}

func isDecimal(r *big.Rat) bool {
	_, exact := r.FloatPrec()
	return exact
}

// shownDigits is how many decimal places of an amount without finite decimal are shown.
const shownDigits = 18

// shown writes a number for people: exactly, or with an ellipsis where it never ends.
func shown(r *big.Rat) string {
	if isDecimal(r) {
		return pricebook.Decimal(r)
	}
	return r.FloatString(shownDigits) + "…"
}

// align pads numbers so that their points stand in one column. The first text
// is the heading and stays.
func align(numbers []string) {
	whole := 0
	for _, n := range numbers[1:] {
		whole = max(whole, strings.IndexByte(n+".", '.'))
	}
	for i, n := range numbers {
		if i > 0 {
			numbers[i] = strings.Repeat(" ", whole-strings.IndexByte(n+".", '.')) + n
		}
	}
}

// table writes rows in aligned columns.
func (t *Text) table(rows [][]cell) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	for _, row := range rows {
		line := "   "
		for i, c := range row {
			if widths[i] == 0 {
				continue
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text))
			if c.right {
				line += " " + pad + t.paint(c.style, c.text) + " "
			} else {
				line += " " + t.paint(c.style, c.text) + pad + " "
			}
		}
		t.line(line)
	}
}

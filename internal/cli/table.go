package cli

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
)

// writeTable prints rows under a header. The named columns are aligned to the right.
func writeTable(w io.Writer, header []string, rows [][]string, right ...string) error {
	out := table.NewWriter()
	out.SetStyle(table.StyleLight)
	out.SuppressTrailingSpaces()
	out.Style().Options = table.Options{SeparateHeader: true}
	out.Style().Format.Header = text.FormatDefault
	var columns []table.ColumnConfig
	head := table.Row{}
	for _, h := range header {
		head = append(head, h)
		c := table.ColumnConfig{Name: h}
		if slices.Contains(right, h) {
			c.Align, c.AlignHeader = text.AlignRight, text.AlignRight
		}
		columns = append(columns, c)
	}
	out.AppendHeader(head)
	out.SetColumnConfigs(columns)
	for _, row := range rows {
		r := table.Row{}
		for _, c := range row {
			r = append(r, c)
		}
		out.AppendRow(r)
	}
	_, err := io.WriteString(w, out.Render()+"\n")
	return err
}

// maxCell bounds what strangers can put into a cell, in characters.
const maxCell = 60

// cell makes a cell of a table of what strangers wrote.
func cell(s string) string {
	s = explain.Printable(s)
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell-1]) + "…"
	}
	return s
}

// plus puts a plus before a number that is positive.
func plus(sign int, number string) string {
	if sign > 0 {
		return "+" + number
	}
	return number
}

// csvCell makes a cell of CSV of what strangers wrote. Spreadsheets take what
// begins with one of these characters for a formula, and run it; OWASP's page on
// CSV injection says to put an apostrophe before it. Numbers are not cells of
// strangers, and stay as they are.
func csvCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// writeJSON prints a value in lines that people can read too.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

package cli

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
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

// writeJSON prints a value in lines that people can read too.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attribution"
)

//go:embed page.md
var text string

// page returns the whole document.
func page() ([]byte, error) {
	t, err := template.New("page.md").Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{"Keys": keys(), "MaxValue": attribution.MaxValue, "MaxObject": attribution.MaxObject, "MinHashKey": attribution.MinHashKey})
	return b.Bytes(), err
}

// keys writes a table for each dimension.
func keys() string {
	var b strings.Builder
	for d := range attribution.NumDimensions {
		fmt.Fprintf(&b, "\n### %s\n\n| key | who writes it |\n| --- | --- |\n", d)
		for _, row := range attribution.Defaults(d) {
			fmt.Fprintf(&b, "| `%s` | %s |\n", row.Key, row.Source)
		}
	}
	return b.String()
}

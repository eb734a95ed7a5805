package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

func TestThePageIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../../docs/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != page() {
		t.Error("docs/dialects.md is out of date; run make generate")
	}
}

// A cell that says nothing would leave open whether anything is known.
func TestNoCellIsEmpty(t *testing.T) {
	columns := 0
	for line := range strings.Lines(page()) {
		line = strings.TrimSpace(strings.ReplaceAll(line, `\|`, "\u00a6"))
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if columns == 0 {
			columns = len(cells)
		}
		if len(cells) != columns {
			t.Errorf("a row has %d cells, its table %d: %s", len(cells), columns, line)
		}
		for i, c := range cells {
			if strings.TrimSpace(c) == "" {
				t.Errorf("cell %d is empty: %s", i+1, line)
			}
		}
	}
}

func TestEveryDialectSaysWhatItReads(t *testing.T) {
	for _, section := range strings.Split(page(), "\n## ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		if !slices.Contains(dialect.Names(), name) {
			continue // not about a dialect
		}
		if !strings.Contains(text, "Attributes read") && !strings.Contains(text, "Read only from") && !strings.Contains(text, "No attributes of its own") {
			t.Errorf("%s does not say which attributes are read", name)
		}
	}
}

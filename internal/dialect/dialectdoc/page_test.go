package main

import (
	"os"
	"strings"
	"testing"
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

func TestEveryRowHasItsCells(t *testing.T) {
	for line := range strings.Lines(page()) {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 9 {
			t.Errorf("a row has not eight cells: %s", line)
		}
	}
}

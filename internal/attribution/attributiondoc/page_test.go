package main

import (
	"os"
	"testing"
)

func TestThePageIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../../docs/attribution.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := page()
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != string(want) {
		t.Error("docs/attribution.md is out of date; run make generate")
	}
}

package consensus

import (
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// set makes a data set of lines "model [from] [cell] meter rate"; an absent
// from is "-", the standard cell too.
func set(t *testing.T, name, state string, lines ...string) *evidence.Set {
	t.Helper()
	s := &evidence.Set{Name: name, State: state}
	for _, line := range lines {
		f := strings.Fields(strings.ReplaceAll(line, " - ", "  -  "))
		if len(f) != 5 {
			t.Fatalf("%q has %d fields", line, len(f))
		}
		for i := range f {
			f[i] = strings.TrimPrefix(f[i], "-")
		}
		cell, err := evidence.ParseCell(f[2])
		if err != nil {
			t.Fatal(err)
		}
		s.Rows = append(s.Rows, evidence.Row{Provider: "groq", Model: f[0], From: f[1], Cell: cell, Meter: f[3], Rate: decimal.MustParse(f[4])})
	}
	s.Sort()
	return s
}

func find(t *testing.T, id string, sets ...*evidence.Set) *Finding {
	t.Helper()
	for _, f := range Find("groq", sets, "") {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no finding %q", id)
	return nil
}

func TestTwoDataSetsThatAgreeConfirm(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2"),
		set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 2"))
	if p := f.Periods[0]; !p.Confirmed || p.Rates["input"] != "1" || len(p.Lone) > 0 {
		t.Errorf("got %+v", p)
	}
}

func TestOneDataSetAloneIsUnconfirmed(t *testing.T) {
	f := find(t, "m", set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2"))
	if f.Periods[0].Confirmed || f.Contradiction != "" {
		t.Errorf("got %+v", f.Periods[0])
	}
}

func TestTwoThatDisagreeContradict(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2"),
		set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 3"))
	if f.Contradiction == "" {
		t.Error("the same input and another output is a contradiction")
	}
}

func TestANewerDissenterLeavesThePriceUnconfirmed(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 2", "m - - output 4"),
		set(t, "models.dev", "2026-07-02", "m - - input 2", "m - - output 4"),
		set(t, "genai-prices", "2026-09-23", "m - - input 1", "m - - output 2"))
	if p := f.Periods[0]; p.Confirmed || p.Rates["input"] != "2" || len(p.Dissent) != 1 {
		t.Errorf("got %+v", p)
	}
}

func TestAnOlderDissenterIsBehind(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2"),
		set(t, "models.dev", "2026-07-02", "m - - input 2", "m - - output 4"),
		set(t, "genai-prices", "2026-09-23", "m - - input 1", "m - - output 2"))
	if p := f.Periods[0]; !p.Confirmed || p.Rates["input"] != "1" {
		t.Errorf("got %+v", p)
	}
}

func TestAMeterThatOneStatesIsLone(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2", "m - - cache_read 0.1", "m - - web_search 0.01"),
		set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 2"))
	p := f.Periods[0]
	if len(p.Lone) != 1 || p.Lone[0] != "cache_read" {
		t.Errorf("lone is %v, want cache_read", p.Lone)
	}
	if p.Rates["web_search"] != "" {
		t.Error("a fee that one data set states is left out: calls that incur it show that it has no price")
	}
}

func TestADissentersCacheRatesAreNotMixedIn(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2"),
		set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 2"),
		set(t, "models.dev", "2026-07-02", "m - - input 9", "m - - output 9", "m - - cache_read 3"))
	if f.Periods[0].Rates["cache_read"] != "" {
		t.Error("the cache rate belongs to another price")
	}
}

func TestDatedVersionsOfTheSamePriceAreTheSameModel(t *testing.T) {
	a := set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2", "m-2026-01-02 - - input 1", "m-2026-01-02 - - output 2", "m-2025-01-02 - - input 5", "m-2025-01-02 - - output 6")
	b := set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 2", "m-2025-01-02 - - input 5", "m-2025-01-02 - - output 6")
	found := Find("groq", []*evidence.Set{a, b}, "")
	if len(found) != 2 || !found[0].Dated || found[1].ID != "m-2025-01-02" || !found[1].Periods[0].Confirmed {
		t.Errorf("got %d findings: %+v", len(found), found)
	}
}

func TestPeriodsOfOneDataSetAreConfirmedByThoseThatStateThem(t *testing.T) {
	f := find(t, "m",
		set(t, "genai-prices", "2026-09-23", "m - - input 5", "m - - output 30", "m 2026-08-21 - input 4", "m 2026-08-21 - output 20"),
		set(t, "litellm", "2026-08-01", "m - - input 5", "m - - output 30"))
	if len(f.Periods) != 2 || !f.Periods[0].Confirmed || f.Periods[1].Confirmed || f.Periods[1].From != "2026-08-21" {
		t.Errorf("got %+v, %+v", f.Periods[0], f.Periods[1])
	}
}

func TestFactorsAreComparedAcrossDifferentPrices(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 4", "m - - output 8", "m - mode=batch input 2", "m - mode=batch output 4"),
		set(t, "portkey", "2026-08-21", "m - - input 4", "m - - output 8"),
		set(t, "models.dev", "2026-07-02", "m - - input 6", "m - - output 12", "m - mode=batch input 3", "m - mode=batch output 6"))
	flat, ok := f.Modes["batch"].Flat()
	if !f.Modes["batch"].Confirmed() || !ok || flat != "0.5" {
		t.Errorf("got %+v", f.Modes["batch"])
	}
}

func TestBoundariesOneTokenApartAreTheSame(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 4", "m - - output 8", "m - over=200000 input 8", "m - over=200000 output 12"),
		set(t, "genai-prices", "2026-09-23", "m - - input 4", "m - - output 8", "m - over=199999 input 8", "m - over=199999 output 12"))
	if a := f.Contexts[200_000]; a == nil || !a.Confirmed() || a.Times["input"] != "2" || a.Times["output"] != "1.5" {
		t.Errorf("got %+v", f.Contexts)
	}
}

func TestAPartThatCostsWhatTheWholeDoesIsDropped(t *testing.T) {
	f := find(t, "m",
		set(t, "litellm", "2026-08-01", "m - - input 1", "m - - output 2", "m - - reasoning 2", "m - - input.audio 1"),
		set(t, "portkey", "2026-08-21", "m - - input 1", "m - - output 2"))
	if p := f.Periods[0]; p.Rates["reasoning"] != "" || p.Rates["input.audio"] != "" || len(p.Lone) > 0 {
		t.Errorf("got %+v", p)
	}
}

package main

import (
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/measure"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/subject"
)

func TestTheVerdictSaysByHowMuchATargetIsMissed(t *testing.T) {
	target := &subject.Target{NS: 600, Allocs: 9}
	for _, c := range []struct {
		name   string
		target *subject.Target
		got    measure.Sample
		want   string
	}{
		{"no target", nil, measure.Sample{NS: 1e6}, ""},
		{"both met", target, measure.Sample{NS: 600, Allocs: 9.6}, "yes"},
		{"too slow", target, measure.Sample{NS: 720, Allocs: 9}, "missed by 120 ns (1.2×)"},
		{"too many allocations", target, measure.Sample{NS: 500, Allocs: 10.1}, "missed by 1 allocs"},
		{"both missed", target, measure.Sample{NS: 900, Allocs: 12}, "missed by 300 ns (1.5×) and 3 allocs"},
	} {
		if got := verdict(c.target, c.got); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheConnectorTableTellsHowMuchMoreTwoGoroutinesDo(t *testing.T) {
	one := &subject.Subject{Name: "some connector", Series: 10_000, Goroutines: 1, Target: &subject.Target{NS: 400}}
	two := &subject.Subject{Name: "some connector", Series: 10_000, Goroutines: 2}
	got := connectorTable([]*subject.Subject{one, two}, []measure.Series{{{NS: 500}}, {{NS: 250}}})
	for _, want := range []string{"| some connector |", " 10000 |", "| missed by 100 ns (1.2×) |", " 2.0 |"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTheMemoryTableSaysWhatIsOutOfBounds(t *testing.T) {
	within := memory.Report{Scenario: memory.Scenario{Name: "fine", Limit: 1000}, Series: 1000, Heap: 1 << 20, Bound: 2 << 20}
	beyond := within
	beyond.Name, beyond.Heap = "too much", 3<<20
	got := memoryTable([]memory.Report{within, beyond})
	for _, want := range []string{"1048 |         2 | yes", "3145 |         2 | no"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTheProcessorTableHasALineForEachSubject(t *testing.T) {
	s := &subject.Subject{Name: "some processor", Writes: 9, Target: &subject.Target{NS: 600, Allocs: 9}}
	got := processorTable([]*subject.Subject{s}, []measure.Series{{{NS: 90}, {NS: 110, Allocs: 10}, {NS: 700}}})
	for _, want := range []string{"| some processor ", " 110 |", " 90.0 … 700 |", "| 600 ns, 9 allocs ", "| yes "} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

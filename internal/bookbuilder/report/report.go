// Package report shows how far the price book has drifted from each data set.
package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// Line counts one provider against one data set.
type Line struct {
	Provider, Set string
	Shared        int // models that both have
	Equal         int // of them, those with the same prices
	Base          int // those that differ on input or output, or on the fee of models without tokens
	Cache         int // those that differ on cache reads only
	Here, There   int // models that only the book has, and only the data set
	Notes         []string
}

// Write prints the drift of the book against each data set by provider. The
// book's price is that on the day of the data set.
func Write(w io.Writer, providers []*book.Provider, sets []*evidence.Set, only string, verbose bool) error {
	lines := Drift(providers, sets, only)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "provider\tdata set\tshared\tequal\tinput/output differs\tshare\tcache read differs\tonly book\tonly data set\t")
	for _, l := range append(lines, totals(lines, sets)...) {
		share := "-"
		if l.Shared > 0 {
			share = fmt.Sprintf("%d.%d%%", 100*l.Base/l.Shared, 1000*l.Base/l.Shared%10)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\t%d\t%d\t%d\t\n", l.Provider, l.Set, l.Shared, l.Equal, l.Base, share, l.Cache, l.Here, l.There)
	}
	if err := t.Flush(); err != nil || !verbose {
		return err
	}
	for _, l := range lines {
		for _, n := range l.Notes {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", l.Provider, l.Set, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Drift compares the book with every data set; only names one provider, or none for all.
func Drift(providers []*book.Provider, sets []*evidence.Set, only string) []Line {
	byID := map[string]*book.Provider{}
	for _, p := range providers {
		byID[p.ID] = p
	}
	var lines []Line
	for _, p := range providers {
		if only != "" && p.ID != only {
			continue
		}
		index := consensus.NewIndex(p)
		for _, set := range sets {
			theirs := consensus.BasePrices(set, p.ID)
			if len(theirs) == 0 {
				continue
			}
			lines = append(lines, against(p, byID, index, set, theirs))
		}
	}
	return lines
}

func against(p *book.Provider, byID map[string]*book.Provider, index consensus.Index, set *evidence.Set, theirs map[string]book.Numbers) Line {
	l := Line{Provider: p.ID, Set: set.Name}
	seen := map[string]bool{}
	for _, spelling := range slices.Sorted(maps.Keys(theirs)) {
		m := index.Find(spelling)
		if m == nil {
			l.There++
			l.Notes = append(l.Notes, fmt.Sprintf("only data set: %s %s", spelling, pair(theirs[spelling])))
			continue
		}
		seen[m.ID] = true
		l.Shared++
		ours := ratesAt(m, byID, set.State)
		switch a, b := ours["cache_read"], theirs[spelling]["cache_read"]; {
		case pair(ours) != pair(theirs[spelling]):
			l.Base++
			l.Notes = append(l.Notes, fmt.Sprintf("input/output: %s book %s, data set %s", spelling, pair(ours), pair(theirs[spelling])))
		case a != "" && b != "" && a != b:
			l.Cache++
			l.Notes = append(l.Notes, fmt.Sprintf("cache read: %s book %s, data set %s", spelling, a, b))
		default:
			l.Equal++
		}
	}
	l.Here = len(p.Models) - len(seen)
	return l
}

// ratesAt returns the rates and fees in force at the end of a day.
func ratesAt(m *book.Model, byID map[string]*book.Provider, day string) book.Numbers {
	if provider, id, ok := strings.Cut(m.Base, "/"); ok {
		return ratesAt(byID[provider].Models[id], byID, day)
	}
	end, _ := time.Parse(time.DateOnly, day)
	instant := end.Add(24*time.Hour - time.Second).Format(time.RFC3339)
	var best book.Price
	for _, p := range m.Prices {
		if p.From <= instant {
			best = p
		}
	}
	out := book.Numbers{}
	for _, n := range []book.Numbers{best.Rates, best.Fees} {
		for k, v := range n {
			out[k] = v
		}
	}
	return out
}

func pair(n book.Numbers) string { return consensus.Tuple(n) }

// totals adds up each data set over all providers.
func totals(lines []Line, sets []*evidence.Set) []Line {
	var out []Line
	for _, s := range sets {
		t := Line{Provider: "all", Set: s.Name}
		for _, l := range lines {
			if l.Set == s.Name {
				t.Shared, t.Equal, t.Base, t.Cache = t.Shared+l.Shared, t.Equal+l.Equal, t.Base+l.Base, t.Cache+l.Cache
				t.Here, t.There = t.Here+l.Here, t.There+l.There
			}
		}
		out = append(out, t)
	}
	return out
}

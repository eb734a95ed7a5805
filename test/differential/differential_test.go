package differential

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
)

const (
	// fewest is how many calls have to be compared.
	fewest = 100_000
	// calls is how many are.
	calls = 150_000
	// seed makes every run the same; another finds other calls.
	seed = 20261123
	// shown is how many unexplained differences are printed.
	shown = 40
)

// tally counts what became of a provider's comparisons.
type tally struct {
	models    map[string]bool
	drifted   map[string]bool // models whose rates differ on some day
	cases     int
	equal     int
	explained map[string]int
}

// TestRandomCallsCostTheSameElsewhereOrARuleSaysWhy is the comparison.
func TestRandomCallsCostTheSameElsewhereOrARuleSaysWhy(t *testing.T) {
	if os.Getenv("TOKENCOST_DIFFERENTIAL") != "1" {
		t.Skip("needs Node; set TOKENCOST_DIFFERENTIAL=1")
	}
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	book := store.Book()
	p := startPeer(t)
	r := rand.New(rand.NewPCG(seed, 0))
	rules := readRules(t)

	days, drifted := agreements(t, p, subjects(t, book, p), r)
	require.NotEmpty(t, days)
	tallies := map[string]*tally{}
	of := func(provider string) *tally {
		if tallies[provider] == nil {
			tallies[provider] = &tally{models: map[string]bool{}, drifted: map[string]bool{}, explained: map[string]int{}}
		}
		return tallies[provider]
	}
	for s := range drifted {
		of(s.ours).drifted[s.res.Model.ID] = true
	}

	comparisons := make([]*comparison, calls)
	questions := make([]question, calls)
	for i := range comparisons {
		c := days[i%len(days)].draw(r)
		c.price(book)
		comparisons[i], questions[i] = c, c.question()
	}
	var unexplained []*comparison
	used := map[string]bool{}
	for i, a := range p.ask(t, questions) {
		c := comparisons[i]
		c.peers, c.refused = a.Total, a.Error
		n := of(c.ours)
		n.models[c.res.Model.ID] = true
		n.cases++
		if c.equal() {
			n.equal++
			continue
		}
		k := slices.IndexFunc(rules, func(r rule) bool { return r.explains(c) })
		if k < 0 {
			unexplained = append(unexplained, c)
			continue
		}
		n.explained[rules[k].ID]++
		used[rules[k].ID] = true
	}

	t.Log(table(tallies))
	require.GreaterOrEqual(t, len(comparisons), fewest)
	for _, r := range rules {
		assert.True(t, used[r.ID], "rule %s explains nothing any more", r.ID)
	}
	for i, c := range unexplained {
		if i == shown {
			break
		}
		t.Errorf("unexplained: %s", c)
	}
	assert.Zero(t, len(unexplained), "unexplained differences in %d calls", len(comparisons))
}

// String shows a comparison for people.
func (c *comparison) String() string {
	var usage []string
	for _, m := range metered {
		if n := c.usage[m.meter]; n > 0 {
			usage = append(usage, fmt.Sprintf("%s=%d", m.meter, n))
		}
	}
	if n := c.usage["web_search"]; n > 0 {
		usage = append(usage, fmt.Sprintf("web_search=%d", n))
	}
	return fmt.Sprintf("%s/%s (%s) at %s %s: %s ours, %s (%v) — theirs %v %s, ratio %.6f",
		c.ours, c.name, c.res.Model.ID, c.at.Format("2006-01-02T15:04:05.999Z"), strings.Join(usage, " "),
		c.result.Total, c.result.Status, c.result.Reasons, c.peers, c.refused, c.peers/c.amount)
}

func table(tallies map[string]*tally) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "provider\tmodels\tcalls\tequal\texplained\tother rates\t")
	all := tally{explained: map[string]int{}}
	models, others := 0, 0
	for _, pair := range providers {
		n := tallies[pair.ours]
		if n == nil {
			continue
		}
		explained := 0
		for id, k := range n.explained {
			explained += k
			all.explained[id] += k
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", pair.ours, len(n.models), n.cases, n.equal, explained, len(n.drifted))
		all.cases += n.cases
		all.equal += n.equal
		models += len(n.models)
		others += len(n.drifted)
	}
	explained := 0
	for _, k := range all.explained {
		explained += k
	}
	fmt.Fprintf(w, "together\t%d\t%d\t%d\t%d\t%d\t\n", models, all.cases, all.equal, explained, others)
	w.Flush()
	for _, id := range slices.Sorted(maps.Keys(all.explained)) {
		fmt.Fprintf(&b, "%8d  %s\n", all.explained[id], id)
	}
	for _, pair := range providers {
		if n := tallies[pair.ours]; n != nil && len(n.drifted) > 0 {
			fmt.Fprintf(&b, "other rates on some day, %s: %s\n", pair.ours, strings.Join(slices.Sorted(maps.Keys(n.drifted)), " "))
		}
	}
	return "compared with @pydantic/genai-prices; models with other rates on some day are compared on the days with the same\n" + b.String()
}

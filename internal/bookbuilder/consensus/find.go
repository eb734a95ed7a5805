// Package consensus weighs what the data sets say about each model of a
// provider. Two independent data sets that state the same prices make a price;
// one alone makes an unconfirmed one; contradiction makes none. It decides
// nothing by taste: what the vendors themselves say is applied to its findings
// afterwards.
package consensus

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// Finding is what the data sets together say about a model.
type Finding struct {
	ID       string
	Aliases  []string
	Dated    bool
	Periods  []*Period
	Modes    map[string]*Axis
	Contexts map[int]*Axis // by tokens of input above which they hold
	Geos     map[string]*Axis
	// Contradiction tells that data sets disagree and none is confirmed by another.
	Contradiction string
}

// Period is a price of a finding.
type Period struct {
	From      string
	Rates     book.Numbers // meters and fees together
	Support   []*evidence.Set
	Offered   book.Numbers // fees that one data set states, which is too few to state a price
	Lone      []string     // meters that only one data set states, or on which they differ
	Confirmed bool
	Dissent   []string // what newer data sets say instead
}

// Voices counts the data sets that support the newest price.
func (f *Finding) Voices() int {
	if len(f.Periods) == 0 {
		return 0
	}
	return len(f.Periods[len(f.Periods)-1].Support)
}

// group is the entries about one model, at most one of each data set.
type group struct {
	id      string
	entries []*entry
	dated   []*entry // spellings with a version tag
}

// Find weighs all models of a provider. ownList names the data set that is the
// provider's own list, if there is one.
func Find(provider string, sets []*evidence.Set, ownList string) []*Finding {
	roots, spellings := gather(provider, sets)
	w := weigher{ownList, witnessesOf(provider, sets)}
	var found []*Finding
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		found = append(found, roots[root].find(provider, w)...)
	}
	for _, f := range found {
		f.addSpellings(provider, spellings)
	}
	slices.SortFunc(found, func(a, b *Finding) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

// gather sorts the entries of all data sets by the model they are about.
func gather(provider string, sets []*evidence.Set) (roots map[string]*group, spellings map[string][]string) {
	roots, spellings = map[string]*group{}, map[string][]string{}
	for _, set := range sets {
		all := entries(set, provider)
		for _, spelling := range slices.Sorted(maps.Keys(all)) {
			e, name := all[spelling], parse(provider, spelling)
			key := fold(name.root)
			spellings[key] = append(spellings[key], spelling)
			g := roots[key]
			if g == nil {
				g = &group{id: name.root}
				roots[key] = g
			}
			switch {
			case name.id != name.root:
				g.dated = append(g.dated, e)
			case !slices.ContainsFunc(g.entries, func(o *entry) bool { return o.set == set }):
				g.entries = append(g.entries, e)
			}
		}
	}
	for _, g := range roots {
		if len(g.entries) > 0 {
			g.id = commonID(provider, g.entries)
		}
	}
	return roots, spellings
}

// commonID returns the spelling that most data sets use, without paths.
func commonID(provider string, entries []*entry) (best string) {
	count := map[string]int{}
	for _, e := range entries {
		count[parse(provider, e.spelling).id]++
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		if best == "" || count[id] > count[best] {
			best = id
		}
	}
	return best
}

func witnessesOf(provider string, sets []*evidence.Set) map[string]*entry {
	out := map[string]*entry{}
	prefix := owners[provider]
	for _, set := range sets {
		if set.Name != "openrouter" || prefix == "" {
			continue
		}
		for spelling, e := range entries(set, "openrouter") {
			if id, ok := strings.CutPrefix(spelling, prefix); ok {
				out[fold(id)] = e
			}
		}
	}
	return out
}

// find weighs the model and its dated versions: those that cost the same are
// the same model, those that do not are models of their own.
func (g *group) find(provider string, w weigher) []*Finding {
	voters := g.entries
	if len(voters) > 0 || versionless(provider) {
		for _, e := range latest(g.dated) {
			if !slices.ContainsFunc(voters, func(o *entry) bool { return o.set == e.set }) {
				voters = append(voters, e)
			}
		}
	}
	var out []*Finding
	var root *Finding
	if len(voters) > 0 {
		root = w.weigh(g.id, voters)
		out = append(out, root)
	}
	byID := map[string][]*entry{}
	for _, e := range g.dated {
		id := fold(parse(provider, e.spelling).id)
		byID[id] = append(byID[id], e)
	}
	for _, key := range slices.Sorted(maps.Keys(byID)) {
		own := byID[key]
		id := commonID(provider, own)
		if root != nil && root.sameAs(own) {
			root.Dated = true
			continue
		}
		f := w.weigh(id, onePerSet(own))
		if f.Contradiction != "" && root != nil && root.Contradiction == "" {
			f.Contradiction = "" // its base would be taken for it: keep the newest voice, unconfirmed
		}
		out = append(out, f)
	}
	return out
}

// latest returns the highest-dated entry of each data set.
func latest(dated []*entry) []*entry {
	sorted := slices.Clone(dated)
	slices.SortStableFunc(sorted, func(a, b *entry) int { return cmp.Compare(b.spelling, a.spelling) })
	return onePerSet(sorted)
}

func onePerSet(all []*entry) []*entry {
	var out []*entry
	for _, e := range all {
		if !slices.ContainsFunc(out, func(o *entry) bool { return o.set == e.set }) {
			out = append(out, e)
		}
	}
	return out
}

// sameAs tells whether most data sets that price the dated versions price them
// like the model.
func (f *Finding) sameAs(dated []*entry) bool {
	same := 0
	for _, e := range dated {
		if slices.ContainsFunc(f.Periods, func(p *Period) bool { return Tuple(p.Rates) == Tuple(e.current().base()) }) {
			same++
		}
	}
	return 2*same >= len(dated)
}

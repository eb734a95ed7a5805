package consensus

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// Axis is what the data sets say that a mode, a context tier or a region does
// to a model's prices, as factors: a data set that is behind with the price is
// rarely wrong about the factor.
type Axis struct {
	Times   book.Numbers // by meter
	Set     book.Numbers // prices, where a factor is no short decimal
	Support []string     // names of data sets
	Own     bool         // the provider's own list states it
}

// Confirmed tells whether two data sets state the same, or the provider does.
func (a *Axis) Confirmed() bool { return a.Own || len(a.Support) >= 2 }

// Flat returns the factor that holds for input and output alike, if one does.
// Vendors state cache prices in tiers rounded to the cent, so those may differ
// by five percent.
func (a *Axis) Flat() (decimal.Decimal, bool) {
	f := a.Times["input"]
	if f == "" {
		f = a.Times[evidence.Times]
	}
	for m, g := range a.Times {
		if strings.HasPrefix(m, "cache") && !g.Near(f, "0.05") || !strings.HasPrefix(m, "cache") && g != f {
			return "", false
		}
	}
	return f, f != "" && len(a.Set) == 0
}

// proposal is what one data set says of a cell.
type proposal struct {
	set    string
	factor book.Numbers
	prices book.Numbers
}

// weighAxes compares every special cell with the base price of the same data
// set. One that has another base price is heard only on plain factors, and none
// is on context tiers where the provider's own list has the price.
func (f *Finding) weighAxes(ownList string, voters []*entry, winner string) {
	listed := slices.ContainsFunc(voters, func(e *entry) bool { return e.set.Name == ownList && Tuple(e.current().base()) == winner })
	modes, contexts, geos := map[string][]proposal{}, map[int][]proposal{}, map[string][]proposal{}
	for _, e := range voters {
		s := e.current()
		for cell, prices := range s.cells {
			p := proposal{e.set.Name, factors(prices, s.base()), prices}
			if Tuple(s.base()) != winner && !plain(p.factor) {
				continue
			}
			switch {
			case cell.Mode != "" && cell.Over == 0 && cell.Geo == "":
				modes[cell.Mode] = append(modes[cell.Mode], p)
			case cell.Mode == "" && cell.Over != 0 && cell.Geo == "" && (!listed || e.set.Name == ownList):
				contexts[nominal(cell.Over)] = append(contexts[nominal(cell.Over)], p)
			case cell.Mode == "" && cell.Over == 0 && cell.Geo != "":
				geos[cell.Geo] = append(geos[cell.Geo], p)
			}
		}
	}
	for k, p := range modes {
		f.Modes[k] = weighAxis(p)
	}
	for k, p := range contexts {
		f.Contexts[k] = weighAxis(p)
		f.Contexts[k].Own = listed
	}
	for k, p := range geos {
		f.Geos[k] = weighAxis(p)
	}
}

// nominal rounds a boundary to the thousands that the vendor names: data sets
// that know an inclusive boundary state one token less.
func nominal(over int) int { return (over + 1) / 1000 * 1000 }

func factors(prices, base book.Numbers) book.Numbers {
	out := book.Numbers{}
	for m, p := range prices {
		if m == evidence.Times {
			out[m] = p
		} else if ratio, _ := p.Over(base[m]); ratio != "" {
			out[m] = ratio
		}
	}
	return out
}

// plain tells whether all factors are short decimals, as vendors state them.
func plain(factors book.Numbers) bool {
	for _, f := range factors {
		if len(f) > 6 {
			return false
		}
	}
	return true
}

// weighAxis takes the factors for input and output that most data sets state;
// those for the other meters come from the same data sets.
func weighAxis(proposals []proposal) *Axis {
	slices.SortFunc(proposals, func(a, b proposal) int { return cmp.Compare(a.set, b.set) })
	camps := map[string][]proposal{}
	for _, p := range proposals {
		t := string(p.factor["input"]) + "/" + string(p.factor["output"]) + "/" + string(p.factor[evidence.Times])
		camps[t] = append(camps[t], p)
	}
	names := slices.Sorted(maps.Keys(camps))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(camps[b]), len(camps[a])) })
	a := &Axis{Times: book.Numbers{}, Set: book.Numbers{}}
	for _, p := range camps[names[0]] {
		if !slices.Contains(a.Support, p.set) {
			a.Support = append(a.Support, p.set)
		}
		for m, f := range p.factor {
			if _, seen := a.Times[m]; !seen {
				a.Times[m] = f
			}
			if rounded := strings.HasPrefix(m, "cache") && f.Near(p.factor["input"], "0.05"); !rounded && !plain(book.Numbers{m: f}) {
				a.Set[m] = p.prices[m]
			}
		}
	}
	if len(a.Set) > 0 { // prices that are no short multiple: state all of the cell
		for _, p := range camps[names[0]] {
			for m, d := range p.prices {
				if m != evidence.Times {
					a.Set[m] = d
				}
			}
		}
	}
	if a.Times["reasoning"] == a.Times["output"] {
		delete(a.Times, "reasoning")
		delete(a.Set, "reasoning")
	}
	return a
}

// addSpellings declares as aliases what the grammar does not lead to the model
// by itself.
func (f *Finding) addSpellings(provider string, spellings map[string][]string) {
	seen := map[string]bool{strings.ToLower(f.ID): true}
	for _, s := range spellings[fold(parse(provider, f.ID).root)] {
		name := parse(provider, s)
		if fold(name.id) == fold(f.ID) {
			for _, alias := range []string{name.id, pathOf(provider, s)} {
				if alias != "" && !seen[strings.ToLower(alias)] {
					seen[strings.ToLower(alias)] = true
					f.Aliases = append(f.Aliases, alias)
				}
			}
		}
	}
	slices.Sort(f.Aliases)
	f.Aliases = slices.Compact(f.Aliases)
}

// pathOf returns spellings that the grammar keeps whole.
func pathOf(provider, spelling string) string {
	if provider == "fireworks" && strings.HasPrefix(spelling, "accounts/") {
		return spelling
	}
	return ""
}

package importer

import (
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// effect is what a condition does to the base prices.
type effect struct{ times, set book.Numbers }

// effectOf finds the factors that make the stated prices of the base ones, and
// the prices that no short factor makes. What the table does not state for the
// condition keeps its base price.
func (s *sheet) effectOf(c cell, base book.Numbers) effect {
	e := effect{book.Numbers{}, book.Numbers{}}
	if f := s.times[c]; f != "" {
		e.times["tokens"] = f
	}
	stated := s.cells[c]
	for name, price := range stated {
		ratio, short := price.Over(base[name])
		switch {
		case price == base[name]:
		case !short || isFee(name) || !credible(ratio):
			e.set[name] = price
		case e.times["tokens"] != ratio:
			e.times[name] = ratio
		}
	}
	for name, price := range base { // a factor for input would scale input.audio too
		if p := stated[name]; p == "" && s.times[c] != "" || p != "" && p != price || isFee(name) {
			continue
		}
		if e.covers(name) {
			e.times[name] = "1"
		}
	}
	return e.short(base)
}

// covers tells whether a factor for more than the meter reaches it, as price
// books choose factors: "input" leaves cached input out.
func (e effect) covers(name string) bool {
	m, _ := meter.Parse(name)
	cached := m.Class() == meter.CacheRead || m.Class() == meter.CacheWrite
	for wide := range e.times {
		if wide == "tokens" {
			return true
		}
		w, err := meter.Parse(wide)
		if err == nil && w != m && w.Contains(m) && !(w == meter.AllInput && cached) {
			return true
		}
	}
	return false
}

// short writes one factor on all token meters as such.
func (e effect) short(base book.Numbers) effect {
	var all decimal.Decimal
	n := 0
	for name := range base {
		if isFee(name) {
			continue
		}
		if n++; all == "" {
			all = e.times[name]
		}
		if e.times[name] == "" || e.times[name] != all {
			return e
		}
	}
	if n > 0 && len(e.times) == n {
		e.times = book.Numbers{"tokens": all}
	}
	return e
}

func isFee(name string) bool {
	_, err := meter.ParseFee(name)
	return err == nil
}

// apply returns what the effect makes of a price.
func (e effect) apply(name string, price decimal.Decimal) decimal.Decimal {
	if p := e.set[name]; p != "" {
		return p
	}
	if f := e.times[name]; f != "" {
		return price.Mul(f)
	}
	if f := e.times["tokens"]; f != "" && !isFee(name) {
		return price.Mul(f)
	}
	return price
}

// rules writes the conditions as rules of the axes, and what single conditions
// do not explain as overrides.
func (s *sheet) rules(p *book.Price, base book.Numbers) {
	single := map[cell]effect{}
	need := func(c cell) { // an override names rules, which must be there
		for _, part := range parts(c) {
			if _, ok := single[part]; !ok {
				single[part] = s.effectOf(part, base)
			}
		}
	}
	a := &p.Adjust
	for _, c := range s.conditions() {
		need(c)
		if c.axes() > 1 {
			s.override(a, c, base, single)
		}
	}
	for _, c := range sortedCells(single) {
		e := single[c]
		switch {
		case c.over != 0:
			a.Context = append(a.Context, book.ContextRule{Name: tier(c.over), Input: book.Bound{Over: c.over}, Times: e.times, Set: e.set})
		case c.mode != "":
			a.Mode = choose(a.Mode, c.mode, e)
		case c.geo != "":
			a.Geo = choose(a.Geo, c.geo, e)
		default:
			a.Schedule = append(a.Schedule, book.Window{
				Name: c.window.name(), TZ: "UTC", Days: "all", Hours: []string{c.window.name()}, Times: e.times, Set: e.set,
			})
		}
	}
}

func choose(c book.Choices, key string, e effect) book.Choices {
	if c == nil {
		c = book.Choices{}
	}
	c[key] = book.Rules{{Times: e.times, Set: e.set}}
	return c
}

// parts splits a combination into its conditions, in the order in which rules apply.
func parts(c cell) []cell {
	var out []cell
	for _, part := range []cell{{over: c.over}, {mode: c.mode}, {geo: c.geo}, {window: c.window}} {
		if part != (cell{}) {
			out = append(out, part)
		}
	}
	return out
}

// override states the prices of a combination that its single conditions do not give.
func (s *sheet) override(a *book.Adjust, c cell, base book.Numbers, single map[cell]effect) {
	set := book.Numbers{}
	for name, stated := range s.cells[c] {
		price := base[name]
		for _, part := range parts(c) { // prices replace the base before any factor
			if p := single[part].set[name]; p != "" {
				price = p
			}
		}
		for _, part := range parts(c) {
			if single[part].set[name] == "" {
				price = single[part].apply(name, price)
			}
		}
		if price != stated {
			set[name] = stated
		}
	}
	if s.times[c] != "" {
		s.table.losses.add("factors for combinations of conditions", s.name)
	}
	if len(set) == 0 {
		return
	}
	when := map[string]string{}
	for axis, value := range map[string]string{"mode": c.mode, "geo": c.geo} {
		if value != "" {
			when[axis] = value
		}
	}
	if c.over != 0 {
		when["context"] = tier(c.over)
	}
	if c.window != (window{}) {
		when["schedule"] = c.window.name()
	}
	a.Overrides = append(a.Overrides, book.Override{When: when, Set: set})
}

func sortedCells(m map[cell]effect) []cell {
	s := &sheet{cells: map[cell]book.Numbers{}}
	for c := range m {
		s.cells[c] = nil
	}
	return slices.Clone(s.conditions())
}

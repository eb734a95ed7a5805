package importer

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// cell says under which conditions a price holds. The zero value is standard
// service, at any length, at any time.
type cell struct {
	over   int    // total input above this many tokens
	mode   string // batch, flex, priority, ...
	geo    string
	window window
}

// window is a time of day in UTC, as HH:MM; the zero value is all of it.
type window struct{ from, until string }

func (w window) name() string { return w.from + "-" + w.until }

// axes counts the conditions.
func (c cell) axes() int {
	n := 0
	for _, given := range []bool{c.over != 0, c.mode != "", c.geo != "", c.window != window{}} {
		if given {
			n++
		}
	}
	return n
}

func tier(over int) string { return "over-" + strconv.Itoa(over) }

// sheet holds the prices of one model in one period, by condition. Prices are
// per 1,000,000 tokens, or per item.
type sheet struct {
	table *table
	name  string // provider/model, for losses
	cells map[cell]book.Numbers
	times map[cell]decimal.Decimal // factors on all tokens
}

func (t *table) sheet(name string) *sheet {
	return &sheet{table: t, name: name, cells: map[cell]book.Numbers{}, times: map[cell]decimal.Decimal{}}
}

// set records a price that the table writes as text, in units of 10^-shift.
func (s *sheet) set(c cell, name, text string, shift int) {
	if d, ok := s.read(name, text); ok {
		if s.cells[c] == nil {
			s.cells[c] = book.Numbers{}
		}
		if d = d.Shift(shift); !credible(d) {
			s.table.losses.add("numbers beyond any price", s.name+" "+name+" "+text)
			return
		}
		if old := s.cells[c][name]; old != "" {
			if old != d {
				s.table.losses.add("prices that the table states twice in different ways; the first was taken", s.name+" "+name)
			}
			return
		}
		s.cells[c][name] = d
	}
}

// factor records a factor on all tokens.
func (s *sheet) factor(c cell, text string) {
	if d, ok := s.read("factor", text); ok && credible(d) {
		s.times[c] = d
	}
}

// read reads a number exactly, but for the tails that tables have which were
// computed with floats.
func (s *sheet) read(name, text string) (decimal.Decimal, bool) {
	if text == "" {
		return "", false
	}
	var d decimal.Decimal
	err := errExponent
	if moderate(text) {
		d, err = decimal.Parse(text)
	}
	switch {
	case err != nil:
		s.table.losses.add("numbers that cannot be read", s.name+" "+name+" "+text)
		return "", false
	case d.IsZero():
		s.table.losses.add("prices of zero, which say that something is free or that its price is not known", s.name+" "+name)
		return "", false
	case significant(text) > decimal.SignificantDigits:
		s.table.losses.add("numbers with the tail of a float, rounded to "+strconv.Itoa(decimal.SignificantDigits)+" digits", s.name+" "+name+" "+text)
	}
	return d, true
}

var errExponent = errors.New("an exponent beyond any price")

// moderate keeps exponents out whose numbers would take ages to write out.
func moderate(text string) bool {
	_, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	n, err := strconv.Atoi(exponent)
	return !scientific || err == nil && n > -maxExponent && n < maxExponent
}

const maxExponent = 40

// credible tells whether a number can be a price or a factor: the loader takes
// no longer ones.
func credible(d decimal.Decimal) bool {
	whole, _, _ := strings.Cut(string(d), ".")
	return len(whole) <= 9 && len(d) <= 36
}

// maxTier is above the size of every request.
const maxTier = 1_000_000_000

// significant counts the significant digits of a literal.
func significant(text string) int {
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	return len(strings.TrimRight(strings.TrimLeft(strings.ReplaceAll(mantissa, ".", ""), "0"), "0"))
}

// price writes the sheet as a price, or returns false if it has no base price.
func (s *sheet) price() (book.Price, bool) {
	base := s.cells[cell{}]
	if len(base) == 0 {
		if len(s.cells)+len(s.times) > 0 {
			s.table.losses.add("models with prices for special conditions only", s.name)
		}
		return book.Price{}, false
	}
	p := book.Price{Source: book.Source{Note: "imported from " + s.table.source}}
	p.Rates, p.Fees = base.Split()
	if why := s.refused(p.Rates); why != "" {
		s.table.losses.add(why, s.name)
		return book.Price{}, false
	}
	s.dropGroundless(base)
	s.rules(&p, base)
	return p, true
}

// dropGroundless leaves out prices of special conditions for what has no price
// without them: outside of the conditions it would be unpriced.
func (s *sheet) dropGroundless(base book.Numbers) {
	for c, stated := range s.cells {
		maps.DeleteFunc(stated, func(name string, _ decimal.Decimal) bool {
			if c == (cell{}) || base[name] != "" || hasWider(base, name) {
				return false
			}
			s.table.losses.add("prices under special conditions without one for all others", s.name+" "+name)
			return true
		})
	}
}

// hasWider tells whether a meter that contains the named one has a price.
func hasWider(base book.Numbers, name string) bool {
	m, err := meter.Parse(name)
	if err != nil {
		return false
	}
	for wide := range base {
		if w, err := meter.Parse(wide); err == nil && w.Contains(m) {
			return true
		}
	}
	return false
}

// refused says why the loader would refuse the rates, or nothing.
func (s *sheet) refused(rates book.Numbers) string {
	for name := range rates {
		m, err := meter.Parse(name)
		if err == nil && m.Class() != meter.Plain && rates[direction(m)] == "" {
			return "models with a price for a class of tokens and none for the rest"
		}
	}
	return ""
}

func direction(m meter.Meter) string {
	if m.Direction() == meter.Output {
		return "output"
	}
	return "input"
}

// conditions lists the cells but the base, with fewer conditions first.
func (s *sheet) conditions() []cell {
	all := map[cell]bool{}
	for c := range s.cells {
		all[c] = true
	}
	for c := range s.times {
		all[c] = true
	}
	delete(all, cell{})
	return slices.SortedFunc(maps.Keys(all), func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.axes(), b.axes()), cmp.Compare(a.over, b.over), cmp.Compare(a.mode, b.mode),
			cmp.Compare(a.geo, b.geo), cmp.Compare(a.window.from, b.window.from))
	})
}

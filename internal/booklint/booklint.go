// Package booklint warns about what a price book says that is allowed and
// probably wrong: ratios between prices that no vendor uses, and names that
// mean more than they should. Mistakes that make a book useless are found when
// it is loaded.
package booklint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/lint"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Warning is something that is probably wrong about a model.
type Warning struct {
	File  string
	Line  int
	Model string // provider/model
	Text  string
}

// String writes "FILE:LINE: PROVIDER/MODEL: TEXT".
func (w *Warning) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", w.File, w.Line, w.Model, w.Text)
}

// Check looks at the models that the declarations name, as the loaded book has them.
func Check(b *pricebook.Book, declared []pricebook.Declaration) []Warning {
	var out []Warning
	seen := map[*pricebook.Model]bool{}
	for _, d := range declared {
		m := model(b, d.Provider, d.Model)
		if m == nil || seen[m] {
			continue
		}
		seen[m] = true
		for _, text := range append(append(prices(m), neighbours(m)...), ratios(m, baseOf(b, d))...) {
			out = append(out, Warning{d.File, d.Line, m.Provider.ID + "/" + m.ID, text})
		}
	}
	return out
}

func model(b *pricebook.Book, provider, id string) *pricebook.Model {
	p := b.Provider(provider)
	if p == nil {
		return nil
	}
	for _, m := range p.Models() {
		if strings.EqualFold(m.ID, id) {
			return m
		}
	}
	return nil
}

func prices(m *pricebook.Model) []string {
	if len(m.Prices) == 0 && !m.Provisioned {
		return []string{"has no price: its calls will be unpriced; give it prices, a base, or billing: provisioned"}
	}
	return nil
}

// suffixes make names of other models out of a name. None of them may mean the
// model, unless it is declared or, for a date, the model is dated.
var suffixes = []string{"-mini", "-8b", "-lite", "-pro", "-tts", "-image", "-2099-01-01"}

// neighbours checks that the names of the model mean it, and that names of
// others do not.
func neighbours(m *pricebook.Model) []string {
	var out []string
	declared := map[string]bool{strings.ToLower(m.ID): true}
	for _, a := range m.Aliases {
		declared[a] = true
	}
	for _, name := range append([]string{m.ID}, m.Aliases...) {
		if found := m.Provider.Find(name); found != m {
			out = append(out, fmt.Sprintf("its name %q means %s", name, describe(found)))
		}
	}
	for _, suffix := range suffixes {
		name := strings.ToLower(m.ID) + suffix
		if declared[name] || m.Dated && strings.HasPrefix(suffix, "-2") {
			continue
		}
		if m.Provider.Find(name) == m {
			out = append(out, fmt.Sprintf("%q means it too, although nothing declares that", name))
		}
	}
	return out
}

func describe(m *pricebook.Model) string {
	if m == nil {
		return "no model"
	}
	return m.Provider.ID + "/" + m.ID
}

// ratios tells the unusual ratios of a model. It grants the exceptions that are
// granted to the built-in book, also to models that have them from a base.
func ratios(m, base *pricebook.Model) []string {
	var inherited []lint.Finding
	if base != nil {
		inherited = findings(base)
	}
	var out []string
	for _, f := range findings(m) {
		same := slices.ContainsFunc(inherited, func(i lint.Finding) bool {
			return i.Check == f.Check && i.Value == f.Value && lint.Explained(i)
		})
		if !same && !lint.Explained(f) {
			out = append(out, fmt.Sprintf("%s is %s, a ratio that is not usual; see whether a number is misread", f.Check, f.Value))
		}
	}
	return out
}

// findings runs the checks that the built-in book must pass.
func findings(m *pricebook.Model) []lint.Finding {
	return lint.Check([]*book.Provider{{ID: m.Provider.ID, Models: map[string]*book.Model{m.ID: asBook(m)}}})
}

// baseOf returns the model whose prices a declaration inherits, or nil.
func baseOf(b *pricebook.Book, d pricebook.Declaration) *pricebook.Model {
	if d.Base == nil {
		return nil
	}
	if provider, id, qualified := strings.Cut(d.Base.Of, "/"); qualified {
		if m := model(b, provider, id); m != nil {
			return m
		}
	}
	return model(b, d.Provider, d.Base.Of)
}

// asBook turns a loaded model back into the form in which books are written,
// as far as ratios need it.
func asBook(m *pricebook.Model) *book.Model {
	out := &book.Model{ID: m.ID}
	for _, p := range m.Prices {
		rates, _ := p.Declared()
		price := book.Price{Rates: numbers(rates), Adjust: book.Adjust{Mode: book.Choices{}, Geo: book.Choices{}}}
		for _, r := range p.Rules() {
			rule := book.Rule{Times: numbers(r.Times), Set: numbers(r.Set)}
			switch r.Axis {
			case "context":
				price.Adjust.Context = append(price.Adjust.Context, book.ContextRule{Times: rule.Times, Set: rule.Set})
			case "mode":
				price.Adjust.Mode[r.Value] = append(price.Adjust.Mode[r.Value], rule)
			case "geo":
				price.Adjust.Geo[r.Value] = append(price.Adjust.Geo[r.Value], rule)
			}
		}
		out.Prices = append(out.Prices, price)
	}
	return out
}

func numbers(named []pricebook.Named) book.Numbers {
	out := book.Numbers{}
	for _, n := range named {
		if d, err := decimal.Parse(pricebook.Decimal(n.Value)); err == nil {
			out[n.Name] = d
		}
	}
	return out
}

package lint

import (
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
)

const (
	// farthest is how many times dearer or cheaper than its nearest sibling a
	// model may be: units that are misread are off by 1,000.
	farthest decimal.Decimal = "50"
	// fewestSiblings is how many are needed to tell who is off.
	fewestSiblings = 2
)

// siblings finds models whose input price is far from that of every other model
// of their family, the models of a provider whose ids begin with the same word.
func siblings(p *book.Provider) []Finding {
	families := map[string][]*book.Model{}
	for _, m := range p.Sorted() {
		if !inputOf(m).IsZero() {
			families[family(m.ID)] = append(families[family(m.ID)], m)
		}
	}
	var out []Finding
	for _, m := range p.Sorted() {
		others := families[family(m.ID)]
		if inputOf(m).IsZero() || len(others) <= fewestSiblings {
			continue
		}
		nearest := decimal.Decimal("")
		for _, o := range others {
			if d := distance(inputOf(m), inputOf(o)); o != m && (nearest == "" || d.Cmp(nearest) < 0) {
				nearest = d
			}
		}
		if nearest.Cmp(farthest) > 0 {
			out = append(out, Finding{p.ID + "/" + m.ID, "distance to siblings", string(nearest)})
		}
	}
	return out
}

// inputOf returns the newest input price, or nothing for models that inherit theirs.
func inputOf(m *book.Model) decimal.Decimal {
	if len(m.Prices) == 0 {
		return ""
	}
	return m.Prices[len(m.Prices)-1].Rates["input"]
}

// family returns the path and the first word of an id.
func family(id string) string {
	path, name := "", id
	if i := strings.LastIndexAny(id, "/."); i >= 0 && strings.ContainsAny(id[i+1:], "-") && !strings.ContainsAny(id[:i], "-") {
		path, name = id[:i+1], id[i+1:]
	}
	word, _, _ := strings.Cut(name, "-")
	return path + word
}

// distance is the ratio of two prices, one or more.
func distance(a, b decimal.Decimal) decimal.Decimal {
	if a.Cmp(b) < 0 {
		a, b = b, a
	}
	ratio, _ := a.Over(b)
	return ratio
}

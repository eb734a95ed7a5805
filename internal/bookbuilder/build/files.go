package build

import (
	"fmt"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// CommonFile is the hand-kept file of the book: schema, version, calendars.
const CommonFile = "common.yaml"

const fileHead = `Built by internal/bookbuilder from evidence and vendor facts: change those, not this
file, and run "bookbuilder build". Rates are per 1,000,000 tokens, fees per item.
A note names who states a price; see docs/built-in-book.md.`

// Files renders the book, one file for each provider.
func (r *Result) Files() map[string][]byte {
	files := map[string][]byte{}
	for _, p := range r.Providers {
		if len(p.Models) > 0 {
			files[p.ID+".yaml"] = p.Render(fileHead)
		}
	}
	return files
}

// Count is how many models a provider has, and how many of them nobody confirms.
type Count struct{ Models, Unconfirmed int }

// Counts counts the models of a provider by their newest price.
func Counts(p *book.Provider) (c Count) {
	for _, m := range p.Models {
		c.Models++
		if n := len(m.Prices); n > 0 && m.Prices[n-1].Unconfirmed {
			c.Unconfirmed++
		}
	}
	return c
}

// Summary lists the providers with their number of models.
func (r *Result) Summary() string {
	var b strings.Builder
	total := Count{}
	fmt.Fprintf(&b, "%-16s %7s %10s %12s\n", "provider", "models", "confirmed", "unconfirmed")
	for _, p := range r.Providers {
		c := Counts(p)
		total.Models += c.Models
		total.Unconfirmed += c.Unconfirmed
		fmt.Fprintf(&b, "%-16s %7d %10d %12d\n", p.ID, c.Models, c.Models-c.Unconfirmed, c.Unconfirmed)
	}
	fmt.Fprintf(&b, "%-16s %7d %10d %12d\n", "total", total.Models, total.Models-total.Unconfirmed, total.Unconfirmed)
	return b.String()
}

package lint

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
)

// band is the range in which a ratio is usual.
type band struct{ low, high decimal.Decimal }

func (b band) has(d decimal.Decimal) bool { return d.Cmp(b.low) >= 0 && d.Cmp(b.high) <= 0 }

// The usual ratios to the input price, and factors of modes and regions.
var (
	rates = map[string]band{
		"cache_read": {"0.008", "0.5"}, "cache_write": {"1.25", "1.25"}, "cache_write.5m": {"1.25", "1.25"},
		"cache_write.30m": {"1.25", "1.25"}, "cache_write.1h": {"2", "2"}, "cache_write.12h": {"2.5", "2.5"},
	}
	modes = map[string]band{
		"batch": {"0.5", "0.5"}, "flex": {"0.5", "0.5"}, "priority": {"1.2", "2.5"}, "fast": {"2", "6"}, "ultrafast": {"3", "6"},
	}
	// Prices beyond these are a misread unit: per million tokens, and per item.
	plausible = map[string]band{
		"input": {"0.0001", "200"}, "output": {"0.0001", "800"}, "image": {"0.0001", "1"}, "page": {"0.0001", "0.1"}, "annotated_page": {"0.0001", "0.1"},
		"audio_second": {"0.000001", "0.01"}, "character": {"0.0000001", "0.001"}, "search_unit": {"0.00001", "0.02"}, "request": {"0.0001", "0.1"},
		"web_search": {"0.001", "0.1"}, "file_search": {"0.0001", "0.1"},
	}
	regional = band{"1.03", "1.6"}
	output   = band{"0.5", "20"}
)

// Usual tells whether a rate stands in a usual ratio to the input price.
func Usual(meter string, rate, input decimal.Decimal) bool {
	b, known := rates[meter]
	if !known || input.IsZero() {
		return true
	}
	ratio, _ := rate.Over(input)
	return b.has(ratio)
}

// Check computes the ratios of every price.
func Check(providers []*book.Provider) []Finding {
	var out []Finding
	for _, p := range providers {
		for _, m := range p.Sorted() {
			c := checker{name: p.ID + "/" + m.ID}
			for _, price := range m.Prices {
				c.rates(price.Rates)
				c.units(price.Rates)
				c.units(price.Fees)
				c.adjust(price.Adjust, price.Rates)
				c.adjust(m.Adjust, price.Rates)
			}
			out = append(out, c.found...)
		}
		out = append(out, siblings(p)...)
	}
	return out
}

type checker struct {
	name  string
	found []Finding
}

func (c *checker) expect(check string, value decimal.Decimal, b band) {
	f := Finding{c.name, check, string(value)}
	if value == "" || b.has(value) {
		return
	}
	for _, g := range c.found {
		if g == f {
			return
		}
	}
	c.found = append(c.found, f)
}

func (c *checker) rates(n book.Numbers) {
	in := n["input"]
	if in.IsZero() {
		return
	}
	for meter, b := range rates {
		if n[meter] != "" {
			ratio, _ := n[meter].Over(in)
			c.expect(meter, ratio, b)
		}
	}
	if !n["output"].IsZero() {
		ratio, _ := n["output"].Over(in)
		c.expect("output", ratio, output)
	}
}

func (c *checker) units(n book.Numbers) {
	for name, rate := range n {
		if b, known := plausible[name]; known && !rate.IsZero() {
			c.expect("price of "+name, rate, b)
		}
	}
}

// Plausible tells whether a price can be one per million tokens or per item.
func Plausible(name string, rate decimal.Decimal) bool {
	b, known := plausible[name]
	return !known || rate.IsZero() || b.has(rate)
}

func (c *checker) adjust(a book.Adjust, base book.Numbers) {
	for name, rules := range a.Mode {
		for _, r := range rules {
			c.effect(name, r.Times, r.Set, base, modes[name])
		}
	}
	for _, rules := range a.Geo {
		for _, r := range rules {
			c.effect("region", r.Times, r.Set, base, regional)
		}
	}
	for _, r := range a.Context {
		in, out := factor(r.Times, r.Set, base, "input"), factor(r.Times, r.Set, base, "output")
		if in != "" && !(in == "2" && (out == "1.5" || out == "2")) {
			c.found = append(c.found, Finding{c.name, "context", string(in) + "/" + string(out)})
		}
	}
}

func (c *checker) effect(check string, times, set, base book.Numbers, b band) {
	if b == (band{}) {
		return
	}
	for _, meter := range []string{"input", "output"} {
		c.expect(check, factor(times, set, base, meter), b)
	}
	if set["input"] != "" && set["cache_read"] == "" && base["cache_read"] != "" {
		c.found = append(c.found, Finding{c.name, check + " without cache", string(set["input"])})
	}
}

// factor returns what a rule does to a meter.
func factor(times, set, base book.Numbers, meter string) decimal.Decimal {
	if f := times[meter]; f != "" {
		return f
	}
	if f := times["tokens"]; f != "" {
		return f
	}
	if set[meter] == "" {
		return ""
	}
	ratio, _ := set[meter].Over(base[meter])
	return ratio
}

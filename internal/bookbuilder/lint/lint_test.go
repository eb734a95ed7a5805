package lint

import (
	"io"
	"slices"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
)

// check returns what the lint finds wrong with a price, as "check value".
func check(p book.Price) []string {
	var out []string
	for _, f := range Check([]*book.Provider{{ID: "p", Models: map[string]*book.Model{"m": {ID: "m", Prices: []book.Price{p}}}}}) {
		out = append(out, f.Check+" "+f.Value)
	}
	slices.Sort(out)
	return out
}

// The mistakes that published tables made, and that their ratios give away.
func TestKnownMistakesAreFound(t *testing.T) {
	mode := func(name string, times book.Numbers) book.Adjust {
		return book.Adjust{Mode: book.Choices{name: {{Times: times}}}}
	}
	for _, c := range []struct {
		name  string
		price book.Price
		want  []string
	}{
		{"an hour's cache write at 24 times input", book.Price{Rates: book.Numbers{"input": "0.25", "cache_write.1h": "6"}}, []string{"cache_write.1h 24"}},
		{"a cache read taken for a write", book.Price{Rates: book.Numbers{"input": "2.5", "cache_write": "1.25"}}, []string{"cache_write 0.5"}},
		{"priority at 50 times", book.Price{Rates: book.Numbers{"input": "0.05", "output": "0.4"}, Adjust: mode("priority", book.Numbers{"tokens": "50"})}, []string{"priority 50"}},
		{"priority that costs nothing more", book.Price{Rates: book.Numbers{"input": "1", "output": "4"}, Adjust: mode("priority", book.Numbers{"input": "1", "output": "1"})}, []string{"priority 1"}},
		{"a region at three times", book.Price{Rates: book.Numbers{"input": "5", "output": "25"}, Adjust: book.Adjust{Geo: book.Choices{"au": {{Set: book.Numbers{"input": "16.5", "output": "82.5"}}}}}}, []string{"region 3.3"}},
		{"a price per search taken for tokens", book.Price{Rates: book.Numbers{"input": "2000"}}, []string{"price of input 2000"}},
		{"an image in millionths", book.Price{Fees: book.Numbers{"image": "40000"}}, []string{"price of image 40000"}},
		{"a tier of another shape", book.Price{Rates: book.Numbers{"input": "1", "output": "2"}, Adjust: book.Adjust{Context: []book.ContextRule{{Times: book.Numbers{"tokens": "5"}}}}}, []string{"context 5/5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := check(c.price); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestUsualPricesPass(t *testing.T) {
	p := book.Price{
		Rates: book.Numbers{"input": "5", "cache_read": "0.5", "cache_write": "6.25", "cache_write.5m": "6.25", "cache_write.1h": "10", "output": "25"},
		Fees:  book.Numbers{"web_search": "0.01"},
		Adjust: book.Adjust{
			Mode:    book.Choices{"batch": {{Times: book.Numbers{"input": "0.5", "output": "0.5"}}}, "fast": {{Times: book.Numbers{"tokens": "6"}}}, "unheard": {{Times: book.Numbers{"tokens": "9"}}}},
			Geo:     book.Choices{"global": {{}}, "us": {{Times: book.Numbers{"tokens": "1.1"}}}},
			Context: []book.ContextRule{{Times: book.Numbers{"input": "2", "output": "1.5"}}},
		},
	}
	if got := check(p); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestAnExceptionThatExplainsNothingFails(t *testing.T) {
	if err := Write(io.Discard, nil); err == nil {
		t.Error("an empty book needs no exceptions, so the list must be refused")
	}
}

func TestEveryExceptionHasAReason(t *testing.T) {
	for _, e := range exceptions {
		if e.reason == "" {
			t.Errorf("%s %s has no reason", e.model, e.check)
		}
	}
}

// A misread unit shows among models that are priced by the same unit.
func TestAModelFarFromAllItsSiblingsIsFound(t *testing.T) {
	at := func(id string, input decimal.Decimal) *book.Model {
		return &book.Model{ID: id, Prices: []book.Price{{Rates: book.Numbers{"input": input}}}}
	}
	find := func(models ...*book.Model) []Finding {
		p := &book.Provider{ID: "p", Models: map[string]*book.Model{}}
		for _, m := range models {
			p.Models[m.ID] = m
		}
		return Check([]*book.Provider{p})
	}
	small, large, light, other := at("embed-small-v3", "0.1"), at("embed-large-v3", "0.2"), at("embed-light-v3", "100"), at("chat-large", "15")
	if got := find(small, large, light, other); len(got) != 1 || got[0].Model != "p/embed-light-v3" || got[0].Check != "distance to siblings" {
		t.Errorf("got %v, want embed-light-v3 alone", got)
	}
	if got := find(small, light, other); len(got) != 0 {
		t.Errorf("got %v: of two nobody knows which one is off", got)
	}
	if got := find(small, large, at("embed-light-v3", "5"), other); len(got) != 0 {
		t.Errorf("got %v: 25 times is no misread unit", got)
	}
}

func TestARegionThatLeavesTheCacheAtTheListPriceIsFound(t *testing.T) {
	region := func(set book.Numbers) book.Price {
		return book.Price{Rates: book.Numbers{"input": "1", "cache_read": "0.25", "output": "4"}, Adjust: book.Adjust{Geo: book.Choices{"eu": {{Set: set}}}}}
	}
	if got := check(region(book.Numbers{"input": "1.3", "output": "5.2"})); !slices.Equal(got, []string{"region without cache 1.3"}) {
		t.Errorf("got %v", got)
	}
	if got := check(region(book.Numbers{"input": "1.3", "cache_read": "0.325", "output": "5.2"})); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

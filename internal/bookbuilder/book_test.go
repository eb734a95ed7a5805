package bookbuilder

import (
	"io/fs"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/prices"
)

// builtin loads the book as the product does.
func builtin(t *testing.T) *pricebook.Book {
	t.Helper()
	var layer pricebook.Layer
	names, err := fs.Glob(prices.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := prices.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		layer = append(layer, pricebook.File{Name: name, Data: data})
	}
	b, err := pricebook.Load(layer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBuiltinBookLoads(t *testing.T) { builtin(t) }

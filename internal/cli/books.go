package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// builtinName stands for the built-in price book where a file is named.
const builtinName = "builtin"

// books are the flags of the commands that read a stack of price books.
type books struct {
	files     []string
	noBuiltin bool
}

func (b *books) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&b.files, "book", nil, "price book `FILE` to lay over the others; can be repeated, the last wins")
	cmd.Flags().BoolVar(&b.noBuiltin, "no-builtin", false, "leave out the built-in price book")
}

// layers reads the stack.
func (b *books) layers(cmd *cobra.Command) ([]pricebook.Layer, error) {
	if b.noBuiltin && len(b.files) == 0 {
		return nil, misuse(cmd, "--no-builtin leaves no price book; name one with --book")
	}
	var layers []pricebook.Layer
	if !b.noBuiltin {
		builtin, err := bookstore.Builtin()
		if err != nil {
			return nil, err
		}
		layers = append(layers, builtin)
	}
	for _, name := range b.files {
		layer, err := readLayer(name)
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer)
	}
	return layers, nil
}

// load reads the stack and makes one book of it.
func (b *books) load(cmd *cobra.Command) (*pricebook.Book, error) {
	layers, err := b.layers(cmd)
	if err != nil {
		return nil, err
	}
	return pricebook.Load(layers...)
}

// readLayer reads a price book file, or the built-in book by its name.
func readLayer(name string) (pricebook.Layer, error) {
	if name == builtinName {
		return bookstore.Builtin()
	}
	data, err := readFile(name, pricebook.MaxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("price book: %w", err)
	}
	return pricebook.Layer{{Name: name, Data: data}}, nil
}

// findProvider finds a provider by any of its names, or says which names are close.
func findProvider(b *pricebook.Book, name string) (*pricebook.Provider, error) {
	if p := b.Provider(name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("the price book has no provider %q; %s", name, didYouMean(nearProviders(b, name)))
}

// findModel finds the model that an argument PROVIDER/MODEL, or a name that
// tells its provider, means, and says by what. It never guesses.
func findModel(b *pricebook.Book, arg string) (*pricebook.Model, pricebook.Recognition, error) {
	provider, model, qualified := strings.Cut(arg, "/")
	queries := []pricebook.Query{{Response: arg}}
	if p := b.Provider(provider); qualified && p != nil {
		queries = append([]pricebook.Query{{Provider: p.ID, Response: model}}, queries...)
	}
	for i := range queries {
		if res, _ := b.Resolve(&queries[i]); res.Model != nil {
			return res.Model, b.Recognise(&queries[i], res), nil
		}
	}
	if p := b.Provider(provider); qualified && p != nil {
		near := explain.Near(p, model, 5)
		for i := range near {
			near[i] = p.ID + "/" + near[i]
		}
		return nil, pricebook.Recognition{}, fmt.Errorf("the price book has no model %q of provider %s; %s", model, p.ID, didYouMean(near))
	}
	return nil, pricebook.Recognition{}, fmt.Errorf("the price book has no model %q; %s", arg, didYouMean(nearModels(b, arg)))
}

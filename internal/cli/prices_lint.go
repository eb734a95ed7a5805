package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/booklint"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func (t *tool) pricesLint() *cobra.Command {
	var noBuiltin bool
	cmd := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Check price book files",
		Long: `Loads each file over the built-in book. Mistakes, which make a book unusable, go to
standard error. Warnings go to standard output: models without price, names that mean
more than they should, and prices in a ratio to each other that no vendor uses.

Exit status: 0 no mistakes, 1 a mistake, or something could not be processed, 2 wrong
usage.`,
		Example: `  tokencost prices lint prices.yaml
  tokencost prices lint --no-builtin complete-book.yaml`,
		Args: atLeastOne("price book files"),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, name := range files {
				if err := t.lint(name, noBuiltin); err != nil {
					t.fail(err)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&noBuiltin, "no-builtin", false, "load each file alone instead of over the built-in book")
	return cmd
}

func (t *tool) lint(name string, alone bool) error {
	layer, err := readLayer(name)
	if err != nil {
		return err
	}
	layers := []pricebook.Layer{layer}
	if !alone && name != builtinName {
		builtin, err := bookstore.Builtin()
		if err != nil {
			return err
		}
		layers = []pricebook.Layer{builtin, layer}
	}
	book, err := pricebook.Load(layers...)
	if err != nil {
		return fmt.Errorf("%s cannot be used:\n%w", name, err)
	}
	declared := pricebook.Declarations(layer)
	warnings := booklint.Check(book, declared)
	for i := range warnings {
		fmt.Fprintf(t.Out, "%s\n", &warnings[i])
	}
	_, err = fmt.Fprintf(t.Out, "%s: good, %s, %s\n", name, plural(len(declared), "model"), plural(len(warnings), "warning"))
	return err
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

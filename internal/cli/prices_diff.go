package cli

import (
	"fmt"
	"math/big"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookdiff"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// difference is one change as `tokencost prices diff` prints it.
type difference struct {
	Change   bookdiff.Kind `json:"change"`
	Provider string        `json:"provider"`
	Model    string        `json:"model"`
	From     string        `json:"from,omitempty"`
	Until    string        `json:"until,omitempty"`
	What     string        `json:"what"`
	Old      string        `json:"old,omitempty"`
	New      string        `json:"new,omitempty"`
	Percent  string        `json:"percent,omitempty"`
}

func (t *tool) pricesDiff() *cobra.Command {
	var output string
	var over bool
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two price books",
		Long: `Lists the models that B adds to A, those it lacks, and every number that differs, with
the time for which it does. A and B are files, or 'builtin' for the built-in book.
--over-builtin lays each file over the built-in book first, which shows what it changes.`,
		Example: `  tokencost prices diff prices-october.yaml prices-november.yaml
  tokencost prices diff --over-builtin builtin contract.yaml`,
		Args: exactly(2, "two price books, each a file or 'builtin'"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var pair [2]*pricebook.Book
			for i, name := range args {
				var err error
				if pair[i], err = openBook(name, over); err != nil {
					return err
				}
			}
			return t.printDiff(bookdiff.Compare(pair[0], pair[1]), output)
		},
	}
	cmd.Flags().BoolVar(&over, "over-builtin", false, "lay each file over the built-in book")
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

// openBook loads one book, alone or over the built-in one.
func openBook(name string, over bool) (*pricebook.Book, error) {
	layer, err := readLayer(name)
	if err != nil {
		return nil, err
	}
	layers := []pricebook.Layer{layer}
	if over && name != builtinName {
		builtin, err := bookstore.Builtin()
		if err != nil {
			return nil, err
		}
		layers = []pricebook.Layer{builtin, layer}
	}
	return pricebook.Load(layers...)
}

func (t *tool) printDiff(changes []bookdiff.Change, output string) error {
	out := []difference{}
	for _, c := range changes {
		d := difference{Change: c.Kind, Provider: c.Provider, Model: c.Model, What: c.What, Old: c.Old, New: c.New, Percent: percent(c.Percent)}
		d.From, d.Until = explain.Instants(c.Period)
		out = append(out, d)
	}
	if output == "json" {
		return writeJSON(t.Out, out)
	}
	if len(out) == 0 {
		_, err := fmt.Fprintln(t.Out, "no difference")
		return err
	}
	var rows [][]string
	for _, d := range out {
		rows = append(rows, []string{string(d.Change), d.Provider, d.Model, day(d.From), day(d.Until), d.What, d.Old, d.New, d.Percent})
	}
	return writeTable(t.Out, []string{"change", "provider", "model", "from", "until", "what", "old", "new", "percent"}, rows, "old", "new", "percent")
}

// percent writes a change such as "+25%", with at most two decimal places.
func percent(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return plus(r.Sign(), places(r, 2)+"%")
}

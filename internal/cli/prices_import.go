package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/importer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// maxTableBytes bounds what is read of a price table.
const maxTableBytes = 256 << 20

func (t *tool) pricesImport() *cobra.Command {
	var from, provider string
	cmd := &cobra.Command{
		Use:   "import --from FORMAT FILE",
		Short: "Turn a published price table into a price book",
		Long: `Writes a price book with what the table says to standard output, and to standard
error what the book cannot say. FILE is the table as published, or - for standard input:
model_prices_and_context_window.json of LiteLLM, data.json of genai-prices, api.json of
models.dev. Such tables differ from each other; look at what you import.`,
		Example: `  tokencost prices import --from litellm --provider openai model_prices.json > openai.yaml
  tokencost prices import --from models.dev api.json > models.yaml`,
		Args: exactly(1, "one FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" {
				return misuse(cmd, "needs --from with the format of the table: litellm, genai-prices or models.dev")
			}
			return t.importTable(args[0], from, provider)
		},
	}
	chooseFlag(cmd, &from, "from", "`FORMAT` of the table", importer.Formats()...)
	cmd.Flags().StringVar(&provider, "provider", "", "only this `PROVIDER`, by its name in the table or in the built-in book")
	return cmd
}

func (t *tool) importTable(name, from, provider string) error {
	data, err := t.readTable(name)
	if err != nil {
		return err
	}
	builtin, err := bookstore.Open(bookstore.Source{Builtin: true})
	if err != nil {
		return err
	}
	known := func(name string) (string, bool) {
		p := builtin.Book().Provider(name)
		if p == nil {
			return "", false
		}
		return p.ID, true
	}
	result, err := importer.Import(from, data, importer.Options{Known: known, Provider: provider})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := pricebook.Load(pricebook.Layer{{Name: "imported book", Data: result.Book}}); err != nil {
		return fmt.Errorf("%s: the table makes no valid price book:\n%w", name, err)
	}
	if _, err := t.Out.Write(result.Book); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "imported %s\n", plural(result.Models, "model"))
	for _, loss := range result.Losses {
		fmt.Fprintf(t.Err, "%s\n", loss)
	}
	return nil
}

func (t *tool) readTable(name string) ([]byte, error) {
	if name == "-" {
		return readBounded(t.In, maxTableBytes)
	}
	return readFile(name, maxTableBytes)
}

package cli

import (
	"bufio"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

func (t *tool) explain() *cobra.Command {
	var flags pricing
	var output string
	cmd := &cobra.Command{
		Use:   "explain [FILE...]",
		Short: "Explain what each call costs and why",
		Long: `Prints for each GenAI call, in the order of the input, how it was read, which price
was found, and the arithmetic line by line; and for spans that carry usage but were
not priced, why, and what would price them. --output json prints one object for
each call on a line of its own; docs/command-line.md describes it.

` + inputHelp,
		Example: `  tokencost explain traces.json
  tokencost explain --output json traces.json | jq .total
  tokencost explain --no-builtin --book prices.yaml < traces.json`,
		RunE: func(cmd *cobra.Command, files []string) error {
			p, keys, err := flags.open(cmd)
			if err != nil {
				return err
			}
			if output == "json" {
				return t.explainJSON(cmd, p, keys, files)
			}
			return t.explainText(cmd, p, keys, files)
		},
	}
	flags.flags(cmd)
	outputFlag(cmd, &output, "text", "json")
	return cmd
}

func (t *tool) explainText(cmd *cobra.Command, p *pricer.Pricer, keys *attrkey.Written, files []string) error {
	text := explain.NewText(t.Out, colourful(t.Out))
	var summary explain.Summary
	visit := explain.Collect(keys, func(c *explain.Call) {
		text.Write(c)
		summary.Sum(c)
	})
	err := t.requests(cmd.Context(), files, func(r *otlpfile.Request) error {
		priceRequest(cmd.Context(), p, r, visit, summary.Add)
		return nil
	})
	text.WriteSummary(&summary)
	return afterFlush(err, text.Flush())
}

func (t *tool) explainJSON(cmd *cobra.Command, p *pricer.Pricer, keys *attrkey.Written, files []string) error {
	out := bufio.NewWriterSize(t.Out, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	err := t.requests(cmd.Context(), files, func(r *otlpfile.Request) error {
		var failed error
		visit := explain.Collect(keys, func(c *explain.Call) { failed = errors.Join(failed, enc.Encode(c)) })
		priceRequest(cmd.Context(), p, r, visit, nil)
		return failed
	})
	return afterFlush(err, out.Flush())
}

package cli

import (
	"bufio"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

func (t *tool) price() *cobra.Command {
	var flags pricing
	cmd := &cobra.Command{
		Use:   "price [FILE...]",
		Short: "Add cost attributes to OTLP JSON",
		Long: `Writes the requests of the files to standard output, one on each line in the order
of the input, with the cost attributes that the token_cost processor adds to spans.
Logs and metrics pass through unchanged, which standard error says once a file.

` + inputHelp,
		Example: `  tokencost price traces.json > priced.json
  tokencost price --book contract.yaml traces.json.gz
  tokencost price --config token_cost.yaml < traces.json`,
		RunE: func(cmd *cobra.Command, files []string) error {
			p, _, err := flags.open(cmd)
			if err != nil {
				return err
			}
			out := bufio.NewWriterSize(t.Out, 1<<16)
			err = t.requests(files, func(r *otlpfile.Request) error {
				priceRequest(cmd.Context(), p, r)
				line, err := r.MarshalJSON()
				if err != nil {
					return err
				}
				_, err = out.Write(append(line, '\n'))
				return err
			})
			return errors.Join(err, out.Flush())
		},
	}
	flags.flags(cmd)
	return cmd
}

// priceRequest prices the signals of a request that the pricer knows: traces.
func priceRequest(ctx context.Context, p *pricer.Pricer, r *otlpfile.Request) {
	if r.HasTraces() {
		p.Traces(ctx, r.Traces, nil)
	}
}

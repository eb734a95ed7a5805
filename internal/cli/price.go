package cli

import (
	"bufio"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

func (t *tool) price() *cobra.Command {
	var flags pricing
	cmd := &cobra.Command{
		Use:   "price [FILE...]",
		Short: "Add cost attributes to OTLP JSON",
		Long: `Writes the requests of the files to standard output, one on each line in the order
of the input, with what the token_cost processor adds to them: cost attributes on
spans and log records, and a counter of their cost beside token counts of metrics.

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
			var elsewhere int64
			err = t.requests(cmd.Context(), files, func(r *otlpfile.Request) error {
				priceRequest(cmd.Context(), p, r, nil, func(_ dialect.Signal, stats *pricer.Stats) {
					elsewhere += stats.ByReason[status.PricedInOtherSignal]
				})
				line, err := r.MarshalJSON()
				if err != nil {
					return err
				}
				_, err = out.Write(append(line, '\n'))
				return err
			})
			if elsewhere > 0 {
				fmt.Fprintf(t.Err, "tokencost: left %s unpriced whose source is priced in another signal (%s); signals: in the configuration changes which, and explain shows them\n",
					plural(int(elsewhere), "call"), status.PricedInOtherSignal)
			}
			return afterFlush(err, out.Flush())
		},
	}
	flags.flags(cmd)
	return cmd
}

// priceRequest prices the signals of a request in place. The visitor and the
// counter may be nil.
func priceRequest(ctx context.Context, p *pricer.Pricer, r *otlpfile.Request, visit func(*pricer.Visited), count func(dialect.Signal, *pricer.Stats)) {
	add := func(signal dialect.Signal, stats pricer.Stats) {
		if count != nil {
			count(signal, &stats)
		}
	}
	if r.HasTraces() {
		add(dialect.Traces, p.Traces(ctx, r.Traces, visit))
	}
	if r.HasLogs() {
		add(dialect.Logs, p.Logs(ctx, r.Logs, visit))
	}
	if r.HasMetrics() {
		add(dialect.Metrics, p.Metrics(ctx, r.Metrics, visit))
	}
}

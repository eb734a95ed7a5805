package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/demo"
)

func newDemo() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the distribution, send it calls and show what they cost",
		Long: "demo starts the Collector with the quickstart example, sends it generated calls in every dialect, prints what\n" +
			"they cost by model and status, and keeps running to show the calls of your own application. `make run` runs it.",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = cmd.OutOrStdout()
			err := demo.Run(cmd.Context(), o)
			if errors.Is(err, context.Canceled) {
				return errors.New("stopped")
			}
			return err
		},
	}
	c.SetFlagErrorFunc(asUsage)
	f := c.Flags()
	f.StringVar(&o.Collector, "collector", "bin/otelcol-tokencost", "the distribution's binary")
	f.StringVar(&o.Config, "config", "examples/quickstart/config.yaml", "the Collector's configuration")
	f.StringVar(&o.DataDir, "data", "data/quickstart", "directory for what the Collector writes")
	f.IntVar(&o.Calls, "calls", 300, "number of calls to send")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the calls")
	f.BoolVar(&o.Once, "once", false, "stop after the table instead of waiting for your own calls")
	return c
}

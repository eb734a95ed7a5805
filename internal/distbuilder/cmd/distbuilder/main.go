// Command distbuilder builds a Collector distribution from an ocb manifest, with
// progress. `make build` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/distbuilder"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := distbuilder.Options{Progress: os.Stderr}
	flag.StringVar(&o.Manifest, "manifest", "builder-config.yaml", "ocb manifest")
	flag.StringVar(&o.OCB, "ocb", "ocb", "executable of the OpenTelemetry Collector Builder")
	flag.StringVar(&o.Output, "output", "", "binary to write")
	flag.Parse()
	if o.Output == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := distbuilder.Build(ctx, o); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			err = errors.New("stopped")
		}
		fmt.Fprintln(os.Stderr, "distbuilder:", err)
		os.Exit(1)
	}
}

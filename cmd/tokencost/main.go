// Command tokencost prices and explains GenAI telemetry in files, tells what was
// spent from cost ledgers, and looks after them and price books.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE) // a reader that has enough is no failure
	status := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(status)
}

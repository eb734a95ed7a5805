// Command genaigen generates GenAI telemetry whose true usage is known, in the
// shape that real instrumentations send it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// A terminal that is closed must end the demo too: its Collector would take the signal as a wish to reload.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := newRoot().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "genaigen:", err)
		os.Exit(exitStatus(err))
	}
}

func newRoot() *cobra.Command {
	root := newGenerate()
	root.AddCommand(newDemo())
	return root
}

// usageError is an error of the command line itself: exit status 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitStatus(err error) int {
	if _, ok := err.(usageError); ok {
		return 2
	}
	return 1
}

// asUsage marks what cobra finds wrong with flags.
func asUsage(_ *cobra.Command, err error) error { return usageError{err} }

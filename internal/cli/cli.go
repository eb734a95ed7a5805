// Package cli is the command line tokencost: it prices and explains files of
// OTLP JSON with the code that the Collector's processor runs, reports from cost
// ledgers and looks after them and price books. It owns commands, flags, messages and exit statuses; what they
// do lies in other packages.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/nearname"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

// The exit statuses.
const (
	Done   = 0
	Failed = 1 // something could not be processed; standard error says what
	Usage  = 2 // the command line is wrong
)

// Streams are what the command line reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs the command line and returns its exit status.
func Run(ctx context.Context, args []string, s Streams) int {
	out := &output{Writer: s.Out}
	s.Out = out
	t := &tool{Streams: s}
	root := t.root()
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err
	}
	var usage *usageError
	switch {
	case err == nil && !t.failed, errors.Is(err, syscall.EPIPE): // whoever read the output has enough
		return Done
	case errors.As(err, &usage):
		fmt.Fprintf(s.Err, "tokencost: %v\nSee '%s --help'.\n", err, usage.command)
		return Usage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		t.fail(errors.New("interrupted"))
	case err != nil:
		t.fail(err)
	}
	return Failed
}

// output keeps the first error of writing, so that none is lost where what is written
// is not looked at line by line, as in help.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.Writer.Write(p)
	o.err = err
	return n, err
}

// tool is one run of the command line.
type tool struct {
	Streams
	failed bool // something was reported by fail
}

// fail reports what could not be processed. Work on the rest goes on.
func (t *tool) fail(err error) {
	t.failed = true
	fmt.Fprintf(t.Err, "tokencost: %v\n", err)
}

// showIfLong shows how far a task is once it tells that it has many steps, and how
// it ended if it was shown.
func (t *tool) showIfLong(title string, many int64) (show func(done, total int64), end func(result string)) {
	var task *progress.Task
	show = func(done, total int64) {
		if task == nil {
			if total < many {
				return
			}
			task = progress.Start(t.Err, title, total)
		}
		task.Set(done)
	}
	end = func(result string) {
		if task != nil {
			task.Done(result)
		}
	}
	return show, end
}

// usageError is a mistake in the command line itself.
type usageError struct {
	error
	command string
}

func (e *usageError) Unwrap() error { return e.error }

func misuse(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...), cmd.CommandPath()}
}

func (t *tool) root() *cobra.Command {
	root := t.group(&cobra.Command{
		Use:   "tokencost",
		Short: "Price GenAI telemetry, and tell what was spent",
		Long: `tokencost prices files of OTLP JSON as the Collector's token_cost processor
does, explains every amount, reports what a cost ledger holds and compares it
with bills, and looks after price books.`,
		Example: `  tokencost explain traces.json
  tokencost report --ledger sqlite:///var/lib/otelcol/ledger.db --month 2026-10 --by model,team
  tokencost prices show openai/gpt-4o`,
		Version:       programVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}, t.version())
	for _, g := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"files", "Price telemetry in files:", []*cobra.Command{t.price(), t.explain()}},
		{"spend", "Tell what was spent:", []*cobra.Command{t.report(), t.reconcile(), t.focus()}},
		{"ledger", "Look after a cost ledger:", []*cobra.Command{t.ledger(), t.reprice()}},
		{"books", "Look after price books:", []*cobra.Command{t.prices()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, cmd := range g.commands {
			cmd.GroupID = g.id
			root.AddCommand(cmd)
		}
	}
	addExitStatus(root)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// group makes a command that only holds others.
func (t *tool) group(cmd *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(commands...)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		near := cmd.SuggestionsFor(args[0])
		if closest := nearname.Nearest(args[0], near, 1); len(closest) > 0 {
			near = closest
		}
		if len(near) > 0 {
			return misuse(cmd, "unknown command %q; did you mean %s?", args[0], near[0])
		}
		return misuse(cmd, "unknown command %q", args[0])
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		fmt.Fprint(t.Err, cmd.UsageString()+"\n")
		return misuse(cmd, "a command is missing")
	}
	return cmd
}

// exitStatus is what the help of a command says of it, if it does not say more.
const exitStatus = "Exit status: 0 done, 1 something could not be processed, 2 wrong usage."

// addExitStatus completes the help of a command and those below it.
func addExitStatus(cmd *cobra.Command) {
	if cmd.Long == "" {
		cmd.Long = cmd.Short + "."
	}
	if !strings.Contains(cmd.Long, "Exit status: ") {
		cmd.Long += "\n\n" + exitStatus
	}
	for _, c := range cmd.Commands() {
		addExitStatus(c)
	}
}

// exactly checks the number of arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return misuse(cmd, "needs %s; %s given", what, argumentsWere(len(args)))
		}
		return nil
	}
}

func argumentsWere(n int) string {
	if n == 1 {
		return "1 argument was"
	}
	return fmt.Sprintf("%d arguments were", n)
}

// atLeastOne checks that there is an argument.
func atLeastOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return misuse(cmd, "needs %s", what)
		}
		return nil
	}
}

// colourful tells whether colour helps whoever reads the output.
func colourful(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

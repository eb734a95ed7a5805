// Bookbuilder makes the built-in price book out of the evidence of published
// data sets and the facts that vendors state. See docs/built-in-book.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const usage = `usage: bookbuilder COMMAND [flags]     run it in the root of the repository

  extract -from DIR -state NAME=DAY...   read the data sets in DIR into evidence
  build                                  make the price book from evidence and facts
  check                                  fail unless the price book is what build makes and lint passes
  report [-v] [-provider ID]             compare the price book with each data set
  lint                                   fail on ratios that no exception explains
  omitted                                list what the data sets state and the book leaves out
`

var errUsage = errors.New("wrong usage")

func main() {
	err := run(os.Args[1:], os.Stdout)
	if errors.Is(err, errUsage) || errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bookbuilder:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	o := options{states: states{}}
	flags.StringVar(&o.evidence, "evidence", "internal/bookbuilder/evidence/data", "directory of evidence")
	flags.StringVar(&o.facts, "facts", "internal/bookbuilder/facts/data", "directory of facts")
	flags.StringVar(&o.prices, "prices", "prices", "directory of the price book")
	flags.StringVar(&o.from, "from", "", "extract: directory of the data sets")
	flags.Var(o.states, "state", "extract: the day of a data set's content, as NAME=YYYY-MM-DD")
	flags.BoolVar(&o.verbose, "v", false, "report: list each difference")
	flags.StringVar(&o.provider, "provider", "", "report, omitted: this provider only")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	commands := map[string]func(*options, io.Writer) error{
		"extract": extract, "build": buildBook, "check": check, "report": printReport, "lint": printLint, "omitted": printOmitted,
	}
	command := commands[args[0]]
	if command == nil || flags.NArg() > 0 {
		return errUsage
	}
	return command(&o, out)
}

type options struct {
	evidence, facts, prices, from, provider string
	states                                  states
	verbose                                 bool
}

// states collects -state flags.
type states map[string]string

func (s states) String() string { return fmt.Sprint(map[string]string(s)) }

func (s states) Set(v string) error {
	name, day, ok := strings.Cut(v, "=")
	if !ok || len(day) != len("2026-11-23") {
		return fmt.Errorf("must be NAME=YYYY-MM-DD, not %q", v)
	}
	s[name] = day
	return nil
}

// write replaces a file of a directory.
func write(dir, name string, data []byte) error {
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}

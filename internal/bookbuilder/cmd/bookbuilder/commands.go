package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/build"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/datasets"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/lint"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/report"
)

// extract reads the data sets and writes evidence.
func extract(o *options, out io.Writer) error {
	if o.from == "" {
		return errors.New("extract needs -from DIR, the directory of the data sets")
	}
	sets, err := datasets.Extract(o.from, o.states)
	if err != nil {
		return err
	}
	for _, s := range sets {
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			return err
		}
		if err := write(o.evidence, s.Name+".tsv", b.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(out, "%-14s %s  %6d rows\n", s.Name, s.State, len(s.Rows))
	}
	return nil
}

// load builds the book in memory.
func load(o *options) (*build.Result, []*evidence.Set, error) {
	sets, err := evidence.ReadDir(o.evidence)
	if err != nil {
		return nil, nil, err
	}
	files, err := facts.ReadDir(o.facts)
	if err != nil {
		return nil, nil, err
	}
	r, err := build.Build(files, sets)
	return r, sets, err
}

// buildBook writes one file for each provider.
func buildBook(o *options, out io.Writer) error {
	r, _, err := load(o)
	if err != nil {
		return err
	}
	files := r.Files()
	stale, err := filepath.Glob(filepath.Join(o.prices, "*.yaml"))
	if err != nil {
		return err
	}
	for _, name := range stale {
		if _, keep := files[filepath.Base(name)]; !keep && filepath.Base(name) != build.CommonFile {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, data := range files {
		if err := write(o.prices, name, data); err != nil {
			return err
		}
	}
	fmt.Fprint(out, r.Summary())
	return nil
}

// check compares the files with what build would write, and looks at its ratios.
func check(o *options, out io.Writer) error {
	r, _, err := load(o)
	if err != nil {
		return err
	}
	var wrong []string
	files := r.Files()
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(o.prices, name)); err != nil || !bytes.Equal(got, want) {
			wrong = append(wrong, name)
		}
	}
	present, err := filepath.Glob(filepath.Join(o.prices, "*.yaml"))
	if err != nil {
		return err
	}
	for _, name := range present {
		if base := filepath.Base(name); files[base] == nil && base != build.CommonFile {
			wrong = append(wrong, base)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("not what build makes: %s; run bookbuilder build and commit the result", strings.Join(wrong, ", "))
	}
	fmt.Fprintln(out, "the price book is what build makes")
	return lint.Write(io.Discard, r.Providers)
}

func printReport(o *options, out io.Writer) error {
	r, sets, err := load(o)
	if err != nil {
		return err
	}
	return report.Write(out, r.Providers, sets, o.provider, o.verbose)
}

func printLint(o *options, out io.Writer) error {
	r, _, err := load(o)
	if err != nil {
		return err
	}
	return lint.Write(out, r.Providers)
}

func printOmitted(o *options, out io.Writer) error {
	r, _, err := load(o)
	if err != nil {
		return err
	}
	for _, x := range r.Omitted {
		if o.provider == "" || o.provider == x.Provider {
			fmt.Fprintf(out, "%s/%s\t%s\t%s\n", x.Provider, x.Model, x.What, x.Why)
		}
	}
	return nil
}

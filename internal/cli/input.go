package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
)

const inputHelp = `FILE holds export requests of OTLP JSON, one object or one on each line, of traces,
logs or metrics, plain or gzipped. Without FILE, or for -, standard input is read.`

// output is an error of writing: it ends the run, whatever the input.
type outputError struct{ error }

func (e *outputError) Unwrap() error { return e.error }

// requests calls f for every request of the files, in order. What cannot be
// read is reported, and the rest is read.
func (t *tool) requests(files []string, f func(*otlpfile.Request) error) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		err := t.file(name, f)
		var output *outputError
		if errors.As(err, &output) {
			return output.error
		}
		if err != nil {
			t.fail(err)
		}
	}
	return nil
}

func (t *tool) file(name string, f func(*otlpfile.Request) error) error {
	in, label := t.In, "standard input"
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory; name files", name)
		}
		in, label = file, name
	} else if tty, ok := in.(*os.File); ok && term.IsTerminal(int(tty.Fd())) {
		fmt.Fprintln(t.Err, "tokencost: reading OTLP JSON from standard input")
	}
	r, err := otlpfile.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	var unpriced otherSignals
	defer func() { unpriced.report(t.Err, label) }()
	for {
		request, err := r.Next()
		var line *otlpfile.LineError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &line):
			t.fail(fmt.Errorf("%s: %w", label, err))
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", label, err)
		}
		if err := f(request); err != nil {
			return &outputError{err}
		}
		unpriced.count(request)
	}
}

// otherSignals counts the requests of a file that hold signals without prices.
type otherSignals struct{ logs, metrics int }

func (o *otherSignals) count(r *otlpfile.Request) {
	if r.HasLogs() {
		o.logs++
	}
	if r.HasMetrics() {
		o.metrics++
	}
}

// report says what was not priced, so that nobody takes the cost of the traces
// for that of the file.
func (o *otherSignals) report(w io.Writer, file string) {
	if o.logs+o.metrics > 0 {
		fmt.Fprintf(w, "tokencost: %s: only traces are priced; left as they are: %s of logs, %s of metrics\n",
			file, plural(o.logs, "request"), plural(o.metrics, "request"))
	}
}

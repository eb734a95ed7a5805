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
		file, err := openFile(name)
		if err != nil {
			return err
		}
		defer file.Close()
		in, label = file, name
	} else if tty, ok := in.(*os.File); ok && term.IsTerminal(int(tty.Fd())) {
		fmt.Fprintln(t.Err, "tokencost: reading OTLP JSON from standard input")
	}
	r, err := otlpfile.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
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
	}
}

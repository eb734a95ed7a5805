package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/term"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
)

const inputHelp = `FILE holds export requests of OTLP JSON, one object or one on each line, of traces,
logs or metrics, plain or gzipped. Without FILE, or for -, standard input is read.`

// output is an error of writing: it ends the run, whatever the input.
type outputError struct{ error }

func (e *outputError) Unwrap() error { return e.error }

// maxNamed is how many broken requests of a file are named one by one: a file of
// something else would be nothing but such lines.
const maxNamed = 20

// requests calls f for every request of the files, in order, until the run is
// interrupted. What cannot be read is reported, and the rest is read.
func (t *tool) requests(ctx context.Context, files []string, f func(*otlpfile.Request) error) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		err := t.file(ctx, name, f)
		if stopped := ctx.Err(); stopped != nil {
			return stopped
		}
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

func (t *tool) file(ctx context.Context, name string, f func(*otlpfile.Request) error) error {
	in, label := io.Reader(&interruptible{ctx: ctx, in: t.In}), "standard input"
	if name != "-" {
		file, err := openFile(name)
		if err != nil {
			return err
		}
		defer file.Close()
		in, label = file, name
	} else if tty, ok := t.In.(*os.File); ok && term.IsTerminal(int(tty.Fd())) {
		fmt.Fprintln(t.Err, "tokencost: reading OTLP JSON from standard input")
	}
	r, err := otlpfile.NewReader(in)
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	broken := 0
	defer func() {
		if broken > maxNamed {
			t.fail(fmt.Errorf("%s: %s cannot be read", label, plural(broken-maxNamed, "more line")))
		}
	}()
	for ctx.Err() == nil {
		request, err := r.Next()
		var line *otlpfile.LineError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &line):
			if broken++; broken <= maxNamed {
				t.fail(fmt.Errorf("%s: %w", label, err))
			}
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", label, err)
		}
		if err := f(request); err != nil {
			return &outputError{err}
		}
	}
	return ctx.Err()
}

// interruptible reads until the run is interrupted. A terminal or a pipe that
// nothing comes from holds up a read for ever, which nothing else ends.
type interruptible struct {
	ctx context.Context
	in  io.Reader
	buf []byte // what is read into: a read that was given up still writes to it
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	r.buf = slices.Grow(r.buf[:0], len(p))[:len(p)]
	var n int
	var err error
	done := make(chan struct{})
	go func() {
		n, err = r.in.Read(r.buf)
		close(done)
	}()
	select {
	case <-done:
		return copy(p, r.buf[:n]), err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}

// afterFlush joins the errors of writing and of writing out the rest, which is
// the same one where the output is full.
func afterFlush(err, flush error) error {
	if errors.Is(err, flush) {
		return err
	}
	return errors.Join(err, flush)
}

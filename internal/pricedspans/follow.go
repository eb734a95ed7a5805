package pricedspans

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// maxLine bounds one line of the Collector's file: an export request.
const maxLine = 64 << 20

// Follower reads what the file exporter appends to its file: one export request
// a line, in JSON.
type Follower struct {
	path   string
	offset int64
	json   ptrace.JSONUnmarshaler
}

// Follow starts at the end of the file, which need not exist yet.
func Follow(path string) (*Follower, error) {
	f := &Follower{path: path}
	info, err := os.Stat(path)
	if err == nil {
		f.offset = info.Size()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return f, nil
}

// Read gives each complete line that is new to the function. A line that is
// still being written waits for the next call.
func (f *Follower) Read(each func(ptrace.Traces)) error {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < f.offset {
		f.offset = 0 // the exporter has started a new file
	}
	b, err := io.ReadAll(io.NewSectionReader(file, f.offset, min(maxLine, info.Size()-f.offset)))
	if err != nil {
		return err
	}
	for {
		line, rest, complete := bytes.Cut(b, []byte("\n"))
		if !complete {
			return nil
		}
		traces, err := f.json.UnmarshalTraces(line)
		if err != nil {
			return fmt.Errorf("%s at byte %d: %w", f.path, f.offset, err)
		}
		each(traces)
		f.offset += int64(len(line)) + 1
		b = rest
	}
}

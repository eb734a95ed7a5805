package otlpfile

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// MaxRequest is the length in bytes of the longest request that is read.
const MaxRequest = 256 << 20

// LineError is what is wrong with one request. Reading can go on after it. It
// quotes nothing of the input, which holds prompts and completions.
type LineError struct {
	Line int // where the request begins
	Err  error
}

// Error writes "line N: what is wrong".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *LineError) Unwrap() error { return e.Err }

// Reader reads the requests of one stream.
type Reader struct {
	in      *bufio.Reader
	limit   int
	line    int    // lines read so far
	pending []byte // a line that was read and belongs to the next request
	again   bool   // pending is set
}

// NewReader reads from r, which may be gzipped. It reads ahead.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, gunzip(err)
		}
		in = bufio.NewReaderSize(unzipped, 1<<16)
	}
	return &Reader{in: in, limit: MaxRequest}, nil
}

// Next returns the next request, or io.EOF. After a *LineError the request is
// lost and the next one can be read; any other error ends the stream.
func (r *Reader) Next() (*Request, error) {
	line, err := r.firstLine()
	if err != nil {
		return nil, err
	}
	start := r.line
	fail := func(format string, args ...any) (*Request, error) {
		return nil, &LineError{start, fmt.Errorf(format, args...)}
	}
	if line[0] != '{' {
		return fail("%w", errObject)
	}
	s := newSplitter()
	object := line
	n, done := s.feed(line)
	for !done {
		if s.inString {
			return fail("%w: a string ends with the line", errCut)
		}
		more, err := r.readLine()
		switch {
		case errors.Is(err, io.EOF):
			return fail("%w: the input ends within the object", errCut)
		case err != nil:
			return nil, err
		case beginsRequest(more):
			r.pending, r.again = more, true
			return fail("%w: the next object begins at line %d", errCut, r.line)
		case len(object)+len(more) > r.limit:
			return fail("%w", errLong)
		}
		n, done = s.feed(more)
		n += len(object)
		object = append(object, more...)
	}
	if len(bytes.TrimSpace(object[n:])) > 0 {
		return fail("has more text after the object, which ends with byte %d; write one object a line", n)
	}
	request, err := parse(object[:n], s.keys, s.empty)
	if err != nil {
		return nil, &LineError{start, err}
	}
	request.Line = start
	return request, nil
}

var (
	errObject = errors.New("must be an OTLP JSON object such as {\"resourceSpans\":[…]}")
	errCut    = errors.New("is cut off")
	errGzip   = errors.New("the gzip is damaged")
	errLong   = fmt.Errorf("is longer than the %d MiB that one request may have", MaxRequest>>20)
)

// firstLine returns the next line that is not blank, without space before it.
func (r *Reader) firstLine() ([]byte, error) {
	for {
		line, err := r.readLine()
		if err != nil {
			return nil, err
		}
		if line = bytes.TrimLeft(line, " \t\r\n"); len(line) > 0 {
			return line, nil
		}
	}
}

// readLine returns one line with its end. The slice is the caller's.
func (r *Reader) readLine() ([]byte, error) {
	if r.again {
		r.again = false
		return r.pending, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(line) <= r.limit:
			continue
		case len(line) > r.limit:
			return nil, r.skip(err)
		case errors.Is(err, io.EOF) && len(line) > 0:
		case err != nil:
			return nil, r.ended(err)
		}
		if r.line++; r.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		return line, nil
	}
}

// skip reads the rest of a line that is too long, if it has not ended.
func (r *Reader) skip(err error) error {
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.in.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return r.ended(err)
	}
	r.line++
	return &LineError{r.line, errLong}
}

// ended explains why there is no more.
func (r *Reader) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("after line %d: %w", r.line, gunzip(err))
}

// gunzip says of an error of reading whether the gzip around the requests is at fault.
func gunzip(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("the gzip %w", errCut)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return errGzip
	}
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) {
		return errGzip
	}
	return err
}

// beginsRequest tells whether a line within an object that has not ended looks
// like the start of another one: the object before it was cut off then.
func beginsRequest(line []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t"), []byte(`{`))
	if !ok {
		return false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(`"`))
	key, _, closed := bytes.Cut(rest, []byte(`"`))
	return ok && closed && signalOf[string(key)] != 0
}

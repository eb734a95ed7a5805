// Package bill reads what providers say they billed: pages of their usage and
// cost APIs, FOCUS files, and any CSV whose columns are told. It brings them to
// one form, in which every token is in one meter, and knows neither the ledger
// nor prices. Files come from strangers: reading is bounded, and numbers are exact.
package bill

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Meter is what bills and ledgers are compared by. Modalities, reasoning and
// retention times are within the meter of their direction and cache action.
type Meter string

// The meters. Every token is in one of the first four.
const (
	Input      Meter = "input" // neither read from the cache nor written to it
	CacheRead  Meter = "cache_read"
	CacheWrite Meter = "cache_write"
	Output     Meter = "output"
	Fees       Meter = "fees"      // tools and items; quantities have different units and are not compared
	NotUsage   Meter = "not_usage" // taxes, credits, purchases
	Unsplit    Meter = ""          // the bill does not tell
)

// Tokens lists the meters of tokens.
var Tokens = []Meter{Input, CacheRead, CacheWrite, Output}

// Line is one line of a bill. Fields that it does not tell are empty or nil.
type Line struct {
	Start, End int64  // of the usage, unix seconds
	Model      string // as the bill spells it
	Meter      Meter
	Item       string // what the bill calls it
	OneHour    bool   // a cache write that is kept for an hour
	Tier       string // standard, batch, priority, …
	Quantity   *big.Rat
	Cost       *big.Rat
	Currency   string // ISO 4217
}

// Bill is what one or more files say.
type Bill struct {
	Lines       []Line
	From, Until int64    // of all that the files cover, also without lines; unix seconds
	Warnings    []string // what may be missing
	Places      int      // the most decimal places that a cost has; of rounded files, those they are rounded to
	Keep        Keep     // rows of FOCUS files to read
	Skipped     int      // that were not
	Others      []string // some of the names that those have
	files       map[[sha256.Size]byte]string
	usage       bool // an export of usage is among them, which is where quantities are taken from then
	cost        bool
	more        bool // pages say that there are more
	last        bool // a page says that it is the last one
}

// Format is the form of a file.
type Format string

// The formats.
const (
	OpenAI    Format = "openai"
	Anthropic Format = "anthropic"
	FOCUS     Format = "focus"
	CSV       Format = "csv"
)

// The bounds of what is read.
const (
	MaxBytes = 256 << 20 // of a file, unpacked
	maxLines = 2_000_000
	maxText  = 256 // of a name
)

// ErrTooLong is wrapped by errors about files beyond the bounds.
var ErrTooLong = errors.New("too long")

// Read reads a file and adds what it says. Columns are those of CSV, and
// replace some of FOCUS. Without a format, the file's first bytes tell it.
func (b *Bill) Read(name string, r io.Reader, format Format, columns Columns) error {
	hash := sha256.New()
	in, err := unpack(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	limited := &io.LimitedReader{R: in, N: MaxBytes + 1}
	buffered := bufio.NewReaderSize(io.TeeReader(limited, hash), 1<<16)
	if format == "" {
		format = detect(buffered)
	}
	switch format {
	case OpenAI:
		err = b.readPages(buffered, b.openai)
	case Anthropic:
		err = b.readPages(buffered, b.anthropic)
	case FOCUS:
		err = b.readTable(buffered, focusColumns().over(columns), focusLine)
	case CSV:
		err = b.readTable(buffered, columns, plainLine)
	default:
		err = fmt.Errorf("format %q is not allowed; use openai, anthropic, focus, csv", format)
	}
	if limited.N == 0 {
		err = fmt.Errorf("%w: more than %d MiB", ErrTooLong, MaxBytes>>20)
	}
	if err == nil {
		err = b.once(name, [sha256.Size]byte(hash.Sum(nil)))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// once refuses a file that was read before, whose amounts would count twice.
func (b *Bill) once(name string, sum [sha256.Size]byte) error {
	if before, known := b.files[sum]; known {
		return fmt.Errorf("holds the same as %s", before)
	}
	if b.files == nil {
		b.files = map[[sha256.Size]byte]string{}
	}
	b.files[sum] = name
	return nil
}

// detect tells the format of a file from its first bytes.
func detect(r *bufio.Reader) Format {
	head, _ := r.Peek(1 << 12)
	switch {
	case !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")):
		line, _, _ := bytes.Cut(head, []byte("\n"))
		if bytes.Contains(bytes.ToLower(line), []byte("chargeperiodstart")) {
			return FOCUS
		}
		return CSV
	case bytes.Contains(head, []byte(`"starting_at"`)) || bytes.Contains(head, []byte(`"ending_at"`)):
		return Anthropic
	}
	return OpenAI
}

// Finish ends reading: what several files say is brought together.
func (b *Bill) Finish() error {
	if len(b.Lines) == 0 && b.From == b.Until {
		return errors.New("the bill is empty")
	}
	if b.more && !b.last {
		b.Warnings = append(b.Warnings, "every page says that there are more (has_more): the bill is not complete")
	}
	if b.usage && b.cost {
		for i := range b.Lines {
			if b.Lines[i].Cost != nil {
				b.Lines[i].Quantity = nil // the usage export tells it
			}
		}
	}
	currency := ""
	for i := range b.Lines {
		switch c := b.Lines[i].Currency; {
		case b.Lines[i].Cost == nil || c == currency:
		case currency == "":
			currency = c
		default:
			return fmt.Errorf("the bill is in %s and %s; compare one currency at a time", currency, c)
		}
	}
	return nil
}

// Currency returns the currency of the bill, or an empty string if it tells no cost.
func (b *Bill) Currency() string {
	for i := range b.Lines {
		if b.Lines[i].Cost != nil {
			return b.Lines[i].Currency
		}
	}
	return ""
}

// covers widens the time that the bill covers.
func (b *Bill) covers(from, until int64) {
	if b.From == b.Until {
		b.From, b.Until = from, until
		return
	}
	b.From, b.Until = min(b.From, from), max(b.Until, until)
}

func (b *Bill) add(l Line) error {
	if len(b.Lines) == maxLines {
		return fmt.Errorf("%w: more than %d lines", ErrTooLong, maxLines)
	}
	b.Lines = append(b.Lines, l)
	return nil
}

// unpack reads through gzip, which is recognised by its first bytes.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return gzip.NewReader(in)
	}
	return in, nil
}

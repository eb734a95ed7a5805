package ledger

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
)

// Key identifies a call. Whoever exports the same span or log record again says
// the same key. Keys that are close in time are close in stores.
type Key struct {
	Start int64    // unix nanoseconds
	Trace [16]byte // of a log record: a hash of all that it says
	Span  [8]byte
}

// Signal tells where a call was seen.
type Signal uint8

// The signals.
const (
	Traces Signal = 1
	Logs   Signal = 2
)

// Amount is one of the amounts of a call.
type Amount uint8

// The amounts, in quanta of 1e-12 currency units.
const (
	Total      Amount = iota
	Input             // part of Total
	CacheRead         // part of Total
	CacheWrite        // part of Total
	Output            // part of Total
	Fees              // part of Total
	List              // at public list price; Total where no contract applied
	Loaded            // with overhead; Total where no overhead rule matched
	Reported          // what the telemetry said; zero where it said nothing
	NumAmounts
)

// AmountNames are the names of amounts, and of their columns.
var AmountNames = [NumAmounts]string{
	"total", "input_cost", "cache_read_cost", "cache_write_cost", "output_cost", "fees_cost", "list_cost", "loaded_cost", "reported_cost",
}

// Token is one of the counts of a call. They are as read: InputTokens holds
// cache reads and writes, OutputTokens holds reasoning.
type Token uint8

// The counts.
const (
	InputTokens Token = iota
	CacheReadTokens
	CacheWriteTokens
	OutputTokens
	ReasoningTokens
	NumTokens
)

// TokenNames are the names of counts, and of their columns.
var TokenNames = [NumTokens]string{"input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"}

// Origin tells who made a version of a row. Of two, the higher one counts.
type Origin uint8

// The origins.
const (
	Observed Origin = iota // from telemetry
	Repriced               // by a later price book or contract
)

// Row is one version of one call. Rows are never edited: what changes is a
// further version, and which one counts.
type Row struct {
	Key
	Version    int
	Superseded bool // a later version counts
	Origin     Origin
	Run        int64 // of Repriced: the number of the run that made it

	Signal    Signal
	ContextID int64
	Context   *Context // nil if it was read from a store
	End       int64    // unix nanoseconds
	Parent    [8]byte  // parent span id; zero for none

	User     string
	Session  string
	Response string // gen_ai.response.id

	Usage      string  // as FormatUsage writes it
	Quantities []int64 // of the items of the context's card: disjoint tokens, and items of fees
	Amounts    [NumAmounts]int64
	Tokens     [NumTokens]int64

	// Billing is the start of the billing period, a UTC month in unix seconds, that
	// the row is booked in. It is that of Start, or a later one if that was closed.
	Billing     int64
	Ingested    int64 // unix nanoseconds
	Fingerprint int64 // of what it says of money
}

// Month returns the start of the UTC month of an instant, in unix seconds.
func Month(unixNano int64) int64 {
	t := time.Unix(0, unixNano).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).Unix()
}

// Hour and Day return the start of the UTC hour and day, in unix seconds.
func Hour(unixNano int64) int64 { return floor(unixNano, int64(time.Hour)) }

// Day returns the start of the UTC day, in unix seconds.
func Day(unixNano int64) int64 { return floor(unixNano, int64(24*time.Hour)) }

func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q * (by / int64(time.Second))
}

// Correction tells whether the row is booked in a later period than its own.
func (r *Row) Correction() bool { return r.Billing != Month(r.Start) }

// Seal computes the fingerprint: two sightings of a call with the same one say
// the same of money, so that the later is a duplicate. The price book's hash and
// what the call is attributed to are not part of it.
func (r *Row) Seal() {
	h := fnv.New64a()
	for _, s := range []string{r.Context.Status, r.Context.Currency, r.Context.Price, r.Usage} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	var b [8]byte
	for _, a := range r.Amounts {
		binary.BigEndian.PutUint64(b[:], uint64(a))
		h.Write(b[:])
	}
	r.Fingerprint = int64(h.Sum64() >> 1)
}

// FormatUsage writes usage such as "cache_read=300 input=1200", by name.
func FormatUsage(usage []calculation.Count) string {
	sorted := slices.SortedFunc(slices.Values(usage), func(a, b calculation.Count) int { return strings.Compare(a.Name, b.Name) })
	var b []byte
	for _, c := range sorted {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, c.Name...)
		b = append(b, '=')
		b = strconv.AppendInt(b, c.N, 10)
	}
	return string(b)
}

// ParseUsage reads what FormatUsage wrote. What it did not write is left out.
func ParseUsage(s string) []calculation.Count {
	var out []calculation.Count
	for field := range strings.FieldsSeq(s) {
		name, value, _ := strings.Cut(field, "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			out = append(out, calculation.Count{Name: name, N: n})
		}
	}
	return out
}

// FormatQuantities writes quantities with spaces between.
func FormatQuantities(q []int64) string {
	var b []byte
	for i, n := range q {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}

// ParseQuantities reads what FormatQuantities wrote.
func ParseQuantities(s string) []int64 {
	var out []int64
	for field := range strings.FieldsSeq(s) {
		if n, err := strconv.ParseInt(field, 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

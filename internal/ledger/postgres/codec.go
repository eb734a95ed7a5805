package postgres

import (
	"encoding/binary"
	"errors"
	"io"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// encoder writes fields as COPY reads them in its binary format (PostgreSQL
// documentation, COPY, "Binary Format").
type encoder struct{ b []byte }

const copyHeader = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func (e *encoder) length(n int)   { e.b = binary.BigEndian.AppendUint32(e.b, uint32(n)) }
func (e *encoder) short(v uint16) { e.b = binary.BigEndian.AppendUint16(e.b, v) }

func (e *encoder) int64(v int64) {
	e.length(8)
	e.b = binary.BigEndian.AppendUint64(e.b, uint64(v))
}

func (e *encoder) int32(v int32) {
	e.length(4)
	e.b = binary.BigEndian.AppendUint32(e.b, uint32(v))
}

func (e *encoder) int16(v int16) {
	e.length(2)
	e.short(uint16(v))
}

func (e *encoder) bool(v bool) {
	e.length(1)
	if v {
		e.b = append(e.b, 1)
	} else {
		e.b = append(e.b, 0)
	}
}

func (e *encoder) bytes(v []byte) {
	e.length(len(v))
	e.b = append(e.b, v...)
}

func (e *encoder) text(v string) {
	v = contextset.Clean(v)
	e.length(len(v))
	e.b = append(e.b, v...)
}

// Signs of NUMERIC, and the digits after the point that quanta of 1e-12 have. A
// digit is one to the base of 10000.
const (
	positive       = 0x0000
	negative       = 0x4000
	base           = 10_000
	decimals       = 12
	fractionDigits = 3
)

// quanta writes an amount as NUMERIC (src/backend/utils/adt/numeric.c, numeric_recv).
func (e *encoder) quanta(v int64) {
	sign, n := uint16(positive), uint64(v)
	if v < 0 {
		sign, n = negative, -n
	}
	var digits [5]uint16 // the least significant one first; 10000^5 is beyond 64 bits
	count := 0
	for ; n > 0; n /= base {
		digits[count] = uint16(n % base)
		count++
	}
	first := 0 // zeros at the end are left out
	for first < count && digits[first] == 0 {
		first++
	}
	e.length(8 + 2*(count-first))
	e.short(uint16(count - first))
	e.short(uint16(int16(count - 1 - fractionDigits)))
	e.short(sign)
	e.short(decimals)
	for i := count - 1; i >= first; i-- {
		e.short(digits[i])
	}
}

// row writes a tuple of columns.
func (e *encoder) row(r *ledger.Row) {
	e.short(uint16(len(columns)))
	e.int64(r.Start)
	e.bytes(r.Trace[:])
	e.bytes(r.Span[:])
	e.int32(int32(r.Version))
	e.bool(r.Superseded)
	e.int16(int16(r.Origin))
	e.int64(r.Run)
	e.int16(int16(r.Signal))
	e.int64(r.ContextID)
	e.int64(r.End)
	e.bytes(r.Parent[:])
	e.text(r.User)
	e.text(r.Session)
	e.text(r.Response)
	e.text(r.Usage)
	e.text(ledger.FormatQuantities(r.Quantities))
	for _, a := range r.Amounts {
		e.quanta(a)
	}
	for _, n := range r.Tokens {
		e.int64(n)
	}
	e.int64(r.Billing)
	e.int64(r.Ingested)
	e.int64(r.Fingerprint)
}

// reader makes the stream that COPY reads, a few rows at a time.
type reader struct {
	rows    []*ledger.Row
	encoder encoder
	sent    int // of encoder.b
	state   int // of the constants below
}

const (
	atStart = iota
	atRows
	atEnd
)

// rowsAtOnce bounds what a reader holds.
const rowsAtOnce = 128

func (r *reader) Read(p []byte) (int, error) {
	if r.sent == len(r.encoder.b) {
		if r.state == atEnd {
			return 0, io.EOF
		}
		r.fill()
	}
	n := copy(p, r.encoder.b[r.sent:])
	r.sent += n
	return n, nil
}

func (r *reader) fill() {
	r.encoder.b, r.sent = r.encoder.b[:0], 0
	if r.state == atStart {
		r.encoder.b, r.state = append(r.encoder.b, copyHeader...), atRows
	}
	n := min(len(r.rows), rowsAtOnce)
	for _, row := range r.rows[:n] {
		r.encoder.row(row)
	}
	if r.rows = r.rows[n:]; len(r.rows) == 0 {
		r.encoder.short(0xffff) // the trailer
		r.state = atEnd
	}
}

// errFormat is about a value that is not what the schema says.
var errFormat = errors.New("a column has another type than the ledger's schema says")

// decoder reads values of one result row in the binary format.
type decoder struct {
	values [][]byte
	err    error
}

// next returns a value of so many bytes, or of any number if it is negative.
func (d *decoder) next(size int) []byte {
	if len(d.values) == 0 || size >= 0 && len(d.values[0]) != size {
		d.err = errFormat
		return make([]byte, max(size, 0))
	}
	v := d.values[0]
	d.values = d.values[1:]
	return v
}

func (d *decoder) int64() int64 { return int64(binary.BigEndian.Uint64(d.next(8))) }
func (d *decoder) int32() int32 { return int32(binary.BigEndian.Uint32(d.next(4))) }
func (d *decoder) int16() int16 { return int16(binary.BigEndian.Uint16(d.next(2))) }
func (d *decoder) bool() bool   { return d.next(1)[0] != 0 }
func (d *decoder) text() string { return string(d.next(-1)) }

// numeric reads the header of a NUMERIC, whose digits follow.
func (d *decoder) numeric() (digits []byte, weight int, neg bool) {
	v := d.next(-1)
	if len(v) < 8 || len(v) != 8+2*int(binary.BigEndian.Uint16(v)) {
		d.err = errFormat
		return nil, 0, false
	}
	sign := binary.BigEndian.Uint16(v[4:])
	if sign != positive && sign != negative {
		d.err = errFormat // not a number
	}
	return v[8:], int(int16(binary.BigEndian.Uint16(v[2:]))), sign == negative
}

// quanta reads an amount into n.
func (d *decoder) quanta(n *big.Int) {
	digits, weight, neg := d.numeric()
	n.SetInt64(0)
	if len(digits) == 0 {
		return
	}
	// The digit i is worth 10000^(weight-i), and a quantum 10000^-3.
	missing := weight + fractionDigits + 1 - len(digits)/2
	if missing < 0 || missing > 1000 {
		d.err = errFormat
		return
	}
	var digit, ten4 big.Int
	ten4.SetInt64(base)
	for ; len(digits) > 0; digits = digits[2:] {
		n.Add(n.Mul(n, &ten4), digit.SetUint64(uint64(binary.BigEndian.Uint16(digits))))
	}
	for range missing {
		n.Mul(n, &ten4)
	}
	if neg {
		n.Neg(n)
	}
}

// quanta64 reads an amount of a call.
func (d *decoder) quanta64() int64 {
	digits, weight, neg := d.numeric()
	n, missing := uint64(0), weight+fractionDigits+1-len(digits)/2
	if len(digits) == 0 {
		return 0
	}
	if missing < 0 || missing+len(digits)/2 > 5 {
		d.err = errFormat
		return 0
	}
	for ; len(digits) > 0; digits = digits[2:] {
		n = n*base + uint64(binary.BigEndian.Uint16(digits))
	}
	for range missing {
		n *= base
	}
	if neg {
		return -int64(n)
	}
	return int64(n)
}

// row reads the columns of columns.
func (d *decoder) row(r *ledger.Row) {
	r.Start = d.int64()
	copy(r.Trace[:], d.next(len(r.Trace)))
	copy(r.Span[:], d.next(len(r.Span)))
	r.Version = int(d.int32())
	r.Superseded = d.bool()
	r.Origin = ledger.Origin(d.int16())
	r.Run = d.int64()
	r.Signal = ledger.Signal(d.int16())
	r.ContextID = d.int64()
	r.End = d.int64()
	copy(r.Parent[:], d.next(len(r.Parent)))
	r.User = d.text()
	r.Session = d.text()
	r.Response = d.text()
	r.Usage = d.text()
	r.Quantities = ledger.ParseQuantities(d.text())
	for i := range r.Amounts {
		r.Amounts[i] = d.quanta64()
	}
	for i := range r.Tokens {
		r.Tokens[i] = d.int64()
	}
	r.Billing = d.int64()
	r.Ingested = d.int64()
	r.Fingerprint = d.int64()
}

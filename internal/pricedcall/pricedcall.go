// Package pricedcall reads back what the token_cost processor wrote on a span
// or log record. It trusts nothing: values of the wrong type, unknown statuses
// and impossible amounts are as if they were not there. It knows no dialects.
package pricedcall

import (
	"iter"
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Call is the result on one span or log record. Strings point into the telemetry.
type Call struct {
	Status   status.Status
	Reasons  status.Set
	Total    money.Amount
	HasTotal bool
	Parts    [NumParts]money.Amount // zero where the result has none
	List     money.Amount
	HasList  bool
	Overhead float64 // the multiplier, zero if none applied
	Loaded   money.Amount
	Reported float64 // zero if none was
	Currency string
	Price    string // provider/model@from
	Book     string
	// Calculation is what the cost was calculated from, for package calculation.
	Calculation string
}

// Part is a part of a total.
type Part uint8

// The parts, as the processor writes them.
const (
	Input Part = iota
	CacheRead
	CacheWrite
	Output
	Fees
	NumParts
)

var partNames = [NumParts]string{attrkey.Input, attrkey.CacheRead, attrkey.CacheWrite, attrkey.Output, attrkey.Fees}

// String returns the name that the part has as a result, without the prefix.
func (p Part) String() string { return partNames[p] }

// Reader reads results under one prefix. It is immutable and safe for
// concurrent use.
type Reader struct{ prefix string }

// Field is a part of a result.
type Field uint8

const (
	// NoField is what has no part in a result.
	NoField Field = iota
	isStatus
	isReasons
	isTotal
	isList
	isOverhead
	isLoaded
	isReported
	isCurrency
	isPrice
	isBook
	isCalculation
	isPart // and the parts after it
)

// NewReader returns a reader for results under a prefix such as "token_cost".
func NewReader(prefix string) *Reader { return &Reader{prefix: attrkey.Under(prefix).Prefix} }

// fieldOf finds a field by its name without the prefix.
func fieldOf(name string) (Field, bool) {
	switch name {
	case attrkey.Status:
		return isStatus, true
	case attrkey.Reasons:
		return isReasons, true
	case attrkey.Total:
		return isTotal, true
	case attrkey.List:
		return isList, true
	case attrkey.Overhead:
		return isOverhead, true
	case attrkey.Loaded:
		return isLoaded, true
	case attrkey.Reported:
		return isReported, true
	case attrkey.Currency:
		return isCurrency, true
	case attrkey.Price:
		return isPrice, true
	case attrkey.Book:
		return isBook, true
	case attrkey.Calculation:
		return isCalculation, true
	case attrkey.Input:
		return isPart + Field(Input), true
	case attrkey.CacheRead:
		return isPart + Field(CacheRead), true
	case attrkey.CacheWrite:
		return isPart + Field(CacheWrite), true
	case attrkey.Output:
		return isPart + Field(Output), true
	case attrkey.Fees:
		return isPart + Field(Fees), true
	}
	return 0, false
}

// Fields passes on the keys of all fields, for callers that look keys up for
// purposes of their own too. They set the fields of a Call themselves.
func (r *Reader) Fields() iter.Seq2[string, Field] {
	return func(yield func(string, Field) bool) {
		for _, key := range attrkey.Under(r.prefix).Keys() {
			if f, ok := fieldOf(key[len(r.prefix):]); ok && !yield(key, f) {
				return
			}
		}
	}
}

// Read fills c from attributes, and reports whether there is a result: what
// has no known status has none.
func (r *Reader) Read(attrs pcommon.Map, c *Call) bool {
	*c = Call{}
	for key, v := range attrs.All() {
		name, ok := strings.CutPrefix(key, r.prefix)
		if !ok {
			continue
		}
		if f, ok := fieldOf(name); ok {
			c.Set(f, v)
		}
	}
	return c.Known()
}

// Known tells whether there is a result: what has no known status has none.
func (c *Call) Known() bool { return c.Status != status.None }

// Set takes the value of a field into account.
func (c *Call) Set(f Field, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		c.setText(f, v.Str())
	case pcommon.ValueTypeDouble:
		c.setNumber(f, v.Double())
	case pcommon.ValueTypeSlice:
		if f == isReasons {
			for _, x := range v.Slice().All() {
				if reason, ok := status.ParseReason(x.Str()); ok {
					c.Reasons.Add(reason)
				}
			}
		}
	}
}

func (c *Call) setText(f Field, s string) {
	switch f {
	case isStatus:
		c.Status, _ = status.Parse(s)
	case isCurrency:
		c.Currency = s
	case isPrice:
		c.Price = s
	case isBook:
		c.Book = s
	case isCalculation:
		c.Calculation = s
	}
}

func (c *Call) setNumber(f Field, d float64) {
	a, ok := Amount(d)
	if !ok {
		return
	}
	switch f {
	case isTotal:
		c.Total, c.HasTotal = a, true
	case isList:
		c.List, c.HasList = a, true
	case isLoaded:
		c.Loaded = a
	case isOverhead:
		c.Overhead = d
	case isReported:
		c.Reported = d
	default:
		if f >= isPart {
			c.Parts[f-isPart] = a
		}
	}
}

// quanta of a unit, and the largest double of which multiplication by it is
// certain to round to the right quantum.
const (
	quantaPerUnit = 1e12
	surely        = 1 << 50 / quantaPerUnit
)

// Amount recovers the exact amount from a double that the processor wrote. It
// refuses what is no amount: negative, infinite, not a number.
func Amount(d float64) (money.Amount, bool) {
	switch {
	case d >= 0 && d <= surely:
		return money.Quanta(uint64(math.RoundToEven(d * quantaPerUnit))), true
	case d > surely && !math.IsInf(d, 1):
		return money.FromFloat(d)
	}
	return money.Amount{}, false
}

// Model splits the price's name into provider and model as the price book
// spells them.
func (c *Call) Model() (provider, model string) {
	provider, rest, ok := strings.Cut(c.Price, "/")
	if !ok {
		return "", ""
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[:i]
	}
	return provider, rest
}

package dialect

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// reading is what became of a value.
type reading uint8

const (
	absent   reading = iota // no value: the key counts as not there
	valid                   // a count
	invalid                 // something that is no credible count
	negative                // a number below zero, which nobody writes by mistake of format
)

// toCount reads a count strictly: an int, a double without a fraction or a
// string of decimal digits, from 0 to usage.MaxCount. Everything else but an
// empty value is invalid; a wrong count must not turn into a price.
func toCount(v pcommon.Value) (int64, reading) {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return credible(v.Int())
	case pcommon.ValueTypeDouble:
		return fromDouble(v.Double())
	case pcommon.ValueTypeStr:
		return fromDigits(v.Str())
	case pcommon.ValueTypeEmpty:
		return 0, absent
	default:
		return 0, invalid
	}
}

func credible(n int64) (int64, reading) {
	switch {
	case n < 0:
		return 0, negative
	case n > usage.MaxCount:
		return 0, invalid
	}
	return n, valid
}

func fromDouble(f float64) (int64, reading) {
	if f < 0 {
		return 0, negative
	}
	if !(f <= usage.MaxCount) || f != math.Trunc(f) {
		return 0, invalid
	}
	return int64(f), valid
}

// fromDigits reads what some exporters make of an int. No space, fraction or
// exponent, and no sign but that of a negative number: those were never a count.
func fromDigits(s string) (int64, reading) {
	below := len(s) > 0 && s[0] == '-'
	if below {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 18 {
		return 0, invalid
	}
	var n int64
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, invalid
		}
		n = n*10 + int64(c)
	}
	switch {
	case !below:
		return credible(n)
	case n > 0:
		return 0, negative
	}
	return 0, invalid
}

// toFlag reads a truth value as 1 or 0.
func toFlag(v pcommon.Value) (int64, reading) {
	switch v.Type() {
	case pcommon.ValueTypeBool:
		if v.Bool() {
			return 1, valid
		}
		return 0, valid
	case pcommon.ValueTypeStr:
		switch v.Str() {
		case "true", "True":
			return 1, valid
		case "false", "False":
			return 0, valid
		}
	}
	return 0, absent
}

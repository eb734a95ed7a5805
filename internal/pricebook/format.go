package pricebook

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Decimal writes a rational as the shortest exact decimal, or as a fraction if
// there is none.
func Decimal(r *big.Rat) string {
	if digits, exact := r.FloatPrec(); exact {
		return r.FloatString(digits)
	}
	return r.RatString()
}

// String writes the conditions, such as "input over 272000".
func (r *contextRule) String() string {
	var parts []string
	for _, side := range []struct {
		name string
		b    bound
	}{{"input", r.input}, {"output", r.output}} {
		switch {
		case side.b == bound{}:
		case side.b.atLeast > side.b.declared:
			parts = append(parts, fmt.Sprintf("%s over %d", side.name, side.b.declared))
		default:
			parts = append(parts, fmt.Sprintf("%s at least %d", side.name, side.b.declared))
		}
	}
	return strings.Join(parts, " and ")
}

// String writes the window, such as "mon-fri 01:00-04:00 UTC".
func (w *window) String() string {
	var days, spans []string
	for i, on := range w.days {
		if on {
			days = append(days, weekdays[i])
		}
	}
	for _, h := range w.hours {
		spans = append(spans, fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, h.until/60, h.until%60))
	}
	return strings.Join(days, ",") + " " + strings.Join(spans, ",") + " " + w.zone.String()
}

// String writes the conditions, such as "geo eu, mode priority".
func (o *override) String() string {
	var parts []string
	for axis, value := range o.when {
		parts = append(parts, axis+" "+value)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

package pricebook

import (
	"math/big"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// terms are the fees and rules of a price, or the defaults that a model, or a
// provider for all of its models, has for prices that state none.
type terms struct {
	fees   map[meter.Fee]*big.Rat
	adjust adjust
}

// over returns t where it says something, and below where it does not.
func (t terms) over(below terms) terms {
	if t.fees == nil {
		t.fees = below.fees
	}
	t.adjust = t.adjust.over(below.adjust)
	return t
}

// over returns the axes that a gives, and of below those that it does not.
// Overrides from below that name a value of an axis of a that it does not have
// could never match, and are left out.
func (a adjust) over(below adjust) adjust {
	own := a
	if a.context == nil {
		a.context = below.context
	}
	if a.mode == nil {
		a.mode = below.mode
	}
	if a.geo == nil {
		a.geo = below.geo
	}
	if a.schedule == nil {
		a.schedule = below.schedule
	}
	if a.overrides == nil && below.overrides != nil {
		replaced := map[string]bool{"context": own.context != nil, "mode": own.mode != nil, "geo": own.geo != nil, "schedule": own.schedule != nil}
		a.overrides = slices.DeleteFunc(slices.Clone(below.overrides), func(o override) bool {
			for axis, value := range o.when {
				if replaced[axis] && !a.declares(axis, value) {
					return true
				}
			}
			return false
		})
	}
	return a
}

// declares tells whether any rule of the axis has the value.
func (a *adjust) declares(axis, value string) bool {
	named := func(r valueRule) bool { return r.key == value }
	switch axis {
	case "mode":
		return slices.ContainsFunc(a.mode, named)
	case "geo":
		return slices.ContainsFunc(a.geo, named)
	case "context":
		return slices.ContainsFunc(a.context, func(r contextRule) bool { return r.name == value })
	default:
		return slices.ContainsFunc(a.schedule, func(w window) bool { return w.name == value })
	}
}

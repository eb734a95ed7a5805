package build

import (
	"reflect"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// compact moves what is said of a model with one period into that period, and
// drops axes and fees that the provider's defaults state already.
func compact(p *book.Provider, byID map[string]*book.Provider) {
	for _, m := range p.Models {
		if owner, id, ok := strings.Cut(m.Base, "/"); ok {
			m.Adjust = besides(byID[owner].Models[id], p.Adjust.Over(m.Adjust), p.Adjust)
			continue
		}
		m.Adjust = without(m.Adjust, p.Adjust)
		for i := range m.Prices {
			price := &m.Prices[i]
			if len(price.Fees) > 0 && len(price.Rates) > 0 {
				price.Fees = with(p.Fees, price.Fees)
			}
			if len(price.Fees) == 0 || reflect.DeepEqual(price.Fees, p.Fees) {
				price.Fees = nil
			}
		}
		if len(m.Prices) == 1 {
			m.Prices[0].Adjust = m.Adjust.Over(m.Prices[0].Adjust)
			m.Adjust = book.Adjust{}
		}
	}
}

// besides drops axes that equal the default, unless the parent has such an axis
// of its own, which would be inherited. What the parent's provider has by
// default is not inherited.
func besides(parent *book.Model, a, byDefault book.Adjust) book.Adjust {
	mode, geo := len(parent.Adjust.Mode) > 0, len(parent.Adjust.Geo) > 0
	for _, price := range parent.Prices {
		mode, geo = mode || len(price.Adjust.Mode) > 0, geo || len(price.Adjust.Geo) > 0
	}
	if !mode && reflect.DeepEqual(a.Mode, byDefault.Mode) {
		a.Mode = nil
	}
	if !geo && reflect.DeepEqual(a.Geo, byDefault.Geo) {
		a.Geo = nil
	}
	return a
}

// without drops the axes of a that equal the default. An axis that a model
// states replaces the default's whole axis, so modes are laid over it first.
func without(a, byDefault book.Adjust) book.Adjust {
	if len(a.Mode) > 0 {
		a.Mode = book.Adjust{Mode: byDefault.Mode}.Over(book.Adjust{Mode: a.Mode}).Mode
	}
	if len(a.Geo) > 0 {
		a.Geo = book.Adjust{Geo: byDefault.Geo}.Over(book.Adjust{Geo: a.Geo}).Geo
	}
	if reflect.DeepEqual(a.Mode, byDefault.Mode) {
		a.Mode = nil
	}
	if reflect.DeepEqual(a.Geo, byDefault.Geo) {
		a.Geo = nil
	}
	if reflect.DeepEqual(a.Context, byDefault.Context) {
		a.Context = nil
	}
	return a
}

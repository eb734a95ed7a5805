package build

import (
	"reflect"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// compact moves what is said of a model with one period into that period, and
// drops axes and fees that the provider's defaults state already.
func compact(p *book.Provider) {
	for _, m := range p.Models {
		if m.Base != "" {
			// The parent's axes come with its provider's defaults: ours replace them.
			m.Adjust = p.Adjust.Over(m.Adjust)
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

package series

import "github.com/lightstep/go-expohisto/structure"

// Distribution counts values, in exponential buckets or, where Options have
// bounds, between fixed ones.
type Distribution struct {
	Exponential *structure.Float64
	Buckets     Buckets
	Bounds      []float64 // of Buckets
	Sum         float64
}

// Count is the number of values.
func (d *Distribution) Count() uint64 {
	if d.Exponential != nil {
		return d.Exponential.Count()
	}
	return d.Buckets.Count()
}

// The bounds of what is no amount of money.
var (
	boundsOfCalls    = []float64{1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000}
	boundsOfTokens   = []float64{100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7}
	boundsOfDepth    = []float64{1, 2, 3, 4, 5, 6, 8, 10, 20}
	boundsOfOverhead = []float64{1, 1.05, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.25, 2.5, 3, 4, 5, 10, 20, 50, 100}
)

// add counts a value, and reports false where distributions are left out.
func (d *Distribution) add(v float64, o *Options, bounds []float64) bool {
	switch {
	case len(o.Bounds) > 0:
		d.Bounds = bounds
		d.Buckets.add(v, bounds, 1)
	case o.HistogramSize > 0:
		observe(&d.Exponential, v, o, 1)
	default:
		return false
	}
	d.Sum += v
	return true
}

func (d *Distribution) clear() {
	clear(d.Buckets)
	clearAll(d.Exponential)
	d.Sum = 0
}

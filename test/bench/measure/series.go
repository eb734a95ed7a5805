package measure

import "slices"

// Series is what several rounds measured.
type Series []Sample

// Median returns the medians of what was measured.
func (s Series) Median() Sample {
	return Sample{
		NS:     s.median(func(x Sample) float64 { return x.NS }),
		Bytes:  s.median(func(x Sample) float64 { return x.Bytes }),
		Allocs: s.median(func(x Sample) float64 { return x.Allocs }),
	}
}

func (s Series) median(of func(Sample) float64) float64 {
	values := make([]float64, len(s))
	for i, x := range s {
		values[i] = of(x)
	}
	return Median(values)
}

// Spread returns the fastest and the slowest round in nanoseconds.
func (s Series) Spread() (low, high float64) {
	low, high = s[0].NS, s[0].NS
	for _, x := range s {
		low, high = min(low, x.NS), max(high, x.NS)
	}
	return low, high
}

// Median returns the middle of values, or the mean of the two in the middle.
func Median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}

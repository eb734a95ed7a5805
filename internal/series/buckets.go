package series

import "slices"

// Buckets counts values between fixed bounds: those up to the first bound, up
// to the second, and so on, and at last those above all bounds. It is empty
// until there is a value.
type Buckets []uint64

func (b *Buckets) add(v float64, bounds []float64, n uint64) {
	if len(*b) == 0 {
		*b = make(Buckets, len(bounds)+1)
	}
	i, _ := slices.BinarySearch(bounds, v) // a value that is a bound is below it
	(*b)[i] += n
}

// Count is the number of values.
func (b Buckets) Count() (n uint64) {
	for _, c := range b {
		n += c
	}
	return n
}

package money

import "math/big"

// MaxParts is the number of parts that Split can take.
const MaxParts = 8

// Split rounds parts of one sum such that the rounded parts add up to the
// rounded sum: every part is rounded down, and the quanta that are missing go
// to the parts that lost most, the earlier of equals first. No part is off by
// a whole quantum. It writes the parts and returns the rounded sum. ok is false
// if that is beyond what an Amount can hold; nothing is to be read then.
func Split(r *Rates, parts []Total, out []Amount) (sum Amount, ok bool) {
	if r.rats != nil {
		return splitRats(parts, out)
	}
	var whole Total
	for i := range parts {
		whole.AddTotal(parts[i])
	}
	sum = whole.Amount(r)
	if r.den == 1 {
		for i := range parts {
			out[i] = Amount{parts[i].hi, parts[i].lo}
		}
		return sum, true
	}
	var rems [MaxParts]uint64
	var floor Amount
	for i := range parts {
		out[i], rems[i] = parts[i].divide(r)
		floor = floor.Add(out[i])
	}
	for missing := sum.lo - floor.lo; missing > 0; missing-- { // fewer than there are parts with a remainder
		best := 0
		for i := range parts {
			if rems[i] > rems[best] {
				best = i
			}
		}
		out[best] = out[best].Add(Quanta(1))
		rems[best] = 0
	}
	return sum, true
}

func splitRats(parts []Total, out []Amount) (sum Amount, ok bool) {
	var whole Total
	for i := range parts {
		whole.AddTotal(parts[i])
	}
	if sum, ok = whole.quanta(); !ok {
		return Amount{}, false
	}
	var rems [MaxParts]*big.Rat
	var floor Amount
	for i := range parts {
		rems[i] = new(big.Rat)
		out[i] = Amount{}
		if parts[i].rat == nil {
			continue
		}
		n := new(big.Int).Quo(parts[i].rat.Num(), parts[i].rat.Denom())
		out[i], _ = fromInt(n) // not more than the sum
		rems[i].Sub(parts[i].rat, new(big.Rat).SetInt(n))
		floor = floor.Add(out[i])
	}
	for missing := sum.lo - floor.lo; missing > 0; missing-- {
		best := 0
		for i := range parts {
			if rems[i].Cmp(rems[best]) > 0 {
				best = i
			}
		}
		out[best] = out[best].Add(Quanta(1))
		rems[best] = new(big.Rat)
	}
	return sum, true
}

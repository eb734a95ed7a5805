package money

import (
	"math/big"
	"math/bits"
)

// Rates are the prices of single items in one currency, brought to a common
// denominator so that sums of quantities times rates are integers. Build them
// with NewRates; they are immutable.
type Rates struct {
	num  []uint64 // quanta per item, times den
	den  uint64
	rats []*big.Rat // in place of num, where the integers would not fit
}

// NewRates takes prices per item in currency units, all non-negative.
func NewRates(perItem []*big.Rat) Rates {
	quanta := new(big.Rat).SetInt64(quantaPerUnit)
	scaled := make([]*big.Rat, len(perItem))
	lcm := big.NewInt(1)
	for i, r := range perItem {
		scaled[i] = new(big.Rat).Mul(r, quanta)
		d := scaled[i].Denom()
		gcd := new(big.Int).GCD(nil, nil, lcm, d)
		lcm = new(big.Int).Mul(lcm, new(big.Int).Quo(d, gcd))
	}
	out := Rates{num: make([]uint64, len(perItem))}
	fits := lcm.BitLen() <= 63
	for i, r := range scaled {
		n := new(big.Int).Mul(r.Num(), new(big.Int).Quo(lcm, r.Denom()))
		if fits = fits && n.BitLen() <= 63; !fits {
			return Rates{rats: scaled}
		}
		out.num[i] = n.Uint64()
	}
	out.den = lcm.Uint64()
	return out
}

// Len returns the number of rates.
func (r *Rates) Len() int { return max(len(r.num), len(r.rats)) }

// PerItem returns rate i in currency units per item.
func (r *Rates) PerItem(i int) *big.Rat {
	if r.rats != nil {
		return new(big.Rat).Quo(r.rats[i], new(big.Rat).SetInt64(quantaPerUnit))
	}
	n := new(big.Rat).SetFrac(new(big.Int).SetUint64(r.num[i]), new(big.Int).SetUint64(r.den))
	return n.Quo(n, new(big.Rat).SetInt64(quantaPerUnit))
}

// Total is an exact sum of quantities times rates of one Rates. The zero value
// is nothing. Quantities are below 2^30 and a Total takes up to 2^30 of them,
// so that the integer sum stays below 2^123.
type Total struct {
	hi, lo uint64
	rat    *big.Rat // in place of hi and lo for Rates that hold rationals
}

// Add adds n items at rate i of r.
func (t *Total) Add(r *Rates, i int, n int64) {
	if r.rats != nil {
		if t.rat == nil {
			t.rat = new(big.Rat)
		}
		t.rat.Add(t.rat, new(big.Rat).Mul(r.rats[i], new(big.Rat).SetInt64(n)))
		return
	}
	hi, lo := bits.Mul64(r.num[i], uint64(n))
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, lo, 0)
	t.hi, _ = bits.Add64(t.hi, hi, carry)
}

// AddTotal adds another total of the same Rates.
func (t *Total) AddTotal(u Total) {
	if u.rat != nil {
		if t.rat == nil {
			t.rat = new(big.Rat)
		}
		t.rat.Add(t.rat, u.rat)
		return
	}
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, u.lo, 0)
	t.hi, _ = bits.Add64(t.hi, u.hi, carry)
}

// Amount rounds the total half to even.
func (t *Total) Amount(r *Rates) Amount {
	if t.rat != nil {
		a, ok := FromRat(new(big.Rat).Quo(t.rat, new(big.Rat).SetInt64(quantaPerUnit)))
		if !ok {
			return Amount{^uint64(0), ^uint64(0)}
		}
		return a
	}
	q, rem := t.divide(r)
	if d := r.den; rem > d-rem || rem == d-rem && q.lo&1 == 1 {
		q = q.Add(Quanta(1))
	}
	return q
}

func (t *Total) divide(r *Rates) (quo Amount, rem uint64) {
	if r.den <= 1 {
		return Amount{t.hi, t.lo}, 0
	}
	quo.hi = t.hi / r.den
	quo.lo, rem = bits.Div64(t.hi%r.den, t.lo, r.den)
	return quo, rem
}

// Rat returns the exact total in currency units.
func (t *Total) Rat(r *Rates) *big.Rat {
	quanta := new(big.Rat).SetInt64(quantaPerUnit)
	if t.rat != nil {
		return new(big.Rat).Quo(t.rat, quanta)
	}
	n := new(big.Rat).SetInt(Amount{t.hi, t.lo}.int())
	if r.den > 1 {
		n.Quo(n, new(big.Rat).SetInt(new(big.Int).SetUint64(r.den)))
	}
	return n.Quo(n, quanta)
}

// MaxParts is the number of parts that Split can take.
const MaxParts = 8

// Split rounds parts of one sum such that the rounded parts add up to the
// rounded sum: every part is rounded down, and the quanta that are missing go
// to the parts that lost most, the earlier of equals first. No part is off by
// a whole quantum. It writes the parts and returns the rounded sum.
func Split(r *Rates, parts []Total, out []Amount) Amount {
	var sum Total
	for i := range parts {
		sum.AddTotal(parts[i])
	}
	total := sum.Amount(r)
	if sum.rat != nil {
		splitRats(parts, out, total)
		return total
	}
	var rems [MaxParts]uint64
	var floor Amount
	for i := range parts {
		out[i], rems[i] = parts[i].divide(r)
		floor = floor.Add(out[i])
	}
	for missing := total.lo - floor.lo; missing > 0; missing-- { // at most one for each part
		best := 0
		for i := range parts {
			if rems[i] > rems[best] {
				best = i
			}
		}
		out[best] = out[best].Add(Quanta(1))
		rems[best] = 0
	}
	return total
}

func splitRats(parts []Total, out []Amount, total Amount) {
	var rems [MaxParts]*big.Rat
	var floor Amount
	for i := range parts {
		rems[i] = new(big.Rat)
		if parts[i].rat == nil {
			out[i] = Amount{}
			continue
		}
		n := new(big.Int).Quo(parts[i].rat.Num(), parts[i].rat.Denom())
		out[i], _ = fromInt(n)
		rems[i].Sub(parts[i].rat, new(big.Rat).SetInt(n))
		floor = floor.Add(out[i])
	}
	for missing := total.lo - floor.lo; missing > 0; missing-- {
		best := 0
		for i := range parts {
			if rems[i].Cmp(rems[best]) > 0 {
				best = i
			}
		}
		out[best] = out[best].Add(Quanta(1))
		rems[best] = new(big.Rat)
	}
}

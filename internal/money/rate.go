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
// is nothing. Quantities are at least zero and below 2^40, and a Total takes
// fewer than 2^20 of them, so that the integer sum stays below 2^123.
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

// Amount rounds the total half to even. It saturates at Max.
func (t *Total) Amount(r *Rates) Amount {
	if t.rat != nil {
		a, ok := t.quanta()
		if !ok {
			return Max
		}
		return a
	}
	q, rem := t.divide(r)
	if d := r.den; rem > d-rem || rem == d-rem && q.lo&1 == 1 {
		q = q.Add(Quanta(1))
	}
	return q
}

// quanta rounds a total that is held as a rational.
func (t *Total) quanta() (Amount, bool) {
	if t.rat == nil {
		return Amount{}, true
	}
	return FromRat(new(big.Rat).Quo(t.rat, new(big.Rat).SetInt64(quantaPerUnit)))
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

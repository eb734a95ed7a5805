package money

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Factor is an exact non-negative decimal that amounts are multiplied by. The
// zero value is the factor 0.
type Factor struct{ num, den uint64 }

// ParseFactor reads a decimal such as "1.85" with at most 9 decimal places,
// below one million.
func ParseFactor(s string) (Factor, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || len(whole) > 6 || dotted && frac == "" || len(frac) > 9 {
		return Factor{}, fmt.Errorf("%w: %q; a factor has at most 6 digits before the point and 9 after it", ErrSyntax, s)
	}
	f := Factor{den: 1}
	for _, c := range whole + frac {
		if c < '0' || c > '9' {
			return Factor{}, fmt.Errorf("%w: %q", ErrSyntax, s)
		}
		f.num = f.num*10 + uint64(c-'0')
	}
	for range frac {
		f.den *= 10
	}
	return f, nil
}

// Float64 returns the nearest double.
func (f Factor) Float64() float64 { return float64(f.num) / float64(max(f.den, 1)) }

// Rat returns the factor as a rational number.
func (f Factor) Rat() *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(f.num), new(big.Int).SetUint64(max(f.den, 1)))
}

// Times returns the amount times f, rounded half to even. It saturates at Max.
func (a Amount) Times(f Factor) Amount {
	product, ok := FromRat(new(big.Rat).Mul(a.Rat(), f.Rat()))
	if !ok {
		return Max
	}
	return product
}

// Times returns the total times f, rounded once, half to even. It saturates at Max.
func (t *Total) Times(r *Rates, f Factor) Amount {
	den := max(f.den, 1)
	hiDen, newDen := bits.Mul64(max(r.den, 1), den)
	hiHi, hi := bits.Mul64(t.hi, f.num)
	mid, lo := bits.Mul64(t.lo, f.num)
	hi, carry := bits.Add64(hi, mid, 0)
	if t.rat != nil || hiDen != 0 || newDen>>63 != 0 || hiHi != 0 || carry != 0 {
		a, ok := FromRat(new(big.Rat).Mul(t.Rat(r), f.Rat()))
		if !ok {
			return Max
		}
		return a
	}
	scaled := Total{hi: hi, lo: lo}
	return scaled.Amount(&Rates{den: newDen})
}

// Package money holds exact amounts. An Amount is a whole number of quanta of
// 1e-12 currency units; a Total accumulates quantities times rates without
// rounding, and is rounded once, half to even, when it becomes amounts. The
// package knows no currencies, meters or telemetry.
package money

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Digits is the number of decimal places of an Amount.
const Digits = 12

const quantaPerUnit = 1_000_000_000_000

// ErrSyntax is wrapped by the errors of Parse.
var ErrSyntax = errors.New("not a decimal amount")

// Amount is a non-negative amount of money in quanta of 1e-12 currency units.
// The zero value is nothing. Amounts are comparable with ==.
type Amount struct{ hi, lo uint64 }

// Max is the largest amount, which stands for everything beyond it.
var Max = Amount{^uint64(0), ^uint64(0)}

// Quanta returns the amount of n quanta.
func Quanta(n uint64) Amount { return Amount{lo: n} }

// Units returns the amount of n whole currency units.
func Units(n uint64) Amount {
	hi, lo := bits.Mul64(n, quantaPerUnit)
	return Amount{hi, lo}
}

// FromRat rounds r currency units half to even. Negative values and values
// beyond 2^128 quanta give false.
func FromRat(r *big.Rat) (Amount, bool) {
	if r.Sign() < 0 {
		return Amount{}, false
	}
	q := new(big.Rat).Mul(r, new(big.Rat).SetInt64(quantaPerUnit))
	n, rem := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	if c := rem.Lsh(rem, 1).Cmp(q.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(1))
	}
	return fromInt(n)
}

// FromFloat takes a double for the decimal that its shortest notation writes.
// Negative, infinite and too large ones, and what is not a number, give false.
func FromFloat(f float64) (Amount, bool) {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', -1, 64))
	if !ok {
		return Amount{}, false
	}
	return FromRat(r)
}

func fromInt(n *big.Int) (Amount, bool) {
	if n.BitLen() > 128 {
		return Amount{}, false
	}
	var b [16]byte
	n.FillBytes(b[:])
	var a Amount
	for i := range 8 {
		a.hi = a.hi<<8 | uint64(b[i])
		a.lo = a.lo<<8 | uint64(b[8+i])
	}
	return a, true
}

// Parse reads a decimal such as "0.0125". It refuses signs, exponents, more
// than Digits decimal places, and anything beyond 2^128 quanta.
func Parse(s string) (Amount, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || dotted && frac == "" || len(frac) > Digits || len(s) > 64 {
		return Amount{}, fmt.Errorf("%w: %q", ErrSyntax, s)
	}
	digits := whole + frac + strings.Repeat("0", Digits-len(frac))
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return Amount{}, fmt.Errorf("%w: %q", ErrSyntax, s)
		}
	}
	n, _ := new(big.Int).SetString(digits, 10)
	a, ok := fromInt(n)
	if !ok {
		return Amount{}, fmt.Errorf("%w: %q is too large", ErrSyntax, s)
	}
	return a, nil
}

// Int64 returns the amount as a number of quanta, if it fits.
func (a Amount) Int64() (quanta int64, ok bool) {
	return int64(a.lo), a.hi == 0 && a.lo <= 1<<63-1
}

// IsZero tells whether the amount is nothing.
func (a Amount) IsZero() bool { return a == Amount{} }

// Cmp compares two amounts as -1, 0 or +1.
func (a Amount) Cmp(b Amount) int {
	switch {
	case a == b:
		return 0
	case a.hi < b.hi || a.hi == b.hi && a.lo < b.lo:
		return -1
	}
	return 1
}

// Add returns a + b. It saturates at the largest amount.
func (a Amount) Add(b Amount) Amount {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, carry := bits.Add64(a.hi, b.hi, carry)
	if carry != 0 {
		return Max
	}
	return Amount{hi, lo}
}

// Rat returns the amount as a rational number of currency units.
func (a Amount) Rat() *big.Rat { return new(big.Rat).SetFrac(a.int(), big.NewInt(quantaPerUnit)) }

func (a Amount) int() *big.Int {
	n := new(big.Int).SetUint64(a.hi)
	return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(a.lo))
}

// Float64 returns the nearest double. Below 8,192 currency units doubles are
// closer together than quanta, so that formatting one with 12 decimal places
// gives the exact amount back.
func (a Amount) Float64() float64 {
	if a.hi == 0 && a.lo < 1<<53 {
		return float64(a.lo) / quantaPerUnit // both exact, so the quotient is correctly rounded
	}
	f, _ := a.Rat().Float64()
	return f
}

// String writes the amount in plain decimals without trailing zeros, as Parse reads it.
func (a Amount) String() string {
	var digits string
	if a.hi == 0 {
		digits = strconv.FormatUint(a.lo, 10)
	} else {
		digits = a.int().String()
	}
	if pad := Digits + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - Digits
	frac := strings.TrimRight(digits[point:], "0")
	if frac == "" {
		return digits[:point]
	}
	return digits[:point] + "." + frac
}

// MarshalText makes amounts appear as decimal strings in JSON.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Amount) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	*a = v
	return err
}

package report

import (
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// AmountPlaces is how many decimal places an amount of whole quanta can have.
const AmountPlaces = 12

// Decimal rounds to a number of decimal places, half to even, and keeps zeros.
func Decimal(r *big.Rat, places int) string {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(power(places)))
	q, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	if c := rest.Lsh(rest.Abs(rest), 1).Cmp(scaled.Denom()); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(scaled.Sign())))
	}
	return fixed(q, places)
}

// Exact writes quanta as the shortest decimal of currency units.
func Exact(quanta *big.Int) string { return pricebook.Decimal(Units(quanta)) }

// Rounded writes a quotient as the shortest decimal of at most as many places as
// amounts have, rounded half to even.
func Rounded(r *big.Rat) string {
	s := Decimal(r, AmountPlaces)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Significant rounds to so many digits that matter, and to no fewer than two
// decimal places.
func Significant(r *big.Rat, digits int) string {
	places := 2
	limit := new(big.Rat).SetFrac(big.NewInt(1), power(places))
	size := new(big.Rat).Abs(r)
	if size.Sign() == 0 {
		return Decimal(size, places)
	}
	for limit.Mul(limit, new(big.Rat).SetInt(power(digits-1))); size.Cmp(limit) < 0 && places < AmountPlaces; places++ {
		limit.Mul(limit, big.NewRat(1, 10))
	}
	return Decimal(r, places)
}

func power(places int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
}

// fixed writes n · 10^-places.
func fixed(n *big.Int, places int) string {
	digits := new(big.Int).Abs(n).String()
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	s := digits
	if places > 0 {
		s = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if n.Sign() < 0 {
		s = "-" + s
	}
	return s
}

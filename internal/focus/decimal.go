package focus

import (
	"fmt"
	"math/big"
	"regexp"
)

// The scales of decimal columns. A unit price times a quantity has as many
// digits as both together, so that costs hold the product without rounding.
const (
	priceScale    = 18
	quantityScale = 6
	costScale     = priceScale + quantityScale
	precision     = 38
)

// number is what prices of a card look like: decimals and fractions, without
// exponents, which could be of any size.
var number = regexp.MustCompile(`^[0-9]{1,40}(\.[0-9]{1,60}|/[1-9][0-9]{0,60})?$`)

// parsePrice reads a non-negative decimal or fraction.
func parsePrice(s string) (*big.Rat, error) {
	if !number.MatchString(s) {
		return nil, fmt.Errorf("price %.80q is no decimal and no fraction", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, fmt.Errorf("price %.80q is no decimal and no fraction", s)
	}
	return r, nil
}

// coveredScale is the scale of what a unit of covered usage costs, so that its
// cost, and with it what is left of a commitment, has no more digits than a price.
const coveredScale = priceScale - quantityScale

// roundPrice rounds a unit price half to even to the digits that columns hold.
// It tells whether that changed it.
func roundPrice(r *big.Rat) (*big.Rat, bool) { return roundTo(r, priceScale) }

func roundTo(r *big.Rat, scale int) (*big.Rat, bool) {
	if digits, exact := r.FloatPrec(); exact && digits <= scale {
		return r, false
	}
	by := scaleOf(int64(scale))
	return divide(new(big.Rat).Mul(r, by), by), true
}

// divide rounds r half to even to an integer and divides it.
func divide(r, by *big.Rat) *big.Rat {
	return new(big.Rat).Quo(new(big.Rat).SetInt(roundInt(r)), by)
}

// roundInt rounds half to even.
func roundInt(r *big.Rat) *big.Int {
	quo, rem := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int)) // Euclidean: rem >= 0
	switch c := rem.Lsh(rem, 1).Cmp(r.Denom()); {
	case c > 0, c == 0 && quo.Bit(0) == 1:
		quo.Add(quo, big.NewInt(1))
	}
	return quo
}

func scaleOf(digits int64) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
}

// formatDecimal writes an exact decimal without trailing zeros.
func formatDecimal(r *big.Rat) string {
	digits, exact := r.FloatPrec()
	if !exact {
		panic("focus: a number of a row is no decimal: " + r.RatString()) // rounding is done before
	}
	return r.FloatString(digits)
}

// product multiplies.
func product(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

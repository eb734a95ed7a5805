// Package decimal holds exact decimal numbers as the price data sets write
// them. Prices never pass through binary floating point here: a number is read
// from its literal text, and compared and scaled as a rational.
package decimal

import (
	"fmt"
	"math/big"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decimal is a decimal number in canonical form: no exponent, no trailing
// zeros, "0" for zero. The empty Decimal is the absence of a number. Decimals
// that are equal as numbers are equal as strings.
type Decimal string

// SignificantDigits is how many digits of a literal are taken at their word.
// Data sets computed with floats carry tails such as 0.30000000000000004 or
// 0.0000006000000000000001; no vendor states a price in more than twelve digits.
const SignificantDigits = 12

// Parse reads a literal such as "2.5e-06", "0.30000000000000004" or "3". Digits
// beyond SignificantDigits are rounded, half up.
func Parse(literal string) (Decimal, error) {
	if literal == "" || len(literal) > 64 || strings.ContainsAny(literal, "/_xXpP") {
		return "", fmt.Errorf("not a decimal number: %q", literal)
	}
	if err := checkExponent(literal); err != nil {
		return "", err
	}
	r, ok := new(big.Rat).SetString(literal)
	if !ok || r.Sign() < 0 {
		return "", fmt.Errorf("not a decimal number of zero or more: %q", literal)
	}
	return fromRat(r), nil
}

// MustParse is Parse for literals in code.
func MustParse(literal string) Decimal {
	d, err := Parse(literal)
	if err != nil {
		panic(err)
	}
	return d
}

// fromRat rounds r to SignificantDigits and writes it canonically.
func fromRat(r *big.Rat) Decimal {
	if r.Sign() == 0 {
		return "0"
	}
	// The first significant digit stands at 10^exp.
	exp := len(new(big.Int).Quo(r.Num(), r.Denom()).String()) - 1
	if r.Cmp(big.NewRat(1, 1)) < 0 {
		exp = 0
		for x := new(big.Rat).Set(r); x.Cmp(big.NewRat(1, 1)) < 0; exp-- {
			x.Mul(x, big.NewRat(10, 1))
		}
	}
	s := r.FloatString(max(SignificantDigits-1-exp, 0))
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return Decimal(s)
}

// Rat returns the number as a rational; the absent number is zero.
func (d Decimal) Rat() *big.Rat {
	r := new(big.Rat)
	if d != "" {
		r.SetString(string(d))
	}
	return r
}

// IsZero tells whether the number is zero or absent.
func (d Decimal) IsZero() bool { return d == "" || d == "0" }

// Shift multiplies by ten to the power n.
func (d Decimal) Shift(n int) Decimal {
	factor := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
	if n < 0 {
		factor.Inv(factor)
	}
	return fromRat(factor.Mul(factor, d.Rat()))
}

// Mul returns the product.
func (d Decimal) Mul(e Decimal) Decimal { return fromRat(new(big.Rat).Mul(d.Rat(), e.Rat())) }

// Over returns d/e, and whether that is a decimal of at most four places.
func (d Decimal) Over(e Decimal) (ratio Decimal, short bool) {
	if e.IsZero() {
		return "", false
	}
	r := new(big.Rat).Quo(d.Rat(), e.Rat())
	scaled := new(big.Rat).Mul(r, big.NewRat(10_000, 1))
	return fromRat(r), scaled.IsInt()
}

// Cmp compares as numbers.
func (d Decimal) Cmp(e Decimal) int { return d.Rat().Cmp(e.Rat()) }

// Near tells whether d is within the share of e, such as "0.05" for five percent.
func (d Decimal) Near(e, share Decimal) bool {
	diff := new(big.Rat).Sub(d.Rat(), e.Rat())
	return diff.Abs(diff).Cmp(new(big.Rat).Mul(e.Rat(), share.Rat())) <= 0
}

// UnmarshalYAML reads the literal text of a scalar.
func (d *Decimal) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: must be a number", n.Line)
	}
	parsed, err := Parse(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*d = parsed
	return nil
}

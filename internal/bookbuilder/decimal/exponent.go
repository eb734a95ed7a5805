package decimal

import (
	"fmt"
	"strconv"
	"strings"
)

// MaxExponent bounds exponents in both directions: nine letters such as
// 1e-1000000 would make a million digits, which take hours to bring into
// canonical form. No price needs an exponent beyond a dozen.
const MaxExponent = 64

// checkExponent refuses literals whose exponent is out of bounds.
func checkExponent(literal string) error {
	i := strings.IndexAny(literal, "eE")
	if i < 0 {
		return nil
	}
	if exp, err := strconv.Atoi(literal[i+1:]); err != nil || exp < -MaxExponent || exp > MaxExponent {
		return fmt.Errorf("not a decimal number with an exponent between -%d and %d: %q", MaxExponent, MaxExponent, literal)
	}
	return nil
}

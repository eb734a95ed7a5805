package decimal

import (
	"strings"
	"testing"
)

func TestExponentsAreBounded(t *testing.T) {
	// Without the bound the last one takes hours; the first ones fail at once.
	for _, literal := range []string{"1e65", "1e-65", "1E+65", "1e", "1e2e3", "1e99999999999999999999", "1e999999999", "1e-1000000"} {
		if got, err := Parse(literal); err == nil || !strings.Contains(err.Error(), "exponent between -64 and 64") {
			t.Errorf("Parse(%.20q) = %.20q, %v; want an error about the exponent", literal, got, err)
		}
	}
	for literal, want := range map[string]Decimal{"1e64": Decimal("1" + strings.Repeat("0", 64)), "1E+2": "100", "1e-64": Decimal("0." + strings.Repeat("0", 63) + "1")} {
		if got, err := Parse(literal); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", literal, got, err, want)
		}
	}
}

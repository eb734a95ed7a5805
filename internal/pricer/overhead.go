package pricer

import (
	"fmt"
	"math"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// overhead is a compiled rule of overhead:.
type overhead struct {
	condition
	alpha money.Factor
	value float64
}

// factor reads the multiplier as the decimal that its shortest notation writes,
// which is what the configuration said.
func (c *OverheadConfig) factor() (money.Factor, error) {
	if math.IsNaN(c.Multiplier) || c.Multiplier <= 0 || c.Multiplier > 1000 {
		return money.Factor{}, fmt.Errorf("%v is not allowed; use a number above 0, up to 1000, such as 1.85", c.Multiplier)
	}
	f, err := money.ParseFactor(strconv.FormatFloat(c.Multiplier, 'f', -1, 64))
	if err != nil {
		return money.Factor{}, fmt.Errorf("%v is not allowed: %w", c.Multiplier, err)
	}
	return f, nil
}

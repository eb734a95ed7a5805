package pricebook

import (
	"math/big"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

func (n node) rates() map[meter.Meter]*big.Rat {
	out := map[meter.Meter]*big.Rat{}
	n.each(func(name string, v node) {
		m, err := meter.Parse(name)
		if err != nil {
			v.fail("is no token meter; allowed: input, output, cache_read, cache_write, tool_prompt, reasoning, citation, with a retention such as cache_write.1h and a modality such as input.audio")
			return
		}
		if _, dup := out[m]; dup {
			v.fail("is the same meter as another key")
		}
		if r := v.decimal(); r != nil {
			out[m] = r
		}
	})
	return out
}

func (n node) fees() map[meter.Fee]*big.Rat {
	out := map[meter.Fee]*big.Rat{}
	n.each(func(name string, v node) {
		f, err := meter.ParseFee(name)
		if err != nil {
			v.fail("is no fee; allowed: %s", strings.Join(meter.FeeNames(), ", "))
			return
		}
		if r := v.decimal(); r != nil {
			out[f] = r
		}
	})
	return out
}

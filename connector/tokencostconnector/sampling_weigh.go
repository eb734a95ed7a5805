package tokencostconnector

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
)

// SamplingConfig is about spans that were sampled before.
type SamplingConfig struct {
	// Weigh lets a sampled span stand for those that were left out, by its adjusted count.
	Weigh bool `mapstructure:"weigh"`

	// prevent unkeyed literal initialization
	_ struct{}
}

const (
	weightedAttribute = "weighted" // under the prefix, on series of sampled spans

	wholeThreshold = uint64(1) << 56
	// maxWeight bounds what one span can stand for: a tracestate comes from strangers.
	maxWeight = 10_000
)

// weigh multiplies what the sample adds to sums by its adjusted count, 2^56 over
// 2^56 less the threshold. Amounts are rounded to quanta and tokens to whole
// ones, half to even and half up. Calls are whole: the fraction of the count is
// the share of spans that stand for one call more, which the span's id decides,
// so that sums are right in the mean and every replica decides alike.
func weigh(x *series.Sample, threshold uint64) bool {
	den := wholeThreshold - threshold
	if threshold == 0 || threshold >= wholeThreshold || wholeThreshold/den > maxWeight {
		return false
	}
	weight := new(big.Rat).SetFrac(new(big.Int).SetUint64(wholeThreshold), new(big.Int).SetUint64(den))
	x.Spend = times(x.Cost, weight)
	var whole, parts money.Amount
	for i, p := range x.Parts {
		whole = whole.Add(p)
		x.Parts[i] = times(p, weight)
		parts = parts.Add(x.Parts[i])
	}
	if whole == x.Cost {
		x.Spend = parts // so that weighed parts add up, too
	}
	for i, n := range x.Tokens {
		x.Tokens[i] = timesTokens(n, den)
	}
	x.Calls = int64(wholeThreshold / den)
	if chosen(x.Span, wholeThreshold%den, den) {
		x.Calls++
	}
	return true
}

func times(a money.Amount, weight *big.Rat) money.Amount {
	if a.IsZero() {
		return a
	}
	if product, ok := money.FromRat(new(big.Rat).Mul(a.Rat(), weight)); ok {
		return product
	}
	return money.Max
}

// timesTokens multiplies by 2^56/den. Counts beyond 2^50 are left as they are.
func timesTokens(n int64, den uint64) int64 {
	if n <= 0 || n > 1<<50 {
		return n
	}
	hi, lo := bits.Mul64(uint64(n), wholeThreshold)
	quo, rem := bits.Div64(hi, lo, den) // hi is below 2^42, and den above it with every allowed weight
	if rem >= den-rem {
		quo++
	}
	return int64(quo)
}

// chosen tells, for a share of num/den of all span ids, yes.
func chosen(id pcommon.SpanID, num, den uint64) bool {
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(id[:]), den)
	return hi < num
}

package reconcile

import (
	"math"
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// The zones that are tried, in hours east of UTC.
const (
	mostWest = -12
	mostEast = 14
)

// shift is what days of another zone would make of the difference.
type shift struct {
	hours         int
	before, after *big.Rat // differences by day, model and meter, added up without their signs
	tokens        bool     // of tokens, else of cost
}

// series is what one model and meter have by day.
type series struct {
	model string
	meter bill.Meter
}

// findShift looks for a zone whose days fit the bill better than those of the
// zone that was told, by far. It needs several days. What is missing on all days
// alike, or billed at another price, does not move days, so each series is
// brought to the bill's total before it is compared; this weighs evidence and
// is no amount, so it is in floating point.
func (c *claim) findShift(o *ours, from, until int64, told int) *shift {
	billed, shape := c.quantities, &c.quantityShape
	pick := func(v *view) amounts { return v.quantities }
	if !shape.any {
		billed, shape = c.costs, &c.costShape
		pick = func(v *view) amounts { return v.costs }
	}
	if !shape.days || until-from < 2*daySeconds {
		return nil
	}
	best, bestScore, toldScore := told, math.Inf(1), 0.0
	for hours := mostWest; hours <= mostEast; hours++ {
		score := misfit(billed, pick(c.view(o, from, until, hours)))
		if hours == told {
			toldScore = score
		}
		if score < bestScore || score == bestScore && abs(hours-told) < abs(best-told) {
			best, bestScore = hours, score
		}
	}
	// A fit that halves the misfit, and a misfit that is worth it: beyond 0.5 % of all.
	if best == told || bestScore*2 > toldScore || toldScore < 0.005 {
		return nil
	}
	return &shift{
		hours: best, tokens: c.quantityShape.any,
		before: distance(billed, pick(c.view(o, from, until, told))), after: distance(billed, pick(c.view(o, from, until, best))),
	}
}

func abs(n int) int { return max(n, -n) }

// misfit returns how far the shapes of series over days are apart, as a share
// of what was billed.
func misfit(billed, seen amounts) float64 {
	totals := map[series][2]float64{}
	sum := func(of amounts, i int) {
		for k, n := range of {
			f, _ := n.Float64()
			s := series{k.model, k.meter}
			t := totals[s]
			t[i] += f
			totals[s] = t
		}
	}
	sum(billed, 0)
	sum(seen, 1)
	var apart, all float64
	compare := func(k cell) {
		t := totals[series{k.model, k.meter}]
		if t[0] <= 0 || t[1] <= 0 { // nothing to compare days of
			return
		}
		b, _ := billed.get(k).Float64()
		s, _ := seen.get(k).Float64()
		apart += math.Abs(b - s*t[0]/t[1])
		all += b
	}
	for k := range billed {
		compare(k)
	}
	for k := range seen {
		if billed[k] == nil {
			compare(k)
		}
	}
	if all == 0 {
		return 0
	}
	return apart / all
}

// distance adds up the differences of all cells, without their signs.
func distance(billed, seen amounts) *big.Rat {
	sum := new(big.Rat)
	for k, n := range billed {
		d := new(big.Rat).Sub(n, seen.get(k))
		sum.Add(sum, d.Abs(d))
	}
	for k, n := range seen {
		if billed[k] == nil {
			sum.Add(sum, new(big.Rat).Abs(n))
		}
	}
	return sum
}

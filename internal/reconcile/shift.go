package reconcile

import (
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
	also          []int    // zones that fit as well, or nearly: within 0.1 % of what was billed
	before, after *big.Rat // differences by day, model and meter, added up without their signs
	tokens        bool     // of tokens, else of cost
}

// series is what one model and meter have by day.
type series struct {
	model string
	meter bill.Meter
}

// findShift looks for a zone whose days fit the bill better than those of the
// zone that was told, by far. It needs several days. Tokens are compared as they
// are; costs, of which the price may differ, are brought to the bill's total
// first. This weighs evidence and is no amount, so it is in floating point.
func (c *claim) findShift(o *ours, from, until int64, told int) *shift {
	billed, shape := c.quantities, &c.quantityShape
	if !shape.any {
		billed, shape = c.costs, &c.costShape
	}
	if !shape.days || until-from < 2*daySeconds {
		return nil
	}
	weights := map[cell]float64{}
	for k, n := range billed {
		weights[k], _ = n.Float64()
	}
	best, scores := told, map[int]float64{}
	for hours := mostWest; hours <= mostEast; hours++ {
		scores[hours] = misfit(weights, c.weigh(o, from, until, hours), !c.quantityShape.any)
	}
	for hours := mostWest; hours <= mostEast; hours++ {
		if scores[hours] < scores[best] || scores[hours] == scores[best] && abs(hours-told) < abs(best-told) {
			best = hours
		}
	}
	// A fit that halves the misfit, and a misfit that is worth it: beyond 0.3 % of all.
	if best == told || scores[best]*2 > scores[told] || scores[told] < 0.003 {
		return nil
	}
	var also []int
	for hours := mostWest; hours <= mostEast; hours++ {
		if hours != best && scores[hours] <= scores[best]+0.001 {
			also = append(also, hours)
		}
	}
	apart := func(hours int) *big.Rat {
		v := c.view(o, from, until, hours)
		if c.quantityShape.any {
			return distance(billed, v.quantities)
		}
		return distance(billed, v.costs)
	}
	return &shift{hours: best, also: also, tokens: c.quantityShape.any, before: apart(told), after: apart(best)}
}

// weigh is what view is, of what is compared alone, and in floating point.
func (c *claim) weigh(o *ours, from, until int64, hours int) map[cell]float64 {
	out := map[cell]float64{}
	ahead := int64(hours) * hourSeconds
	for k, s := range o.slots {
		at := k.hour + ahead
		if at < from || at >= until {
			continue
		}
		key := cell{c.day(at), k.model, ""}
		if c.quantityShape.any {
			for _, m := range bill.Tokens {
				key.meter = m
				out[c.quantityShape.of(key)] += float64(s.priced[m] + s.unpriced[m])
			}
			continue
		}
		for m, quanta := range s.cost {
			key.meter = m
			n, _ := quanta.Float64()
			out[c.costShape.of(key)] += n / 1e12
		}
	}
	return out
}

func abs(n int) int { return max(n, -n) }

// misfit returns how far series over days are apart, as a share of what was
// billed. Calls that are missing make one side larger on every day, and days of
// another zone make it larger on some and smaller on others: of each series, the
// smaller one of the two counts.
func misfit(billed, seen map[cell]float64, scaled bool) float64 {
	totals := map[series][2]float64{}
	sum := func(of map[cell]float64, i int) {
		for k, n := range of {
			s := series{k.model, k.meter}
			t := totals[s]
			t[i] += n
			totals[s] = t
		}
	}
	sum(billed, 0)
	sum(seen, 1)
	apart := map[series][2]float64{} // billed more, seen more
	compare := func(k cell) {
		s := series{k.model, k.meter}
		t := totals[s]
		if t[0] <= 0 || t[1] <= 0 { // nothing to compare days of
			return
		}
		b, o := billed[k], seen[k]
		if scaled {
			o *= t[0] / t[1]
		}
		d := apart[s]
		d[0] += max(b-o, 0)
		d[1] += max(o-b, 0)
		apart[s] = d
	}
	for k := range billed {
		compare(k)
	}
	for k := range seen {
		if _, known := billed[k]; !known {
			compare(k)
		}
	}
	var all, worst float64
	for s, d := range apart {
		all += totals[s][0]
		worst += min(d[0], d[1])
	}
	if all == 0 {
		return 0
	}
	return worst / all
}

// distance adds up the differences of all cells, without their signs.
func distance(billed, seen amounts[cell]) *big.Rat {
	sum := new(big.Rat)
	for k, n := range billed {
		d := new(big.Rat).Sub(n, rat(seen[k]))
		sum.Add(sum, d.Abs(d))
	}
	for k, n := range seen {
		if billed[k] == nil {
			sum.Add(sum, new(big.Rat).Abs(n))
		}
	}
	return sum
}

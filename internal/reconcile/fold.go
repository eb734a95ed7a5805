package reconcile

import (
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

const (
	hourSeconds = int64(3600)
	daySeconds  = 24 * hourSeconds
)

// cell identifies what is compared with what.
type cell struct {
	day   int64 // its start, unix seconds; zero where the bill does not tell days
	model string
	meter bill.Meter
}

// shape is what the lines of a bill tell of what they are for. Quantities and
// costs can come from different exports, and have a shape each.
type shape struct {
	any      bool // there are such lines
	days     bool
	model    bool
	meter    bool
	feeModel bool // lines of fees tell a model
}

// of brings a cell to the shape: what the bill does not tell is left out.
func (s *shape) of(c cell) cell {
	if !s.days {
		c.day = 0
	}
	if !s.model || c.meter == bill.NotUsage || c.meter == bill.Fees && !s.feeModel {
		c.model = ""
	}
	if !s.meter && c.meter != bill.NotUsage {
		c.meter = bill.Unsplit
	}
	return c
}

// amounts are quantities or costs by what they are of.
type amounts[K comparable] map[K]*big.Rat

func (a amounts[K]) add(k K, n *big.Rat) {
	if a[k] == nil {
		a[k] = new(big.Rat)
	}
	a[k].Add(a[k], n)
}

// total adds all amounts up.
func (a amounts[K]) total() *big.Rat {
	sum := new(big.Rat)
	for _, n := range a {
		sum.Add(sum, n)
	}
	return sum
}

// claim is a bill, folded.
type claim struct {
	quantities, costs        amounts[cell]
	quantityShape, costShape shape
	phase                    int64             // of the days: seconds after midnight in UTC
	tiers                    amounts[tierKey]  // tokens; only of lines that tell a tier
	oneHour                  amounts[string]   // tokens of cache writes that are kept for an hour, by model
	splitHours               map[string]bool   // models whose lines tell how long cache writes are kept
	lines                    map[string]int    // lines with a cost, by model
	items                    map[cell][]string // what fees and other charges are called
}

type tierKey struct{ model, tier string }

// fold brings the lines of a period together.
func fold(b *bill.Bill, n *naming, from, until int64) *claim {
	c := &claim{
		quantities: amounts[cell]{}, costs: amounts[cell]{}, tiers: amounts[tierKey]{}, oneHour: amounts[string]{}, splitHours: map[string]bool{},
		lines: map[string]int{}, items: map[cell][]string{},
	}
	var lines []*bill.Line
	c.quantityShape.days, c.costShape.days = true, true
	for i := range b.Lines {
		l := &b.Lines[i]
		if l.Start < from || l.Start >= until {
			continue
		}
		lines = append(lines, l)
		if l.Quantity != nil {
			c.quantityShape.learn(l)
		}
		if l.Cost != nil {
			c.costShape.learn(l)
		}
		if l.End-l.Start == daySeconds {
			c.phase = l.Start % daySeconds
		}
	}
	for _, l := range lines {
		c.add(l, n)
	}
	return c
}

func (s *shape) learn(l *bill.Line) {
	s.any = true
	if l.End-l.Start > daySeconds {
		s.days = false
	}
	switch l.Meter {
	case bill.NotUsage:
	case bill.Fees:
		s.feeModel = s.feeModel || l.Model != ""
	default:
		s.model = s.model || l.Model != ""
		s.meter = s.meter || l.Meter != bill.Unsplit
	}
}

func (c *claim) add(l *bill.Line, n *naming) {
	at := cell{c.day(l.Start), "", l.Meter}
	if l.Model != "" {
		at.model = n.model(l.Model)
	}
	if l.Quantity != nil {
		c.quantities.add(c.quantityShape.of(at), l.Quantity)
		if l.Tier != "" {
			c.tiers.add(tierKey{at.model, l.Tier}, l.Quantity)
		}
		if l.Meter == bill.CacheWrite && l.OneHour {
			c.splitHours[at.model] = true
			c.oneHour.add(at.model, l.Quantity)
		}
	}
	if l.Cost != nil {
		k := c.costShape.of(at)
		c.costs.add(k, l.Cost)
		c.lines[k.model]++
		if k.day = 0; (k.meter == bill.Fees || k.meter == bill.NotUsage) && l.Item != "" && len(c.items[k]) < 5 {
			c.name(k, l.Item)
		}
	}
}

func (c *claim) name(k cell, item string) {
	for _, known := range c.items[k] {
		if known == item {
			return
		}
	}
	c.items[k] = append(c.items[k], item)
}

// day returns the start of the day of an instant.
func (c *claim) day(at int64) int64 { return floor(at-c.phase, daySeconds) + c.phase }

func floor(n, by int64) int64 {
	if r := n % by; r < 0 {
		return n - r - by
	}
	return n - n%by
}

// view is what the ledger has in the shape of a claim, with days of a zone.
type view struct {
	quantities amounts[cell] // of priced and unpriced calls
	unpriced   amounts[cell] // of quantities
	costs      amounts[cell]
	tiers      amounts[tierKey]
	oneHour    amounts[string]
	calls      map[cell]int64 // by day and model
}

// view folds what the ledger has, as if the bill's days were those of a zone so
// many hours east of UTC.
func (c *claim) view(o *ours, from, until int64, hours int) *view {
	v := &view{quantities: amounts[cell]{}, unpriced: amounts[cell]{}, costs: amounts[cell]{}, tiers: amounts[tierKey]{}, oneHour: amounts[string]{}, calls: map[cell]int64{}}
	ahead := int64(hours) * hourSeconds
	for k, s := range o.slots {
		at := k.hour + ahead
		if at < from || at >= until {
			continue
		}
		key := cell{c.day(at), k.model, ""}
		v.calls[key] += s.calls
		for _, m := range bill.Tokens {
			key.meter = m
			all := new(big.Rat).SetInt64(s.priced[m] + s.unpriced[m])
			if all.Sign() == 0 {
				continue
			}
			shaped := c.quantityShape.of(key)
			v.quantities.add(shaped, all)
			v.unpriced.add(shaped, new(big.Rat).SetInt64(s.unpriced[m]))
			v.tiers.add(tierKey{k.model, k.tier}, all)
		}
		for m, quanta := range s.cost {
			key.meter = m
			v.costs.add(c.costShape.of(key), units(quanta))
		}
		if s.oneHour != 0 {
			v.oneHour.add(k.model, new(big.Rat).SetInt64(s.oneHour))
		}
	}
	return v
}

var quantaPerUnit = new(big.Int).Exp(big.NewInt(10), big.NewInt(money.Digits), nil)

// units returns quanta as currency units.
func units(quanta *big.Int) *big.Rat { return new(big.Rat).SetFrac(quanta, quantaPerUnit) }

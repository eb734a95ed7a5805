package reconcile

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// Cause says why a bill and a ledger differ.
type Cause string

// The causes.
const (
	TimeZone       Cause = "time_zone"            // the bill's days are those of another zone
	Unpriced       Cause = "unpriced"             // calls that the ledger has and that have no price
	Missing        Cause = "missing_telemetry"    // billed tokens that the ledger has not seen
	NotBilled      Cause = "not_billed"           // tokens that the ledger has and that were not billed
	Classification Cause = "cache_classification" // tokens counted to another cache meter or retention
	ServiceTier    Cause = "service_tier"         // the same tokens at the price of another tier
	OtherPrice     Cause = "other_price"          // the same tokens at another price
	ToolFees       Cause = "fees"                 // tools and items
	NoUsage        Cause = "not_usage"            // taxes, credits, purchases
	Rounding       Cause = "rounding"             // the bill is rounded
	Unsplit        Cause = "unsplit"              // the bill tells no quantities that would tell more
	Currency       Cause = "other_currency"       // the ledger has cost in another currency
	Assumptions    Cause = "assumptions"          // the ledger's cost rests on assumptions
	NoProvider     Cause = "no_provider"          // calls that tell no provider
	NotMetered     Cause = "not_metered"          // calls that are paid for by time
)

var causeTexts = map[Cause]string{
	TimeZone: "other days", Unpriced: "unpriced calls", Missing: "missing telemetry", NotBilled: "seen, not billed", Classification: "cache classification",
	ServiceTier: "service tier", OtherPrice: "other price", ToolFees: "tools and items", NoUsage: "no usage", Rounding: "rounding", Unsplit: "cannot be split",
	Currency: "other currency", Assumptions: "assumptions", NoProvider: "no provider told", NotMetered: "not metered",
}

// Text says a cause in a few words.
func (c Cause) Text() string { return causeTexts[c] }

// total is what bill and ledger have of one model and meter in the whole period.
type total struct {
	billed, seen, unpriced *big.Rat // tokens; seen is of priced and unpriced calls
	cost, ours             *big.Rat
}

// part is a part of the difference of cost, bill less ledger, and the tokens
// that it is of.
type part struct {
	cause        Cause
	model        string
	amount       *big.Rat
	tokens       *big.Rat
	price, moved bool // a price effect; tokens that moved between meters
}

// sums adds up the days of a claim and a view.
func sums(c *claim, v *view) map[series]*total {
	out := map[series]*total{}
	add := func(parts amounts[cell], to func(*total) *big.Rat) {
		for k, n := range parts {
			s := series{k.model, k.meter}
			if out[s] == nil {
				out[s] = &total{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
			}
			sum := to(out[s])
			sum.Add(sum, n)
		}
	}
	add(c.quantities, func(t *total) *big.Rat { return t.billed })
	add(v.quantities, func(t *total) *big.Rat { return t.seen })
	add(v.unpriced, func(t *total) *big.Rat { return t.unpriced })
	add(c.costs, func(t *total) *big.Rat { return t.cost })
	if c.costShape.any { // otherwise tokens are compared alone
		add(v.costs, func(t *total) *big.Rat { return t.ours })
	}
	return out
}

// split splits the difference of cost into parts that add up to it exactly.
//
// Of one meter, with B billed tokens at a price p, and U unpriced and S priced
// tokens at our price o, the difference Bp − So is
//
//	(B − S − U)p  tokens that only one side has
//	+ Up          calls that we have no price for
//	+ S(p − o)    the price
//
// Where tokens of the input are missing in one meter and too many in another
// one, they were counted to another meter; only what remains is missing.
func split(c *claim, all map[series]*total) []part {
	var out []part
	quantities := c.quantityShape.any && (!c.costShape.any || c.quantityShape.meter == c.costShape.meter && c.quantityShape.model == c.costShape.model)
	models := map[string][]gap{}
	for _, s := range slices.SortedFunc(maps.Keys(all), func(a, b series) int {
		return cmp.Or(strings.Compare(a.model, b.model), strings.Compare(string(a.meter), string(b.meter)))
	}) {
		t := all[s]
		difference := new(big.Rat).Sub(t.cost, t.ours)
		switch {
		case s.meter == bill.Fees:
			out = append(out, part{cause: ToolFees, model: s.model, amount: difference})
		case s.meter == bill.NotUsage:
			out = append(out, part{cause: NoUsage, amount: difference})
		case !quantities || t.billed.Sign() == 0 && t.cost.Sign() != 0:
			out = append(out, part{cause: Unsplit, model: s.model, amount: difference})
		default:
			g, rest := t.split(s)
			models[s.model] = append(models[s.model], g)
			out = append(out, rest...)
		}
	}
	for _, model := range slices.Sorted(maps.Keys(models)) {
		out = append(out, bridge(model, models[model])...)
	}
	return slices.DeleteFunc(out, func(p part) bool { return p.amount.Sign() == 0 && (p.tokens == nil || p.tokens.Sign() == 0) })
}

// gap is what one side has more of a meter.
type gap struct {
	meter  bill.Meter
	tokens *big.Rat // billed less seen
	amount *big.Rat // what they cost
}

// split splits the difference of one meter into its gap, and the other parts.
func (t *total) split(s series) (gap, []part) {
	g := gap{meter: s.meter, tokens: new(big.Rat).Sub(t.billed, t.seen)}
	if t.billed.Sign() == 0 { // and no cost: the ledger alone has the meter
		g.amount = new(big.Rat).Neg(t.ours)
		return g, nil
	}
	price := new(big.Rat).Quo(t.cost, t.billed)
	g.amount = new(big.Rat).Mul(g.tokens, price)
	unpriced := new(big.Rat).Mul(t.unpriced, price)
	pricedTokens := new(big.Rat).Sub(t.seen, t.unpriced)
	rest := new(big.Rat).Mul(pricedTokens, price)
	rest.Sub(rest, t.ours)
	parts := []part{{cause: Unpriced, model: s.model, amount: unpriced, tokens: t.unpriced}}
	if rest.Sign() != 0 {
		parts = append(parts, part{cause: OtherPrice, model: s.model, amount: rest, tokens: pricedTokens, price: true})
	}
	return g, parts
}

// bridge tells gaps that cancel out between meters of the input from those that
// remain.
func bridge(model string, gaps []gap) []part {
	more, less := new(big.Rat), new(big.Rat) // billed more, seen more
	for _, g := range gaps {
		if g.meter == bill.Output || g.meter == bill.Unsplit {
			continue
		}
		if g.tokens.Sign() > 0 {
			more.Add(more, g.tokens)
		} else {
			less.Sub(less, g.tokens)
		}
	}
	moved := more
	if less.Cmp(more) < 0 {
		moved = less
	}
	var out []part
	shifted := part{cause: Classification, model: model, amount: new(big.Rat), tokens: moved, moved: true}
	for _, g := range gaps {
		cause, whole := Missing, more
		if g.tokens.Sign() < 0 {
			cause, whole = NotBilled, less
		}
		amount, tokens := new(big.Rat).Set(g.amount), new(big.Rat).Set(g.tokens)
		if g.meter != bill.Output && g.meter != bill.Unsplit && whole.Sign() > 0 {
			share := new(big.Rat).Quo(moved, whole)
			crossed := new(big.Rat).Mul(amount, share)
			shifted.amount.Add(shifted.amount, crossed)
			amount.Sub(amount, crossed)
			tokens.Sub(tokens, new(big.Rat).Mul(tokens, share))
		}
		out = append(out, part{cause: cause, model: model, amount: amount, tokens: tokens.Abs(tokens)})
	}
	return append(out, shifted)
}

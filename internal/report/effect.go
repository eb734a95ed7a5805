package report

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Effect is one of the reasons why spend changed.
type Effect int

// The effects, in the order in which they are taken apart.
const (
	// Price is what the tokens of the later period cost more or less than they would
	// have at the earlier one's prices, each kind of tokens by itself.
	Price Effect = iota
	// Efficiency is what more or fewer tokens for a call cost at the earlier prices,
	// and more or less of what is not billed by tokens.
	Efficiency
	// Mix is what it costs that a group has another share of the calls.
	Mix
	// Volume is what more or fewer calls cost, had nothing else changed.
	Volume
	NumEffects
)

// EffectNames are the names of effects.
var EffectNames = [NumEffects]string{"price", "efficiency", "mix", "volume"}

// use is what priced calls used: calls, tokens by kind with their cost, and cost
// of what is not counted in tokens. All costs are in quanta.
type use struct {
	calls  int64
	tokens [len(Kinds)]*big.Rat
	costs  [len(Kinds)]*big.Rat
	rest   *big.Rat
	total  *big.Rat
}

// useOf divides the cost of figures. What a kind costs without any tokens of it
// belongs to the rest, as fees do.
func useOf(f *Figures, kindless [len(Kinds)]bool) use {
	u := use{calls: f.Priced.Calls, total: new(big.Rat).SetInt(f.Cost())}
	u.rest = new(big.Rat).Set(u.total)
	for i := range Kinds {
		u.tokens[i], u.costs[i] = new(big.Rat), new(big.Rat)
		if kindless[i] {
			continue
		}
		u.tokens[i].SetInt64(Kinds[i].Tokens(&f.Priced.Tokens))
		u.costs[i].SetInt(&f.Amounts[Kinds[i].Amount])
		u.rest.Sub(u.rest, u.costs[i])
	}
	return u
}

// kindless tells which kinds cannot have a price for a token in one of the periods.
func kindless(before, after *Figures) (out [len(Kinds)]bool) {
	for i := range Kinds {
		for _, f := range []*Figures{before, after} {
			n := Kinds[i].Tokens(&f.Priced.Tokens)
			if n < 0 || n == 0 && f.Amounts[Kinds[i].Amount].Sign() != 0 {
				out[i] = true
			}
		}
	}
	return out
}

// effects takes apart the change of one group, in quanta. growth is the number of
// calls in all groups of the later period divided by that of the earlier one, or
// nil if that had none. They add up to the difference, exactly.
func effects(before, after *Figures, growth *big.Rat) (out [NumEffects]*big.Rat) {
	for i := range out {
		out[i] = new(big.Rat)
	}
	none := kindless(before, after)
	u, v := useOf(before, none), useOf(after, none)
	switch {
	case growth == nil: // there was nothing before
		out[Volume].Sub(v.total, u.total)
		return out
	case u.calls == 0 || v.calls == 0: // the group is new, or vanished
		out[Volume].Mul(u.total, new(big.Rat).Sub(growth, one))
		out[Mix].Sub(v.total, new(big.Rat).Mul(u.total, growth))
		return out
	}
	calls := new(big.Rat).SetFrac64(v.calls, u.calls)
	asBefore := new(big.Rat) // what the later tokens cost at the earlier prices
	for i := range Kinds {
		switch {
		case u.tokens[i].Sign() == 0: // a kind that was not used has no earlier price, so the later one stands for it
			asBefore.Add(asBefore, v.costs[i])
		default:
			price := new(big.Rat).Quo(u.costs[i], u.tokens[i])
			asBefore.Add(asBefore, price.Mul(price, v.tokens[i]))
		}
	}
	asBefore.Add(asBefore, v.rest)
	grown := new(big.Rat).Mul(u.total, calls)
	out[Price].Sub(v.total, asBefore)
	out[Efficiency].Sub(asBefore, grown)
	out[Mix].Sub(grown, new(big.Rat).Mul(u.total, growth))
	out[Volume].Mul(u.total, new(big.Rat).Sub(growth, one))
	return out
}

var one = big.NewRat(1, 1)

// quanta rounds effects such that they add up to the difference, which is whole:
// all are rounded down, and the quanta that are missing go to those that lost
// most, the earlier of equals first. No effect is off by a whole quantum.
func quanta(exact *[NumEffects]*big.Rat, difference *big.Int) (out [NumEffects]big.Int) {
	missing := new(big.Int).Set(difference)
	var lost [NumEffects]*big.Rat
	order := make([]int, NumEffects)
	for i, r := range exact {
		floor := new(big.Int).Div(r.Num(), r.Denom()) // rounds down, since denominators are positive
		out[i].Set(floor)
		lost[i] = new(big.Rat).Sub(r, new(big.Rat).SetInt(floor))
		missing.Sub(missing, floor)
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return lost[b].Cmp(lost[a]) })
	for _, i := range order[:missing.Int64()] {
		out[i].Add(&out[i], big.NewInt(1))
	}
	return out
}

// growth divides the calls of two periods.
func growth(before, after *Figures) *big.Rat {
	if before.Priced.Calls == 0 {
		return nil
	}
	return new(big.Rat).SetFrac64(after.Priced.Calls, before.Priced.Calls)
}

// difference is what the later period cost more.
func difference(before, after *Figures) *big.Int {
	return new(big.Int).Sub(&after.Amounts[ledger.Total], &before.Amounts[ledger.Total])
}

// byChange puts the largest changes first, whatever their sign.
func byChange(a, b *Changed) int {
	return cmp.Or(b.Difference.CmpAbs(a.Difference), slices.Compare(a.Key, b.Key))
}

package pricebook

import (
	"cmp"
	"maps"
	"math/big"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// effect is what a rule does to prices: factors, and prices that replace others.
type effect struct {
	times []factor
	rates map[meter.Meter]*big.Rat // per 1,000,000 tokens
	fees  map[meter.Fee]*big.Rat   // per item
}

func (e *effect) none() bool { return len(e.times) == 0 && len(e.rates) == 0 && len(e.fees) == 0 }

// neutral tells whether the effect changes no price at all.
func (e *effect) neutral() bool {
	for _, f := range e.times {
		if f.by.Cmp(one) != 0 {
			return false
		}
	}
	return len(e.rates) == 0 && len(e.fees) == 0
}

// equal tells whether two effects are spelt alike, in any order.
func (e *effect) equal(o *effect) bool {
	sameRat := func(a, b *big.Rat) bool { return a.Cmp(b) == 0 }
	return slices.EqualFunc(e.times, o.times, func(a, b factor) bool { return a.sel == b.sel && sameRat(a.by, b.by) }) &&
		maps.EqualFunc(e.rates, o.rates, sameRat) && maps.EqualFunc(e.fees, o.fees, sameRat)
}

var one = big.NewRat(1, 1)

// factor scales the meters or fees that a selector names.
type factor struct {
	sel selector
	by  *big.Rat
}

// selector names meters or fees. The zero value is no selector.
type selector struct {
	kind  selectorKind
	meter meter.Meter
	fee   meter.Fee
}

type selectorKind uint8

const (
	_         selectorKind = iota
	selTokens              // every token meter
	selInput               // input but for cache
	selCache               // cache reads and writes
	selOutput              // output
	selMeter               // a meter and what it contains
	selFees                // every fee
	selFee                 // one fee
)

// narrowness ranks the selectors that match a meter; zero is no match. No two
// selectors that match the same meter have the same rank, but for input, cache
// and output, which no meter matches two of.
func (s selector) narrowness(m meter.Meter) int {
	cached := m.Class() == meter.CacheRead || m.Class() == meter.CacheWrite
	match, rank := false, 2
	switch s.kind {
	case selTokens:
		match, rank = true, 1
	case selInput:
		match = m.Direction() == meter.Input && !cached
	case selCache:
		match = cached
	case selOutput:
		match = m.Direction() == meter.Output
	case selMeter:
		match, rank = s.meter.Contains(m), 3+s.meter.Rank()
	default:
	}
	if !match {
		return 0
	}
	return rank
}

// forMeter returns the factor for a meter, or nil for none.
func (e *effect) forMeter(m meter.Meter) *big.Rat {
	best, by := 0, (*big.Rat)(nil)
	for _, f := range e.times {
		if n := f.sel.narrowness(m); n > best {
			best, by = n, f.by
		}
	}
	return by
}

// forFee returns the factor for a fee, or nil for none.
func (e *effect) forFee(f meter.Fee) *big.Rat {
	var by *big.Rat
	for _, t := range e.times {
		switch {
		case t.sel.kind == selFee && t.sel.fee == f:
			return t.by
		case t.sel.kind == selFees:
			by = t.by
		}
	}
	return by
}

func (n node) factors() []factor {
	out := []factor{}
	seen := map[selector]bool{}
	n.each(func(name string, v node) {
		s, ok := parseSelector(name)
		if !ok {
			v.fail("is no selector; allowed: tokens, input, cache, output, fees, or the name of a meter or fee")
			return
		}
		if seen[s] {
			v.fail("selects the same as another key")
		}
		seen[s] = true
		if r := v.decimal(); r != nil {
			out = append(out, factor{s, r})
		}
	})
	slices.SortFunc(out, func(a, b factor) int {
		return cmp.Or(cmp.Compare(a.sel.kind, b.sel.kind), cmp.Compare(a.sel.meter, b.sel.meter), cmp.Compare(a.sel.fee, b.sel.fee))
	})
	return out
}

func parseSelector(name string) (selector, bool) {
	switch name {
	case "tokens":
		return selector{kind: selTokens}, true
	case "input":
		return selector{kind: selInput}, true
	case "cache":
		return selector{kind: selCache}, true
	case "output":
		return selector{kind: selOutput}, true
	case "fees":
		return selector{kind: selFees}, true
	}
	if m, err := meter.Parse(name); err == nil {
		return selector{kind: selMeter, meter: m}, true
	}
	if f, err := meter.ParseFee(name); err == nil {
		return selector{kind: selFee, fee: f}, true
	}
	return selector{}, false
}

// set reads prices that replace others.
func (n node) set() (map[meter.Meter]*big.Rat, map[meter.Fee]*big.Rat) {
	rates, fees := map[meter.Meter]*big.Rat{}, map[meter.Fee]*big.Rat{}
	n.each(func(name string, v node) {
		if f, err := meter.ParseFee(name); err == nil {
			if r := v.decimal(); r != nil {
				fees[f] = r
			}
			return
		}
		m, err := meter.Parse(name)
		if err != nil {
			v.fail("is neither a token meter nor a fee; allowed are those of rates and fees")
			return
		}
		if rates[m] != nil {
			v.fail("is the same meter as another key")
		}
		if r := v.decimal(); r != nil {
			rates[m] = r
		}
	})
	return rates, fees
}

// withEffect adds the keys that every rule has.
func withEffect(e *effect, keys map[string]func(node)) map[string]func(node) {
	keys["times"] = func(n node) { e.times = n.factors() }
	keys["set"] = func(n node) { e.rates, e.fees = n.set() }
	return keys
}

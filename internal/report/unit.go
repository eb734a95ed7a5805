package report

import (
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Unit costs are in currency units, and nil where there is nothing to divide by.
// They divide by what has a cost: calls without a price make nothing cheaper.

const (
	quantaPerUnit = 1_000_000_000_000
	perTokens     = 1_000_000
)

// Units returns quanta as currency units.
func Units(quanta *big.Int) *big.Rat {
	return new(big.Rat).SetFrac(quanta, big.NewInt(quantaPerUnit))
}

// Cost is what was spent, in quanta.
func (f *Figures) Cost() *big.Int { return &f.Amounts[ledger.Total] }

func per(cost *big.Int, n int64) *big.Rat {
	if n <= 0 {
		return nil
	}
	return new(big.Rat).Quo(Units(cost), new(big.Rat).SetInt64(n))
}

// PerCall is the cost of a call that has one.
func (f *Figures) PerCall() *big.Rat { return per(f.Cost(), f.Priced.Calls) }

// PerMillion is the cost of a million tokens, input and output together.
func (f *Figures) PerMillion() *big.Rat { return perMillion(f.Cost(), f.PricedTokens()) }

// PricedTokens counts the tokens of calls that have a cost, input and output.
func (f *Figures) PricedTokens() int64 {
	return f.Priced.Tokens[ledger.InputTokens] + f.Priced.Tokens[ledger.OutputTokens]
}

func perMillion(cost *big.Int, tokens int64) *big.Rat {
	r := per(cost, tokens)
	if r != nil {
		r.Mul(r, new(big.Rat).SetInt64(perTokens))
	}
	return r
}

// Kind is a kind of tokens that are billed: no token is of two.
type Kind struct {
	Name   string
	Amount ledger.Amount
	Tokens func(*[ledger.NumTokens]int64) int64
}

// Kinds are the kinds of tokens. Reasoning is output.
var Kinds = [...]Kind{
	{"input", ledger.Input, func(t *[ledger.NumTokens]int64) int64 {
		return t[ledger.InputTokens] - t[ledger.CacheReadTokens] - t[ledger.CacheWriteTokens]
	}},
	{"cache_read", ledger.CacheRead, func(t *[ledger.NumTokens]int64) int64 { return t[ledger.CacheReadTokens] }},
	{"cache_write", ledger.CacheWrite, func(t *[ledger.NumTokens]int64) int64 { return t[ledger.CacheWriteTokens] }},
	{"output", ledger.Output, func(t *[ledger.NumTokens]int64) int64 { return t[ledger.OutputTokens] }},
}

// PerMillionOf is the cost of a million tokens of a kind.
func (f *Figures) PerMillionOf(k *Kind) *big.Rat {
	return perMillion(&f.Amounts[k.Amount], k.Tokens(&f.Priced.Tokens))
}

// PerCustomer is what a customer costs: only calls that name one.
func (f *Figures) PerCustomer() *big.Rat {
	return per(new(big.Int).Sub(f.Cost(), &f.Without[Customer].Cost), f.Customers())
}

// PerInteraction is the cost of an interaction. There is none if some of the
// calls belong to no trace, or if no call has a cost.
func (f *Figures) PerInteraction() *big.Rat {
	if !f.perTrace() {
		return nil
	}
	return per(f.Cost(), f.Interactions.Traces)
}

func (f *Figures) perTrace() bool {
	return f.Interactions != nil && f.Interactions.Traceless == 0 && f.Priced.Calls > 0
}

// PerSuccess is what an interaction that succeeded costs, with what was spent on
// those that did not.
func (f *Figures) PerSuccess() *big.Rat {
	if !f.perTrace() {
		return nil
	}
	return per(f.Cost(), f.Interactions.Successful)
}

// Shares are between 0 and 1, and nil if there is nothing to have a share of.

func share(part, whole *big.Int) *big.Rat {
	if whole.Sign() <= 0 {
		return nil
	}
	return new(big.Rat).SetFrac(part, whole)
}

func shareOf(part, whole int64) *big.Rat { return share(big.NewInt(part), big.NewInt(whole)) }

// CacheHits is the share of input tokens that were read from a cache.
func (f *Figures) CacheHits() *big.Rat {
	return shareOf(f.Tokens[ledger.CacheReadTokens], f.Tokens[ledger.InputTokens])
}

// Unpriced is the share of calls without a cost in a currency among those that
// need one, and that of their tokens.
func (f *Figures) Unpriced() (calls, tokens *big.Rat) {
	noCalls := f.By[status.Unpriced].Calls + f.Stray.Calls
	noTokens := f.By[status.Unpriced].Tokens + f.Stray.Tokens
	return shareOf(noCalls, noCalls+f.Priced.Calls), shareOf(noTokens, noTokens+f.PricedTokens())
}

// ShareOfCost is the share that calls of a status have in what was spent.
func (f *Figures) ShareOfCost(s status.Status) *big.Rat { return share(&f.By[s].Cost, f.Cost()) }

// Unattributed is the share of what was spent that has no such owner.
func (f *Figures) Unattributed(o Owner) *big.Rat { return share(&f.Without[o].Cost, f.Cost()) }

// FailedShare is the share of calls that failed.
func (f *Figures) FailedShare() *big.Rat { return shareOf(f.Failed, f.Calls) }

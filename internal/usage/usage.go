// Package usage holds what a call consumed: counts of token meters, where a
// count includes the counts of every meter it contains, and counts of fees.
// It is plain data; how counts are read from telemetry and what they cost is
// decided elsewhere.
package usage

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// MaxMeters is the number of different token meters one call can report.
const MaxMeters = 24

// MaxCount is the largest credible count of a meter or fee in one call. More
// than that is a broken emitter, and is not priced.
const MaxCount = 1_000_000_000

// MaxSum is the largest credible sum of a meter or fee over many calls, as
// metrics tell them. Doubles hold every count up to it.
const MaxSum = 1_000_000_000_000_000

// Count is the number of tokens of one meter.
type Count struct {
	Meter  meter.Meter
	Tokens int64
}

// Usage is what one call consumed. Token counts are inclusive: the count of
// "input" holds cache reads and cache writes, that of "output" holds reasoning.
// The zero value is a call without usage. Usage may be copied.
type Usage struct {
	n      int
	counts [MaxMeters]Count
	told   uint32 // bit per fee
	fees   [meter.NumFees]int64
}

// Reset makes u the usage of a call without usage.
func (u *Usage) Reset() { u.n, u.told = 0, 0 }

// Set records the count of a meter, replacing an earlier one. It reports false,
// and changes nothing, when the call already has MaxMeters other meters.
func (u *Usage) Set(m meter.Meter, tokens int64) bool {
	for i := range u.counts[:u.n] {
		if u.counts[i].Meter == m {
			u.counts[i].Tokens = tokens
			return true
		}
	}
	if u.n == MaxMeters {
		return false
	}
	u.counts[u.n] = Count{m, tokens}
	u.n++
	return true
}

// Get returns the count of exactly this meter, and whether it was reported.
func (u *Usage) Get(m meter.Meter) (int64, bool) {
	for i := range u.counts[:u.n] {
		if u.counts[i].Meter == m {
			return u.counts[i].Tokens, true
		}
	}
	return 0, false
}

// Tokens returns the reported counts in the order they were first set. The
// slice is valid until the next call of Set or Reset.
func (u *Usage) Tokens() []Count { return u.counts[:u.n] }

// SetFee records the count of a fee, replacing an earlier one.
func (u *Usage) SetFee(f meter.Fee, n int64) {
	u.told |= 1 << f
	u.fees[f] = n
}

// Fee returns the count of a fee, and whether it was reported.
func (u *Usage) Fee(f meter.Fee) (int64, bool) {
	if u.told&(1<<f) == 0 {
		return 0, false
	}
	return u.fees[f], true
}

// HasFees tells whether any fee was reported.
func (u *Usage) HasFees() bool { return u.told != 0 }

// Empty tells whether nothing was reported.
func (u *Usage) Empty() bool { return u.n == 0 && u.told == 0 }

// Any tells whether any count is above zero.
func (u *Usage) Any() bool {
	for i := range u.counts[:u.n] {
		if u.counts[i].Tokens > 0 {
			return true
		}
	}
	if u.told != 0 {
		for f := range meter.NumFees {
			if n, ok := u.Fee(meter.Fee(f)); ok && n > 0 {
				return true
			}
		}
	}
	return false
}

// Plausible reports false if a count is negative or above MaxCount.
func (u *Usage) Plausible() bool { return u.within(MaxCount) }

// PlausibleSum reports false if a count is negative or above MaxSum.
func (u *Usage) PlausibleSum() bool { return u.within(MaxSum) }

func (u *Usage) within(limit int64) bool {
	for i := range u.counts[:u.n] {
		if c := u.counts[i].Tokens; c < 0 || c > limit {
			return false
		}
	}
	if u.told != 0 {
		for f := range meter.NumFees {
			if n, ok := u.Fee(meter.Fee(f)); ok && (n < 0 || n > limit) {
				return false
			}
		}
	}
	return true
}

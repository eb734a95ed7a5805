package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ErrPermanent is wrapped by errors that trying again does not help against.
var ErrPermanent = errors.New("cannot be stored")

// ErrRange is wrapped by errors about amounts beyond what a store holds: about
// 9 million currency units for a call, or for the calls of one context in an hour.
var ErrRange = fmt.Errorf("%w: amount out of range", ErrPermanent)

// Grain is the length of periods that sums are kept for.
type Grain uint8

// The grains.
const (
	Hourly Grain = iota
	Daily
)

// SumKey identifies a sum: of calls that started in a period, have a context in
// common, and are booked in a billing period.
type SumKey struct {
	Start   int64 // of the hour or day, unix seconds
	Context int64
	Billing int64 // as Row.Billing
}

func (k SumKey) compare(l SumKey) int {
	return cmp.Or(cmp.Compare(k.Start, l.Start), cmp.Compare(k.Context, l.Context), cmp.Compare(k.Billing, l.Billing))
}

// Sum is what calls add up to. Reversals of corrected rows count negatively.
type Sum struct {
	Calls   int64
	Amounts [NumAmounts]int64
	Tokens  [NumTokens]int64
	Items   []int64 // quantities of the items of the context's card
}

// add adds a row sign times.
func (s *Sum) add(r *Row, sign int64) error {
	s.Calls += sign
	for i, a := range r.Amounts {
		if sum := s.Amounts[i] + sign*a; (sum > s.Amounts[i]) == (sign*a > 0) || a == 0 {
			s.Amounts[i] = sum
		} else {
			return fmt.Errorf("%w: %s of calls at %d", ErrRange, AmountNames[i], r.Start)
		}
	}
	for i, n := range r.Tokens {
		s.Tokens[i] += sign * n
	}
	if len(s.Items) < len(r.Quantities) {
		s.Items = append(s.Items, make([]int64, len(r.Quantities)-len(s.Items))...)
	}
	for i, q := range r.Quantities {
		s.Items[i] += sign * q
	}
	return nil
}

// Deltas are changes of sums, gathered from the rows of a transaction.
type Deltas struct{ Hours, Days map[SumKey]*Sum }

// NewDeltas returns no changes.
func NewDeltas() *Deltas { return &Deltas{map[SumKey]*Sum{}, map[SumKey]*Sum{}} }

// Add counts a row that is new and counts.
func (d *Deltas) Add(r *Row) error { return d.count(r, 1, r.Billing) }

// Reverse takes back a row that counted, in a billing period: its own, or a
// later one if that was closed since.
func (d *Deltas) Reverse(r *Row, billing int64) error { return d.count(r, -1, billing) }

func (d *Deltas) count(r *Row, sign, billing int64) error {
	return errors.Join(
		of(d.Hours, SumKey{Hour(r.Start), r.ContextID, billing}).add(r, sign),
		of(d.Days, SumKey{Day(r.Start), r.ContextID, billing}).add(r, sign),
	)
}

func of(sums map[SumKey]*Sum, k SumKey) *Sum {
	s := sums[k]
	if s == nil {
		s = new(Sum)
		sums[k] = s
	}
	return s
}

// Sorted lists the keys of sums in one order for all writers, so that two that
// lock them never wait for each other in a circle.
func Sorted(sums map[SumKey]*Sum) []SumKey {
	return slices.SortedFunc(maps.Keys(sums), SumKey.compare)
}

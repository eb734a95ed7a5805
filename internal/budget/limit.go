package budget

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Limit is a budget as configured: so much in each period.
type Limit struct {
	Name     string
	Amount   money.Amount // currency units, or whole tokens
	Currency string       // empty for a budget of tokens
	Period   Period
	Zone     *time.Location
	// Actual and Projected are the shares of the amount at which an event is
	// due: once spend, and once the projected spend of the period, reaches them.
	Actual, Projected []float64
}

// Kind tells what reached a threshold.
type Kind string

// The kinds.
const (
	Actual    Kind = "actual"
	Projected Kind = "projected"
)

// threshold is a share with the spend that it means.
type threshold struct {
	kind  Kind
	share float64
	level money.Amount
}

// thresholds returns all of a limit.
func (l *Limit) thresholds() (all []threshold, err error) {
	for kind, shares := range map[Kind][]float64{Actual: l.Actual, Projected: l.Projected} {
		for _, share := range shares {
			level, ok := times(l.Amount, share)
			if !ok || level.IsZero() {
				return nil, fmt.Errorf("%v is not allowed as a share of %s; use one above 0, such as 0.8", share, l.Amount)
			}
			all = append(all, threshold{kind, share, level})
		}
	}
	slices.SortFunc(all, func(a, b threshold) int {
		if a.kind != b.kind {
			return len(a.kind) - len(b.kind)
		}
		return a.level.Cmp(b.level)
	})
	return all, nil
}

// times multiplies by the decimal that the shortest notation of the share writes.
func times(a money.Amount, share float64) (money.Amount, bool) {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(share, 'f', -1, 64))
	if !ok {
		return money.Amount{}, false
	}
	return money.FromRat(r.Mul(r, a.Rat()))
}

// Package reconcile compares what a provider billed with what the ledger says
// that calls cost, by day, model and meter, and finds out why they differ. The
// amounts of causes add up to the difference exactly; what is only likely says
// so and gives its evidence. It changes nothing.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// Options say what is compared.
type Options struct {
	Provider string          // who billed, by any of its names
	Book     *pricebook.Book // what names of models mean
	Span     ledger.Span     // of lines to compare; the zero value is all that the bill covers
	Zone     int             // of the bill's days, in hours east of UTC
	By       []Dimension     // of the rows; at least one
	// Tolerance is the share of what was billed by which the ledger may differ.
	Tolerance *big.Rat
}

// Dimension is what rows are told apart by.
type Dimension string

// The dimensions.
const (
	ByDay   Dimension = "day"
	ByModel Dimension = "model"
	ByMeter Dimension = "meter"
)

// Dimensions lists all of them.
var Dimensions = []Dimension{ByDay, ByModel, ByMeter}

// Report is the comparison.
type Report struct {
	Provider    string
	From, Until int64 // unix seconds
	Zone        int
	Currency    string // of the bill; empty if it tells no cost
	By          []Dimension
	Rows        []Row
	Total       Row
	Findings    []Finding
	Factors     []Factor
	Warnings    []string
	Tolerance   *big.Rat
}

// Row compares one day, model or meter. What the bill does not tell is nil.
type Row struct {
	Day    string
	Model  string
	Meter  bill.Meter
	Tokens *Pair
	Cost   *Pair
}

// Pair is what the bill says, and what the ledger does.
type Pair struct{ Billed, Ours *big.Rat }

// Difference returns by how much the bill is higher.
func (p *Pair) Difference() *big.Rat { return new(big.Rat).Sub(p.Billed, p.Ours) }

// Relative returns the difference as a share of what was billed, or nil if that is nothing.
func (p *Pair) Relative() *big.Rat {
	if p.Billed.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(p.Difference(), p.Billed)
}

// Factor is what the ledger's cost has to be multiplied by to give the bill's.
type Factor struct {
	Model string // empty for all models
	Ratio *big.Rat
}

// Within tells whether bill and ledger differ by no more than the tolerance: in
// cost, or in tokens if the bill tells no cost.
func (r *Report) Within() bool {
	p := r.Total.Cost
	if p == nil {
		p = r.Total.Tokens
	}
	d := p.Difference()
	allowed := new(big.Rat).Mul(new(big.Rat).Abs(p.Billed), r.Tolerance)
	return d.Abs(d).Cmp(allowed) <= 0
}

// ErrNothing is wrapped by errors about bills that have nothing to compare.
var ErrNothing = errors.New("nothing to compare")

// Compare compares a bill with a ledger.
func Compare(ctx context.Context, r Reader, b *bill.Bill, o *Options) (*Report, error) {
	n := &naming{book: o.Book, provider: o.Book.Provider(o.Provider), name: o.Provider}
	out := &Report{Provider: o.Provider, Zone: o.Zone, By: o.By, Tolerance: o.Tolerance, Currency: b.Currency(), Warnings: b.Warnings}
	if n.provider != nil {
		out.Provider = n.provider.ID
	}
	if err := out.period(b, o.Span); err != nil {
		return nil, err
	}
	c := fold(b, n, out.From, out.Until)
	if !c.quantityShape.any && !c.costShape.any {
		return nil, fmt.Errorf("%w: the bill has no line from %s until %s", ErrNothing, instant(out.From), instant(out.Until))
	}
	const margin = (mostEast + 1) * hourSeconds
	seen, err := read(ctx, r, n, out.Currency, spanOf(floor(out.From, hourSeconds)-margin, out.Until+margin))
	if err != nil {
		return nil, err
	}
	v := c.view(seen, out.From, out.Until, o.Zone)
	out.rows(c, v)
	f := &finder{report: out, bill: b, claim: c, ours: seen, view: v, names: n}
	out.Findings = f.find()
	out.factors(c, v)
	return out, nil
}

// period is the part of the bill's time that was asked for.
func (r *Report) period(b *bill.Bill, span ledger.Span) error {
	r.From, r.Until = b.From, b.Until
	if span == (ledger.Span{}) {
		return nil
	}
	const second = int64(time.Second)
	from, until := span.From/second, (span.Until+second-1)/second
	if from < r.From {
		r.Warnings = append(r.Warnings, "the bill begins at "+instant(r.From)+": what is before is not compared")
	}
	if until > r.Until {
		r.Warnings = append(r.Warnings, "the bill ends at "+instant(r.Until)+": what is after is not compared")
	}
	if r.From, r.Until = max(r.From, from), min(r.Until, until); r.From >= r.Until {
		return fmt.Errorf("%w: the bill covers %s until %s", ErrNothing, instant(b.From), instant(b.Until))
	}
	return nil
}

// instant writes an instant, and a midnight as its day.
func instant(unix int64) string {
	t := time.Unix(unix, 0).UTC()
	if unix%daySeconds == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

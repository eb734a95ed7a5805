package report

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Report is what was asked for. It is the same for the same ledger and query.
type Report struct {
	Query  *Query
	Steps  []Span  // of Figures.Series
	Blocks []Block // by currency; calls without one are in the only block, or else in the last
}

// Block is what was spent in one currency.
type Block struct {
	Currency string // empty if no call of the block has a cost
	Groups   []Group
	Total    *Figures
}

// Group are the calls that have the same values of the dimensions.
type Group struct {
	Key    []string // in the order of the query's dimensions
	Others int      // not zero: the group stands for so many that are not among the top ones
	*Figures

	bucket, key int
}

// maxGroups bounds what is kept in memory.
const maxGroups = 300_000

// Read computes a report.
func Read(ctx context.Context, r ledger.Reader, q *Query) (*Report, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	grain, err := q.grain()
	if err != nil {
		return nil, err
	}
	if err := complete(ctx, r, q, grain); err != nil {
		return nil, err
	}
	c := newCollection(q)
	if err := c.read(ctx, r, grain); err != nil {
		return nil, err
	}
	c.settleCurrency()
	c.fold()
	report := c.report()
	if q.Count {
		if err := c.countInteractions(ctx, r, report); err != nil {
			return nil, err
		}
	}
	return report, nil
}

// complete refuses reports on times of which only daily sums are left, if those
// are not enough.
func complete(ctx context.Context, r ledger.Reader, q *Query, grain ledger.Grain) error {
	if grain == ledger.Daily && !q.Count {
		return nil
	}
	first, _, ok, err := r.Bounds(ctx)
	if err != nil {
		return err
	}
	until := time.Unix(ledger.Day(first), 0)
	if !ok || until.After(q.Until) {
		until = q.Until
	}
	if !until.After(q.From) {
		return nil
	}
	gone := int64(0)
	span := ledger.Span{From: time.Unix(ledger.Day(q.From.UnixNano()), 0).UnixNano(), Until: until.UnixNano()}
	if err := r.Sums(ctx, ledger.Daily, span, func(s *ledger.PeriodSum) error {
		gone += s.Calls
		return nil
	}); err != nil || gone == 0 {
		return err
	}
	what := "a report by hours, or in a time zone other than UTC"
	if q.Count {
		what = "a report with interactions"
	}
	return fmt.Errorf("%d calls before %s have expired, and only their daily sums are left; for %s choose a later time", gone, until.UTC().Format(time.DateOnly), what)
}

// report sorts what was collected.
func (c *collection) report() *Report {
	out := &Report{Query: c.q, Steps: c.steps}
	for _, currency := range c.currencies() {
		block := Block{Currency: currency, Total: newFigures()}
		block.Total.grow(len(c.steps))
		for k, f := range c.cells {
			if k.currency != currency {
				continue
			}
			block.Total.merge(f)
			g := Group{Figures: f, bucket: k.bucket, key: k.key}
			g.Key, g.Others = c.keyOf(currency, k)
			f.grow(len(c.steps))
			block.Groups = append(block.Groups, g)
		}
		slices.SortFunc(block.Groups, c.compare)
		out.Blocks = append(out.Blocks, block)
	}
	return out
}

// compare puts periods of time in their order, and within one the dearest group
// first, with what is left of the top ones at the end.
func (c *collection) compare(a, b Group) int {
	return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(min(a.Others, 1), min(b.Others, 1)),
		byCost(a.Figures, b.Figures), slices.Compare(a.Key, b.Key))
}

func byCost(a, b *Figures) int { return cmp.Or(b.Cost().Cmp(a.Cost()), cmp.Compare(b.Calls, a.Calls)) }

// currencies lists the blocks: currencies by name, then calls without one.
func (c *collection) currencies() []string {
	seen := map[string]bool{}
	for k := range c.cells {
		seen[k.currency] = true
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b string) int {
		if (a == "") != (b == "") {
			return cmp.Compare(len(b), len(a))
		}
		return cmp.Compare(a, b)
	})
}

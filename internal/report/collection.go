package report

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// collection gathers figures by currency, period of time and key.
type collection struct {
	q        *Query
	buckets  []Span // of the dimension that is a period of time; one if there is none
	steps    []Span // of the series
	contexts map[int64]*ledger.Context
	keys     [][]string // values of the other dimensions, once each
	index    map[string]int
	of       map[booked]int // the key of a context, -1 if it does not meet the conditions
	cells    map[cell]*Figures
	single   string          // the only currency, which calls without one are shown with
	folded   map[foldKey]int // keys that became others
	others   map[string]int  // by currency, how many
	calls    int64           // read, whether they meet the conditions or not
}

type booked struct{ context, billing int64 }

type cell struct {
	currency string
	bucket   int
	key      int // others for what is not among the top ones
}

type foldKey struct {
	currency string
	key      int
}

// none and others stand for keys: of calls that do not meet the conditions, and
// of those that are not among the top ones.
const (
	none   = -1
	others = -2
)

func newCollection(q *Query) *collection {
	c := &collection{
		q: q, buckets: []Span{{From: q.From, Until: q.Until}}, contexts: map[int64]*ledger.Context{}, index: map[string]int{},
		of: map[booked]int{}, cells: map[cell]*Figures{}, folded: map[foldKey]int{}, others: map[string]int{},
	}
	if p := q.period(); p != nil {
		c.buckets = q.cut(p)
	}
	if q.Series != nil {
		c.steps = q.cut(q.Series)
	}
	return c
}

// read reads the sums. Contexts that were stored after the contexts were read are
// looked up once more.
func (c *collection) read(ctx context.Context, r ledger.Reader, grain ledger.Grain) error {
	if err := c.readContexts(ctx, r); err != nil {
		return err
	}
	sums := r.Sums
	if len(c.buckets) == 1 && c.steps == nil {
		sums = r.Totals
	}
	var later []*ledger.PeriodSum
	if err := sums(ctx, grain, c.q.span(), func(s *ledger.PeriodSum) error {
		if c.contexts[s.Context] == nil {
			later = append(later, s)
			return nil
		}
		return c.add(s)
	}); err != nil {
		return err
	}
	if len(later) == 0 {
		return nil
	}
	if err := c.readContexts(ctx, r); err != nil {
		return err
	}
	for _, s := range later {
		if c.contexts[s.Context] == nil {
			return fmt.Errorf("the ledger has sums of context %d, and not the context: it is damaged", s.Context)
		}
		if err := c.add(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) readContexts(ctx context.Context, r ledger.Reader) error {
	return r.Contexts(ctx, func(id int64, x *ledger.Context) error {
		c.contexts[id] = x
		return nil
	})
}

func (c *collection) add(s *ledger.PeriodSum) error {
	c.calls += s.Calls
	x := c.contexts[s.Context]
	key := c.key(x, booked{s.Context, s.Billing})
	if key == none {
		return nil
	}
	k := cell{x.Currency, position(c.buckets, s.Start), key}
	f := c.cells[k]
	if f == nil {
		if len(c.cells) == maxGroups {
			return fmt.Errorf("more than %d groups; ask for fewer dimensions, longer periods or a shorter time, or add conditions", maxGroups)
		}
		f = newFigures()
		c.cells[k] = f
	}
	f.add(s, x)
	if c.steps != nil {
		f.grow(len(c.steps))
		step := &f.Series[position(c.steps, s.Start)]
		if x.Priced() {
			step.Add(step, &s.Amounts[ledger.Total])
		}
	}
	return nil
}

// position finds the span in which a start in unix seconds lies.
func position(spans []Span, start int64) int {
	return sort.Search(len(spans)-1, func(i int) bool { return start < spans[i].Until.Unix() })
}

// key numbers the values that a context has of the dimensions.
func (c *collection) key(x *ledger.Context, b booked) int {
	if n, ok := c.of[b]; ok {
		return n
	}
	n := none
	if c.q.Where.Match(x, b.billing) {
		var values []string
		var text []byte
		for i := range c.q.By {
			v := c.q.By[i].of(x, b.billing)
			values = append(values, v)
			text = strconv.AppendQuote(text, v)
		}
		var ok bool
		if n, ok = c.index[string(text)]; !ok {
			n = len(c.keys)
			c.index[string(text)] = n
			c.keys = append(c.keys, values)
		}
	}
	c.of[b] = n
	return n
}

// keyOf returns the values of all dimensions.
func (c *collection) keyOf(currency string, k cell) (values []string, folded int) {
	if k.key == others {
		values = make([]string, len(c.q.By))
		folded = c.others[currency]
	} else {
		values = slices.Clone(c.keys[k.key])
	}
	for i := range c.q.By {
		if c.q.By[i].Periodic() {
			values[i] = c.buckets[k.bucket].Label
		}
	}
	return values, folded
}

// settleCurrency removes what reversals left empty, and shows calls without a
// cost with the only currency, if there is just one.
func (c *collection) settleCurrency() {
	for k, f := range c.cells {
		if f.empty() {
			delete(c.cells, k)
		}
	}
	currencies := c.currencies()
	if len(currencies) != 2 || currencies[1] != "" {
		return
	}
	c.single = currencies[0]
	for k, f := range c.cells {
		if k.currency == "" {
			delete(c.cells, k)
			c.put(cell{c.single, k.bucket, k.key}, f)
		}
	}
}

func (c *collection) put(k cell, f *Figures) {
	if have := c.cells[k]; have != nil {
		have.merge(f)
	} else {
		c.cells[k] = f
	}
}

// fold keeps the keys that cost most over the whole time, and makes one of the others.
func (c *collection) fold() {
	if c.q.Top == 0 {
		return
	}
	totals := map[string]map[int]*Figures{}
	for k, f := range c.cells {
		if totals[k.currency] == nil {
			totals[k.currency] = map[int]*Figures{}
		}
		if totals[k.currency][k.key] == nil {
			totals[k.currency][k.key] = newFigures()
		}
		totals[k.currency][k.key].merge(f)
	}
	for currency, figures := range totals {
		ranked := make([]int, 0, len(figures))
		for key := range figures {
			ranked = append(ranked, key)
		}
		slices.SortFunc(ranked, func(a, b int) int {
			if n := byCost(figures[a], figures[b]); n != 0 {
				return n
			}
			return slices.Compare(c.keys[a], c.keys[b])
		})
		if len(ranked) <= c.q.Top {
			continue
		}
		c.others[currency] = len(ranked) - c.q.Top
		for _, key := range ranked[c.q.Top:] {
			c.folded[foldKey{currency, key}] = others
		}
	}
	for k, f := range c.cells {
		if c.folded[foldKey{k.currency, k.key}] == others {
			delete(c.cells, k)
			c.put(cell{k.currency, k.bucket, others}, f)
		}
	}
}

package report

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Comparison tells why spend differs between two periods.
type Comparison struct {
	Before, After *Query
	Blocks        []Changes // by currency
}

// Changes are those in one currency.
type Changes struct {
	Currency string
	Groups   []Changed // the largest change first
	Total    Changed
}

// Changed is how the spend of one group changed. Effects add up to Difference,
// in a group and over the groups of a block.
type Changed struct {
	Key           []string
	Others        int // not zero: the group stands for so many that changed less
	Before, After *Figures
	Difference    *big.Int             // quanta
	Effects       [NumEffects]big.Int  // quanta
	Exact         [NumEffects]*big.Rat // quanta, before rounding
}

// Compare takes apart the difference between two periods by the groups of the
// query. Calls without a cost have no part in it.
func Compare(ctx context.Context, r ledger.Reader, before, after *Query) (*Comparison, error) {
	var reports [2]*Report
	for i, q := range []*Query{before, after} {
		if q.period() != nil {
			return nil, fmt.Errorf("dimension %s is a period of time, and cannot be compared with another period", q.period().name)
		}
		whole := *q
		whole.Top, whole.Series = 0, nil
		var err error
		if reports[i], err = Read(ctx, r, &whole); err != nil {
			return nil, err
		}
	}
	out := &Comparison{Before: before, After: after}
	for _, currency := range currenciesOf(reports[:]) {
		b := Changes{Currency: currency}
		b.compare(blockOf(reports[0], currency), blockOf(reports[1], currency))
		b.fold(after.Top)
		out.Blocks = append(out.Blocks, b)
	}
	return out, nil
}

func currenciesOf(reports []*Report) []string {
	var out []string
	for _, r := range reports {
		for i := range r.Blocks {
			if c := r.Blocks[i].Currency; c != "" && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	slices.Sort(out)
	return out
}

func blockOf(r *Report, currency string) *Block {
	for i := range r.Blocks {
		if r.Blocks[i].Currency == currency {
			return &r.Blocks[i]
		}
	}
	return &Block{Currency: currency, Total: newFigures()}
}

func (b *Changes) compare(before, after *Block) {
	index := map[string]int{}
	at := func(key []string) *Changed {
		text := fmt.Sprintf("%q", key)
		i, ok := index[text]
		if !ok {
			i = len(b.Groups)
			index[text] = i
			b.Groups = append(b.Groups, Changed{Key: key, Before: newFigures(), After: newFigures()})
		}
		return &b.Groups[i]
	}
	for i := range before.Groups {
		at(before.Groups[i].Key).Before = before.Groups[i].Figures
	}
	for i := range after.Groups {
		at(after.Groups[i].Key).After = after.Groups[i].Figures
	}
	b.Groups = slices.DeleteFunc(b.Groups, func(g Changed) bool { return nothingSpent(g.Before) && nothingSpent(g.After) })
	n := growth(before.Total, after.Total)
	b.Total = *newChanged(before.Total, after.Total)
	for i := range b.Groups {
		g := &b.Groups[i]
		g.Difference = difference(g.Before, g.After)
		g.Exact = effects(g.Before, g.After, n)
		g.Effects = quanta(&g.Exact, g.Difference)
		b.Total.addEffects(g)
	}
	slices.SortFunc(b.Groups, func(x, y Changed) int { return byChange(&x, &y) })
}

// nothingSpent tells whether figures have no part in a comparison.
func nothingSpent(f *Figures) bool { return f.Priced.Calls == 0 && f.Cost().Sign() == 0 }

func newChanged(before, after *Figures) *Changed {
	c := &Changed{Before: before, After: after, Difference: difference(before, after)}
	for i := range c.Exact {
		c.Exact[i] = new(big.Rat)
	}
	return c
}

func (c *Changed) addEffects(d *Changed) {
	for i := range c.Effects {
		c.Effects[i].Add(&c.Effects[i], &d.Effects[i])
		c.Exact[i].Add(c.Exact[i], d.Exact[i])
	}
}

// fold makes one group of those that are not among the top ones.
func (b *Changes) fold(top int) {
	if top == 0 || len(b.Groups) <= top {
		return
	}
	rest := newChanged(newFigures(), newFigures())
	rest.Others = len(b.Groups) - top
	rest.Key = make([]string, len(b.Groups[0].Key))
	for i := range b.Groups[top:] {
		g := &b.Groups[top+i]
		rest.Before.merge(g.Before)
		rest.After.merge(g.After)
		rest.addEffects(g)
	}
	rest.Difference = difference(rest.Before, rest.After)
	b.Groups = append(b.Groups[:top:top], *rest)
}

// Change says whether the group is new or vanished, or nothing.
func (c *Changed) Change() string {
	switch {
	case c.Others != 0:
	case c.Before.Priced.Calls == 0 && c.After.Priced.Calls != 0:
		return "new"
	case c.Before.Priced.Calls != 0 && c.After.Priced.Calls == 0:
		return "vanished"
	}
	return ""
}

// Relative is the difference as a share of the earlier spend, or nil.
func (c *Changed) Relative() *big.Rat { return share(c.Difference, c.Before.Cost()) }

// Previous returns the period of the same kind before: as many whole months, if
// the query's time is whole months, else as many days, or as much time.
func (q *Query) Previous() *Query {
	p := *q
	p.Until = q.From
	from, until := q.From.In(q.zone()), q.Until.In(q.zone())
	switch {
	case startOfMonth(from).Equal(from) && startOfMonth(until).Equal(until):
		months := (until.Year()-from.Year())*12 + int(until.Month()) - int(from.Month())
		p.From = startOfMonth(from).AddDate(0, -months, 0)
	case startOfDay(from).Equal(from) && startOfDay(until).Equal(until):
		days := 0
		for t := from; t.Before(until); t = addDays(t, 1) {
			days++
		}
		p.From = addDays(from, -days)
	default:
		p.From = from.Add(-until.Sub(from))
	}
	return &p
}

// Names lists the dimensions.
func (q *Query) Names() []string {
	var out []string
	for _, d := range q.By {
		out = append(out, d.Name)
	}
	return out
}

// Title says the time and the conditions.
func (q *Query) Title() string {
	return strings.Join(append([]string{q.Time()}, q.Where.Texts()...), " · ")
}

// Time says from when until when.
func (q *Query) Time() string {
	return instant(q.From.In(q.zone())) + " until " + instant(q.Until.In(q.zone())) + ", " + q.zone().String()
}

package reconcile

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Reader is what comparing needs of a ledger.
type Reader interface {
	Contexts(ctx context.Context, f func(id int64, c *ledger.Context) error) error
	Sums(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error
	Items(ctx context.Context, grain ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error
}

// kind is what calls of a context are to the comparison.
type kind uint8

const (
	elsewhere  kind = iota // of another provider, or no billed calls
	priced                 // in the currency of the bill
	unpriced               // a call without a price
	otherMoney             // priced in another currency
	notMetered             // paid for by time
	nobodys                // a call that tells no provider
)

// group is a context as the comparison sees it.
type group struct {
	kind    kind
	model   string
	tier    string
	money   string // currency
	reasons string
	oneHour map[int]bool // items of the card that are cache writes kept for an hour
}

// slot is an hour of one model and service tier.
type slot struct {
	hour        int64 // unix seconds
	model, tier string
}

// seen is what the ledger has of a slot. Tokens are disjoint.
type seen struct {
	calls    int64
	priced   map[bill.Meter]int64
	unpriced map[bill.Meter]int64
	cost     map[bill.Meter]*big.Int // quanta; Unsplit is what parts do not tell
	oneHour  int64
}

// ours is what the ledger has of the provider.
type ours struct {
	slots    map[slot]*seen
	estimate map[string]*tally // calls with assumptions, by reason
	missing  map[missingKey]*tally
	other    map[foreignKey]*big.Int // cost in other currencies, quanta
	foreign  map[string]bool         // models that have some
	nobodys  tally
	unmeter  tally
}

type foreignKey struct {
	hour     int64
	currency string
}

type missingKey struct{ model, reasons string }

// tally counts calls at each hour, since the period is chosen later.
type tally struct{ hours map[int64]int64 }

func (t *tally) add(hour, calls int64) {
	if t.hours == nil {
		t.hours = map[int64]int64{}
	}
	t.hours[hour] += calls
}

// within counts the calls of hours from one instant until another.
func (t *tally) within(from, until int64) (n int64) {
	for hour, calls := range t.hours {
		if hour >= from && hour < until {
			n += calls
		}
	}
	return n
}

// naming finds what names of models mean to the price book.
type naming struct {
	book     *pricebook.Book
	provider *pricebook.Provider // nil if the book does not know it
	name     string
}

// isProvider tells whether a name means the provider.
func (n *naming) isProvider(name string) bool {
	if n.provider != nil {
		if p := n.book.Provider(name); p != nil {
			return p == n.provider
		}
	}
	return strings.EqualFold(name, n.name)
}

// model returns the id of a model, or its name if the book does not know it.
func (n *naming) model(name string) string {
	if n.provider != nil {
		if m := n.provider.Find(name); m != nil {
			return m.ID
		}
	}
	return strings.ToLower(name)
}

// groupOf classifies a context.
func (n *naming) groupOf(c *ledger.Context, currency string) *group {
	g := &group{model: n.model(c.Model), reasons: c.Reasons, money: c.Currency, tier: "standard"}
	verdict, _ := status.Parse(c.Status)
	switch {
	case c.Provider == "" && verdict == status.Unpriced:
		g.kind = nobodys
	case !n.isProvider(c.Provider):
		return g
	case verdict == status.Unpriced:
		g.kind = unpriced
	case verdict == status.NotMetered:
		g.kind = notMetered
	case !verdict.Priced():
		return g
	case c.Currency == currency || currency == "":
		g.kind = priced
	default:
		g.kind = otherMoney
	}
	by, err := calculation.ParseBy(c.By)
	if err != nil {
		return g
	}
	if by.Call.Mode != "" {
		g.tier = bill.Tier(by.Call.Mode)
	}
	if by.Card != nil {
		for i, item := range by.Card.Items {
			if strings.HasPrefix(item.Meter, "cache_write.1h") {
				if g.oneHour == nil {
					g.oneHour = map[int]bool{}
				}
				g.oneHour[i] = true
			}
		}
	}
	return g
}

// read reads what the ledger has of the provider in a span.
func read(ctx context.Context, r Reader, n *naming, currency string, span ledger.Span) (*ours, error) {
	groups := map[int64]*group{}
	if err := r.Contexts(ctx, func(id int64, c *ledger.Context) error {
		groups[id] = n.groupOf(c, currency)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	o := &ours{slots: map[slot]*seen{}, estimate: map[string]*tally{}, missing: map[missingKey]*tally{}, other: map[foreignKey]*big.Int{}, foreign: map[string]bool{}}
	if err := r.Sums(ctx, ledger.Hourly, span, func(s *ledger.PeriodSum) error {
		if g := groups[s.Context]; g != nil {
			o.add(s, g)
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	err := r.Items(ctx, ledger.Hourly, span, func(i *ledger.PeriodItem) error {
		if g := groups[i.Context]; g != nil && g.kind == priced && g.oneHour[i.Item] {
			o.slot(i.Start, g).oneHour += i.Quantity
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return o, nil
}

func (o *ours) slot(hour int64, g *group) *seen {
	key := slot{hour, g.model, g.tier}
	s := o.slots[key]
	if s == nil {
		s = &seen{priced: map[bill.Meter]int64{}, unpriced: map[bill.Meter]int64{}, cost: map[bill.Meter]*big.Int{}}
		o.slots[key] = s
	}
	return s
}

// costParts are the amounts by meter.
var costParts = map[bill.Meter]ledger.Amount{
	bill.Input: ledger.Input, bill.CacheRead: ledger.CacheRead, bill.CacheWrite: ledger.CacheWrite, bill.Output: ledger.Output, bill.Fees: ledger.Fees,
}

// add counts a sum.
func (o *ours) add(p *ledger.PeriodSum, g *group) {
	switch g.kind {
	case elsewhere:
		return
	case nobodys:
		o.nobodys.add(p.Start, p.Calls)
		return
	case notMetered:
		o.unmeter.add(p.Start, p.Calls)
		return
	case otherMoney:
		k := foreignKey{p.Start, g.money}
		if o.other[k] == nil {
			o.other[k] = new(big.Int)
		}
		o.other[k].Add(o.other[k], &p.Amounts[ledger.Total])
		o.foreign[g.model] = true
	case unpriced:
		of(o.missing, missingKey{g.model, g.reasons}).add(p.Start, p.Calls)
	case priced:
		for reason := range strings.FieldsSeq(g.reasons) {
			of(o.estimate, reason).add(p.Start, p.Calls)
		}
	}
	s := o.slot(p.Start, g)
	s.calls += p.Calls
	tokens := s.priced
	if g.kind != priced {
		tokens = s.unpriced // in the bill's currency, there is no price
	}
	cached := p.Tokens[ledger.CacheReadTokens] + p.Tokens[ledger.CacheWriteTokens]
	tokens[bill.Input] += p.Tokens[ledger.InputTokens] - cached
	tokens[bill.CacheRead] += p.Tokens[ledger.CacheReadTokens]
	tokens[bill.CacheWrite] += p.Tokens[ledger.CacheWriteTokens]
	tokens[bill.Output] += p.Tokens[ledger.OutputTokens]
	if g.kind != priced {
		return
	}
	rest := new(big.Int).Set(&p.Amounts[ledger.Total])
	for meter, amount := range costParts {
		s.spend(meter, &p.Amounts[amount])
		rest.Sub(rest, &p.Amounts[amount])
	}
	s.spend(bill.Unsplit, rest)
}

func (s *seen) spend(m bill.Meter, quanta *big.Int) {
	if quanta.Sign() == 0 {
		return
	}
	if s.cost[m] == nil {
		s.cost[m] = new(big.Int)
	}
	s.cost[m].Add(s.cost[m], quanta)
}

func of[K comparable](m map[K]*tally, k K) *tally {
	t := m[k]
	if t == nil {
		t = new(tally)
		m[k] = t
	}
	return t
}

// hours of a ledger are in unix seconds, spans in nanoseconds.
func spanOf(from, until int64) ledger.Span {
	return ledger.Span{From: time.Unix(from, 0).UnixNano(), Until: time.Unix(until, 0).UnixNano()}
}

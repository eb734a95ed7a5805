package focus

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Period is a billing period: the start of a UTC month in unix seconds.
type Period int64

// PeriodOf returns the billing period of an instant.
func PeriodOf(t time.Time) Period { return Period(ledger.Month(t.UnixNano())) }

// String writes the period as 2026-11.
func (p Period) String() string { return p.time().Format("2006-01") }

// Next returns the period after p.
func (p Period) Next() Period { return Period(p.time().AddDate(0, 1, 0).Unix()) }

func (p Period) time() time.Time { return time.Unix(int64(p), 0).UTC() }

func compareText(a, b string) int { return strings.Compare(a, b) }

// charges makes the rows of billing periods of one ledger.
type charges struct {
	ledger.Reader
	*Options
	offers   *offers
	contexts map[int64]*source
	closed   int64
}

// source is a context, and what its calls are charged for. It has no offers if
// it has no rows. It is read when the context is first used: a ledger has those of
// all times.
type source struct {
	*ledger.Context
	read   bool
	offers []*offer
	reason string // why it has no rows
}

func newCharges(ctx context.Context, r ledger.Reader, o *Options) (*charges, error) {
	c := &charges{Reader: r, Options: o, offers: newOffers(o), contexts: map[int64]*source{}}
	var err error
	if c.closed, err = r.Closed(ctx); err != nil {
		return nil, fmt.Errorf("focus: %w", err)
	}
	err = r.Contexts(ctx, func(id int64, ledgerContext *ledger.Context) error {
		c.contexts[id] = &source{Context: ledgerContext}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("focus: %w", err)
	}
	return c, nil
}

// source returns the context with a number.
func (c *charges) source(id int64) (*source, error) {
	s := c.contexts[id]
	if s == nil {
		return nil, fmt.Errorf("context %d of the ledger is unknown", id)
	}
	if !s.read {
		s.read = true
		s.offers, s.reason = c.charged(s.Context)
	}
	return s, nil
}

// charged returns what calls of a context are charged for, or why they have no rows.
func (c *charges) charged(lc *ledger.Context) ([]*offer, string) {
	if !lc.Priced() {
		return nil, unpriced(lc.Status)
	}
	if lc.By == "" {
		return nil, NoUnitPrice
	}
	by := c.offers.by(lc.By)
	switch {
	case by == nil:
		return nil, Unreadable
	case by.Card == nil:
		return nil, NoUnitPrice
	}
	offers, err := c.offers.of(lc, by)
	if err != nil || by.Card.Currency != lc.Currency {
		return nil, Unreadable
	}
	return offers, ""
}

// unpriced is the reason of calls without a cost: their status, unless that
// promises one.
func unpriced(s string) string {
	for _, known := range []status.Status{status.Unpriced, status.NotMetered, status.NotBillable} {
		if s == known.String() {
			return s
		}
	}
	return NoCost
}

// span returns what to read for a billing period. What is booked in it began in
// it, or before it if that was closed by then.
func (c *charges) span(p Period, earliest int64) ledger.Span {
	from := int64(p)
	if c.closed > 0 {
		from = min(from, earliest)
	}
	return ledger.Span{From: from * int64(time.Second), Until: int64(p.Next()) * int64(time.Second)}
}

// count adds up what the ledger has for a billing period.
func (c *charges) count(ctx context.Context, p Period, s *Summary) error {
	return c.Totals(ctx, c.Grain, c.span(p, 0), func(sum *ledger.PeriodSum) error {
		if sum.Billing != int64(p) {
			return nil
		}
		from, err := c.source(sum.Context)
		switch {
		case err != nil:
			return err
		case from.reason != "":
			s.exclude(from.reason, from.Currency, sum)
		default:
			s.calls(from.Currency, sum)
		}
		return nil
	})
}

// rows passes the rows of usage of a billing period, by charge period.
func (c *charges) rows(ctx context.Context, p Period, earliest int64, bs balances, f func(*Row) error) error {
	length := int64(time.Hour / time.Second)
	if c.Grain == ledger.Daily {
		length *= 24
	}
	var at span
	groups := map[*offer]int64{}
	flush := func() error {
		for _, o := range slices.SortedFunc(maps.Keys(groups), compareOffers) {
			if groups[o] == 0 {
				continue
			}
			for _, r := range bs.rows(o, &at, groups[o]) {
				if err := f(r); err != nil {
					return err
				}
			}
		}
		clear(groups)
		return nil
	}
	err := c.Items(ctx, c.Grain, c.span(p, earliest), func(i *ledger.PeriodItem) error {
		if i.Billing != int64(p) {
			return nil
		}
		from, err := c.source(i.Context)
		if err != nil {
			return err
		}
		if from.reason != "" {
			return nil // counted
		}
		if i.Item < 0 || i.Item >= len(from.offers) {
			return fmt.Errorf("item %d of context %d is not on its card", i.Item, i.Context)
		}
		if i.Start != at.start {
			if err := flush(); err != nil {
				return err
			}
			at = span{i.Start, i.Start + length, int64(p), int64(p.Next()), ledger.Month(i.Start*int64(time.Second)) != int64(p)}
		}
		groups[from.offers[i.Item]] += i.Quantity
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// compareOffers orders the rows of a charge period, whatever the order of contexts.
func compareOffers(a, b *offer) int {
	return cmp.Or(
		compareText(a.SkuPriceID, b.SkuPriceID), compareText(a.Currency, b.Currency), compareText(a.Account.ID, b.Account.ID),
		compareText(a.SubAccount, b.SubAccount), compareText(a.Tags, b.Tags), compareText(a.Region, b.Region), compareText(a.columns, b.columns),
		compareText(a.Status, b.Status), compareText(a.Price, b.Price), compareText(a.Contract, b.Contract),
		compareText(a.Contracted, b.Contracted), compareText(a.List, b.List), compareText(a.NativeContracted, b.NativeContracted),
		compareText(a.Details, b.Details), compareText(a.Description, b.Description),
	)
}

// drawn returns what is left of the commitments when a billing period begins:
// less what the periods before it drew, in their order.
func (c *charges) drawn(ctx context.Context, p Period) (balances, error) {
	bs := newBalances(c.Commitments)
	if len(bs) == 0 {
		return nil, nil
	}
	first := bs[0].from
	for _, b := range bs {
		first = min(first, b.from)
	}
	for q := PeriodOf(time.Unix(first, 0)); q < p; q = q.Next() {
		if err := c.complete(ctx, q, first); err != nil {
			return nil, err
		}
		if err := c.rows(ctx, q, first, bs, func(*Row) error { return nil }); err != nil {
			return nil, err
		}
		bs.expired(c.Config, &span{billing: int64(q), billingEnd: int64(q.Next())}, c.now().Unix())
	}
	return bs, nil
}

// complete checks that hourly sums of what is booked in a period are there.
// Quantities are kept with them, and expire with them: rows would miss them, and
// commitments would last longer than they do.
func (c *charges) complete(ctx context.Context, p Period, earliest int64) error {
	var calls [2]int64
	var cost [2]big.Int
	for i, grain := range []ledger.Grain{ledger.Hourly, ledger.Daily} {
		err := c.Totals(ctx, grain, c.span(p, earliest), func(s *ledger.PeriodSum) error {
			if s.Billing == int64(p) {
				calls[i] += s.Calls
				cost[i].Add(&cost[i], &s.Amounts[ledger.Total])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if calls[0] != calls[1] || cost[0].Cmp(&cost[1]) != 0 {
		return fmt.Errorf("calls of what is booked in %s are expired, and with them what was used of each meter: hourly sums have %d calls, daily ones %d; export a period before its calls expire, or keep them longer", p, calls[0], calls[1])
	}
	return nil
}

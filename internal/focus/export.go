package focus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Options say what is exported, and where.
type Options struct {
	Dir         string // of the partitions
	Version     Version
	Format      Format
	Grain       ledger.Grain // of charge periods
	ByDay       bool         // partitions by day within those by billing period
	DraftKeys   bool         // keys of SkuPriceDetails as the draft of 1.5 defines them
	Config      *Config
	Commitments []*Commitment
	Generator   string           // name and version of the program
	Now         func() time.Time // the clock; time.Now if nil
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o *Options) validate() error {
	if o.Config == nil {
		return errors.New("focus: there is no configuration, which names the billing account")
	}
	if _, err := ParseVersion(string(o.Version)); err != nil {
		return err
	}
	return o.Config.Validate()
}

// Rows passes the rows of a billing period in the order of their charge periods:
// purchases, usage, and what expired of commitments.
func Rows(ctx context.Context, r ledger.Reader, o *Options, p Period, f func(*Row) error) (*Summary, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	c, err := newCharges(ctx, r, o)
	if err != nil {
		return nil, err
	}
	s := newSummary(p)
	pass := func(r *Row) error {
		s.row(r)
		return f(r)
	}
	all := func(rows []*Row) error {
		for _, r := range rows {
			if err := pass(r); err != nil {
				return err
			}
		}
		return nil
	}
	whole := &span{billing: int64(p), billingEnd: int64(p.Next())}
	var bs balances
	if err = c.complete(ctx, p, 0); err == nil {
		err = c.count(ctx, p, s)
	}
	if err == nil {
		bs, err = c.drawn(ctx, p)
	}
	if err == nil {
		err = all(bs.purchases(o, whole))
	}
	if err == nil {
		err = c.rows(ctx, p, 0, bs, pass)
	}
	if err == nil {
		err = all(bs.expired(o.Config, whole, o.now().Unix()))
	}
	if err != nil {
		return nil, fmt.Errorf("focus: %s: %w", p, err)
	}
	s.finish()
	return s, nil
}

// Periods lists the billing periods that something is booked in. Calls with a
// strange clock may leave centuries between them.
func Periods(ctx context.Context, r ledger.Reader) ([]Period, error) {
	booked := map[Period]bool{}
	span := ledger.Span{From: math.MinInt64, Until: math.MaxInt64}
	if err := r.Totals(ctx, ledger.Daily, span, func(s *ledger.PeriodSum) error {
		booked[Period(s.Billing)] = true
		return nil
	}); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(booked)), nil
}

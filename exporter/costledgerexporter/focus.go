package costledgerexporter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// FocusConfig is about files of FOCUS rows that are kept current.
type FocusConfig struct {
	// Directory holds the partitions, one for each billing period.
	Directory string `mapstructure:"directory"`
	// Version of FOCUS: 1.2, 1.3 or 1.4.
	Version string `mapstructure:"version"`
	// Format is csv, csv.gz or parquet.
	Format string `mapstructure:"format"`
	// Grain of charge periods: day or hour.
	Grain string `mapstructure:"grain"`
	// Interval is how often the files of open billing periods are replaced.
	Interval time.Duration `mapstructure:"interval"`
	// BillingAccountID and BillingAccountName are those of the account that is billed, unless Settings says them.
	BillingAccountID   string `mapstructure:"billing_account_id"`
	BillingAccountName string `mapstructure:"billing_account_name"`
	// Settings is a file of accounts and allocation, as for tokencost focus export.
	Settings string `mapstructure:"settings"`
	// Commitments is a file of commitments, as for tokencost focus export.
	Commitments string `mapstructure:"commitments"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ confmap.Validator = (*FocusConfig)(nil)

func defaultFocus() FocusConfig {
	return FocusConfig{Version: string(focus.V14), Format: string(focus.Parquet), Grain: "day", Interval: time.Hour}
}

var grains = map[string]ledger.Grain{"day": ledger.Daily, "hour": ledger.Hourly}

// Validate checks the settings; the files are read at start.
func (c *FocusConfig) Validate() error {
	var errs []error
	if c.Directory == "" {
		errs = append(errs, errors.New("directory: is missing; name the directory that is to hold the partitions"))
	}
	if _, err := focus.ParseVersion(c.Version); err != nil {
		errs = append(errs, fmt.Errorf("version: %w", err))
	}
	if _, err := focus.ParseFormat(c.Format); err != nil {
		errs = append(errs, fmt.Errorf("format: %w", err))
	}
	if _, ok := grains[c.Grain]; !ok {
		errs = append(errs, fmt.Errorf("grain: %q is not allowed; use day or hour", c.Grain))
	}
	if c.BillingAccountID == "" && c.Settings == "" {
		errs = append(errs, errors.New("billing_account_id: is missing; name the account that is billed, here or in the file of settings"))
	}
	if c.Interval < time.Minute {
		errs = append(errs, fmt.Errorf("interval: %s is not allowed; use 1m or more", c.Interval))
	}
	return errors.Join(errs...)
}

// options reads the files that the settings name.
func (c *FocusConfig) options(build component.BuildInfo) (*focus.Options, error) {
	version, err := focus.ParseVersion(c.Version)
	if err != nil {
		return nil, err
	}
	format, err := focus.ParseFormat(c.Format)
	if err != nil {
		return nil, err
	}
	o := &focus.Options{Dir: c.Directory, Version: version, Format: format, Grain: grains[c.Grain], Generator: build.Command + " " + build.Version}
	o.Config = &focus.Config{}
	if c.Settings != "" {
		text, err := os.ReadFile(c.Settings)
		if err != nil {
			return nil, fmt.Errorf("settings: %w", err)
		}
		if o.Config, err = focus.ReadConfig(text); err != nil {
			return nil, fmt.Errorf("settings: %s: %w", c.Settings, err)
		}
	}
	account := &o.Config.BillingAccount
	account.ID, account.Name = cmp.Or(c.BillingAccountID, account.ID), cmp.Or(c.BillingAccountName, account.Name)
	if err := o.Config.Validate(); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if c.Commitments != "" {
		text, err := os.ReadFile(c.Commitments)
		if err != nil {
			return nil, fmt.Errorf("commitments: %w", err)
		}
		if o.Commitments, err = focus.ParseCommitments(text); err != nil {
			return nil, fmt.Errorf("commitments: %s: %w", c.Commitments, err)
		}
	}
	return o, nil
}

// exportFocus replaces the files of the open billing periods, and of the one
// that was closed last: nothing is added to those before.
func (l *costLedger) exportFocus(ctx context.Context, store ledger.Reader) error {
	closed, err := store.Closed(ctx)
	if err != nil {
		return err
	}
	periods, err := focus.Periods(ctx, store)
	if err != nil {
		return err
	}
	slices.Sort(periods)
	first := 0
	for i, p := range periods {
		if int64(p) < closed {
			first = i
		}
	}
	whole, err := l.whole(ctx, store)
	if err != nil {
		return err
	}
	for _, p := range periods[first:] {
		if complete, booked := whole[int64(p)]; !booked {
			continue
		} else if !complete {
			l.logger.Warn("calls of a billing period are removed by retention already; its FOCUS files stay as they are: close periods before, or keep calls longer", zap.String("billing_period", p.String()))
			continue
		}
		summary, err := focus.Export(ctx, store, l.focus, p)
		if err != nil {
			return fmt.Errorf("FOCUS export of %s: %w", p, err)
		}
		l.logger.Debug("FOCUS export", zap.String("billing_period", summary.BillingPeriod), zap.Int("rows", summary.Rows), zap.Int64("calls", summary.Calls))
		for _, e := range summary.Excluded {
			if e.Reason == focus.NoUnitPrice || e.Reason == focus.Unreadable {
				l.logger.Warn("calls have a cost and no unit price, and are not in the FOCUS files", zap.String("billing_period", summary.BillingPeriod), zap.String("reason", e.Reason), zap.Int64("calls", e.Calls))
			}
		}
	}
	return nil
}

// whole lists the billing periods that something is booked in, and tells of
// which nothing is expired. Strange clocks leave centuries between them.
func (l *costLedger) whole(ctx context.Context, store ledger.Reader) (map[int64]bool, error) {
	span := ledger.Span{Until: ledger.Day(math.MaxInt64) * int64(time.Second)}
	missing := map[int64]int64{}                                        // calls of daily sums without hourly ones, by billing period
	for _, grain := range []ledger.Grain{ledger.Daily, ledger.Hourly} { // in this order, because calls come meanwhile
		if err := store.Totals(ctx, grain, span, func(s *ledger.PeriodSum) error {
			if grain == ledger.Daily {
				missing[s.Billing] += s.Calls
			} else {
				missing[s.Billing] -= s.Calls
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	r := l.cfg.Retention
	kept := max(before(time.Now(), r.Calls), before(time.Now(), r.Sums))
	out := map[int64]bool{}
	for period, calls := range missing {
		out[period] = calls <= 0 && period >= ledger.Hour(kept)
	}
	return out, nil
}

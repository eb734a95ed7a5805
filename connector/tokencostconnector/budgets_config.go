package tokencostconnector

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// BudgetConfig is a budget: an amount of money or tokens for each calendar period.
type BudgetConfig struct {
	// Name of the budget, unique.
	Name string `mapstructure:"name"`
	// Conditions are OTTL conditions on the call's span or log record; any that holds selects it. Without conditions every call counts.
	Conditions []string `mapstructure:"conditions"`
	// Amount of money, in the currency.
	Amount float64 `mapstructure:"amount"`
	// Currency of the amount; calls in another do not count.
	Currency string `mapstructure:"currency"`
	// Tokens instead of an amount.
	Tokens uint64 `mapstructure:"tokens"`
	// Period is day, week, month, quarter or year.
	Period string `mapstructure:"period"`
	// TimeZone is the IANA zone whose calendar counts.
	TimeZone string `mapstructure:"time_zone"`
	// Thresholds are the shares of the budget at which spend makes an event.
	Thresholds []float64 `mapstructure:"thresholds"`
	// ProjectedThresholds are those at which the projected spend of the period does.
	ProjectedThresholds []float64 `mapstructure:"projected_thresholds"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ confmap.Validator = (*BudgetConfig)(nil)

// Defaults and bounds of budgets.
const (
	defaultCurrency = "USD"
	defaultPeriod   = "month"
	defaultZone     = "UTC"
	maxBudgets      = 1000
	maxBudgetName   = 128
	maxShare        = 100
)

func defaultThresholds() []float64 { return []float64{0.5, 0.8, 1} }

// Validate checks all settings of a budget.
func (c *BudgetConfig) Validate() error {
	if c.Name == "" || len(c.Name) > maxBudgetName {
		return fmt.Errorf("name: %q is not allowed; use 1 to %d bytes", c.Name, maxBudgetName)
	}
	errs := []error{c.validateAmount(), c.validateCalendar()}
	for key, shares := range map[string][]float64{"thresholds": c.Thresholds, "projected_thresholds": c.ProjectedThresholds} {
		for i, share := range shares {
			if !(share > 0 && share <= maxShare) || i > 0 && share <= shares[i-1] {
				errs = append(errs, fmt.Errorf("%s: %v is not allowed; use shares of the budget above 0 up to %d in ascending order, such as [0.5, 0.8, 1]", key, share, maxShare))
			}
		}
	}
	if n := len(c.Thresholds) + len(c.ProjectedThresholds); n > budget.MaxThresholds {
		errs = append(errs, fmt.Errorf("thresholds: %d are too many, with projected_thresholds; use %d at most", n, budget.MaxThresholds))
	}
	if _, err := pricer.NewSelector(c.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("conditions: %w", err))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("budget %q: %w", c.Name, err)
	}
	return nil
}

func (c *BudgetConfig) validateAmount() error {
	switch {
	case c.Tokens != 0 && (c.Amount != 0 || c.Currency != ""):
		return fmt.Errorf("tokens: %d is not allowed with amount or currency; a budget is of money or of tokens", c.Tokens)
	case c.Tokens > 1<<53:
		return fmt.Errorf("tokens: %d is not allowed; use 1 to %d", c.Tokens, uint64(1<<53))
	case c.Tokens != 0:
		return nil
	}
	if a, ok := money.FromFloat(c.Amount); !ok || a.IsZero() || c.Amount > 1e15 {
		return fmt.Errorf("amount: %v is not allowed; use an amount above 0 up to 1e15, such as 2500 or 99.95, or set tokens", c.Amount)
	}
	return checkCurrency(c.Currency)
}

// checkCurrency checks a currency, which may be left out.
func checkCurrency(code string) error {
	if code != "" && !money.IsCurrency(code) {
		return fmt.Errorf("currency: %q is not allowed; use an ISO 4217 code such as %s", code, defaultCurrency)
	}
	return nil
}

func (c *BudgetConfig) validateCalendar() error {
	var errs []error
	if _, ok := budget.ParsePeriod(or(c.Period, defaultPeriod)); !ok {
		errs = append(errs, fmt.Errorf("period: %q is not allowed; use %s", c.Period, strings.Join(budget.Periods, ", ")))
	}
	if _, err := c.zone(); err != nil {
		errs = append(errs, fmt.Errorf("time_zone: %q is not allowed; use the name of an IANA zone, such as Europe/Berlin: %w", c.TimeZone, err))
	}
	return errors.Join(errs...)
}

// zone refuses Local: the same configuration must mean the same everywhere.
func (c *BudgetConfig) zone() (*time.Location, error) {
	if c.TimeZone == "Local" {
		return nil, errors.New("it depends on the machine")
	}
	return time.LoadLocation(or(c.TimeZone, defaultZone))
}

// limit returns the budget that a valid configuration means.
func (c *BudgetConfig) limit() (budget.Limit, error) {
	zone, err := c.zone()
	if err != nil {
		return budget.Limit{}, err
	}
	period, _ := budget.ParsePeriod(or(c.Period, defaultPeriod))
	l := budget.Limit{Name: c.Name, Period: period, Zone: zone, Actual: c.Thresholds, Projected: c.ProjectedThresholds}
	if c.Thresholds == nil {
		l.Actual = defaultThresholds()
	}
	if c.Tokens != 0 {
		l.Amount = money.Units(c.Tokens)
		return l, nil
	}
	l.Amount, _ = money.FromFloat(c.Amount)
	l.Currency = or(c.Currency, defaultCurrency)
	return l, nil
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// validateBudgets checks what no budget can check alone.
func (c *Config) validateBudgets() error {
	var errs []error
	if len(c.Budgets) > maxBudgets {
		errs = append(errs, fmt.Errorf("budgets: %d are too many; use %d at most", len(c.Budgets), maxBudgets))
	}
	taken := map[string]bool{}
	for _, b := range c.Budgets {
		if taken[b.Name] {
			errs = append(errs, fmt.Errorf("budgets: the name %q is there twice; give each budget a name of its own", b.Name))
		}
		taken[b.Name] = true
	}
	return errors.Join(errs...)
}

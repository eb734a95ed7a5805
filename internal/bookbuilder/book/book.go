// Package book holds a price book of schema tokencost.pricebook/v1 while it is
// being made: the same shape as the YAML, open to change, with exact decimals.
// The loader of the product reads what this package writes.
package book

import (
	"maps"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// Numbers are prices, factors or fees by the name of what they are for.
type Numbers map[string]decimal.Decimal

// Split tells token rates from fees.
func (n Numbers) Split() (rates, fees Numbers) {
	rates, fees = Numbers{}, Numbers{}
	for name, v := range n {
		if _, err := meter.ParseFee(name); err == nil {
			fees[name] = v
		} else {
			rates[name] = v
		}
	}
	return rates, fees
}

// Provider is who bills.
type Provider struct {
	ID       string            `yaml:"-"`
	Names    []string          `yaml:"names"`
	Hosts    []string          `yaml:"hosts"`
	HostGeo  map[string]string `yaml:"host_geo"`
	Grammar  string            `yaml:"grammar"`
	Currency string            `yaml:"currency"`
	Infer    bool              `yaml:"infer"`
	Fees     Numbers           `yaml:"fees"`
	Adjust   Adjust            `yaml:"adjust"`
	Models   map[string]*Model `yaml:"-"`

	// ConfirmedFrom is the day of the oldest evidence, such as 2026-07-02: prices
	// without a start are not vouched for before it. Empty leaves it open.
	ConfirmedFrom string `yaml:"-"`
}

// Model is what a provider bills under one name.
type Model struct {
	ID      string
	Aliases []string
	Dated   bool
	Base    string // provider/model to inherit from
	Rates   Numbers
	Fees    Numbers // empty, but not nil: none of the provider's
	Adjust  Adjust
	Prices  []Price
}

// Price is what holds in a period.
type Price struct {
	From        string  `yaml:"from"`
	Until       string  `yaml:"until"`
	Unconfirmed bool    `yaml:"unconfirmed"`
	Rates       Numbers `yaml:"rates"`
	Fees        Numbers `yaml:"fees"`
	Adjust      Adjust  `yaml:"adjust"`
	Source      Source  `yaml:"-"`
}

// Source tells where a price was read.
type Source struct{ URL, Checked, Note string }

// Adjust holds the rules of every axis.
type Adjust struct {
	Context   []ContextRule `yaml:"context"`
	Mode      Choices       `yaml:"mode"`
	Geo       Choices       `yaml:"geo"`
	Schedule  []Window      `yaml:"schedule"`
	Overrides []Override    `yaml:"overrides"`
}

// Empty tells whether no axis has a rule.
func (a Adjust) Empty() bool {
	return len(a.Context) == 0 && len(a.Mode) == 0 && len(a.Geo) == 0 && len(a.Schedule) == 0 && len(a.Overrides) == 0
}

// Choices are the rules of mode or geo, by key.
type Choices map[string]Rules

// Rules are one rule, or several for different periods.
type Rules []Rule

// Rule is what a mode or region does to prices.
type Rule struct {
	Names []string `yaml:"names"`
	From  string   `yaml:"from"`
	Until string   `yaml:"until"`
	Times Numbers  `yaml:"times"`
	Set   Numbers  `yaml:"set"`
}

// ContextRule is a context tier.
type ContextRule struct {
	Name      string  `yaml:"name"`
	Input     Bound   `yaml:"input"`
	Output    Bound   `yaml:"output"`
	Contested bool    `yaml:"contested"`
	Times     Numbers `yaml:"times"`
	Set       Numbers `yaml:"set"`
}

// Bound is a lower bound on tokens; zero is no bound.
type Bound struct {
	Over    int `yaml:"over"`
	AtLeast int `yaml:"at_least"`
}

// Window is a part of the week with other prices.
type Window struct {
	Name   string   `yaml:"name"`
	TZ     string   `yaml:"tz"`
	Days   string   `yaml:"days"`
	Hours  []string `yaml:"hours"`
	Except string   `yaml:"except"`
	From   string   `yaml:"from"`
	Until  string   `yaml:"until"`
	Times  Numbers  `yaml:"times"`
	Set    Numbers  `yaml:"set"`
}

// Override is a final price for a combination of axes.
type Override struct {
	When map[string]string `yaml:"when"`
	Set  Numbers           `yaml:"set"`
}

// Over returns the adjustments of a with those of b laid over them: an axis of b
// replaces that of a, but modes and regions are replaced one by one.
func (a Adjust) Over(b Adjust) Adjust {
	if len(b.Context) > 0 {
		a.Context = b.Context
	}
	if len(b.Schedule) > 0 {
		a.Schedule = b.Schedule
	}
	if len(b.Overrides) > 0 {
		a.Overrides = b.Overrides
	}
	a.Mode, a.Geo = a.Mode.over(b.Mode), a.Geo.over(b.Geo)
	return a
}

// over lays d over c. A value that a rule of d claims is taken from the rules of c.
func (c Choices) over(d Choices) Choices {
	if len(d) == 0 {
		return c
	}
	claimed := map[string]bool{}
	for key, rules := range d {
		claimed[key] = true
		for _, r := range rules {
			for _, name := range r.Names {
				claimed[name] = true
			}
		}
	}
	out := maps.Clone(d)
	for key, rules := range c {
		if claimed[key] {
			continue
		}
		kept := slices.Clone(rules)
		for i := range kept {
			kept[i].Names = slices.DeleteFunc(slices.Clone(kept[i].Names), func(n string) bool { return claimed[n] })
		}
		out[key] = kept
	}
	return out
}

// Sorted returns the models in the order of their ids.
func (p *Provider) Sorted() []*Model {
	models := slices.Collect(maps.Values(p.Models))
	slices.SortFunc(models, func(a, b *Model) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return models
}

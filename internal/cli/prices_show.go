package cli

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// shown is a model as `tokencost prices show` prints it.
type shown struct {
	Provider    string        `json:"provider"`
	Model       string        `json:"model"`
	By          string        `json:"by"` // what makes the argument mean it
	Aliases     []string      `json:"aliases,omitempty"`
	Dated       bool          `json:"dated"`
	Provisioned bool          `json:"provisioned,omitempty"`
	Base        *shownBase    `json:"base,omitempty"`
	Periods     []shownPeriod `json:"periods"`
	Contracts   []shownRule   `json:"contracts,omitempty"`
}

type shownBase struct {
	Of       string            `json:"of"`
	Times    map[string]string `json:"times,omitempty"`
	Rates    map[string]string `json:"rates,omitempty"`
	Fees     map[string]string `json:"fees,omitempty"`
	Replaced []string          `json:"replaced,omitempty"` // axes
}

type shownPeriod struct {
	ID          string            `json:"id"`
	From        string            `json:"from,omitempty"`
	Until       string            `json:"until,omitempty"`
	Currency    string            `json:"currency"`
	Source      pricebook.Source  `json:"source"`
	Unconfirmed bool              `json:"unconfirmed,omitempty"`
	Rates       map[string]string `json:"rates,omitempty"`
	Fees        map[string]string `json:"fees,omitempty"`
	Rules       []shownRule       `json:"rules,omitempty"`

	rates, fees []pricebook.Named
}

type shownRule struct {
	Axis      string            `json:"axis"`
	Value     string            `json:"value"`
	Names     []string          `json:"names,omitempty"`
	From      string            `json:"from,omitempty"`
	Until     string            `json:"until,omitempty"`
	Contested bool              `json:"contested,omitempty"`
	Times     map[string]string `json:"times,omitempty"`
	Set       map[string]string `json:"set,omitempty"`

	rule pricebook.Rule
}

func (t *tool) pricesShow() *cobra.Command {
	var stack books
	var at, output string
	cmd := &cobra.Command{
		Use:   "show PROVIDER/MODEL",
		Short: "Show all that the price book says about a model",
		Long: `Shows names, inheritance, contracts and every price period of a model with its rules
and source, or the one period that is in force at a time. Any spelling that resolves
is accepted, and what it resolved to is said.`,
		Example: `  tokencost prices show openai/gpt-4o
  tokencost prices show bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0
  tokencost prices show deepseek/deepseek-v4-pro --at 2026-09-01T02:00:00Z`,
		Args: exactly(1, "one PROVIDER/MODEL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			layers, err := stack.layers(cmd)
			if err != nil {
				return err
			}
			book, err := pricebook.Load(layers...)
			if err != nil {
				return err
			}
			model, by, err := findModel(book, args[0])
			if err != nil {
				return err
			}
			periods := model.Prices
			if at != "" {
				when, err := parseTime(at, time.UTC)
				if err != nil {
					return misuse(cmd, "--at %w", err)
				}
				p := model.At(when.UnixNano())
				if p == nil {
					return fmt.Errorf("%s/%s has no price at %s; without --at all its periods are shown", model.Provider.ID, model.ID, at)
				}
				periods = []*pricebook.Price{p}
			}
			s := show(model, by, periods, layers)
			if output == "json" {
				return writeJSON(t.Out, s)
			}
			return t.printModel(s)
		},
	}
	stack.flags(cmd)
	cmd.Flags().StringVar(&at, "at", "", "only the price in force at this `TIME`, such as 2026-11, 2026-11-23 or 2026-11-23T12:00:00Z")
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

func show(m *pricebook.Model, by pricebook.Recognition, periods []*pricebook.Price, layers []pricebook.Layer) *shown {
	s := &shown{Provider: m.Provider.ID, Model: m.ID, By: by.ModelBy, Aliases: m.Aliases, Dated: m.Dated, Provisioned: m.Provisioned, Periods: []shownPeriod{}}
	for _, d := range pricebook.Declarations(layers...) {
		if d.Base != nil && strings.EqualFold(d.Provider, m.Provider.ID) && strings.EqualFold(d.Model, m.ID) {
			s.Base = &shownBase{d.Base.Of, numbers(d.Base.Times), numbers(d.Base.Rates), numbers(d.Base.Fees), d.Base.Axes}
		}
	}
	for _, p := range periods {
		rates, fees := p.Declared()
		q := shownPeriod{
			ID: p.ID, Currency: p.Currency, Source: p.Source, Unconfirmed: p.Unconfirmed,
			Rates: numbers(rates), Fees: numbers(fees), rates: rates, fees: fees, Rules: showRules(p.Rules()),
		}
		q.From, q.Until = explain.Instants(p.Period())
		s.Periods = append(s.Periods, q)
	}
	s.Contracts = showRules(m.Contracts())
	return s
}

func showRules(rules []pricebook.Rule) []shownRule {
	var out []shownRule
	for _, r := range rules {
		s := shownRule{Axis: r.Axis, Value: r.Value, Names: r.Names, Contested: r.Contested, Times: numbers(r.Times), Set: numbers(r.Set), rule: r}
		s.From, s.Until = explain.Instants(r.Period)
		out = append(out, s)
	}
	return out
}

func (t *tool) printModel(s *shown) error {
	w := bufio.NewWriter(t.Out)
	fmt.Fprintf(w, "%s/%s, by %s\n", s.Provider, s.Model, s.By)
	field := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-10s%s\n", label, value)
		}
	}
	field("aliases", strings.Join(s.Aliases, ", "))
	if s.Dated {
		field("dated", "its id followed by a version tag means it too")
	}
	if s.Provisioned {
		field("billing", "provisioned: calls are not metered")
	}
	if b := s.Base; b != nil {
		field("base", b.describe())
	}
	for i := range s.Contracts {
		field("contract", s.Contracts[i].describe())
	}
	for i := range s.Periods {
		p := &s.Periods[i]
		fmt.Fprintf(w, "\n%s\n", p.ID)
		field("in force", interval(p.From, p.Until))
		field("source", strings.Join(nonEmpty(p.Source.URL, labelled("checked", p.Source.Checked), p.Source.Note), ", "))
		if p.Unconfirmed {
			field("", "unconfirmed: calls are estimated")
		}
		if len(p.rates) > 0 {
			field("rates", describeNumbers(p.rates, " ")+" "+p.Currency+" per 1,000,000 tokens")
		}
		if len(p.fees) > 0 {
			field("fees", describeNumbers(p.fees, " ")+" "+p.Currency+" each")
		}
		for j := range p.Rules {
			field(p.Rules[j].Axis, p.Rules[j].describe())
		}
	}
	return w.Flush()
}

func (b *shownBase) describe() string {
	parts := []string{"prices of " + b.Of}
	for _, change := range []struct {
		label string
		n     map[string]string
	}{{"times", b.Times}, {"but rates", b.Rates}, {"but fees", b.Fees}} {
		for _, name := range slices.Sorted(maps.Keys(change.n)) {
			parts = append(parts, change.label+" "+name+" "+change.n[name])
		}
	}
	if len(b.Replaced) > 0 {
		parts = append(parts, "but adjust "+strings.Join(b.Replaced, " "))
	}
	return strings.Join(parts, ", ")
}

// describe writes a rule such as "batch: tokens × 0.5".
func (r *shownRule) describe() string {
	s := r.Value
	if len(r.Names) > 0 {
		s += " (" + strings.Join(r.Names, ", ") + ")"
	}
	s += ": "
	effects := nonEmpty(describeNumbers(r.rule.Times, " × "), describeNumbers(r.rule.Set, " → "))
	if len(effects) == 0 {
		effects = []string{"as the base price"}
	}
	s += strings.Join(effects, ", ")
	if r.Contested {
		s += ", contested at the boundary"
	}
	if r.From+r.Until != "" {
		s += ", " + interval(r.From, r.Until)
	}
	return s
}

func describeNumbers(named []pricebook.Named, sign string) string {
	var parts []string
	for _, n := range named {
		parts = append(parts, n.Name+sign+pricebook.Decimal(n.Value))
	}
	return strings.Join(parts, ", ")
}

func interval(from, until string) string {
	switch {
	case from == "" && until == "":
		return "always"
	case until == "":
		return "from " + day(from)
	case from == "":
		return "until " + day(until)
	}
	return "from " + day(from) + " until " + day(until)
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

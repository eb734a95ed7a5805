package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/explain"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func (t *tool) prices() *cobra.Command {
	return t.group(&cobra.Command{
		Use:   "prices",
		Short: "Look after price books",
		Long:  "Lists, shows, checks, compares and imports price books. docs/price-book.md describes the format.",
		Example: `  tokencost prices show openai/gpt-4o
  tokencost prices lint prices.yaml`,
	}, t.pricesList(), t.pricesShow(), t.pricesLint(), t.pricesDiff(), t.pricesImport())
}

// listed is one model of `tokencost prices list`.
type listed struct {
	Provider    string            `json:"provider"`
	Model       string            `json:"model"`
	Price       string            `json:"price,omitempty"`
	Currency    string            `json:"currency,omitempty"`
	Rates       map[string]string `json:"rates,omitempty"`
	Fees        map[string]string `json:"fees,omitempty"`
	From        string            `json:"from,omitempty"`
	Until       string            `json:"until,omitempty"`
	AdjustedBy  []string          `json:"adjusted_by,omitempty"`
	Checked     string            `json:"checked,omitempty"`
	Unconfirmed bool              `json:"unconfirmed,omitempty"`
	Provisioned bool              `json:"provisioned,omitempty"`

	feesOnly bool
}

func (t *tool) pricesList() *cobra.Command {
	var stack books
	var provider, at, search, output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the models of the price book and their prices",
		Long: `Prints the base prices that are in force now, or at the time given: per 1,000,000
tokens, before the rules of the column "adjusted by". 'tokencost prices show' has it all.`,
		Example: `  tokencost prices list --provider anthropic
  tokencost prices list --search gpt-4o --at 2026-01-01
  tokencost prices list --output json | jq '.[] | select(.unconfirmed)'`,
		Args: exactly(0, "no argument; filter with --provider and --search"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			when := now()
			if at != "" {
				var err error
				if when, err = parseTime(at, time.UTC); err != nil {
					return misuse(cmd, "--at %w", err)
				}
			}
			book, err := stack.load(cmd)
			if err != nil {
				return err
			}
			providers := book.Providers()
			if provider != "" {
				p, err := findProvider(book, provider)
				if err != nil {
					return err
				}
				providers = []*pricebook.Provider{p}
			}
			models := list(providers, strings.ToLower(search), when.UnixNano())
			if output == "json" {
				return writeJSON(t.Out, models)
			}
			return t.printList(models)
		},
	}
	stack.flags(cmd)
	cmd.Flags().StringVar(&provider, "provider", "", "only this `PROVIDER`, by any of its names")
	cmd.Flags().StringVar(&search, "search", "", "only models with `TEXT` in id or alias")
	cmd.Flags().StringVar(&at, "at", "", "prices at this `TIME` instead of now, such as 2026-11, 2026-11-23 or 2026-11-23T12:00:00Z")
	outputFlag(cmd, &output, "table", "json")
	return cmd
}

func list(providers []*pricebook.Provider, search string, at int64) []listed {
	out := []listed{}
	for _, p := range providers {
		for _, m := range p.Models() {
			names := append([]string{p.ID + "/" + m.ID}, m.Aliases...)
			if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(n), search) }) {
				out = append(out, listing(m, at))
			}
		}
	}
	return out
}

func listing(m *pricebook.Model, at int64) listed {
	l := listed{Provider: m.Provider.ID, Model: m.ID, Provisioned: m.Provisioned}
	price := m.At(at)
	if price == nil {
		return l
	}
	rates, fees := price.Declared()
	l.Price, l.Currency, l.Checked, l.Unconfirmed, l.feesOnly = price.ID, price.Currency, price.Source.Checked, price.Unconfirmed, price.FeesOnly
	l.Rates, l.Fees = numbers(rates), numbers(fees)
	l.From, l.Until = explain.Instants(price.Period())
	for _, r := range price.Rules() {
		if !slices.Contains(l.AdjustedBy, r.Axis) && r.Axis != "override" {
			l.AdjustedBy = append(l.AdjustedBy, r.Axis)
		}
	}
	return l
}

// numbers writes numbers by name as exact decimals.
func numbers(named []pricebook.Named) map[string]string {
	if len(named) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, n := range named {
		out[n.Name] = pricebook.Decimal(n.Value)
	}
	return out
}

func (t *tool) printList(models []listed) error {
	var rows [][]string
	for _, l := range models {
		rows = append(rows, []string{
			l.Provider, l.Model, l.Rates["input"], l.Rates["cache_read"], l.Rates["cache_write"], l.Rates["output"],
			l.remarks(), strings.Join(l.AdjustedBy, " "), day(l.From), l.Checked,
		})
	}
	return writeTable(t.Out, []string{"provider", "model", "input", "cache read", "cache write", "output", "note", "adjusted by", "from", "checked"},
		rows, "input", "cache read", "cache write", "output")
}

// remarks says what the other columns cannot.
func (l *listed) remarks() string {
	var parts []string
	if l.Currency != "" && l.Currency != "USD" {
		parts = append(parts, l.Currency)
	}
	if l.feesOnly {
		for _, name := range slices.Sorted(maps.Keys(l.Fees)) {
			parts = append(parts, fmt.Sprintf("%s %s", l.Fees[name], name))
		}
	}
	switch {
	case l.Provisioned:
		parts = append(parts, "provisioned")
	case l.Price == "":
		parts = append(parts, "no price")
	case l.Unconfirmed:
		parts = append(parts, "unconfirmed")
	}
	return strings.Join(parts, ", ")
}

// day shortens an instant at midnight UTC.
func day(instant string) string { return strings.TrimSuffix(instant, "T00:00:00Z") }

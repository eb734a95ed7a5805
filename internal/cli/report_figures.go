package cli

import (
	"math/big"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// figure is one number of a group: its name is the key in JSON and the column
// in CSV. Amounts are exact decimals, quotients are rounded to twelve places.
// What is not known is left out of JSON, and empty in CSV.
type figure[Group any] struct {
	name string
	of   func(Group) string
	text bool // a decimal, which JSON holds as text so that readers keep it exact
}

// reportFigure is a number of a group of calls, changedFigure one of a group that
// is compared.
type (
	reportFigure  = figure[*report.Figures]
	changedFigure = figure[*report.Changed]
)

func countFigure[Group any](name string, of func(Group) int64) figure[Group] {
	return figure[Group]{name, func(g Group) string { return strconv.FormatInt(of(g), 10) }, false}
}

func quotientFigure(name string, of func(*report.Figures) *big.Rat) reportFigure {
	return reportFigure{name, func(f *report.Figures) string {
		r := of(f)
		if r == nil {
			return ""
		}
		return report.Rounded(r)
	}, true}
}

// reportFigures lists all numbers of a group, in the order of their columns.
var reportFigures = func() []reportFigure {
	var out []reportFigure
	for i, name := range ledger.AmountNames {
		if ledger.Amount(i) == ledger.Total {
			name = "cost"
		}
		out = append(out, reportFigure{name, func(f *report.Figures) string {
			if f.Priced.Calls == 0 && f.Amounts[i].Sign() == 0 {
				return "" // what calls without a cost cost is not known
			}
			return report.Exact(&f.Amounts[i])
		}, true})
	}
	out = append(out, countFigure("calls", func(f *report.Figures) int64 { return f.Calls }),
		countFigure("failed_calls", func(f *report.Figures) int64 { return f.Failed }),
		countFigure("priced_calls", func(f *report.Figures) int64 { return f.Priced.Calls }))
	for s := status.Exact; int(s) < status.NumStatuses; s++ {
		out = append(out, countFigure(s.String()+"_calls", func(f *report.Figures) int64 { return f.By[s].Calls }))
	}
	for i, name := range ledger.TokenNames {
		out = append(out, countFigure(name, func(f *report.Figures) int64 { return f.Tokens[i] }))
	}
	out = append(out, countFigure("calls_without_currency", func(f *report.Figures) int64 { return f.Stray.Calls }),
		countFigure("unpriced_tokens", func(f *report.Figures) int64 { return f.By[status.Unpriced].Tokens }),
		countFigure("customers", (*report.Figures).Customers),
		quotientFigure("cost_per_call", (*report.Figures).PerCall),
		quotientFigure("cost_per_million_tokens", (*report.Figures).PerMillion))
	for i := range report.Kinds {
		k := &report.Kinds[i]
		out = append(out, quotientFigure("cost_per_million_"+k.Name+"_tokens", func(f *report.Figures) *big.Rat { return f.PerMillionOf(k) }))
	}
	out = append(out, quotientFigure("cost_per_customer", (*report.Figures).PerCustomer),
		quotientFigure("cache_hit_share", (*report.Figures).CacheHits),
		quotientFigure("failed_share", (*report.Figures).FailedShare),
		quotientFigure("unpriced_share_of_calls", func(f *report.Figures) *big.Rat { r, _ := f.Unpriced(); return r }),
		quotientFigure("unpriced_share_of_tokens", func(f *report.Figures) *big.Rat { _, r := f.Unpriced(); return r }),
		quotientFigure("estimated_share_of_cost", func(f *report.Figures) *big.Rat { return f.ShareOfCost(status.Estimated) }),
		quotientFigure("partial_share_of_cost", func(f *report.Figures) *big.Rat { return f.ShareOfCost(status.Partial) }))
	for i, name := range report.OwnerNames {
		out = append(out, quotientFigure("share_of_cost_without_"+name, func(f *report.Figures) *big.Rat { return f.Unattributed(report.Owner(i)) }))
	}
	return out
}()

// interactionFigures are those that are known if they are asked for.
var interactionFigures = []reportFigure{
	countFigure("interactions", func(f *report.Figures) int64 { return f.Interactions.Traces }),
	countFigure("successful_interactions", func(f *report.Figures) int64 { return f.Interactions.Successful }),
	countFigure("calls_without_trace", func(f *report.Figures) int64 { return f.Interactions.Traceless }),
	quotientFigure("cost_per_interaction", (*report.Figures).PerInteraction),
	quotientFigure("cost_per_successful_interaction", (*report.Figures).PerSuccess),
}

// figuresOf lists the numbers that a query asks for.
func figuresOf(q *report.Query) []reportFigure {
	if q.Count {
		return append(reportFigures[:len(reportFigures):len(reportFigures)], interactionFigures...)
	}
	return reportFigures
}

// changedFigures lists the numbers of a comparison. The effects add up to the
// difference.
var changedFigures = func() []changedFigure {
	var out []changedFigure
	text := func(name string, of func(*report.Changed) string) { out = append(out, changedFigure{name, of, true}) }
	text("change", (*report.Changed).Change)
	text("cost_before", func(c *report.Changed) string { return report.Exact(c.Before.Cost()) })
	text("cost_after", func(c *report.Changed) string { return report.Exact(c.After.Cost()) })
	text("difference", func(c *report.Changed) string { return report.Exact(c.Difference) })
	text("relative_difference", func(c *report.Changed) string {
		if r := c.Relative(); r != nil {
			return report.Rounded(r)
		}
		return ""
	})
	for i, name := range report.EffectNames {
		text(name+"_effect", func(c *report.Changed) string { return report.Exact(&c.Effects[i]) })
	}
	for _, side := range []struct {
		name string
		of   func(*report.Changed) *report.Figures
	}{{"before", func(c *report.Changed) *report.Figures { return c.Before }}, {"after", func(c *report.Changed) *report.Figures { return c.After }}} {
		out = append(out, countFigure("priced_calls_"+side.name, func(c *report.Changed) int64 { return side.of(c).Priced.Calls }),
			countFigure("priced_tokens_"+side.name, func(c *report.Changed) int64 { return side.of(c).PricedTokens() }))
	}
	return out
}()

// rfc3339 writes an instant in the query's time zone.
func rfc3339(q *report.Query, at time.Time) string { return at.In(q.Zone).Format(time.RFC3339) }

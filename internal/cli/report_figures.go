package cli

import (
	"math/big"
	"strconv"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// reportFigure is one number of a group: its name is the key in JSON and the column
// in CSV. Amounts are exact decimals, quotients are rounded to twelve places.
// What is not known is left out of JSON, and empty in CSV.
type reportFigure struct {
	name string
	of   func(*report.Figures) string
	text bool // a decimal, which JSON holds as text so that readers keep it exact
}

func countFigure(name string, of func(*report.Figures) int64) reportFigure {
	return reportFigure{name, func(f *report.Figures) string { return strconv.FormatInt(of(f), 10) }, false}
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

// rfc3339 writes an instant in the query's time zone.
func rfc3339(q *report.Query, at time.Time) string { return at.In(q.Zone).Format(time.RFC3339) }

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
type figure struct {
	name string
	of   func(*report.Figures) string
	text bool // a decimal, which JSON holds as text so that readers keep it exact
}

func count(name string, of func(*report.Figures) int64) figure {
	return figure{name, func(f *report.Figures) string { return strconv.FormatInt(of(f), 10) }, false}
}

func quotient(name string, of func(*report.Figures) *big.Rat) figure {
	return figure{name, func(f *report.Figures) string {
		r := of(f)
		if r == nil {
			return ""
		}
		return report.Rounded(r)
	}, true}
}

// figures lists all numbers of a group, in the order of their columns.
var figures = func() []figure {
	var out []figure
	for i, name := range ledger.AmountNames {
		if ledger.Amount(i) == ledger.Total {
			name = "cost"
		}
		out = append(out, figure{name, func(f *report.Figures) string { return report.Exact(&f.Amounts[i]) }, true})
	}
	out = append(out, count("calls", func(f *report.Figures) int64 { return f.Calls }),
		count("failed_calls", func(f *report.Figures) int64 { return f.Failed }),
		count("priced_calls", func(f *report.Figures) int64 { return f.Priced.Calls }))
	for s := status.Exact; int(s) < status.NumStatuses; s++ {
		out = append(out, count(s.String()+"_calls", func(f *report.Figures) int64 { return f.By[s].Calls }))
	}
	for i, name := range ledger.TokenNames {
		out = append(out, count(name, func(f *report.Figures) int64 { return f.Tokens[i] }))
	}
	out = append(out, count("unpriced_tokens", func(f *report.Figures) int64 { return f.By[status.Unpriced].Tokens }),
		count("customers", (*report.Figures).Customers),
		quotient("cost_per_call", (*report.Figures).PerCall),
		quotient("cost_per_million_tokens", (*report.Figures).PerMillion))
	for i := range report.Kinds {
		k := &report.Kinds[i]
		out = append(out, quotient("cost_per_million_"+k.Name+"_tokens", func(f *report.Figures) *big.Rat { return f.PerMillionOf(k) }))
	}
	out = append(out, quotient("cost_per_customer", (*report.Figures).PerCustomer),
		quotient("cache_hit_share", (*report.Figures).CacheHits),
		quotient("failed_share", (*report.Figures).FailedShare),
		quotient("unpriced_share_of_calls", func(f *report.Figures) *big.Rat { r, _ := f.Unpriced(); return r }),
		quotient("unpriced_share_of_tokens", func(f *report.Figures) *big.Rat { _, r := f.Unpriced(); return r }),
		quotient("estimated_share_of_cost", func(f *report.Figures) *big.Rat { return f.ShareOfCost(status.Estimated) }),
		quotient("partial_share_of_cost", func(f *report.Figures) *big.Rat { return f.ShareOfCost(status.Partial) }))
	for i, name := range report.OwnerNames {
		out = append(out, quotient("share_of_cost_without_"+name, func(f *report.Figures) *big.Rat { return f.Unattributed(report.Owner(i)) }))
	}
	return out
}()

// interactionFigures are those that are known if they are asked for.
var interactionFigures = []figure{
	count("interactions", func(f *report.Figures) int64 { return f.Interactions.Traces }),
	count("successful_interactions", func(f *report.Figures) int64 { return f.Interactions.Successful }),
	count("calls_without_trace", func(f *report.Figures) int64 { return f.Interactions.Traceless }),
	quotient("cost_per_interaction", (*report.Figures).PerInteraction),
	quotient("cost_per_successful_interaction", (*report.Figures).PerSuccess),
}

// figuresOf lists the numbers that a query asks for.
func figuresOf(q *report.Query) []figure {
	if q.Count {
		return append(figures[:len(figures):len(figures)], interactionFigures...)
	}
	return figures
}

// rfc3339 writes an instant in the query's time zone.
func rfc3339(q *report.Query, at time.Time) string { return at.In(q.Zone).Format(time.RFC3339) }

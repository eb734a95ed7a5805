package tokencostconnector

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
)

// Values of the reason why a call was left out of a budget that it matches.
var (
	leftOutLate          = metric.WithAttributes(attribute.String("reason", "late"))
	leftOutRepeated      = metric.WithAttributes(attribute.String("reason", "repeated"))
	leftOutOtherCurrency = metric.WithAttributes(attribute.String("reason", "other_currency"))
)

// budgetNames are those of metrics and attributes of budgets under the prefix.
// Amounts of events have the names of the gauges.
type budgetNames struct {
	prefix                                                       string
	amount, spent, remaining, utilization, burn, projected, ends string
	name, period, currency, window                               string
	eventID, start, end, kind, threshold                         string
}

func budgetNamesUnder(prefix string) budgetNames {
	k := attrkey.Under(prefix)
	p := k.Prefix + "budget."
	return budgetNames{
		prefix: k.Prefix,
		amount: p + "amount", spent: p + "spent", remaining: p + "remaining", utilization: p + "utilization", burn: p + "burn_rate",
		projected: p + "projected", ends: p + "end",
		name: p + "name", period: p + "period", currency: k.Currency, window: p + "window",
		eventID: k.Prefix + "event.id", start: p + "period.start", end: p + "period.end", kind: p + "threshold.kind", threshold: p + "threshold",
	}
}

// attributes puts what gauges and events have in common.
func (n *budgetNames) attributes(attrs pcommon.Map, name, period, currency string) {
	attrs.PutStr(n.name, name)
	attrs.PutStr(n.period, period)
	if currency != "" {
		attrs.PutStr(n.currency, currency)
	}
}

// windowNames are those of budget.BurnWindows.
var windowNames = []string{"5m", "1h", "6h"}

// budgets adds the state of every budget to the metrics of a flush.
func (b *builder) budgets(all *budgets, now time.Time) {
	n := &all.names
	all.ledger.Each(now, func(s *budget.State) {
		unit := "{token}"
		if s.Limit.Currency != "" {
			unit = "{" + s.Limit.Currency + "}"
		}
		put := func(name, unit, description string, value float64) pmetric.NumberDataPoint {
			m, fresh := b.metric(name, unit, description)
			if fresh {
				m.SetEmptyGauge()
			}
			p := m.Gauge().DataPoints().AppendEmpty()
			p.SetTimestamp(b.at)
			p.SetDoubleValue(value)
			n.attributes(p.Attributes(), s.Limit.Name, s.Limit.Period.String(), s.Limit.Currency)
			return p
		}
		put(n.amount, unit, "What may be spent in a period.", s.Limit.Amount.Float64())
		put(n.spent, unit, "What was spent in the current period.", s.Spent.Float64())
		put(n.remaining, unit, "What is left in the current period; negative once more than the amount is spent.", s.Remaining)
		put(n.utilization, "1", "Share of the amount that was spent in the current period.", s.Utilization)
		put(n.ends, "s", "When the current period ends, in seconds since 1970.", float64(s.End.Unix()))
		for i, rate := range s.Burn {
			put(n.burn, "1", "Rate of spending over the rate that spends exactly the amount in the period.", rate).Attributes().PutStr(n.window, windowNames[i])
		}
		if s.IsProjected {
			put(n.projected, unit, "What will be spent in the current period if spending goes on at its average rate; from a tenth of the period on.", s.Projected.Float64())
		}
	})
}

package tokencostconnector

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"

// Names of metrics, each after the prefix and a dot.
const (
	spendMetric    = "spend"
	tokensMetric   = "tokens"
	callsMetric    = "calls"
	callCostMetric = "call.cost"
	partsMetric    = "spend.parts"
)

// Names of attributes that results do not have, each after the prefix and a dot.
const (
	meterAttribute  = "meter"
	reasonAttribute = "reason"
	partAttribute   = "part"
)

// names are those under the configured prefix, built once.
type names struct {
	spend, tokens, calls, callCost string
	parts                          string
	status, currency               string
	meter, reason, part            string
}

func namesUnder(prefix string) names {
	k := attrkey.Under(prefix)
	return names{
		spend: k.Prefix + spendMetric, tokens: k.Prefix + tokensMetric, calls: k.Prefix + callsMetric, callCost: k.Prefix + callCostMetric,
		parts:  k.Prefix + partsMetric,
		status: k.Status, currency: k.Currency, meter: k.Prefix + meterAttribute, reason: k.Prefix + reasonAttribute, part: k.Prefix + partAttribute,
	}
}

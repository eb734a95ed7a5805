package tokencostconnector

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"

// Names of metrics, each after the prefix and a dot.
const (
	spendMetric    = "spend"
	tokensMetric   = "tokens"
	callsMetric    = "calls"
	callCostMetric = "call.cost"
	partsMetric    = "spend.parts"

	interactionCostMetric       = "interaction.cost"
	interactionCallsMetric      = "interaction.calls"
	interactionTokensMetric     = "interaction.tokens"
	interactionDepthMetric      = "interaction.depth"
	interactionOverheadMetric   = "interaction.overhead"
	interactionConfiguredMetric = "interaction.configured_overhead"
	interactionSpendMetric      = "interaction.spend"
	interactionRoleCallsMetric  = "interaction.role.calls"
	interactionLateSpendMetric  = "interaction.late.spend"
	interactionLateCallsMetric  = "interaction.late.calls"
)

// Names of attributes that results do not have, each after the prefix and a dot.
const (
	meterAttribute  = "meter"
	reasonAttribute = "reason"
	partAttribute   = "part"

	useCaseAttribute = "use_case"
	roleAttribute    = "role"
)

// names are those under the configured prefix, built once.
type names struct {
	spend, tokens, calls, callCost string
	parts                          string
	status, currency               string
	meter, reason, part, weighted  string

	interactionCost, interactionCalls, interactionTokens, interactionDepth, interactionOverhead, interactionConfigured string
	interactionSpend, roleCalls, lateSpend, lateCalls                                                                  string
	role                                                                                                               string
}

func namesUnder(prefix string) names {
	k := attrkey.Under(prefix)
	return names{
		spend: k.Prefix + spendMetric, tokens: k.Prefix + tokensMetric, calls: k.Prefix + callsMetric, callCost: k.Prefix + callCostMetric,
		parts:  k.Prefix + partsMetric,
		status: k.Status, currency: k.Currency, meter: k.Prefix + meterAttribute, reason: k.Prefix + reasonAttribute, part: k.Prefix + partAttribute, weighted: k.Prefix + weightedAttribute,

		interactionCost: k.Prefix + interactionCostMetric, interactionCalls: k.Prefix + interactionCallsMetric,
		interactionTokens: k.Prefix + interactionTokensMetric, interactionDepth: k.Prefix + interactionDepthMetric,
		interactionOverhead: k.Prefix + interactionOverheadMetric, interactionConfigured: k.Prefix + interactionConfiguredMetric,
		interactionSpend: k.Prefix + interactionSpendMetric, roleCalls: k.Prefix + interactionRoleCallsMetric,
		lateSpend: k.Prefix + interactionLateSpendMetric, lateCalls: k.Prefix + interactionLateCallsMetric, role: k.Prefix + roleAttribute,
	}
}

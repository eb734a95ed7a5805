package dashboards

// interactions answers: what does an action of a user cost, and how much of
// that is not the answer itself?
func interactions() *board {
	filters := []filter{byUseCase}
	cost := of("token_cost_interaction_cost_bucket", filters, inCurrency)
	spent := func(conditions ...string) string {
		return "increase(" + of("token_cost_interaction_spend_total", filters, append([]string{inCurrency}, conditions...)...) + "[$__range])"
	}
	mean := func(metric string) string {
		return by("token_cost_use_case", "increase("+of(metric+"_sum", filters)+"[$__range])") + " / (" +
			by("token_cost_use_case", "increase("+of(metric+"_count", filters)+"[$__range])") + " > 0)"
	}
	const legend, primary = "{{token_cost_use_case}}", `token_cost_role="primary"`
	return &board{
		uid: "token-cost-interactions", title: "GenAI cost: interactions", from: "now-6h", filters: filters,
		description: "The cost of whole user actions, told when they are over, and of what it is made.",
		rows: []row{
			{"Cost of an interaction ($currency)", []chart{
				{
					kind: timeseries, title: "Cost of an interaction, p50 to p99", unit: amount, width: 12, description: "Points are the dearest interactions of their minute.",
					queries: quantiles("", cost, "", true),
				},
				{
					kind: timeseries, title: "p99 by use case", unit: amount, width: 12,
					queries: []query{{expr: "histogram_quantile(0.99, " + by("token_cost_use_case, le", "rate("+cost+"[$__rate_interval])") + ")", legend: legend, exemplar: true}},
				},
				{
					kind: bars, title: "Mean cost by use case", unit: amount, width: 8, height: 6,
					queries: []query{{
						expr: by("token_cost_use_case", "increase("+of("token_cost_interaction_cost_sum", filters, inCurrency)+"[$__range])") + " / (" +
							by("token_cost_use_case", "increase("+of("token_cost_interaction_cost_count", filters, inCurrency)+"[$__range])") + " > 0)",
						legend: legend,
					}},
				},
				{kind: bars, title: "Calls of an interaction", unit: number, width: 8, height: 6, queries: []query{{expr: mean("token_cost_interaction_calls"), legend: legend}}},
				{kind: bars, title: "Tokens of an interaction", unit: number, width: 8, height: 6, queries: []query{{expr: mean("token_cost_interaction_tokens"), legend: legend}}},
			}},
			{"Overhead (alpha)", []chart{
				{
					kind: stat, title: "Measured alpha", unit: number, width: 4, height: 6, description: "Cost of everything that actions caused over the cost of their primary calls.",
					queries: []query{{expr: "sum(" + spent() + ") / (sum(" + spent(primary) + ") > 0)"}},
				},
				{
					kind: bars, title: "Alpha by use case, measured", unit: number, width: 10, height: 6,
					queries: []query{{expr: by("token_cost_use_case", spent()) + " / (" + by("token_cost_use_case", spent(primary)) + " > 0)", legend: legend}},
				},
				{
					kind: bars, title: "Alpha by use case, configured", unit: number, width: 10, height: 6, description: "The mean of what overhead rules of the processor say for their primary calls.",
					queries: []query{{expr: mean("token_cost_interaction_configured_overhead"), legend: legend}},
				},
				{
					kind: table, title: "What overhead is made of", unit: share, width: 12, description: "Cost of the calls of each role over the cost of the primary ones: alpha is one and their sum.",
					queries: []query{{expr: by("token_cost_use_case, token_cost_role", spent(`token_cost_role!="primary"`)) + " / on (token_cost_use_case) group_left () (" + by("token_cost_use_case", spent(primary)) + " > 0)"}},
				},
				{
					kind: timeseries, title: "Spend an hour by role ($currency)", unit: amount, width: 12, stacked: true,
					queries: []query{{expr: by("token_cost_role", hourly(of("token_cost_interaction_spend_total", filters, inCurrency))), legend: "{{token_cost_role}}"}},
				},
			}},
			{"Failures", []chart{
				{
					kind: stat, title: "Spent on failed and repeated calls ($currency)", unit: amount, width: 6, description: "Calls that failed after tokens were billed. Most failed calls cost nothing.",
					queries: []query{{expr: "sum(" + spent(`token_cost_role=~"retry|failed"`) + ") or vector(0)"}},
				},
				{
					kind: timeseries, title: "Failed and repeated calls a minute", unit: number, width: 18,
					queries: []query{{expr: by("token_cost_use_case, token_cost_role", "rate("+of("token_cost_interaction_role_calls_total", filters, `token_cost_role=~"retry|failed"`)+"[$__rate_interval]) * 60"), legend: legend + " {{token_cost_role}}"}},
				},
			}},
			{"How well interactions are known", []chart{
				{
					kind: timeseries, title: "Interactions closed a minute", unit: number, width: 12, description: "By why: early ones had no room.",
					queries: []query{{expr: "sum without (instance, job) (rate(otelcol_connector_token_cost_interactions_closed[$__rate_interval])) * 60"}},
				},
				{
					kind: timeseries, title: "Open interactions", unit: number, width: 6,
					queries: []query{{expr: "sum by (instance) (otelcol_connector_token_cost_interactions_open)", legend: "{{instance}}"}},
				},
				{
					kind: stat, title: "Spend that came too late ($currency)", unit: amount, width: 6, description: "Calls that came after their interaction was closed: in the spend, and in no interaction.",
					queries: []query{{expr: "sum(increase(" + of("token_cost_interaction_late_spend_total", filters, inCurrency) + "[$__range])) or vector(0)"}},
				},
			}},
		},
	}
}

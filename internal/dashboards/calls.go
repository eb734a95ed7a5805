package dashboards

import "fmt"

// callsBoard answers: what does a call cost, which calls are dear, which failed,
// and can the numbers be trusted?
func callsBoard() *board {
	buckets := of("token_cost_call_cost_bucket", dimensions, inCurrency)
	all := `token_cost_status!="not_billable"`
	return &board{
		uid: "token-cost-calls", title: "GenAI cost: calls", from: "now-6h", filters: dimensions,
		description: "The cost of single calls, and how well it is known.",
		rows: []row{
			{"Cost of a call ($currency)", []chart{
				{
					kind: timeseries, title: "Cost of a call, p50 to p99", unit: amount, width: 12,
					description: "Points are the dearest calls of their minute: one leads to its trace.",
					queries:     quantiles("", buckets, "", true),
				},
				{
					kind: timeseries, title: "Mean cost of a call by model", unit: amount, width: 12,
					queries: []query{{
						expr: by("gen_ai_response_model", "rate("+of("token_cost_call_cost_sum", dimensions, inCurrency)+"[$__rate_interval])") + " / (" +
							by("gen_ai_response_model", "rate("+of("token_cost_call_cost_count", dimensions, inCurrency)+"[$__rate_interval])") + " > 0)",
						legend: "{{gen_ai_response_model}}",
					}},
				},
				{
					kind: heatmap, title: "Distribution of the cost of calls", unit: amount, width: 12,
					queries: []query{{expr: by("le", "increase("+buckets+"[$__rate_interval])"), legend: "{{le}}", exemplar: true}},
				},
				{
					kind: timeseries, title: "p99 by service", unit: amount, width: 12,
					queries: []query{{expr: "histogram_quantile(0.99, " + by("service_name, le", "rate("+buckets+"[$__rate_interval])") + ")", legend: "{{service_name}}", exemplar: true}},
				},
			}},
			{"Calls", []chart{
				{
					kind: timeseries, title: "Calls a minute by status", unit: number, width: 12, stacked: true,
					queries: []query{{expr: by("token_cost_status", "rate("+of("token_cost_calls_total", dimensions)+"[$__rate_interval]) * 60"), legend: "{{token_cost_status}}"}},
				},
				{
					kind: timeseries, title: "Failed calls", unit: share, width: 12, description: "Share of the calls of each service. What failed calls and their repetition cost is on the dashboard of interactions.",
					queries: []query{{
						expr:   by("service_name", over(calls(`token_cost_reason="failed_call"`))) + " / (" + by("service_name", over(calls())) + " > 0)",
						legend: "{{service_name}}",
					}},
				},
				{
					kind: table, title: "Policies violated", unit: number, width: 24, description: "Calls that a policy of the connector does not allow. It observes and blocks nothing.",
					queries: []query{{expr: "round(" + by("token_cost_policy_name, token_cost_policy_rule, service_name, gen_ai_response_model", "increase("+of("token_cost_policy_violations_total", []filter{byProvider, byModel, byService})+"[$__range])") + ") > 0"}},
				},
			}},
			{"How well cost is known", []chart{
				{
					kind: stat, title: "Calls without a price", unit: share, width: 4, limits: []float64{0.001, 0.01}, description: "Their cost is missing in every sum.",
					queries: []query{{expr: "(sum(" + over(calls(`token_cost_status="unpriced"`)) + ") or vector(0)) / (sum(" + over(calls(all)) + ") > 0)"}},
				},
				{
					kind: stat, title: "Spend that is estimated", unit: share, width: 4, description: "Something that moves the price was not told; the reasons say what.",
					queries: []query{{expr: "(sum(" + over(spend(`token_cost_status!="exact"`)) + ") or vector(0)) / (sum(" + over(spend()) + ") > 0)"}},
				},
				{
					kind: bars, title: "Calls by reason", unit: number, width: 8, description: "The reason that decided the status. docs/statuses.md says what each means and what to do.",
					queries: []query{{expr: "sort_desc(" + by("token_cost_status, token_cost_reason", over(calls(`token_cost_reason!=""`))) + ")", legend: "{{token_cost_status}}: {{token_cost_reason}}"}},
				},
				{
					kind: table, title: "Without a price", unit: number, width: 8,
					queries: []query{{expr: by("service_name, "+ofModel+", token_cost_reason", over(calls(`token_cost_status="unpriced"`))) + " > 0"}},
				},
				{
					kind: timeseries, title: "Reported less computed cost (USD)", unit: amount, width: 24, description: "The sum of differences between costs that the telemetry carried and ours, since each Collector started.",
					queries: []query{{expr: "sum by (instance) (otelcol_processor_token_cost_reported_difference)", legend: "{{instance}}"}},
				},
			}},
		},
	}
}

// quantiles are p50, p90 and p99 of a distribution, by a label if there is one.
func quantiles(label, buckets, legend string, exemplar bool) (out []query) {
	if label != "" {
		label += ", "
	}
	for _, q := range []int{50, 90, 99} {
		out = append(out, query{
			expr:     fmt.Sprintf("histogram_quantile(0.%d, %s)", q, by(label+"le", "rate("+buckets+"[$__rate_interval])")),
			legend:   fmt.Sprintf("p%d%s", q, legend),
			exemplar: exemplar,
		})
	}
	return out
}

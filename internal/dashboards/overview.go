package dashboards

// overview answers: what is spent, on what, by whom, and is it within budget?
func overview() *board {
	counter := of("token_cost_spend_total", dimensions, inCurrency)
	return &board{
		uid: "token-cost-overview", title: "GenAI cost: overview", from: "now-6h", filters: dimensions,
		description: "What calls to models cost, by who caused it. Amounts are those of token_cost.total, added up by the connector token_cost.",
		rows: []row{
			{"Spend ($currency)", []chart{
				{
					kind: stat, title: "Now, an hour", unit: amount, width: 4, height: 5, description: "Spend of the past five minutes, times twelve.",
					queries: []query{{expr: "sum(rate(" + counter + "[5m])) * 3600"}},
				},
				{
					kind: stat, title: "Today", unit: amount, width: 4, height: 5, since: "now/d", description: "Since midnight, in the time zone of the dashboard.",
					queries: []query{{expr: "sum(" + over(spend()) + ")"}},
				},
				{
					kind: stat, title: "Month to date", unit: amount, width: 4, height: 5, since: "now/M",
					description: "What Prometheus saw since the month began. It knows nothing of what was counted while it was away for more than an hour, or was never scraped: accounts are settled by the ledger or by budgets.",
					queries:     []query{{expr: "sum(" + over(spend()) + ")"}},
				},
				{
					kind: stat, title: "Month, projected", unit: amount, width: 4, height: 5, since: "now/M",
					description: "If the rest of the month costs what it cost so far, on average. Early in a month that says little.",
					queries:     []query{{expr: "sum(" + over(spend()) + ") / $__range_s * 86400 * scalar(days_in_month())"}},
				},
				{
					kind: bars, title: "Budgets used", unit: share, width: 8, height: 5, limits: []float64{0.8, 1},
					description: "Share of each budget that is spent in its current period.",
					queries:     []query{{expr: "sum by (token_cost_budget_name, token_cost_budget_period) (token_cost_budget_spent) / max by (token_cost_budget_name, token_cost_budget_period) (token_cost_budget_amount)", legend: "{{token_cost_budget_name}} ({{token_cost_budget_period}})"}},
				},
			}},
			{"Spend an hour ($currency)", []chart{
				course("by provider", "gen_ai_provider_name", counter, 12),
				course("by model", "gen_ai_response_model", counter, 12),
				course("by service", "service_name", counter, 8),
				course("by team", "token_cost_team", counter, 8),
				course("by customer", "token_cost_customer", counter, 8),
			}},
			{"Spend in the time shown ($currency)", []chart{
				ranking("Providers", "gen_ai_provider_name", 8),
				ranking("Models", "gen_ai_response_model", 8),
				ranking("Services", "service_name", 8),
				ranking("Teams", "token_cost_team", 6),
				ranking("Customers", "token_cost_customer", 6),
				{
					kind: table, title: "Models of services", unit: amount, width: 12,
					queries: []query{{expr: "topk(50, " + by("service_name, gen_ai_provider_name, gen_ai_response_model", over(spend())) + ")"}},
				},
			}},
		},
	}
}

// course is spend over time, by a label.
func course(title, label, counter string, width int) chart {
	return chart{
		kind: timeseries, title: "Spend " + title, unit: amount, width: width, stacked: true,
		queries: []query{{expr: by(label, hourly(counter)), legend: "{{" + label + "}}"}},
	}
}

// ranking is who spent most, by a label.
func ranking(title, label string, width int) chart {
	return chart{
		kind: bars, title: title, unit: amount, width: width,
		queries: []query{{expr: "sort_desc(topk(20, " + by(label, over(spend())) + "))", legend: "{{" + label + "}}"}},
	}
}

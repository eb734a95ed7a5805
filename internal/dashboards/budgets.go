package dashboards

// budgets answers: how much is left, and how fast is it spent?
func budgets() *board {
	const legend, each = "{{token_cost_budget_name}} ({{token_cost_budget_period}})", "token_cost_budget_name, token_cost_budget_period"
	burn := func(window string) query {
		return query{expr: "token_cost:budget:burn" + window, legend: "{{token_cost_budget_name}} " + window}
	}
	return &board{
		uid: "token-cost-budgets", title: "GenAI cost: budgets", from: "now-7d",
		description: "Budgets of the connector in their current period, and their burn rates against an allowance that follows the hours of the week.",
		rows: []row{
			{"In the current period", []chart{
				{
					kind: bars, title: "Used", unit: share, width: 8, height: 6, limits: []float64{0.8, 1},
					queries: []query{{expr: "sum by (" + each + ") (token_cost_budget_spent) / max by (" + each + ") (token_cost_budget_amount)", legend: legend}},
				},
				{kind: table, title: "Spent", unit: amount, width: 8, height: 6, queries: []query{{expr: "sum by (" + each + ", token_cost_currency) (token_cost_budget_spent)"}}},
				{
					kind: table, title: "Left", unit: amount, width: 8, height: 6, description: "Below zero once more than the amount is spent.",
					queries: []query{{expr: "max by (" + each + ", token_cost_currency) (token_cost_budget_amount) - sum by (" + each + ", token_cost_currency) (token_cost_budget_spent)"}},
				},
				{
					kind: timeseries, title: "Spent, and forecast to the end of the period", unit: amount, width: 24, description: "By what the same hours of the week cost in the past four weeks: the mean of these weeks, the lowest and the highest. Before there is a whole week the average rate of the period, from a tenth of it on, and what is spent already as the lowest.",
					queries: []query{
						{expr: "sum by (" + each + ") (token_cost_budget_spent)", legend: legend + " spent"},
						{expr: "token_cost:budget:forecast", legend: legend + " forecast"},
						{expr: "token_cost:budget:forecast_low", legend: legend + " forecast, lowest"},
						{expr: "token_cost:budget:forecast_high", legend: legend + " forecast, highest"},
						{expr: "max by (" + each + ") (token_cost_budget_amount)", legend: legend + " amount"},
					},
				},
			}},
			{"Burn", []chart{
				{
					kind: timeseries, title: "Burn rate", unit: number, width: 12, description: "Spend over the allowance of the window. 1 spends exactly the budget.",
					queries: []query{burn("5m"), burn("1h"), burn("6h"), burn("1d"), burn("3d")},
				},
				{
					kind: timeseries, title: "Spend of an hour, and what is allowed", unit: amount, width: 12,
					queries: []query{
						{expr: "sum_over_time(token_cost:budget:increase1m[59m59s])", legend: legend + " spent"},
						{expr: "sum_over_time(token_cost:budget:allowance1m[59m59s])", legend: legend + " allowed"},
					},
				},
				{
					kind: timeseries, title: "Burn rate of the connector", unit: number, width: 12, description: "Against an allowance that is the same in every hour.",
					queries: []query{{expr: "sum by (token_cost_budget_name, token_cost_budget_window) (token_cost_budget_burn_rate_ratio)", legend: "{{token_cost_budget_name}} {{token_cost_budget_window}}"}},
				},
				{
					kind: timeseries, title: "Shape of the week", unit: number, width: 12, description: "The usual spend of each hour over the mean of all. It is 1 until there is a week of history.",
					queries: []query{{expr: "token_cost:budget:shape", legend: "{{token_cost_budget_name}}"}},
				},
			}},
		},
	}
}

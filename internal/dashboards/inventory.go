package dashboards

// inventory answers: who calls which models, since when, and was that approved?
func inventory() *board {
	filters := []filter{byCaller}
	const (
		entry  = "service_name, gen_ai_provider_name, gen_ai_response_model"
		genai  = `token_cost_source="genai"`
		http   = `token_cost_source="http"`
		denied = `token_cost_approved="false"`
		last   = "token_cost_inventory_last_seen_seconds"
		first  = "token_cost_inventory_first_seen_seconds"
	)
	made := func(conditions ...string) string {
		return "increase(" + of("token_cost_inventory_calls_total", filters, conditions...) + "[$__range])"
	}
	seen := func(gauge string, conditions ...string) string { return of(gauge, filters, conditions...) }
	// The whole of what is known is in the gauges: a counter is there only while its Collector runs.
	count := func(labels string, conditions ...string) string {
		return "count(" + by(labels, seen(last, conditions...)) + ") or vector(0)"
	}
	part := func(condition string) string {
		return "(sum(" + made(genai, condition) + ") or vector(0)) / (sum(" + made(genai) + ") > 0)"
	}
	return &board{
		uid: "token-cost-inventory", title: "GenAI cost: inventory", from: "now-24h", filters: filters,
		description: "Which services call which providers and models, as the inventory of the connector has it; also services without GenAI telemetry, by their HTTP requests.",
		rows: []row{
			{"Known", []chart{
				{kind: stat, title: "Services", unit: number, width: 4, height: 5, queries: []query{{expr: count("service_name")}}},
				{kind: stat, title: "Models", unit: number, width: 4, height: 5, queries: []query{{expr: count("gen_ai_provider_name, gen_ai_response_model", genai)}}},
				{
					kind: stat, title: "Not approved", unit: number, width: 4, height: 5, limits: []float64{1, 1}, description: "Models or hosts of services.",
					queries: []query{{expr: count(entry+", server_address", denied)}},
				},
				{
					kind: stat, title: "Services by HTTP only", unit: number, width: 4, height: 5, limits: []float64{1, 1},
					description: "Services that sent requests to hosts of AI APIs, while no span or log record tells what those cost.",
					queries:     []query{{expr: "count(" + by("service_name", seen(last, http)) + " unless on (service_name) " + seen(last, genai) + ") or vector(0)"}},
				},
				{kind: stat, title: "Calls not approved", unit: share, width: 4, height: 5, limits: []float64{0.01, 0.1}, queries: []query{{expr: part(denied)}}},
				{kind: stat, title: "Calls without a price", unit: share, width: 4, height: 5, limits: []float64{0.01, 0.1}, queries: []query{{expr: part(`token_cost_priced="false"`)}}},
			}},
			{"Calls in the time shown", []chart{
				{
					kind: timeseries, title: "Calls a minute by approval", unit: number, width: 12, stacked: true,
					queries: []query{{expr: by("token_cost_approved", "rate("+of("token_cost_inventory_calls_total", filters, genai)+"[$__rate_interval]) * 60"), legend: "approved: {{token_cost_approved}}"}},
				},
				{
					kind: bars, title: "Calls by service", unit: number, width: 6,
					queries: []query{{expr: "sort_desc(" + by("service_name", made(genai)) + ")", legend: "{{service_name}}"}},
				},
				{
					kind: bars, title: "Spend by service ($currency)", unit: amount, width: 6,
					queries: []query{{expr: "sort_desc(" + by("service_name", "increase("+of("token_cost_inventory_spend_total", filters, inCurrency)+"[$__range])") + ")", legend: "{{service_name}}"}},
				},
				{
					kind: table, title: "Calls of models", unit: number, width: 24,
					queries: []query{{expr: "topk(100, " + by(entry+", token_cost_approved, token_cost_priced", made(genai)) + ")"}},
				},
			}},
			{"First and last seen", []chart{
				{
					kind: table, title: "First seen ago", unit: seconds, width: 12, description: "The newest is at the end. A restart of a Collector without storage begins anew.",
					queries: []query{{expr: "time() - min by (" + entry + ", server_address, token_cost_source) (" + seen(first) + ")"}},
				},
				{
					kind: table, title: "Last seen ago", unit: seconds, width: 12, description: "What has not been seen for inventory.expiration is forgotten.",
					queries: []query{{expr: "time() - max by (" + entry + ", server_address, token_cost_source) (" + seen(last) + ")"}},
				},
			}},
			{"To be looked at", []chart{
				{
					kind: table, title: "What is not approved, last seen ago", unit: seconds, width: 12,
					queries: []query{{expr: "time() - max by (" + entry + ", server_address) (" + seen(last, denied) + ")"}},
				},
				{
					kind: table, title: "Requests to hosts of AI APIs", unit: number, width: 12,
					description: "Of client spans that are not the request of a known call: retries, lists of models, and services without GenAI telemetry.",
					queries:     []query{{expr: by("service_name, gen_ai_provider_name, server_address", made(http))}},
				},
			}},
		},
	}
}

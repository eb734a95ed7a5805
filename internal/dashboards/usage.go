package dashboards

// ofModel are the labels within which tokens have one price, apart from
// service tiers, regions and context sizes.
const ofModel = "gen_ai_provider_name, gen_ai_response_model"

// usage answers: which tokens are used, what do they cost, and does the cache pay?
func usage() *board {
	const read, written, input = `token_cost_meter="cache_read"`, `token_cost_meter="cache_write"`, `token_cost_meter=~"input|cache_read|cache_write"`
	return &board{
		uid: "token-cost-usage", title: "GenAI cost: tokens and caches", from: "now-6h", filters: dimensions,
		description: "Tokens by meter, what they cost, and what caches save.",
		rows: []row{
			{"Tokens", []chart{
				{
					kind: timeseries, title: "Tokens a minute by meter", unit: number, width: 12, stacked: true, description: "Every token is in one meter.",
					queries: []query{{expr: by("token_cost_meter", "rate("+of("token_cost_tokens_total", dimensions)+"[$__rate_interval]) * 60"), legend: "{{token_cost_meter}}"}},
				},
				{
					kind: bars, title: "Tokens by meter", unit: number, width: 6,
					queries: []query{{expr: "sort_desc(" + by("token_cost_meter", over(tokens())) + ")", legend: "{{token_cost_meter}}"}},
				},
				{
					kind: bars, title: "Spend by part ($currency)", unit: amount, width: 6, description: "The parts add up to the spend. Reasoning is in output.",
					queries: []query{{expr: "sort_desc(" + by("token_cost_part", over(parts())) + ")", legend: "{{token_cost_part}}"}},
				},
				{
					kind: timeseries, title: "Price of a million tokens ($currency)", unit: amount, width: 12, description: "What was paid on average, over all meters.",
					queries: []query{{
						expr:   "1e6 * " + by("gen_ai_response_model", over(spend())) + " / (" + by("gen_ai_response_model", over(tokens(havePrice))) + " > 0)",
						legend: "{{gen_ai_response_model}}",
					}},
				},
				{
					kind: timeseries, title: "Tokens of a call", unit: number, width: 12, description: "A jump is a changed prompt, a longer context or another model.",
					queries: []query{{
						expr:   by("service_name", over(tokens())) + " / (" + by("service_name", over(calls(`token_cost_reason!="failed_call"`))) + " > 0)",
						legend: "{{service_name}}",
					}},
				},
			}},
			{"Caches", []chart{
				{
					kind: stat, title: "Input read from caches", unit: share, width: 4, height: 8,
					queries: []query{{expr: "sum(" + over(tokens(read)) + ") / (sum(" + over(tokens(input)) + ") > 0)"}},
				},
				{
					kind: stat, title: "Saved by caches ($currency)", unit: amount, width: 4, height: 8,
					description: "What the cached input would have cost as plain input, less what reading and writing it cost. The price of plain input is that which was paid on average in the time shown, by provider and model; without any, nothing is said of a model.",
					queries:     []query{{expr: "sum(" + saved() + ")"}},
				},
				{
					kind: bars, title: "Saved by model ($currency)", unit: amount, width: 8, description: "Below zero where writing cost more than reading saved.",
					queries: []query{{expr: "sort_desc(" + by("gen_ai_response_model", saved()) + ")", legend: "{{gen_ai_response_model}}"}},
				},
				{
					kind: timeseries, title: "Share of input read from caches", unit: share, width: 8,
					queries: []query{{
						expr:   by("gen_ai_response_model", over(tokens(read))) + " / (" + by("gen_ai_response_model", over(tokens(input))) + " > 0)",
						legend: "{{gen_ai_response_model}}",
					}},
				},
				{
					kind: table, title: "Reads of a write, by service", unit: number, width: 24, description: "Tokens read for one that was written. Below one or two, a cache that costs more to write than plain input does not pay.",
					queries: []query{{expr: by("service_name, "+ofModel, over(tokens(read))) + " / (" + by("service_name, "+ofModel, over(tokens(written))) + " > 0)"}},
				},
			}},
		},
	}
}

// saved is what caches saved, by model: cached tokens at the price of plain
// input, less what they cost.
func saved() string {
	cached := by(ofModel, over(tokens(havePrice, `token_cost_meter=~"cache_read|cache_write"`)))
	price := by(ofModel, over(parts(`token_cost_part="input"`))) + " / (" + by(ofModel, over(tokens(havePrice, `token_cost_meter="input"`))) + " > 0)"
	paid := by(ofModel, over(parts(`token_cost_part=~"cache_read|cache_write"`)))
	return cached + " * (" + price + ") - " + paid
}

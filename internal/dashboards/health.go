package dashboards

// health answers: does everything that is spent get counted?
func health() *board {
	filters := []filter{byInstance}
	own := func(metric string, conditions ...string) string { return of(metric, filters, conditions...) }
	perMinute := func(labels, metric string) string {
		return by(labels, "rate("+own(metric)+"[$__rate_interval]) * 60")
	}
	return &board{
		uid: "token-cost-health", title: "GenAI cost: Collectors", from: "now-6h", filters: filters,
		description: "The Collectors that price and count, by their own metrics.",
		rows: []row{
			{"Nothing lost", []chart{
				{
					kind: stat, title: "Refused or lost", unit: number, width: 4, height: 6, limits: []float64{1, 1}, description: "Spans, log records and metric points, in a quarter of an hour.",
					queries: []query{{expr: "sum(" + own("token_cost:lost:increase15m") + ")"}},
				},
				{
					kind: table, title: "What was refused or lost", unit: number, width: 8, height: 6, description: "In a quarter of an hour. Metrics that were refused are told again by the next flush.",
					queries: []query{{expr: by("instance, what", own("token_cost:lost:increase15m"))}},
				},
				{
					kind: stat, title: "Calls in overflow series", unit: number, width: 6, height: 6, limits: []float64{1, 1}, description: "Counted without their dimensions, because series.limit is reached.",
					queries: []query{{expr: "sum(" + fromZero(own("otelcol_connector_token_cost_overflow")) + ") or vector(0)"}},
				},
				{kind: stat, title: "Collectors that answer", unit: number, width: 6, height: 6, queries: []query{{expr: `sum(up{job="otelcol"})`}}},
			}},
			{"Flow", []chart{
				{
					kind: timeseries, title: "Spans a minute", unit: number, width: 12,
					queries: []query{
						{expr: perMinute("instance", "otelcol_receiver_accepted_spans"), legend: "{{instance}} accepted"},
						{expr: perMinute("instance", "otelcol_receiver_refused_spans"), legend: "{{instance}} refused"},
					},
				},
				{
					kind: timeseries, title: "Calls a minute by status", unit: number, width: 12, stacked: true, description: "What the processor decided, roll-ups and duplicates included.",
					queries: []query{{expr: perMinute("token_cost_status", "otelcol_processor_token_cost_calls"), legend: "{{token_cost_status}}"}},
				},
				{
					kind: timeseries, title: "Sending queues", unit: share, width: 12, description: "How full they are. A full queue loses what comes.",
					queries: []query{{expr: own("otelcol_exporter_queue_size") + " / " + own("otelcol_exporter_queue_capacity"), legend: "{{instance}} {{exporter}} {{data_type}}"}},
				},
				{
					kind: timeseries, title: "Series", unit: number, width: 6,
					queries: []query{{expr: own("otelcol_connector_token_cost_series"), legend: "{{instance}}"}},
				},
				{
					kind: timeseries, title: "Memory", unit: memory, width: 6,
					queries: []query{{expr: own("otelcol_process_memory_rss"), legend: "{{instance}}"}},
				},
			}},
			{"Prices", []chart{
				{
					kind: table, title: "Price books in force", unit: seconds, width: 12, height: 5, description: "Version and content of the book, and the time since it was read.",
					queries: []query{{expr: "max by (instance, book) (" + own("otelcol_processor_token_cost_price_book_age") + ")"}},
				},
				{
					kind: stat, title: "Price books with mistakes", unit: number, width: 4, height: 5, limits: []float64{1, 1}, description: "Collectors whose files have a mistake; an earlier book is in force.",
					queries: []query{{expr: "sum(" + own("otelcol_processor_token_cost_price_book_failing") + ")"}},
				},
				{
					kind: stat, title: "Models with a price", unit: number, width: 4, height: 5,
					queries: []query{{expr: "min(" + own("otelcol_processor_token_cost_price_book_models") + ")"}},
				},
				{
					kind: stat, title: "Look-ups from memory", unit: share, width: 4, height: 5, description: "Of models, since the Collectors started.",
					queries: []query{{expr: "sum(" + own("otelcol_processor_token_cost_resolutions", `result="hit"`) + ") / (sum(" + own("otelcol_processor_token_cost_resolutions") + ") > 0)"}},
				},
			}},
		},
	}
}

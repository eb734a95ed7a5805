package dialect

import "github.com/otelcol-tokencost/otelcol-tokencost/internal/call"

// cursor is the export of Cursor for enterprises: log records and metrics, no
// spans. Deliveries repeat, with the same event id.
var cursor = dialect{
	name:   "cursor",
	signal: Logs,
	keys: []key{
		count("cursor.api.request.input_tokens", input, 40),
		count("cursor.api.request.output_tokens", output, 40),
		count("cursor.api.request.cache_read_tokens", cacheRead, 40),
		count("cursor.api.request.cache_creation_tokens", cacheWrite, 40),
		word("cursor.model.name", anyModel, 40),
		word("cursor.event.id", responseID, 40), // several records can share cursor.usage_event.id
		flag("cursor.api.billable", billable),
	},
	events: []event{
		{name: "api_request", kind: call.Inference, common: true},
		{name: "cursor.api_request", kind: call.Inference},
	},
	metrics:  []metric{tokens("cursor.token.usage", "cursor.token.type"), spend("cursor.cost.usage", call.USD)},
	fallback: 1,
	emitters: []emitter{{
		name:    "Cursor",
		scopes:  []string{"cursor.telemetry*"},
		clauses: []clause{{in: call.Exclusive}},
		note:    "Four disjoint counts, as the documentation shows them; no retention, tier or served model. Requests that a later correction makes free are priced.",
		source:  "documentation of the vendor; no capture was to be had",
	}},
}

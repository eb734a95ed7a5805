package postgres

import (
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// migrations bring a database from each version of the schema to the next one.
// What was released is never changed.
var migrations = []string{version1()}

// columns of token_cost_calls in the order of encoder.row and decoder.row.
var columns = ledger.CallColumns

// fields are the columns of contexts without their number.
var fields = ledger.FieldNames

// list joins what f makes of names with commas.
func list(f func(name string) string, names ...string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = f(name)
	}
	return strings.Join(out, ", ")
}

func same(name string) string { return name }

func of(table string) func(string) string {
	return func(name string) string { return table + "." + name }
}

func version1() string {
	amounts := list(func(name string) string { return name + " NUMERIC(38,12) NOT NULL" }, ledger.AmountNames[:]...)
	tokens := list(func(name string) string { return name + " BIGINT NOT NULL" }, ledger.TokenNames[:]...)
	// Sums are changed in place: pages with room keep that from growing the index.
	sums := func(table string) string {
		return "CREATE TABLE " + table + " (start_unix BIGINT NOT NULL, context_id BIGINT NOT NULL, billing_period BIGINT NOT NULL, calls BIGINT NOT NULL, " +
			amounts + ", " + tokens + ", PRIMARY KEY (start_unix, context_id, billing_period)) WITH (fillfactor = 70);\n"
	}
	return `
CREATE TABLE token_cost_meta (key TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO token_cost_meta VALUES ('schema_version', 0), ('closed_until', 0), ('expired_until', ` + strconv.FormatInt(ledger.NothingExpired, 10) + `);
CREATE TABLE token_cost_contexts (context_id BIGINT PRIMARY KEY, ` + list(func(name string) string { return name + " TEXT NOT NULL" }, fields...) + `);
CREATE TABLE token_cost_calls (
	start_unix_nano BIGINT NOT NULL, trace_id BYTEA NOT NULL, span_id BYTEA NOT NULL, version INTEGER NOT NULL,
	superseded BOOLEAN NOT NULL, origin SMALLINT NOT NULL, run_id BIGINT NOT NULL,
	signal SMALLINT NOT NULL, context_id BIGINT NOT NULL, end_unix_nano BIGINT NOT NULL, parent_span_id BYTEA NOT NULL,
	user_id TEXT NOT NULL, session_id TEXT NOT NULL, response_id TEXT NOT NULL, usage TEXT NOT NULL, quantities TEXT NOT NULL, ` + amounts + ", " + tokens + `,
	billing_period BIGINT NOT NULL, ingested_unix_nano BIGINT NOT NULL, fingerprint BIGINT NOT NULL,
	PRIMARY KEY (start_unix_nano, trace_id, span_id, version));
` + sums("token_cost_hours") + sums("token_cost_days") + `
CREATE TABLE token_cost_hour_items (
	start_unix BIGINT NOT NULL, context_id BIGINT NOT NULL, billing_period BIGINT NOT NULL, item INTEGER NOT NULL, quantity BIGINT NOT NULL,
	PRIMARY KEY (start_unix, context_id, billing_period, item)) WITH (fillfactor = 70);
CREATE TABLE token_cost_runs (
	run_id BIGINT PRIMARY KEY, at_unix_nano BIGINT NOT NULL, from_unix_nano BIGINT NOT NULL, until_unix_nano BIGINT NOT NULL,
	book TEXT NOT NULL, note TEXT NOT NULL, calls BIGINT NOT NULL, difference TEXT NOT NULL);
` + views()
}

// views show calls that count and daily spend with times and contexts, for people.
func views() string {
	context := list(of("x"), fields...)
	month := "to_char(to_timestamp(%.billing_period) AT TIME ZONE 'UTC', 'YYYY-MM') AS billing_period"
	return `
CREATE VIEW token_cost_call_costs AS SELECT
	to_timestamp(0) + c.start_unix_nano / 1000 * interval '1 microsecond' AS start_time, encode(c.trace_id, 'hex') AS trace_id, encode(c.span_id, 'hex') AS span_id,
	c.version, ` + strings.ReplaceAll(month, "%", "c") + `, c.user_id, c.session_id, c.response_id, c.usage, ` + list(of("c"), ledger.NumberNames...) + ", " + context + `
	FROM token_cost_calls c JOIN token_cost_contexts x USING (context_id) WHERE NOT c.superseded;
CREATE VIEW token_cost_spend_daily AS SELECT
	(to_timestamp(d.start_unix) AT TIME ZONE 'UTC')::date AS day, ` + strings.ReplaceAll(month, "%", "d") + `, d.calls, ` + list(of("d"), ledger.NumberNames...) + ", " + context + `
	FROM token_cost_days d JOIN token_cost_contexts x USING (context_id);
`
}

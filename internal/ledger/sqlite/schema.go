package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// migrations bring a file from each version of the schema to the next one. What
// was released is never changed.
var migrations = []string{version1()}

func version1() string {
	var contexts, amounts, tokens []string
	for _, f := range ledger.Fields {
		contexts = append(contexts, f.Name+" TEXT NOT NULL")
	}
	for _, name := range ledger.AmountNames {
		amounts = append(amounts, name+" INTEGER NOT NULL")
	}
	for _, name := range ledger.TokenNames {
		tokens = append(tokens, name+" INTEGER NOT NULL")
	}
	numbers := strings.Join(append(amounts, tokens...), ", ")
	sums := func(table string) string {
		return "CREATE TABLE " + table + " (start_unix INTEGER NOT NULL, context_id INTEGER NOT NULL, billing_period INTEGER NOT NULL, calls INTEGER NOT NULL, " +
			numbers + ", PRIMARY KEY (start_unix, context_id, billing_period)) STRICT, WITHOUT ROWID;\n"
	}
	return `
CREATE TABLE token_cost_meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE token_cost_contexts (context_id INTEGER PRIMARY KEY, ` + strings.Join(contexts, ", ") + `) STRICT;
CREATE TABLE token_cost_calls (
	start_unix_nano INTEGER NOT NULL, trace_id BLOB NOT NULL, span_id BLOB NOT NULL, version INTEGER NOT NULL,
	superseded INTEGER NOT NULL, origin INTEGER NOT NULL, run_id INTEGER NOT NULL,
	signal INTEGER NOT NULL, context_id INTEGER NOT NULL, end_unix_nano INTEGER NOT NULL, parent_span_id BLOB NOT NULL,
	user_id TEXT NOT NULL, session_id TEXT NOT NULL, response_id TEXT NOT NULL, usage TEXT NOT NULL, quantities TEXT NOT NULL, ` + numbers + `,
	billing_period INTEGER NOT NULL, ingested_unix_nano INTEGER NOT NULL, fingerprint INTEGER NOT NULL,
	PRIMARY KEY (start_unix_nano, trace_id, span_id, version)) STRICT, WITHOUT ROWID;
` + sums("token_cost_hours") + sums("token_cost_days") + `
CREATE TABLE token_cost_hour_items (
	start_unix INTEGER NOT NULL, context_id INTEGER NOT NULL, billing_period INTEGER NOT NULL, item INTEGER NOT NULL, quantity INTEGER NOT NULL,
	PRIMARY KEY (start_unix, context_id, billing_period, item)) STRICT, WITHOUT ROWID;
CREATE TABLE token_cost_runs (
	run_id INTEGER PRIMARY KEY, at_unix_nano INTEGER NOT NULL, from_unix_nano INTEGER NOT NULL, until_unix_nano INTEGER NOT NULL,
	book TEXT NOT NULL, note TEXT NOT NULL, calls INTEGER NOT NULL, difference TEXT NOT NULL) STRICT;
` + views()
}

// views show calls and daily spend with amounts as decimals, for people.
func views() string {
	var fields, calls, spend []string
	for _, f := range ledger.Fields {
		fields = append(fields, "x."+f.Name)
	}
	for _, name := range ledger.AmountNames {
		calls = append(calls, decimal("c."+name)+" AS "+name)
		spend = append(spend, decimal("d."+name)+" AS "+name)
	}
	for _, name := range ledger.TokenNames {
		calls, spend = append(calls, "c."+name), append(spend, "d."+name)
	}
	return `
CREATE VIEW token_cost_call_costs AS SELECT
	strftime('%Y-%m-%dT%H:%M:%fZ', c.start_unix_nano / 1e9, 'unixepoch') AS start_time, lower(hex(c.trace_id)) AS trace_id, lower(hex(c.span_id)) AS span_id,
	c.version, strftime('%Y-%m', c.billing_period, 'unixepoch') AS billing_period, c.user_id, c.session_id, c.response_id, c.usage, ` + strings.Join(calls, ", ") + ", " + strings.Join(fields, ", ") + `
	FROM token_cost_calls c JOIN token_cost_contexts x USING (context_id) WHERE c.superseded = 0;
CREATE VIEW token_cost_spend_daily AS SELECT
	date(d.start_unix, 'unixepoch') AS day, strftime('%Y-%m', d.billing_period, 'unixepoch') AS billing_period, d.calls, ` + strings.Join(spend, ", ") + ", " + strings.Join(fields, ", ") + `
	FROM token_cost_days d JOIN token_cost_contexts x USING (context_id);
`
}

// decimal is an expression that writes quanta as a decimal.
func decimal(column string) string {
	return "iif(" + column + " < 0, '-', '') || printf('%d.%012d', abs(" + column + " / 1000000000000), abs(" + column + " % 1000000000000))"
}

// migrate brings the file to the schema of this release.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("the file has schema version %d, and this release knows versions up to %d: use a release at least as new as the one that wrote it", version, len(migrations))
	}
	if version == len(migrations) {
		return nil
	}
	if version == 0 {
		var tables int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
			return err
		}
		if tables > 0 {
			return fmt.Errorf("the file is a database of something else: it has %d tables or indexes and no ledger; name another file", tables)
		}
	}
	for _, statements := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, statements); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
		return err
	}
	return tx.Commit()
}

package clickhouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// migrations bring a database from each version of the schema to the next one.
// What was released is never changed. ClickHouse has no transactions: statements
// can be run again, because two Collectors may start at once, or one may end midway.
var migrations = [][]string{version1()}

// list joins what f makes of names with commas.
func list(f func(name string) string, names ...string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = f(name)
	}
	return strings.Join(out, ", ")
}

func same(name string) string { return name }

// contextColumns are the columns of a context without its number.
var contextColumns = ledger.FieldNames

// columns of token_cost_calls in the order of appendRow and readRow. Version and
// superseded are not stored: they follow from what is.
var columns = slices.DeleteFunc(slices.Clone(ledger.CallColumns), func(name string) bool { return name == "version" || name == "superseded" })

// key identifies calls, and order their versions from the first one to the last.
const (
	key   = "start_unix_nano, trace_id, span_id"
	order = "ingested_unix_nano, origin, run_id, fingerprint"
)

func version1() []string {
	amounts := list(func(name string) string { return name + " Decimal(38, 12)" }, ledger.AmountNames[:]...)
	tokens := list(func(name string) string { return name + " Int64" }, ledger.TokenNames[:]...)
	// What an insert answered is on the disk, and an insert that is sent again within
	// the last thousand is none.
	const durable = "fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, non_replicated_deduplication_window = 1000"
	return []string{
		"CREATE TABLE IF NOT EXISTS token_cost_meta (key String, value Int64) ENGINE = MergeTree ORDER BY (key, value) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
		"CREATE TABLE IF NOT EXISTS token_cost_contexts (context_id Int64, " + list(func(name string) string { return name + " String" }, contextColumns...) +
			") ENGINE = ReplacingMergeTree ORDER BY context_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
		// A row that is there more than once becomes one: the one that was ingested first.
		"CREATE TABLE IF NOT EXISTS token_cost_calls (start_unix_nano Int64 CODEC(Delta, ZSTD), trace_id FixedString(32), span_id FixedString(16), origin UInt8, run_id Int64, " +
			"signal UInt8, context_id Int64, end_unix_nano Int64 CODEC(Delta, ZSTD), parent_span_id FixedString(16), " +
			"user_id String, session_id String, response_id String, usage String, quantities Array(Int64), " + amounts + ", " + tokens +
			", billing_period Int64, ingested_unix_nano Int64, fingerprint Int64, earlier UInt64 MATERIALIZED toUInt64(9223372036854775807 - ingested_unix_nano)" +
			") ENGINE = ReplacingMergeTree(earlier) PARTITION BY toYYYYMM(fromUnixTimestamp64Nano(start_unix_nano, 'UTC')) ORDER BY (" + key + ", origin, run_id, fingerprint) SETTINGS " + durable,
		"CREATE TABLE IF NOT EXISTS token_cost_expiries (generation Int64, until_unix_nano Int64, at_unix_nano Int64) ENGINE = MergeTree ORDER BY generation SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
		"CREATE TABLE IF NOT EXISTS token_cost_kept_days (generation Int64, start_unix Int64, context_id Int64, billing_period Int64, calls Int64, " + amounts + ", " + tokens +
			") ENGINE = ReplacingMergeTree ORDER BY (generation, start_unix, context_id, billing_period) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
		"CREATE TABLE IF NOT EXISTS token_cost_runs (run_id Int64, at_unix_nano Int64, from_unix_nano Int64, until_unix_nano Int64, book String, note String, calls Int64, difference String, written UInt64" +
			") ENGINE = ReplacingMergeTree(written) ORDER BY run_id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
		"CREATE OR REPLACE VIEW token_cost_live AS SELECT * FROM token_cost_calls FINAL WHERE NOT " + expired,
		"CREATE OR REPLACE VIEW token_cost_hours AS " + sums(hour, ""),
		"CREATE OR REPLACE VIEW token_cost_days AS " + days(""),
		"CREATE OR REPLACE VIEW token_cost_hour_items AS " + items(hour, ""),
		callCosts(),
		spendDaily(),
	}
}

// callCosts shows calls that count, for people.
func callCosts() string {
	return "CREATE OR REPLACE VIEW token_cost_call_costs AS SELECT fromUnixTimestamp64Nano(c.start_unix_nano, 'UTC') AS start_time, c.trace_id AS trace_id, c.span_id AS span_id, " +
		"formatDateTime(toDateTime(c.billing_period, 'UTC'), '%Y-%m') AS billing_period, c.user_id AS user_id, c.session_id AS session_id, c.response_id AS response_id, c.usage AS usage, " +
		list(func(name string) string { return "c." + name + " AS " + name }, numbers...) + ", " + list(func(name string) string { return "x." + name + " AS " + name }, contextColumns...) +
		" FROM (" + counting("") + ") AS c INNER JOIN (SELECT * FROM token_cost_contexts FINAL) AS x ON c.context_id = x.context_id"
}

// spendDaily shows sums of days, for people.
func spendDaily() string {
	return "CREATE OR REPLACE VIEW token_cost_spend_daily AS SELECT toDate(toDateTime(d.start_unix, 'UTC')) AS day, " +
		"formatDateTime(toDateTime(d.billing_period, 'UTC'), '%Y-%m') AS billing_period, d.calls AS calls, " +
		list(func(name string) string { return "d." + name + " AS " + name }, numbers...) + ", " + list(func(name string) string { return "x." + name + " AS " + name }, contextColumns...) +
		" FROM token_cost_days AS d INNER JOIN (SELECT * FROM token_cost_contexts FINAL) AS x ON d.context_id = x.context_id"
}

// migrate brings the database to the schema of this release. One that is up to
// date is not written, so that a user who may only read opens it.
func (s *Store) migrate(ctx context.Context) error {
	var tables, version int64
	err := s.client.each(ctx, 1, "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = 'token_cost_meta'", func(f *fields) error {
		tables = f.int64()
		return nil
	})
	if err != nil {
		return err
	}
	if tables > 0 {
		if version, err = s.meta(ctx, "schema_version"); err != nil {
			return err
		}
	} else if err := s.exists(ctx); err != nil {
		return err
	}
	if version > int64(len(migrations)) {
		return fmt.Errorf("the database has schema version %d, and this release knows versions up to %d: use a release at least as new as the one that wrote it", version, len(migrations))
	}
	for i, statements := range migrations[version:] {
		for _, statement := range statements {
			if err := s.client.exec(ctx, statement, nil); err != nil {
				return err
			}
		}
		if err := s.setMeta(ctx, "schema_version", version+int64(i)+1); err != nil {
			return err
		}
	}
	return nil
}

// exists makes sure that the database is there: servers refuse others, but some only when they are used.
func (s *Store) exists(ctx context.Context) error {
	return s.client.exec(ctx, "SELECT 1 FORMAT Null", nil)
}

// meta returns the highest value that was set, and zero without one.
func (s *Store) meta(ctx context.Context, key string) (value int64, err error) {
	err = s.client.each(ctx, 1, "SELECT max(value) FROM token_cost_meta WHERE key = '"+key+"'", func(f *fields) error {
		value = f.int64()
		return nil
	})
	return value, err
}

func (s *Store) setMeta(ctx context.Context, key string, value int64) error {
	return s.client.exec(ctx, fmt.Sprintf("INSERT INTO token_cost_meta VALUES ('%s', %d)", key, value), nil)
}

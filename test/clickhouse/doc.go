// Package clickhouse runs the views of examples/clickhouse in ClickHouse's own
// engine, over spans that were priced, and holds them to what the spans say.
// `make e2e-clickhouse` installs the engine from npm; without
// TOKENCOST_CLICKHOUSE=1 the tests are skipped.
package clickhouse

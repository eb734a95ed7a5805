// Package postgres keeps the ledger in a PostgreSQL server (tested with 15 and 18), for
// several Collectors that share it. Rows and the sums they change are committed
// together. Money is NUMERIC, so that people read it with SQL as it is.
package postgres

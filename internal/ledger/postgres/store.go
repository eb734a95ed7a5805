package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// Store is a ledger in a database. It is safe for concurrent use.
type Store struct {
	pool     *pgxpool.Pool
	where    string // the server and database, without user and password
	begin    pgx.TxOptions
	contexts *contextset.Set
	// replays tells that calls of the last write were stored before.
	replays atomic.Bool
}

var _ ledger.Store = (*Store)(nil)

// begin begins a transaction whose statements each see what was committed before them.
const begin = "BEGIN ISOLATION LEVEL READ COMMITTED"

// Open opens a ledger, and makes its tables if they are not there. The DSN is a
// URL such as postgres://user:password@host:5432/database?sslmode=verify-full, or
// keywords and values as in libpq; PGPASSWORD and ~/.pgpass are read too. Commits
// wait for the disk, whatever the server's default is, unless the DSN sets
// synchronous_commit.
func Open(ctx context.Context, dsn string) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("ledger in PostgreSQL: the DSN is not understood; write postgres://USER:PASSWORD@HOST:5432/DATABASE: %w", err)
	}
	conn := config.ConnConfig
	s := &Store{where: fmt.Sprintf("%s:%d/%s", conn.Host, conn.Port, conn.Database), begin: pgx.TxOptions{BeginQuery: begin}, contexts: contextset.New()}
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = int32(max(8, 2*runtime.GOMAXPROCS(0)))
	}
	if !strings.Contains(dsn, "connect_timeout") {
		conn.ConnectTimeout = 10 * time.Second
	}
	if conn.RuntimeParams["application_name"] == "" {
		conn.RuntimeParams["application_name"] = "tokencost"
	}
	// Not as a parameter of the connection, which poolers such as PgBouncer refuse.
	if conn.RuntimeParams["synchronous_commit"] == "" {
		s.begin.BeginQuery = begin + "; SET LOCAL synchronous_commit = on"
	}
	// Results are read in the binary format, which these modes do not ask for.
	if mode := conn.DefaultQueryExecMode; mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol {
		return nil, errors.New("ledger in PostgreSQL: default_query_exec_mode of the DSN is one of cache_statement and, without prepared statements, cache_describe and describe_exec")
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, s.explain(err)
	}
	err = pgx.BeginTxFunc(ctx, s.pool, s.begin, func(tx pgx.Tx) error { return migrate(ctx, tx) })
	if err != nil {
		s.pool.Close()
		return nil, s.explain(err)
	}
	return s, nil
}

// Close closes the connections, once those in use are given back.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// Size returns the bytes of the ledger's tables and indexes on the server.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	err = s.pool.QueryRow(ctx, "SELECT coalesce(sum(pg_total_relation_size(to_regclass(name))), 0)::bigint FROM unnest($1::text[]) AS name", []string{
		"token_cost_meta", "token_cost_contexts", "token_cost_calls", "token_cost_hours", "token_cost_days", "token_cost_hour_items", "token_cost_runs",
	}).Scan(&size)
	return size, s.explain(err)
}

// commitTimeout bounds the wait for a commit that its caller no longer waits for.
const commitTimeout = 30 * time.Second

// attempts bounds how often a transaction is tried that the server gave up in
// favour of another one.
const attempts = 6

// transact runs a transaction, and makes durable what it did unless it fails.
func (s *Store) transact(ctx context.Context, do func(*transaction) error) error {
	var err error
	for i := range attempts {
		if err = s.once(ctx, do); err == nil || !conflict(err) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(i*i) * 5 * time.Millisecond):
		}
	}
	if ctx.Err() != nil && err != nil {
		return errors.Join(ctx.Err(), s.explain(err))
	}
	return s.explain(err)
}

func (s *Store) once(ctx context.Context, do func(*transaction) error) error {
	tx, err := s.pool.BeginTx(ctx, s.begin)
	if err != nil {
		return err
	}
	t := &transaction{ctx: ctx, s: s, tx: tx, deltas: ledger.NewDeltas(), fresh: map[int64]contextset.Digest{}, inserted: map[ledger.Key]*ledger.Row{}}
	if err := t.run(do); err != nil {
		// The connection may be gone, and the transaction with it.
		_ = tx.Rollback(context.WithoutCancel(ctx))
		return err
	}
	if err := ctx.Err(); err != nil {
		_ = tx.Rollback(context.WithoutCancel(ctx))
		return err
	}
	// A commit that was begun is not given up: whether it happened would not be known.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := tx.Commit(last); err != nil {
		return err
	}
	s.contexts.Add(t.fresh)
	return nil
}

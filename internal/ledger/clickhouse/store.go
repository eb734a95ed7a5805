package clickhouse

import (
	"context"
	"fmt"
	"sync"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/contextset"
)

// Store is a ledger in a database. It is safe for concurrent use.
type Store struct {
	client   *client
	contexts *contextset.Set

	mu   sync.Mutex
	last int64 // the last instant of ingestion, unix nanoseconds
}

var _ ledger.Store = (*Store)(nil)

// Open opens a ledger, and makes its tables and views if they are not there. The
// DSN is such as clickhouse://user:password@host:8123/database; the port is that
// of HTTP.
func Open(ctx context.Context, dsn string) (*Store, error) {
	c, err := newClient(dsn)
	if err != nil {
		return nil, fmt.Errorf("ledger in ClickHouse: %w", err)
	}
	s := &Store{client: c, contexts: contextset.New()}
	if err := s.migrate(ctx); err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

// Close closes connections that are idle.
func (s *Store) Close() error {
	s.client.http.CloseIdleConnections()
	return nil
}

// Size returns the bytes of the ledger's tables on the server's disk.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	err = s.client.each(ctx, 1, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() AND startsWith(table, 'token_cost_')", func(f *fields) error {
		size = f.int64()
		return nil
	})
	return size, s.explain(err)
}

// instants returns the first of n instants that no row of this store has yet.
// Versions of a call are ordered by it, also those of one batch.
func (s *Store) instants(now int64, n int) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := max(now, s.last+1)
	s.last = first + int64(n)
	return first
}

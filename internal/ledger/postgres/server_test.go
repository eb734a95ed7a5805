package postgres_test

import (
	"context"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
)

var october = time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)

func open(t *testing.T, dsn string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// with sets a parameter of a DSN.
func with(t *testing.T, dsn, key, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func count(t *testing.T, s ledger.Reader) (n int) {
	t.Helper()
	require.NoError(t, s.Calls(context.Background(), ledger.Span{From: 0, Until: 1 << 62}, true, func(*ledger.Row) error { n++; return nil }))
	return n
}

func TestCollectorsThatStartAtOnceMakeTheTablesOnce(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := postgres.Open(t.Context(), dsn)
			if assert.NoError(t, err) {
				assert.NoError(t, s.Close())
			}
		})
	}
	group.Wait()
	assert.Zero(t, count(t, open(t, dsn)))
}

func TestANewerSchemaIsRefusedAndLeftAsItIs(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	open(t, dsn)
	server.Exec(t, dsn, "UPDATE token_cost_meta SET value = 99 WHERE key = 'schema_version'")
	_, err := postgres.Open(t.Context(), dsn)
	require.ErrorContains(t, err, "schema version 99, and this release knows versions up to 1: use a release at least as new")
	server.Exec(t, dsn, "UPDATE token_cost_meta SET value = 1 WHERE key = 'schema_version'")
	open(t, dsn)
}

func TestErrorsSayWhatToDoAndNeverThePassword(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	down := postgrestest.Start(t)
	stopped := down.DSN("postgres")
	down.Stop(t)
	server.Exec(t, dsn, "CREATE ROLE reader LOGIN PASSWORD '"+postgrestest.Password+"'")
	reader := strings.Replace(dsn, "tokencost:", "reader:", 1)
	for _, c := range []struct{ name, dsn, says string }{
		{"wrong password", strings.Replace(dsn, postgrestest.Password, "wrong-"+postgrestest.Password, 1), "refuses the user or password: correct them in the DSN"},
		{"no database", server.DSN("absent"), "the database does not exist: make it with createdb"},
		{"server down", stopped, "the server does not answer: is it running, and are host and port of the DSN right?"},
		{"read-only", with(t, server.Database(t), "default_transaction_read_only", "on"), "is read-only: name the primary"},
		{"no right", reader, "the user lacks a right: grant it"},
		{"no schema", with(t, server.Database(t), "search_path", "absent"), "the schema that search_path names does not exist"},
		{"no DSN", "postgres://tokencost:" + postgrestest.Password + "@host:port/x", "write postgres://USER:PASSWORD@HOST:5432/DATABASE"},
		{"bad escape", "postgres://tokencost:" + postgrestest.Password + "%zz@host/x", "write postgres://USER:PASSWORD@HOST:5432/DATABASE"},
		{"bad keywords", "host=localhost password='" + postgrestest.Password, "write postgres://USER:PASSWORD@HOST:5432/DATABASE"},
		{"bad setting", "postgres://tokencost:" + postgrestest.Password + "@host/x?sslmode=some", "write postgres://USER:PASSWORD@HOST:5432/DATABASE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := postgres.Open(t.Context(), c.dsn)
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), postgrestest.Password)
			require.NotErrorIs(t, err, ledger.ErrPermanent)
		})
	}
}

func TestARoleThatMayOnlyReadReadsAndIsToldWhyItDoesNotWrite(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	calls := ledgertest.NewCalls(1, 3, october, time.Hour)
	_, err := open(t, dsn).Write(t.Context(), calls.Batch(10))
	require.NoError(t, err)
	server.Exec(t, dsn, "CREATE ROLE reader LOGIN PASSWORD '"+postgrestest.Password+"'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
	s := open(t, strings.Replace(dsn, "tokencost:", "reader:", 1))
	assert.Equal(t, 10, count(t, s))
	_, err = s.Write(t.Context(), calls.Batch(10))
	require.ErrorContains(t, err, "the user lacks a right")
	require.NotErrorIs(t, err, ledger.ErrPermanent)
	assert.Equal(t, 10, count(t, s))
}

func TestTablesAreInTheSchemaOfTheSearchPath(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	server.Exec(t, dsn, "CREATE SCHEMA finance")
	s := open(t, with(t, dsn, "search_path", "finance"))
	_, err := s.Write(t.Context(), ledgertest.NewCalls(1, 3, october, time.Hour).Batch(10))
	require.NoError(t, err)
	server.Exec(t, dsn, "SELECT 1 / (count(*) = 10)::int FROM finance.token_cost_calls")
	size, err := s.Size(t.Context())
	require.NoError(t, err)
	assert.Greater(t, size, int64(10_000))
}

func TestAContextThatWasRolledBackIsStoredWithTheNextRow(t *testing.T) {
	server := postgrestest.Start(t)
	s := open(t, server.Database(t))
	calls := ledgertest.NewCalls(1, 1, october, time.Hour)
	batch := calls.Batch(3)
	other := *batch[2].Context
	other.Team = "another one with the number of the first"
	second := other
	second.Team = "a second one"
	batch[1].Context, batch[1].ContextID = &other, 7
	batch[2].Context, batch[2].ContextID = &second, 7
	_, err := s.Write(t.Context(), batch)
	require.ErrorIs(t, err, ledger.ErrPermanent)
	_, err = s.Write(t.Context(), calls.Batch(5))
	require.NoError(t, err)
	contexts := 0
	require.NoError(t, s.Contexts(t.Context(), func(int64, *ledger.Context) error { contexts++; return nil }))
	assert.Equal(t, 1, contexts)
}

func TestTextThatTheServerCannotHoldIsReplacedWhereItCannot(t *testing.T) {
	server := postgrestest.Start(t)
	s := open(t, server.Database(t))
	row := ledgertest.NewCalls(1, 1, october, time.Hour).Next()
	c := *row.Context
	c.Team = "zero \x00 and \xff\xfe"
	row.Context, row.ContextID, row.User = &c, c.ID(), "a\x00b\xff"
	for range 2 { // the second one compares the context with what was stored
		_, err := s.Write(t.Context(), []*ledger.Row{row})
		require.NoError(t, err)
	}
	require.NoError(t, s.Contexts(t.Context(), func(id int64, stored *ledger.Context) error {
		assert.Equal(t, c.ID(), id)
		assert.Equal(t, "zero \ufffd and \ufffd", stored.Team)
		return nil
	}))
	require.NoError(t, s.Calls(t.Context(), ledger.Span{Until: 1 << 62}, true, func(r *ledger.Row) error {
		assert.Equal(t, "a\ufffdb\ufffd", r.User)
		return nil
	}))
}

func TestViewsShowDecimalsTimesAndContexts(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	s := open(t, dsn)
	row := ledgertest.NewCalls(1, 1, october, time.Hour).Next()
	row.Start = time.Date(2026, 10, 31, 23, 59, 59, 123_456_789, time.UTC).UnixNano()
	row.Amounts[ledger.Total] = 1_000_000_000_001
	row.Seal()
	_, err := s.Write(t.Context(), []*ledger.Row{row})
	require.NoError(t, err)
	dearer := ledgertest.Again(row, 1)
	dearer.Amounts[ledger.Total] = 2_500_000_000_003
	dearer.Seal()
	_, err = s.Write(t.Context(), []*ledger.Row{dearer})
	require.NoError(t, err)

	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var start, total, service, month, day, sum string
	var calls int
	_, err = conn.Exec(t.Context(), "SET timezone = 'Asia/Tokyo'")
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT (start_time AT TIME ZONE 'UTC')::text, total::text, service_name, billing_period FROM token_cost_call_costs").Scan(&start, &total, &service, &month))
	assert.Equal(t, []string{"2026-10-31 23:59:59.123456", "2.500000000003", row.Context.Service, "2026-10"}, []string{start, total, service, month})
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT day::text, calls, total::text FROM token_cost_spend_daily").Scan(&day, &calls, &sum))
	assert.Equal(t, []string{"2026-10-31", "2.500000000003"}, []string{day, sum})
	assert.Equal(t, 1, calls)
}

// TestAServerThatIsKilledHasWhatWasCommitted kills the server at random moments
// of writes that are tried again until they succeed. By its own settings it would
// lose what was committed in the last seconds.
func TestAServerThatIsKilledHasWhatWasCommitted(t *testing.T) {
	server := postgrestest.Start(t, "synchronous_commit=off", "wal_writer_delay=10s")
	dsn := server.Database(t)
	s := open(t, dsn)
	calls := ledgertest.NewCalls(3, 5, october, time.Hour)
	rng := rand.New(rand.NewPCG(3, 3))
	stop := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for range 6 {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(20+rng.IntN(150)) * time.Millisecond):
			}
			server.Kill(t)
			server.Restart(t)
		}
	})
	var all []*ledger.Row
	failures := 0
	for range 60 {
		batch := calls.Batch(200)
		all = append(all, batch...)
		for {
			out, err := s.Write(t.Context(), batch)
			if err == nil {
				// After an error the batch may be there or not, but as a whole.
				assert.Contains(t, []int{out.Inserted, out.Duplicates}, 200)
				break
			}
			failures++
			require.NotErrorIs(t, err, ledger.ErrPermanent)
			require.Less(t, failures, 10_000, "%v", err)
			time.Sleep(5 * time.Millisecond)
		}
	}
	close(stop)
	killer.Wait()
	s = open(t, dsn) // without connections that the last kill ended
	assert.Equal(t, len(all), count(t, s))
	var want, got int64
	for _, r := range all {
		want += r.Amounts[ledger.Total]
	}
	var n int64
	require.NoError(t, s.Totals(t.Context(), ledger.Hourly, ledger.Span{From: october.UnixNano(), Until: october.Add(time.Hour).UnixNano()}, func(p *ledger.PeriodSum) error {
		got, n = got+p.Amounts[ledger.Total].Int64(), n+p.Calls
		return nil
	}))
	assert.Equal(t, want, got)
	assert.EqualValues(t, len(all), n)
	t.Logf("%d writes failed", failures)
}

// waits returns when a statement of the ledger waits for a lock.
func waits(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n := 0; n == 0; {
		require.NoError(t, conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n))
	}
}

func TestAWriterThatWaitsForAnExpiryHeedsIt(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	s := open(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "UPDATE token_cost_meta SET value = $1 WHERE key = 'expired_until'", ledger.Day(october.AddDate(0, 0, 1).UnixNano()))
	require.NoError(t, err)
	var group sync.WaitGroup
	group.Go(func() {
		out, err := s.Write(t.Context(), ledgertest.NewCalls(4, 3, october, time.Hour).Batch(20))
		assert.NoError(t, err)
		assert.Equal(t, ledger.Outcome{Expired: 20}, out)
	})
	waits(t, conn)
	require.NoError(t, tx.Commit(t.Context()))
	group.Wait()
	assert.Zero(t, count(t, s))
}

func TestAnExpiryWaitsForWritersAndTakesWhatTheyWrote(t *testing.T) {
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	s := open(t, dsn)
	_, err := s.Write(t.Context(), ledgertest.NewCalls(4, 3, october, time.Hour).Batch(20))
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	tx, err := conn.Begin(t.Context()) // a writer, as far as it got
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT value FROM token_cost_meta WHERE key = 'expired_until' FOR SHARE")
	require.NoError(t, err)
	var group sync.WaitGroup
	group.Go(func() {
		gone, err := s.Expire(t.Context(), october.AddDate(0, 0, 1).UnixNano(), 0)
		assert.NoError(t, err)
		assert.EqualValues(t, 21, gone)
	})
	waits(t, conn)
	assert.Equal(t, 20, count(t, s), "nothing is removed before writers are done")
	row := "(SELECT c FROM token_cost_calls c LIMIT 1)"
	_, err = tx.Exec(t.Context(), "INSERT INTO token_cost_calls SELECT (jsonb_populate_record("+row+", jsonb_build_object('start_unix_nano', ("+row+").start_unix_nano + 1))).*")
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
	group.Wait()
	assert.Zero(t, count(t, s))
}

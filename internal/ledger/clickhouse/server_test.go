package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
)

var october = time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)

// total returns calls and money of the week.
func total(t *testing.T, s ledger.Reader) (calls, quanta int64) {
	t.Helper()
	from := october.Truncate(24 * time.Hour)
	require.NoError(t, s.Totals(context.Background(), ledger.Daily, ledger.Span{From: from.UnixNano(), Until: from.Add(7 * 24 * time.Hour).UnixNano()}, func(p *ledger.PeriodSum) error {
		calls, quanta = calls+p.Calls, quanta+p.Amounts[ledger.Total].Int64()
		return nil
	}))
	return calls, quanta
}

func TestAServerThatDoesNotAnswerAndABadDSNSayWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := l.Addr().String()
	require.NoError(t, l.Close())
	for _, c := range []struct{ dsn, says string }{
		{"clickhouse://default:hidden@" + closed, "the server does not answer: is it running, and are host and port (of HTTP) of the DSN right?"},
		{"clickhouse://default:hidden%zz@host/x", "write clickhouse://USER:PASSWORD@HOST:8123/DATABASE"},
		{"clickhouse:///x", "the DSN names no server"},
		{"clickhouse://default:hidden@host/x?compress=true", "the DSN's parameter compress=true is not known"},
	} {
		_, err := clickhouse.Open(t.Context(), c.dsn)
		require.ErrorContains(t, err, c.says)
		assert.NotContains(t, err.Error(), "hidden")
	}
}

// answers serves one answer to every statement.
func answers(t *testing.T, status int, body string, broken bool) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if broken {
			w.Header().Set("Content-Length", "1000")
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return "clickhouse://default:hidden@" + server.Listener.Addr().String()
}

func TestWhatTheServerSaysIsExplained(t *testing.T) {
	for _, c := range []struct {
		status    int
		body      string
		broken    bool
		says      string
		permanent bool
	}{
		{500, "Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)", false, "the server's disk is full: make room", false},
		{500, "Code: 497. DB::Exception: default: Not enough privileges. (ACCESS_DENIED)", false, "the user lacks a right: grant it", false},
		{500, "Code: 407. DB::Exception: Decimal overflow. (DECIMAL_OVERFLOW)", false, "Decimal overflow", true},
		{502, "<html>Bad gateway", false, "the server answers 502 Bad Gateway", false},
		{200, "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)\n", false, "the query needs more memory than the server permits", false},
		{200, "1", true, "unexpected EOF", false},
		{200, "many\n", false, `an answer has "many" where the ledger's schema says otherwise`, false},
		{200, "1\t2\n", false, "an answer has 2 columns and not 1", false},
	} {
		_, err := clickhouse.Open(t.Context(), answers(t, c.status, c.body, c.broken))
		require.ErrorContains(t, err, c.says)
		assert.Equal(t, c.permanent, isPermanent(err), "%v", err)
		assert.NotContains(t, err.Error(), "hidden")
	}
}

func isPermanent(err error) bool { return errors.Is(err, ledger.ErrPermanent) }

func TestErrorsOfTheEngineSayWhatToDo(t *testing.T) {
	engine := clickhousetest.Start(t)
	dsn := engine.Database(t)
	_, err := clickhouse.Open(t.Context(), strings.Replace(dsn, clickhousetest.Password, "hidden", 1))
	require.ErrorContains(t, err, "the server refuses the user or password")
	assert.NotContains(t, err.Error(), "hidden")
	_, err = clickhouse.Open(t.Context(), engine.DSN("absent"))
	require.ErrorContains(t, err, "the database does not exist: make it with CREATE DATABASE")

	s := open(t, dsn)
	engine.Exec(t, "default", "INSERT INTO "+database(dsn)+".token_cost_meta VALUES ('schema_version', 99)")
	_, err = clickhouse.Open(t.Context(), dsn)
	require.ErrorContains(t, err, "schema version 99, and this release knows versions up to 1: use a release at least as new")
	engine.Exec(t, "default", "DROP TABLE "+database(dsn)+".token_cost_calls")
	_, err = s.Write(t.Context(), ledgertest.NewCalls(1, 1, october, time.Hour).Batch(1))
	require.ErrorContains(t, err, "a table of the ledger is missing")
	require.NotErrorIs(t, err, ledger.ErrPermanent)
}

func database(dsn string) string { return dsn[strings.LastIndex(dsn, "/")+1:] }

func TestCollectorsThatStartAndWriteTheSameAtOnceCountMoneyOnce(t *testing.T) {
	engine := clickhousetest.Start(t)
	dsn := engine.Database(t)
	batch := ledgertest.NewCalls(2, 5, october, time.Hour).Batch(300)
	var want int64
	for _, r := range batch {
		want += r.Amounts[ledger.Total]
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := clickhouse.Open(t.Context(), dsn)
			if !assert.NoError(t, err) {
				return
			}
			var own []*ledger.Row
			for _, r := range batch {
				c := *r
				own = append(own, &c)
			}
			_, err = s.Write(t.Context(), own)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	calls, quanta := total(t, open(t, dsn))
	assert.EqualValues(t, 300, calls)
	assert.Equal(t, want, quanta)
}

func TestOfRowsThatSayTheSameTheFirstOneIsKept(t *testing.T) {
	engine := clickhousetest.Start(t)
	dsn := engine.Database(t)
	s := open(t, dsn)
	row := ledgertest.NewCalls(3, 1, october, time.Hour).Next()
	_, err := s.Write(t.Context(), []*ledger.Row{row})
	require.NoError(t, err)
	// What another Collector stores that looked for it before.
	engine.Exec(t, database(dsn), "INSERT INTO token_cost_calls SELECT * REPLACE (ingested_unix_nano + 5 AS ingested_unix_nano, billing_period + 1 AS billing_period) FROM token_cost_calls")
	for range 2 {
		n := 0
		require.NoError(t, s.Calls(t.Context(), ledger.Span{Until: 1 << 62}, true, func(r *ledger.Row) error {
			n++
			assert.Equal(t, row.Ingested, r.Ingested)
			assert.Equal(t, row.Billing, r.Billing)
			return nil
		}))
		assert.Equal(t, 1, n)
		engine.Exec(t, database(dsn), "OPTIMIZE TABLE token_cost_calls FINAL")
	}
	assert.Equal(t, "1\n", engine.Exec(t, database(dsn), "SELECT count() FROM token_cost_calls FORMAT TabSeparated"))
}

func TestViewsShowDecimalsTimesAndContexts(t *testing.T) {
	engine := clickhousetest.Start(t)
	dsn := engine.Database(t)
	s := open(t, dsn)
	row := ledgertest.NewCalls(1, 1, october, time.Hour).Next()
	row.Start = time.Date(2026, 10, 31, 23, 59, 59, 123_456_789, time.UTC).UnixNano()
	dearer := ledgertest.Again(row, 1)
	dearer.Amounts[ledger.Total] = 2_500_000_000_003
	dearer.Seal()
	_, err := s.Write(t.Context(), []*ledger.Row{row, dearer})
	require.NoError(t, err)
	assert.Equal(t, "2026-10-31 23:59:59.123456789\t2.500000000003\t"+row.Context.Service+"\t2026-10\n",
		engine.Exec(t, database(dsn), "SELECT start_time, total, service_name, billing_period FROM token_cost_call_costs FORMAT TabSeparated"))
	assert.Equal(t, "2026-10-31\t1\t2.500000000003\t"+row.Context.Model+"\n",
		engine.Exec(t, database(dsn), "SELECT day, calls, total, model FROM token_cost_spend_daily FORMAT TabSeparated"))
	assert.Equal(t, fmt.Sprintf("%d\n", row.Quantities[1]), engine.Exec(t, database(dsn), "SELECT quantity FROM token_cost_hour_items WHERE item = 1 FORMAT TabSeparated"))
}

func TestAnExpiryThatEndedMidwayIsTakenUp(t *testing.T) {
	engine := clickhousetest.Start(t)
	dsn := engine.Database(t)
	s := open(t, dsn)
	_, err := s.Write(t.Context(), ledgertest.NewCalls(5, 3, october, time.Hour).Batch(50))
	require.NoError(t, err)
	calls, quanta := total(t, s)
	// Sums of a generation that was never exchanged.
	engine.Exec(t, database(dsn), "INSERT INTO token_cost_kept_days SELECT 1, * REPLACE (calls + 1 AS calls) FROM token_cost_days")
	check := func() {
		t.Helper()
		c, q := total(t, s)
		assert.Equal(t, []int64{calls, quanta}, []int64{c, q})
	}
	check()
	gone, err := s.Expire(t.Context(), october.Add(48*time.Hour).UnixNano(), 0)
	require.NoError(t, err)
	assert.EqualValues(t, 50, gone)
	check()
	// Calls that were exchanged, and not removed.
	_, err = s.Write(t.Context(), ledgertest.NewCalls(6, 3, october.Add(72*time.Hour), time.Hour).Batch(10))
	require.NoError(t, err)
	calls, quanta = total(t, s)
	assert.EqualValues(t, 60, calls)
	until := october.Add(96 * time.Hour).UnixNano()
	engine.Exec(t, database(dsn), "INSERT INTO token_cost_kept_days SELECT 2, * FROM token_cost_days")
	engine.Exec(t, database(dsn), fmt.Sprintf("INSERT INTO token_cost_expiries SELECT 2, %d, toUnixTimestamp64Nano(now64(9))", until))
	check()
	_, err = s.Expire(t.Context(), until, 0)
	require.NoError(t, err)
	check()
	assert.Equal(t, "0\n", engine.Exec(t, database(dsn), "SELECT count() FROM token_cost_calls FORMAT TabSeparated"))
}

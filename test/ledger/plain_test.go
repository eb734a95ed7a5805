package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// The plain tables have the columns of token_cost_calls and nothing else to keep:
// neither keys nor sums, versions or contexts.

// rowsOf returns what makes rows of batches, as the exporter does.
func rowsOf(b *testing.B) func(ptrace.Traces) []*ledger.Row {
	b.Helper()
	usage := pricer.DefaultConfig().Usage
	reader, err := usage.Reader()
	require.NoError(b, err)
	r := recorder.New(recorder.Options{Prefix: "token_cost", Reader: reader})
	return func(td ptrace.Traces) []*ledger.Row {
		rows, _ := r.Traces(td)
		return rows
	}
}

// values are a row's in the order of the columns of token_cost_calls.
func values(r *ledger.Row, amount func(int64) any) []any {
	args := []any{
		r.Start, r.Trace[:], r.Span[:], r.Version, r.Superseded, int(r.Origin), r.Run, int(r.Signal), r.ContextID, r.End, r.Parent[:],
		r.User, r.Session, r.Response, r.Usage, ledger.FormatQuantities(r.Quantities),
	}
	for _, a := range r.Amounts {
		args = append(args, amount(a))
	}
	for _, n := range r.Tokens {
		args = append(args, n)
	}
	return append(args, r.Billing, r.Ingested, r.Fingerprint)
}

// columns is how many there are.
var columns = len(values(new(ledger.Row), quanta))

func quanta(a int64) any { return a }

// decimals writes amounts as PostgreSQL keeps them.
func decimals(a int64) any { return pgtype.Numeric{Int: big.NewInt(a), Exp: -12, Valid: true} }

// emptyLedger makes one, so that its tables can be copied.
func emptyLedger(b *testing.B, dsn string) {
	b.Helper()
	s, err := open.Open(b.Context(), dsn)
	require.NoError(b, err)
	require.NoError(b, s.Close())
}

// plainSQLite inserts with statements of 32 rows, the fastest size, in one
// transaction a batch, one at a time because SQLite has one writer.
func plainSQLite(b *testing.B, size int) {
	path := filepath.Join(b.TempDir(), "plain.db")
	emptyLedger(b, "sqlite://"+path)
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_txlock=immediate")
	require.NoError(b, err)
	defer db.Close()
	_, err = db.Exec("CREATE TABLE plain AS SELECT * FROM token_cost_calls")
	require.NoError(b, err)
	const each = 32
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + "),"
	insert, err := db.Prepare("INSERT INTO plain VALUES " + strings.TrimSuffix(strings.Repeat(row, each), ","))
	require.NoError(b, err)
	defer insert.Close()
	one, err := db.Prepare("INSERT INTO plain VALUES " + strings.TrimSuffix(row, ","))
	require.NoError(b, err)
	defer one.Close()
	var mu sync.Mutex
	store := func(rows []*ledger.Row) error {
		mu.Lock()
		defer mu.Unlock()
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		for len(rows) > 0 {
			take, statement := each, insert
			if len(rows) < each {
				take, statement = 1, one
			}
			args := make([]any, 0, take*columns)
			for _, row := range rows[:take] {
				args = append(args, values(row, quanta)...)
			}
			if _, err := tx.Stmt(statement).Exec(args...); err != nil {
				return errors.Join(err, tx.Rollback())
			}
			rows = rows[take:]
		}
		return tx.Commit()
	}
	storePlainly(b, size, func() (func([]*ledger.Row) error, error) { return store, nil })
	var stored int
	require.NoError(b, db.QueryRow("SELECT count(*) FROM plain").Scan(&stored))
	require.Equal(b, b.N*size, stored)
}

// storePlainly has as many writers as store into the ledger make rows of batches
// and store them, each with a function of its own.
func storePlainly(b *testing.B, size int, connect func() (store func([]*ledger.Row) error, err error)) {
	b.Helper()
	template, rows := pricedBatch(b, size), rowsOf(b)
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		td := ptrace.NewTraces()
		template.CopyTo(td)
		store, err := connect()
		require.NoError(b, err)
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				renew(td, uint64(w), uint64(n))
				if err := store(rows(td)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "calls/s")
	b.StopTimer()
}

// plainPostgres stores each batch in a transaction of its own, with as many writers
// as the exporter has.
func plainPostgres(b *testing.B, size int, store func(context.Context, pgx.Tx, []*ledger.Row) error) {
	server := postgrestest.Start(b)
	dsn := server.Database(b)
	emptyLedger(b, dsn)
	setup, err := pgx.Connect(b.Context(), dsn)
	require.NoError(b, err)
	defer setup.Close(context.Background())
	_, err = setup.Exec(b.Context(), "CREATE TABLE plain (LIKE token_cost_calls)")
	require.NoError(b, err)
	storePlainly(b, size, func() (func([]*ledger.Row) error, error) {
		conn, err := pgx.Connect(b.Context(), dsn)
		if err != nil {
			return nil, err
		}
		b.Cleanup(func() { _ = conn.Close(context.Background()) })
		return func(rows []*ledger.Row) error {
			return pgx.BeginFunc(b.Context(), conn, func(tx pgx.Tx) error { return store(b.Context(), tx, rows) })
		}, nil
	})
	var stored int
	require.NoError(b, setup.QueryRow(b.Context(), "SELECT count(*) FROM plain").Scan(&stored))
	require.Equal(b, b.N*size, stored)
}

// insertRows uses statements of 1,000 rows: more have too many parameters.
func insertRows(ctx context.Context, tx pgx.Tx, rows []*ledger.Row) error {
	for len(rows) > 0 {
		n := min(len(rows), 1000)
		args := make([]any, 0, n*columns)
		for _, r := range rows[:n] {
			args = append(args, values(r, decimals)...)
		}
		if _, err := tx.Exec(ctx, insertText(n), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// insertText is a statement that inserts n rows; pgx prepares each that it meets.
func insertText(n int) string {
	var text strings.Builder
	text.WriteString("INSERT INTO plain VALUES ")
	for i := range n * columns {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%columns == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "$%d", i+1)
	}
	return text.String() + ")"
}

func copyRows(ctx context.Context, tx pgx.Tx, rows []*ledger.Row) error {
	names, err := tx.Query(ctx, "SELECT * FROM plain LIMIT 0")
	if err != nil {
		return err
	}
	var to []string
	for _, f := range names.FieldDescriptions() {
		to = append(to, f.Name)
	}
	names.Close()
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"plain"}, to, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return values(rows[i], decimals), nil }))
	return err
}

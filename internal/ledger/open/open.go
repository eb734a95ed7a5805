// Package open opens a ledger by its data source name.
package open

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/sqlite"
)

// ErrUnavailable is wrapped by errors about servers that do not answer, but may later.
var ErrUnavailable = errors.New("the ledger is not available")

// scheme is a kind of ledger.
type scheme struct {
	name    string
	example string
	check   func(dsn string) error
	open    func(ctx context.Context, dsn string) (ledger.Store, error)
}

var schemes = []scheme{
	{"sqlite", "sqlite:///var/lib/otelcol/ledger.db", checkSQLite, openSQLite},
	{"postgres", "postgres://USER:PASSWORD@HOST:5432/DATABASE", checkPostgres, openPostgres},
	{"clickhouse", "clickhouse://USER:PASSWORD@HOST:8123/DATABASE", checkClickHouse, openClickHouse},
}

// Open opens the ledger that a data source name such as
// sqlite:///var/lib/otelcol/ledger.db names. Errors do not show passwords.
func Open(ctx context.Context, dsn string) (ledger.Store, error) {
	s, err := find(dsn)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, dsn)
}

// Check tells what is wrong with a data source name, without opening anything.
func Check(dsn string) error {
	s, err := find(dsn)
	if err != nil {
		return err
	}
	return s.check(dsn)
}

// CheckWritable is Check for those who store calls.
func CheckWritable(dsn string) error {
	if err := Check(dsn); err != nil {
		return err
	}
	if strings.HasPrefix(dsn, "sqlite://") {
		if _, o, err := parseSQLite(dsn); err == nil && o.ReadOnly {
			return errors.New("dsn: mode=ro is not allowed here: calls are to be stored; leave it out")
		}
	}
	return nil
}

func find(dsn string) (*scheme, error) {
	name, _, ok := strings.Cut(dsn, "://")
	var examples []string
	for i := range schemes {
		if s := &schemes[i]; ok && s.name == name {
			return s, nil
		}
		examples = append(examples, schemes[i].example)
	}
	if !ok {
		name = "" // it may be a password
	}
	return nil, fmt.Errorf("dsn: the scheme %q is not allowed; write a data source name such as %s", name, strings.Join(examples, " or "))
}

func checkPostgres(dsn string) error {
	if _, err := pgxpool.ParseConfig(dsn); err != nil {
		return fmt.Errorf("dsn: is not understood; write postgres://USER:PASSWORD@HOST:5432/DATABASE, with special characters of the password percent-encoded: %w", err)
	}
	return nil
}

func openPostgres(ctx context.Context, dsn string) (ledger.Store, error) {
	s, err := postgres.Open(ctx, dsn)
	if err == nil {
		return s, nil
	}
	var told *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &told): // the server answers: that it starts, stops or is busy, or that something is wrong
		if c := told.Code[:min(2, len(told.Code))]; c == "57" || c == "53" {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	case errors.As(err, &connect), errors.As(err, &network):
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil, err
}

func checkClickHouse(dsn string) error {
	if err := clickhouse.Check(dsn); err != nil {
		return fmt.Errorf("dsn: %w", err)
	}
	return nil
}

func openClickHouse(ctx context.Context, dsn string) (ledger.Store, error) {
	s, err := clickhouse.Open(ctx, dsn)
	if err == nil {
		return s, nil
	}
	var network net.Error
	if errors.As(err, &network) {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil, err
}

func checkSQLite(dsn string) error {
	_, _, err := parseSQLite(dsn)
	return err
}

func openSQLite(ctx context.Context, dsn string) (ledger.Store, error) {
	path, o, err := parseSQLite(dsn)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, path, o)
}

// parseSQLite takes what stands after sqlite:// for a path, absolute or not.
func parseSQLite(dsn string) (path string, o sqlite.Options, err error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(dsn, "sqlite://"), "?")
	if path == "" || strings.HasSuffix(path, "/") {
		return "", o, fmt.Errorf("dsn: %q names no file; write sqlite:///var/lib/otelcol/ledger.db, or sqlite://ledger.db for one in the working directory", dsn)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", o, fmt.Errorf("dsn: %w", err)
	}
	for key, v := range values {
		switch value := v[len(v)-1]; {
		case key == "synchronous" && (value == "full" || value == "normal"):
			o.Synchronous = value
		case key == "mode" && value == "ro":
			o.ReadOnly = true
		default:
			return "", o, fmt.Errorf("dsn: %s=%s is not allowed; after ? comes synchronous=full, synchronous=normal or mode=ro", key, value)
		}
	}
	return path, o, nil
}

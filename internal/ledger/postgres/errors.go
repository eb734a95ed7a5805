package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// advice says what to do about an error, by its code (PostgreSQL documentation,
// appendix A) or, for two digits, its class.
var advice = map[string]string{
	"28P01": "the server refuses the user or password: correct them in the DSN, or set PGPASSWORD",
	"28000": "the server refuses the user: correct it in the DSN, or permit it in pg_hba.conf",
	"3D000": "the database does not exist: make it with createdb, or name another one in the DSN",
	"42501": "the user lacks a right: grant it USAGE and CREATE on the schema, and all rights on the tables token_cost_*",
	"25006": "the server, or the session, is read-only: name the primary, such as with target_session_attrs=read-write in the DSN",
	"53100": "the server's disk is full: make room; what was not stored is tried again",
	"53300": "the server has no connection left: raise max_connections, or lower pool_max_conns in the DSN",
	"57P01": "the server was stopped; it is tried again",
	"57P02": "the server crashed; it is tried again",
	"57P03": "the server is starting or stopping; it is tried again",
	"42P01": "a table of the ledger is missing: was it dropped, or is search_path of the DSN another one than before?",
	"42703": "a column of the ledger is missing: has something changed its tables?",
	"3F000": "the schema that search_path names does not exist: make it with CREATE SCHEMA",
	"40":    "transactions were in each other's way; it is tried again",
	"53":    "the server lacks resources; it is tried again",
}

// conflict tells whether the server gave a transaction up in favour of another
// one, so that it may succeed when it is run again.
func conflict(err error) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && (failed.Code == "40001" || failed.Code == "40P01" || failed.Code == "23505")
}

// explain adds to an error where it happened and what to do.
func (s *Store) explain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger in PostgreSQL at %s: %w", s.where, explain(err))
}

func explain(err error) error {
	var failed *pgconn.PgError
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, ledger.ErrPermanent):
		return err
	case errors.As(err, &failed):
		say, ok := advice[failed.Code]
		if !ok {
			say, ok = advice[failed.Code[:min(2, len(failed.Code))]]
		}
		switch {
		case failed.Code == "22003":
			return fmt.Errorf("%w: %w", ledger.ErrRange, err)
		case strings.HasPrefix(failed.Code, "22"): // data that no column holds
			return fmt.Errorf("%w: %w", ledger.ErrPermanent, err)
		case ok:
			return fmt.Errorf("%s: %w", say, err)
		}
		return err
	case errors.As(err, &connect), errors.As(err, &network):
		return fmt.Errorf("the server does not answer: is it running, and are host and port of the DSN right? %w", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the server takes too long: %w", err)
	}
	return err
}

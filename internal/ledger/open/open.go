// Package open opens a ledger by its data source name.
package open

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/sqlite"
)

// Open opens the ledger that a data source name such as
// sqlite:///var/lib/otelcol/ledger.db names.
func Open(ctx context.Context, dsn string) (ledger.Store, error) {
	scheme, rest, ok := strings.Cut(dsn, "://")
	if ok && scheme == "sqlite" {
		return openSQLite(ctx, rest)
	}
	return nil, fmt.Errorf("dsn: %q is not allowed; use sqlite:///path/ledger.db", redacted(dsn))
}

func openSQLite(ctx context.Context, rest string) (ledger.Store, error) {
	path, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("dsn: %w", err)
	}
	var o sqlite.Options
	for key, v := range values {
		switch value := v[len(v)-1]; {
		case key == "synchronous" && (value == "full" || value == "normal"):
			o.Synchronous = value
		case key == "mode" && value == "ro":
			o.ReadOnly = true
		default:
			return nil, fmt.Errorf("dsn: %s=%s is not allowed; after ? comes synchronous=full, synchronous=normal or mode=ro", key, value)
		}
	}
	return sqlite.Open(ctx, path, o)
}

// redacted leaves out what may be a password.
func redacted(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		scheme, _, ok := strings.Cut(dsn, ":")
		if !ok {
			return "…"
		}
		return scheme + ":…"
	}
	return u.Redacted()
}

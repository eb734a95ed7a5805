package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// lock is the advisory lock under which the schema changes: "tokencst" in ASCII.
const lock = 0x746f6b656e637374

// migrate brings the database to the schema of this release. Several Collectors
// may start at once: one of them does it, and the others wait. A database that is
// up to date is not written, so that a role that may only read opens it.
func migrate(ctx context.Context, db pgx.Tx) error {
	version, err := schemaVersion(ctx, db)
	if err != nil || version == len(migrations) {
		return err
	}
	if _, err := db.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lock)); err != nil {
		return err
	}
	if version, err = schemaVersion(ctx, db); err != nil || version == len(migrations) {
		return err
	}
	for _, statements := range migrations[version:] {
		// Without arguments the simple protocol runs all statements of a text.
		if _, err := db.Exec(ctx, statements); err != nil {
			return err
		}
	}
	_, err = db.Exec(ctx, "UPDATE token_cost_meta SET value = $1 WHERE key = 'schema_version'", len(migrations))
	return err
}

// schemaVersion returns the version of the schema, and zero if there is none.
func schemaVersion(ctx context.Context, db pgx.Tx) (version int, err error) {
	var there bool
	// to_regclass may answer from a cache that another Collector's tables are not in yet.
	if err := db.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'token_cost_meta' AND pg_table_is_visible(oid))").Scan(&there); err != nil || !there {
		return 0, err
	}
	if err := db.QueryRow(ctx, "SELECT value FROM token_cost_meta WHERE key = 'schema_version'").Scan(&version); err != nil {
		return 0, err
	}
	if version > len(migrations) {
		return 0, fmt.Errorf("the database has schema version %d, and this release knows versions up to %d: use a release at least as new as the one that wrote it", version, len(migrations))
	}
	return version, nil
}

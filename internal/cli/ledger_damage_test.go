package cli

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// damage changes the file of a ledger behind its back.
func damage(t *testing.T, dsn, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite://"))
	require.NoError(t, err)
	defer db.Close()
	result, err := db.Exec(statement)
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
}

func TestVerifyFindsWhatWasChangedBehindTheLedgersBack(t *testing.T) {
	dsn := writeReported(t)
	damage(t, dsn, "UPDATE token_cost_days SET output_cost = output_cost + 1 WHERE (start_unix, context_id) IN (SELECT start_unix, context_id FROM token_cost_days ORDER BY start_unix, context_id LIMIT 1)")
	got := run(t, "", "ledger", "verify", "--ledger", dsn)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.err, "not those of its calls")
	golden(t, "ledger-verify-damaged.txt", got.out)

	got = run(t, "", "ledger", "verify", "--ledger", dsn, "--output", "json")
	assert.Equal(t, Failed, got.status)
	var v verified
	require.NoError(t, json.Unmarshal([]byte(got.out), &v))
	require.Len(t, v.Differences, 1)
	assert.Equal(t, "output_cost", v.Differences[0].What)
	assert.Equal(t, "day 2026-09-10", v.Differences[0].Where)
}

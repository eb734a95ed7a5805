package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A connection that is in use while the file is in trouble is not used again:
// what it has open may not be the ledger any more.
func TestConnectionsInUseAreClosedAfterTroubleToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	s, err := open(t.Context(), path, Options{})
	require.NoError(t, err)
	defer s.Close()
	rows, err := s.read.QueryContext(t.Context(), "SELECT name FROM sqlite_master")
	require.NoError(t, err)
	require.True(t, rows.Next())
	s.forget()
	s.settle()
	require.NoError(t, rows.Close())
	require.NoError(t, rows.Err())
	assert.Zero(t, s.read.Stats().Idle)

	require.NoError(t, os.Rename(path, path+".old"))
	var n int
	assert.Error(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM token_cost_calls").Scan(&n), "it is not read from the file that was moved away")
	require.NoError(t, os.Rename(path+".old", path))
	s.settle()
	require.NoError(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM token_cost_calls").Scan(&n))
	assert.Equal(t, 1, s.read.Stats().Idle, "connections stay open again")
}

// Who only reads makes no files, not even to find out what is wrong.
func TestReadingLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	require.NoError(t, os.Mkdir(path, 0o700)) // which SQLite cannot open
	before, err := os.Stat(dir)
	require.NoError(t, err)
	_, err = Open(t.Context(), path, Options{ReadOnly: true})
	require.ErrorContains(t, err, "cannot be opened")
	after, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime())
}

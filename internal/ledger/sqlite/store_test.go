package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/sqlite"
)

// callOf makes a call of a team.
func callOf(i int, start time.Time, team string) *ledger.Row {
	c := &ledger.Context{Service: "s", Status: "exact", Currency: "USD", Price: "a/b@open", Team: team}
	r := &ledger.Row{Context: c, ContextID: c.ID(), Signal: ledger.Traces}
	r.Start = start.UnixNano() + int64(i)
	r.Trace = [16]byte{1, byte(i), byte(i >> 8), byte(i >> 16)}
	r.Span = [8]byte{2}
	r.Amounts[ledger.Total] = 5
	r.Seal()
	return r
}

// What max_size removes would never be enough if a file counted that never shrinks.
func TestASizeFallsWhenCallsAreRemoved(t *testing.T) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "l.db"), sqlite.Options{Synchronous: "normal"})
	require.NoError(t, err)
	defer s.Close()
	begin := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for d := range 4 {
		var rows []*ledger.Row
		for i := range 12_000 { // of two days, more than one transaction removes
			rows = append(rows, callOf(i, begin.AddDate(0, 0, d), "t"))
		}
		_, err := s.Write(ctx, rows)
		require.NoError(t, err)
	}
	before, err := s.Size(ctx)
	require.NoError(t, err)
	gone, err := s.Expire(ctx, begin.AddDate(0, 0, 2).UnixNano(), 0)
	require.NoError(t, err)
	assert.Equal(t, int64(24_000), gone)
	after, err := s.Size(ctx)
	require.NoError(t, err)
	assert.Less(t, after, before*7/10)
}

func TestRepricingAndWritingShareAStore(t *testing.T) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "l.db"), sqlite.Options{Synchronous: "normal"})
	require.NoError(t, err)
	defer s.Close()
	begin := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	_, err = s.Write(ctx, []*ledger.Row{callOf(0, begin, "t")})
	require.NoError(t, err)
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 40 {
			_, err := s.Write(ctx, []*ledger.Row{callOf(i+1, begin, fmt.Sprint("w", i))})
			assert.NoError(t, err)
		}
	})
	wg.Go(func() {
		for i := range 40 {
			r := callOf(0, begin, fmt.Sprint("r", i))
			r.Origin, r.Amounts[0] = ledger.Repriced, int64(i)
			r.Seal()
			_, err := s.Amend(ctx, &ledger.Run{At: begin}, []*ledger.Row{r})
			assert.NoError(t, err)
		}
	})
	wg.Wait()
}

func TestAllVersionsOfACallExpireTogether(t *testing.T) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "l.db"), sqlite.Options{Synchronous: "normal"})
	require.NoError(t, err)
	defer s.Close()
	begin := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for version := range 3 {
		r := callOf(1, begin, "t")
		r.Amounts[ledger.Total] = int64(version)
		r.Seal()
		_, err := s.Write(ctx, []*ledger.Row{r, callOf(2, begin.AddDate(0, 0, 1), "t")})
		require.NoError(t, err)
	}
	gone, err := s.Expire(ctx, begin.AddDate(0, 0, 1).UnixNano(), 0)
	require.NoError(t, err)
	assert.Equal(t, int64(1), gone, "versions are of one call")
	gone, err = s.Expire(ctx, begin.AddDate(0, 0, 1).UnixNano(), 0)
	require.NoError(t, err)
	assert.Zero(t, gone)
}

func TestTheViewOfCallsTellsTheirBillingPeriods(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "l.db")
	s, err := sqlite.Open(ctx, path, sqlite.Options{Synchronous: "normal"})
	require.NoError(t, err)
	defer s.Close()
	october := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, s.ClosePeriods(ctx, october.Unix()))
	_, err = s.Write(ctx, []*ledger.Row{callOf(0, october.Add(-time.Hour), "late"), callOf(1, october.AddDate(0, 1, 0), "in time")})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	for team, want := range map[string]string{"late": "2026-10", "in time": "2026-11"} {
		var period string
		require.NoError(t, db.QueryRowContext(ctx, "SELECT billing_period FROM token_cost_call_costs WHERE team = ?", team).Scan(&period))
		assert.Equal(t, want, period)
	}
}

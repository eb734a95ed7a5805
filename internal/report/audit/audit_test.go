package audit_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report/audit"
)

// used fills a store with calls, versions, corrections and repricings, and lets
// some expire.
func used(t testing.TB, store ledger.Store) {
	t.Helper()
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(4, 4))
	calls := ledgertest.NewCalls(5, 6, time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC), 40*24*time.Hour)
	var seen []*ledger.Row
	again := func(n int) (out []*ledger.Row) {
		for range n {
			out = append(out, ledgertest.Again(seen[rng.IntN(len(seen))], 1_000_000*rng.Int64N(5)))
		}
		return out
	}
	for step := range 12 {
		batch := calls.Batch(50)
		seen = append(seen, batch...)
		_, err := store.Write(ctx, append(batch, again(20)...))
		require.NoError(t, err)
		newer := again(10)
		for _, r := range newer {
			r.Origin = ledger.Repriced
		}
		_, err = store.Amend(ctx, &ledger.Run{At: time.Unix(1, 0)}, newer)
		require.NoError(t, err)
		if step == 5 {
			require.NoError(t, store.ClosePeriods(ctx, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).Unix()))
		}
	}
	_, err := store.Expire(ctx, time.Date(2026, 8, 24, 9, 0, 0, 0, time.UTC).UnixNano(), time.Date(2026, 8, 21, 9, 0, 0, 0, time.UTC).UnixNano())
	require.NoError(t, err)
	out, err := store.Write(ctx, again(300))
	require.NoError(t, err)
	require.Positive(t, out.Expired)
	require.Zero(t, out.Inserted)
}

func TestNothingDiffersInALedgerThatWasUsed(t *testing.T) {
	for name, dsn := range map[string]func(*testing.T) string{
		"memory":     nil,
		"sqlite":     func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "ledger.db") },
		"postgres":   func(t *testing.T) string { return postgrestest.Start(t).Database(t) },
		"clickhouse": func(t *testing.T) string { return clickhousetest.Start(t).Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			var store ledger.Store = memory.New()
			if dsn != nil {
				var err error
				store, err = open.Open(context.Background(), dsn(t))
				require.NoError(t, err)
			}
			defer store.Close()
			used(t, store)
			var done, total int64
			r, err := audit.Run(context.Background(), store, func(d, n int64) { done, total = d, n })
			require.NoError(t, err)
			assert.Empty(t, r.Differences)
			assert.Empty(t, r.Unsettled)
			assert.Equal(t, 36, r.Days)
			assert.Greater(t, r.Versions, r.Calls)
			assert.Equal(t, r.Versions, done)
			assert.LessOrEqual(t, done, total)
		})
	}
}

func TestAnEmptyLedgerIsRight(t *testing.T) {
	r, err := audit.Run(context.Background(), memory.New(), nil)
	require.NoError(t, err)
	assert.Equal(t, &audit.Result{}, r)
}

// damaged is a ledger in which something is not what it was.
type damaged struct {
	ledger.Reader
	row  func(*ledger.Row)
	sum  func(ledger.Grain, *ledger.PeriodSum)
	item func(*ledger.PeriodItem)
	lose func(*ledger.Row) bool
	drop func(ledger.Grain, *ledger.PeriodSum) bool
	seen func()
}

func (d *damaged) Calls(ctx context.Context, span ledger.Span, every bool, f func(*ledger.Row) error) error {
	return d.Reader.Calls(ctx, span, every, func(r *ledger.Row) error {
		if d.lose != nil && d.lose(r) {
			return nil
		}
		if d.row != nil {
			d.row(r)
		}
		if d.seen != nil {
			d.seen()
		}
		return f(r)
	})
}

func (d *damaged) Sums(ctx context.Context, g ledger.Grain, span ledger.Span, f func(*ledger.PeriodSum) error) error {
	return d.Reader.Sums(ctx, g, span, func(s *ledger.PeriodSum) error {
		if d.drop != nil && d.drop(g, s) {
			return nil
		}
		if d.sum != nil {
			d.sum(g, s)
		}
		return f(s)
	})
}

func (d *damaged) Items(ctx context.Context, g ledger.Grain, span ledger.Span, f func(*ledger.PeriodItem) error) error {
	return d.Reader.Items(ctx, g, span, func(i *ledger.PeriodItem) error {
		if d.item != nil {
			d.item(i)
		}
		return f(i)
	})
}

func TestEveryDamageIsFound(t *testing.T) {
	store := memory.New()
	calls := ledgertest.NewCalls(6, 1, time.Date(2026, 10, 5, 7, 0, 0, 0, time.UTC), time.Hour)
	row := calls.Next()
	_, err := store.Write(context.Background(), []*ledger.Row{row, calls.Next()})
	require.NoError(t, err)
	_, err = store.Write(context.Background(), []*ledger.Row{ledgertest.Again(row, 1_000_000)})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		damage damaged
		want   []string
	}{
		"nothing": {damaged{}, nil},
		"a sum of an hour": {
			damaged{sum: func(g ledger.Grain, s *ledger.PeriodSum) {
				if g == ledger.Hourly {
					s.Calls++
				}
			}},
			[]string{"hour 2026-10-05T07Z calls"},
		},
		"an amount of a day": {
			damaged{sum: func(g ledger.Grain, s *ledger.PeriodSum) {
				if g == ledger.Daily {
					s.Amounts[ledger.CacheRead].SetInt64(1)
				}
			}},
			[]string{"day 2026-10-05 cache_read_cost"},
		},
		"a billing period": {
			damaged{sum: func(_ ledger.Grain, s *ledger.PeriodSum) {
				s.Billing = ledger.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).UnixNano())
			}},
			[]string{"hour 2026-10-05T07Z calls", "day 2026-10-05 calls"},
		},
		"a quantity": {
			damaged{item: func(i *ledger.PeriodItem) {
				if i.Item == 2 {
					i.Quantity--
				}
			}},
			[]string{"hour 2026-10-05T07Z quantity of item 2"},
		},
		"an amount of a call": {
			damaged{row: func(r *ledger.Row) {
				if r.Version == 2 {
					r.Amounts[ledger.Total]++
				}
			}},
			[]string{"call fingerprint", "hour 2026-10-05T07Z total", "day 2026-10-05 total"},
		},
		"a call that is lost": {
			damaged{lose: func(r *ledger.Row) bool { return r.Key != row.Key }},
			[]string{"hour 2026-10-05T07Z calls", "day 2026-10-05 calls"},
		},
		"a version that counts too": {
			damaged{row: func(r *ledger.Row) { r.Superseded = false }},
			[]string{"call version that counts"},
		},
		"a context that is lost": {
			damaged{row: func(r *ledger.Row) { r.ContextID = 1 }},
			[]string{"call context", "hour 2026-10-05T07Z calls", "day 2026-10-05 calls"},
		},
		"a call that is booked before it was made": {
			damaged{row: func(r *ledger.Row) { r.Billing = ledger.Month(0) }},
			[]string{"call billing period", "hour 2026-10-05T07Z calls", "day 2026-10-05 calls"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.damage.Reader = store
			r, err := audit.Run(context.Background(), &c.damage, nil)
			require.NoError(t, err)
			got := map[string]bool{}
			for _, d := range r.Differences {
				where := d.Where
				if where[:4] == "call" {
					where = "call"
				}
				got[where+" "+d.What] = true
				assert.NotEqual(t, d.Stored, d.Recomputed)
			}
			for _, want := range c.want {
				assert.Contains(t, got, want)
			}
			assert.Equal(t, len(c.want) == 0, len(got) == 0, fmt.Sprint(got))
		})
	}
}

func TestCenturiesBetweenCallsTakeNoTime(t *testing.T) {
	store := memory.New()
	batch := ledgertest.NewCalls(8, 2, time.Date(2026, 10, 5, 7, 0, 0, 0, time.UTC), time.Hour).Batch(8)
	for i, start := range []int64{0, -1, -3600_000_000_000, 1 << 62, -1 << 62, math.MaxInt64 - 1} {
		batch[i].Start = start
	}
	_, err := store.Write(context.Background(), batch)
	require.NoError(t, err)
	r, err := audit.Run(context.Background(), store, nil)
	require.NoError(t, err)
	assert.Empty(t, r.Differences)
	assert.Equal(t, 6, r.Days)
	assert.Equal(t, int64(8), r.Calls)

	lost := &damaged{Reader: store, drop: func(_ ledger.Grain, s *ledger.PeriodSum) bool { return s.Start < 0 }}
	r, err = audit.Run(context.Background(), lost, nil)
	require.NoError(t, err)
	assert.NotEmpty(t, r.Differences, "calls of days without any sums are found")
	assert.Equal(t, 6, r.Days)
}

func TestADayThatIsWrittenAllTheTimeIsNotCompared(t *testing.T) {
	store := memory.New()
	calls := ledgertest.NewCalls(7, 1, time.Date(2026, 10, 5, 7, 0, 0, 0, time.UTC), time.Hour)
	write := func(n int) {
		_, err := store.Write(context.Background(), calls.Batch(n))
		require.NoError(t, err)
	}
	write(3)
	r, err := audit.Run(context.Background(), &damaged{Reader: store, seen: func() { write(1) }}, nil)
	require.NoError(t, err)
	assert.Empty(t, r.Differences)
	assert.Len(t, r.Unsettled, 1)

	once := true
	r, err = audit.Run(context.Background(), &damaged{Reader: store, seen: func() {
		if once {
			write(1)
		}
		once = false
	}}, nil)
	require.NoError(t, err)
	assert.Empty(t, r.Differences)
	assert.Empty(t, r.Unsettled)
}

package budget

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

type memory struct {
	mu   sync.Mutex
	data map[string][]byte
}

func (m *memory) Load(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.data[key], nil
}

func (m *memory) Save(_ context.Context, records []Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range records {
		m.data[r.Key] = r.Value
	}
	return nil
}

// spent is the stored spend of a budget in all periods that are kept.
func (m *memory) spent(t *testing.T, name string) (sum money.Amount) {
	b, err := m.Load(t.Context(), "budget/"+name)
	require.NoError(t, err)
	var s stored
	require.NoError(t, json.Unmarshal(b, &s))
	for _, p := range s.Periods {
		sum = sum.Add(p.Spent)
	}
	return sum
}

func limit(t testing.TB, name string, p Period, zone string, shares ...float64) Limit {
	return Limit{Name: name, Amount: money.Units(100), Currency: "USD", Period: p, Zone: zoneOf(t, zone), Actual: shares}
}

// Calls come out of order, up to a day late, through nights of daylight saving
// and month's ends; at the end of every hour each period has what its calls cost.
func TestSpendOfAPeriodIsThatOfItsCalls(t *testing.T) {
	limits := []Limit{
		limit(t, "berlin", Day, "Europe/Berlin"), limit(t, "new york", Day, "America/New_York"),
		limit(t, "tokyo", Month, "Asia/Tokyo"), limit(t, "los angeles", Month, "America/Los_Angeles"), limit(t, "week", Week, "Europe/Berlin"),
	}
	now := instant(t, "2026-10-20T00:00:00Z") // Berlin's night is on 25 October, New York's on 1 November
	l, err := NewLedger(limits, nil, now)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	truth := make([]map[int64]money.Amount, len(limits))
	for i := range truth {
		truth[i] = map[int64]money.Amount{}
	}
	for range 20 * 24 {
		now = now.Add(time.Hour)
		for range 20 {
			at, amount := now.Add(-time.Duration(r.Int64N(int64(20*time.Hour)))), money.Quanta(r.Uint64()>>20)
			for i := range limits {
				o, err := l.Spend(t.Context(), []Entry{{Budget: i, At: at, Amount: amount}}, now)
				require.NoError(t, err)
				require.Zero(t, o.Late)
				start := limits[i].Period.At(at, limits[i].Zone).Start.Unix()
				truth[i][start] = truth[i][start].Add(amount)
			}
		}
		for i, a := range l.accounts {
			for _, w := range a.windows[:current+1] {
				require.Equal(t, truth[i][w.Start.Unix()], w.spent, "%s in the period of %s at %s", limits[i].Name, w.Start, now)
			}
		}
	}
}

func TestACallOfAPeriodThatIsNotKeptIsLate(t *testing.T) {
	now := instant(t, "2026-11-23T12:00:00Z")
	l, err := NewLedger([]Limit{limit(t, "b", Day, "UTC")}, nil, now)
	require.NoError(t, err)
	for at, late := range map[string]int{
		"2026-11-21T23:59:59Z": 1, "2026-11-22T00:00:00Z": 0, "2026-11-23T23:00:00Z": 0, "2026-11-24T23:59:59Z": 0, "2026-11-25T00:00:00Z": 1, "1970-01-01T00:00:00Z": 1, "2262-01-01T00:00:00Z": 1,
	} {
		o, err := l.Spend(t.Context(), []Entry{{At: instant(t, at), Amount: money.Units(1)}}, now)
		require.NoError(t, err)
		assert.Equal(t, late, o.Late, at)
	}
}

// A batch is acknowledged when Spend returns. By then the store has it, also
// where another batch's write took it along.
func TestWhatIsAcknowledgedIsStored(t *testing.T) {
	now := instant(t, "2026-11-23T12:00:00Z")
	m := &memory{data: map[string][]byte{}}
	l, err := NewLedger([]Limit{limit(t, "b", Day, "UTC", 0.5, 1)}, m, now)
	require.NoError(t, err)
	var mu sync.Mutex
	var acknowledged money.Amount
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				_, err := l.Spend(context.Background(), []Entry{{At: now, Amount: money.Quanta(uint64(i*j + 1)), Call: uint64(i)<<32 | uint64(j)}}, now)
				assert.NoError(t, err)
				mu.Lock()
				acknowledged = acknowledged.Add(money.Quanta(uint64(i*j + 1)))
				assert.LessOrEqual(t, acknowledged.Cmp(m.spent(t, "b")), 0)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	assert.Equal(t, acknowledged, m.spent(t, "b"))
}

func TestAThresholdIsReachedAtTheExactAmount(t *testing.T) {
	now := instant(t, "2026-11-23T12:00:00Z")
	b := limit(t, "b", Day, "UTC", 0.07, 0.29)
	b.Amount = money.Units(1) // neither 0.07 nor 0.29 is a double
	l, err := NewLedger([]Limit{b}, nil, now)
	require.NoError(t, err)
	for i, step := range []struct {
		quanta uint64
		events int
	}{{69_999_999_999, 0}, {1, 1}, {219_999_999_999, 1}, {1, 2}} {
		_, err := l.Spend(t.Context(), []Entry{{At: now, Amount: money.Quanta(step.quanta)}}, now)
		require.NoError(t, err)
		assert.Len(t, l.outbox, step.events, i)
	}
}

// A projection needs a tenth of the period, says nothing that spend has said
// already, and comes once, with time alone.
func TestAProjectionIsAnEventOnceItsThresholdIsAheadOfSpend(t *testing.T) {
	start := instant(t, "2026-11-01T00:00:00Z")
	b := limit(t, "b", Month, "UTC", 1)
	b.Projected = []float64{1, 2}
	m := &memory{data: map[string][]byte{}}
	l, err := NewLedger([]Limit{b}, m, start)
	require.NoError(t, err)
	_, err = l.Spend(t.Context(), []Entry{{At: start, Amount: money.Units(15)}}, start.Add(time.Hour))
	require.NoError(t, err)
	l.Tick(start.Add(72*time.Hour - 1))
	assert.Empty(t, l.outbox)
	l.Tick(start.Add(72 * time.Hour))
	require.Len(t, l.outbox, 1)
	assert.Equal(t, "b/month/2026-11-01T00:00:00Z/projected/1/of 100 USD", l.outbox[0].ID)
	assert.Equal(t, "150", l.outbox[0].Projected.String())
	_, err = l.Spend(t.Context(), []Entry{{At: start, Amount: money.Units(200)}}, start.Add(80*time.Hour))
	require.NoError(t, err)
	l.Tick(start.Add(100 * time.Hour))
	require.Len(t, l.outbox, 2)
	assert.Equal(t, Actual, l.outbox[1].Kind, "the second projection would come after the fact")
}

// Every hour costs 1. Budgets of days have 25, which only the night of 25 hours
// spends; those of months have 31 days of 24 hours. Each is spent once in every
// such period, and in no other.
func TestThresholdsAreArmedAgainOverNightsOfDaylightSavingAndMonthsEnds(t *testing.T) {
	now := instant(t, "2026-09-30T15:00:00Z") // Tokyo's October begins
	limits := []Limit{
		limit(t, "berlin", Day, "Europe/Berlin", 1), limit(t, "new york", Day, "America/New_York", 1),
		limit(t, "tokyo", Month, "Asia/Tokyo", 1), limit(t, "los angeles", Month, "America/Los_Angeles", 1),
	}
	for i := range limits {
		limits[i].Amount = money.Units([]uint64{25, 25, 31 * 24, 31 * 24}[i])
	}
	l, err := NewLedger(limits, nil, now)
	require.NoError(t, err)
	for end := instant(t, "2027-01-02T00:00:00Z"); now.Before(end); now = now.Add(time.Hour) {
		for i := range limits {
			_, err := l.Spend(t.Context(), []Entry{{Budget: i, At: now, Amount: money.Units(1)}}, now)
			require.NoError(t, err)
		}
	}
	var got []string
	for _, e := range l.outbox {
		got = append(got, e.ID+" at "+e.At.UTC().Format(time.RFC3339))
	}
	assert.Equal(t, []string{
		"berlin/day/2026-10-25T00:00:00+02:00/actual/1/of 25 USD at 2026-10-25T22:00:00Z",
		"tokyo/month/2026-10-01T00:00:00+09:00/actual/1/of 744 USD at 2026-10-31T14:00:00Z",
		"los angeles/month/2026-10-01T00:00:00-07:00/actual/1/of 744 USD at 2026-11-01T06:00:00Z",
		"new york/day/2026-11-01T00:00:00-04:00/actual/1/of 25 USD at 2026-11-02T04:00:00Z",
		"tokyo/month/2026-12-01T00:00:00+09:00/actual/1/of 744 USD at 2026-12-31T14:00:00Z",
		"los angeles/month/2026-12-01T00:00:00-08:00/actual/1/of 744 USD at 2027-01-01T07:00:00Z",
	}, got)
}

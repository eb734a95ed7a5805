package memory_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
)

var always = ledger.Span{From: math.MinInt64, Until: math.MaxInt64}

func at(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

// row makes a row of a call of a model that costs some quanta.
func row(start int64, n byte, model string, total int64) *ledger.Row {
	c := &ledger.Context{Model: model, Status: "exact", Currency: "USD"}
	r := &ledger.Row{Key: ledger.Key{Start: start, Trace: [16]byte{n}, Span: [8]byte{n}}, Signal: ledger.Traces, Context: c, ContextID: c.ID(), End: start + 5, Quantities: []int64{3, int64(n)}}
	r.Amounts[ledger.Total], r.Tokens[ledger.InputTokens] = total, 10
	r.Seal()
	return r
}

func write(t *testing.T, s *memory.Store, rows ...*ledger.Row) ledger.Outcome {
	t.Helper()
	out, err := s.Write(context.Background(), rows)
	require.NoError(t, err)
	return out
}

// figure is what the tests look at in a sum.
type figure struct {
	start, billing string
	calls, total   int64
}

func sums(t *testing.T, s *memory.Store, grain ledger.Grain, span ledger.Span) []figure {
	t.Helper()
	var out []figure
	require.NoError(t, s.Sums(context.Background(), grain, span, func(p *ledger.PeriodSum) error {
		out = append(out, figure{
			time.Unix(p.Start, 0).UTC().Format("2006-01-02T15"), time.Unix(p.Billing, 0).UTC().Format("2006-01"),
			p.Calls, p.Amounts[ledger.Total].Int64(),
		})
		return nil
	}))
	return out
}

func TestACallThatSaysTheSameAgainIsADuplicateAndAnotherPriceIsAVersion(t *testing.T) {
	s, start := memory.New(), at("2026-10-05T10:30:00Z")
	assert.Equal(t, ledger.Outcome{Inserted: 2, Duplicates: 1}, write(t, s, row(start, 1, "m", 100), row(start, 2, "m", 50), row(start, 1, "m", 100)))
	assert.Equal(t, ledger.Outcome{Versions: 1}, write(t, s, row(start, 1, "m", 70)))
	assert.Equal(t, ledger.Outcome{Duplicates: 2}, write(t, s, row(start, 1, "m", 100), row(start, 1, "m", 70)), "what any version said is known")
	assert.Equal(t, []figure{{"2026-10-05T10", "2026-10", 2, 120}}, sums(t, s, ledger.Hourly, always))

	var versions, superseded int
	require.NoError(t, s.Calls(context.Background(), always, true, func(r *ledger.Row) error {
		versions++
		if r.Superseded {
			superseded++
			assert.Equal(t, int64(100), r.Amounts[ledger.Total])
		}
		return nil
	}))
	assert.Equal(t, 3, versions)
	assert.Equal(t, 1, superseded)
}

func TestWhatComesLateForAClosedPeriodIsBookedInTheFirstOpenOne(t *testing.T) {
	s, start := memory.New(), at("2026-10-31T23:59:59Z")
	write(t, s, row(start, 1, "m", 100))
	require.NoError(t, s.ClosePeriods(context.Background(), at("2026-11-01T00:00:00Z")/1e9))
	require.Error(t, s.ClosePeriods(context.Background(), at("2026-12-02T00:00:00Z")/1e9))
	assert.Equal(t, ledger.Outcome{Inserted: 1, Late: 1}, write(t, s, row(start, 2, "m", 7)))
	assert.Equal(t, ledger.Outcome{Versions: 1, Late: 1}, write(t, s, row(start, 1, "m", 90)))
	assert.Equal(t, []figure{{"2026-10-31T00", "2026-10", 1, 100}, {"2026-10-31T00", "2026-11", 1, -3}}, sums(t, s, ledger.Daily, always), "-100 + 90 + 7")
}

func TestARepricedVersionCountsOverOneThatIsObservedLater(t *testing.T) {
	s, start := memory.New(), at("2026-10-05T10:30:00Z")
	ctx := context.Background()
	write(t, s, row(start, 1, "m", 100))
	run := &ledger.Run{Note: "contract"}
	out, err := s.Amend(ctx, run, []*ledger.Row{row(start, 1, "m", 80)})
	require.NoError(t, err)
	assert.Equal(t, ledger.Outcome{Versions: 1}, out)
	assert.Equal(t, int64(1), run.ID)
	assert.Equal(t, ledger.Outcome{Versions: 1}, write(t, s, row(start, 1, "m", 60)))
	assert.Equal(t, []figure{{"2026-10-05T10", "2026-10", 1, 80}}, sums(t, s, ledger.Hourly, always))
	_, err = s.Amend(ctx, run, []*ledger.Row{row(start, 9, "m", 80)})
	require.ErrorContains(t, err, "not in the ledger")
	_, err = s.Amend(ctx, &ledger.Run{ID: 7}, nil)
	require.ErrorContains(t, err, "run 7")
	runs, err := s.Runs(ctx)
	require.NoError(t, err)
	require.Len(t, runs, 1)
	assert.Equal(t, "contract", runs[0].Note)
}

func TestAWriteThatFailsLeavesNothing(t *testing.T) {
	s, start := memory.New(), at("2026-10-05T10:30:00Z")
	_, err := s.Write(context.Background(), []*ledger.Row{row(start, 1, "m", math.MaxInt64), row(start, 2, "m", 1)})
	require.ErrorIs(t, err, ledger.ErrRange)
	write(t, s, row(start, 1, "m", math.MaxInt64))
	_, err = s.Write(context.Background(), []*ledger.Row{row(start, 2, "m", 1)})
	require.ErrorIs(t, err, ledger.ErrRange)
	other := row(start, 3, "other", 1)
	other.ContextID = row(start, 1, "m", 1).ContextID
	_, err = s.Write(context.Background(), []*ledger.Row{row(start, 4, "m", 0), other})
	require.ErrorContains(t, err, "two contexts")
	assert.Equal(t, []figure{{"2026-10-05T10", "2026-10", 1, math.MaxInt64}}, sums(t, s, ledger.Hourly, always))
}

func TestTotalsAddUpTheSumsOfASpan(t *testing.T) {
	s := memory.New()
	write(t, s, row(at("2026-10-01T00:00:00Z"), 1, "a", 1), row(at("2026-10-02T23:59:59Z"), 2, "a", 10), row(at("2026-10-03T00:00:00Z"), 3, "a", 100), row(at("2026-10-01T00:00:00Z"), 4, "b", 1000))
	span := ledger.Span{From: at("2026-10-01T00:00:00Z"), Until: at("2026-10-03T00:00:00Z")}
	got := map[int64]int64{}
	require.NoError(t, s.Totals(context.Background(), ledger.Daily, span, func(p *ledger.PeriodSum) error {
		assert.Equal(t, span.From/1e9, p.Start)
		got[p.Context] += p.Amounts[ledger.Total].Int64()
		return nil
	}))
	assert.Equal(t, map[int64]int64{row(0, 0, "a", 0).ContextID: 11, row(0, 0, "b", 0).ContextID: 1000}, got)
	assert.Len(t, sums(t, s, ledger.Daily, span), 3)
}

func TestExpiryKeepsDailySumsLonger(t *testing.T) {
	s := memory.New()
	write(t, s, row(at("2026-10-01T00:00:00Z"), 1, "a", 1), row(at("2026-10-02T00:00:00Z"), 2, "a", 10), row(at("2026-10-03T00:00:00Z"), 3, "a", 100))
	gone, err := s.Expire(context.Background(), at("2026-10-03T00:00:00Z"), at("2026-10-02T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, int64(2), gone)
	assert.Len(t, sums(t, s, ledger.Hourly, always), 1)
	assert.Len(t, sums(t, s, ledger.Daily, always), 2)
	first, last, ok, err := s.Bounds(context.Background())
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, first, last)
}

func TestTracesCountTheCallsOfSpansByContext(t *testing.T) {
	s, start := memory.New(), at("2026-10-05T10:30:00Z")
	second := row(start+1, 1, "b", 1)
	again := row(start+2, 1, "a", 1)
	log := row(start, 5, "a", 1)
	log.Signal = ledger.Logs
	write(t, s, row(start, 1, "a", 1), second, again, log)
	var got []ledger.Trace
	require.NoError(t, s.Traces(context.Background(), always, func(tr *ledger.Trace) error {
		got = append(got, *tr)
		return nil
	}))
	assert.ElementsMatch(t, []ledger.Trace{
		{ID: [16]byte{1}, Context: again.ContextID, Calls: 2, LastEnd: start + 7},
		{ID: [16]byte{1}, Context: second.ContextID, Calls: 1, LastEnd: start + 6},
	}, got)
}

func TestItemsAreQuantitiesOfTheCardByPeriod(t *testing.T) {
	s := memory.New()
	write(t, s, row(at("2026-10-01T00:00:00Z"), 1, "a", 1), row(at("2026-10-01T05:00:00Z"), 2, "a", 10))
	var got []ledger.PeriodItem
	require.NoError(t, s.Items(context.Background(), ledger.Daily, always, func(p *ledger.PeriodItem) error {
		got = append(got, *p)
		return nil
	}))
	require.Len(t, got, 2)
	assert.Equal(t, []int64{6, 3}, []int64{got[0].Quantity, got[1].Quantity})
}

package ledgertest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func late(p *pair) {
	calls := NewCalls(10, 4, day("2026-09-28"), 6*24*time.Hour)
	p.write(calls.Batch(100)...)
	p.close("2026-10")
	out := p.write(calls.Batch(100)...)
	assert.Positive(p, out.Late)
	assert.Less(p, out.Late, 100)
	p.check()
	p.close("2026-12")
	assert.Equal(p, 20, p.write(calls.Batch(20)...).Late)
	p.check()
}

func lateVersions(p *pair) {
	calls := NewCalls(11, 4, day("2026-09-28"), 24*time.Hour)
	batch := priced(calls, 40)
	p.write(batch...)
	p.close("2026-10")
	assert.Equal(p, ledger.Outcome{Versions: 1, Late: 1}, p.write(Again(batch[0], 6_000_000)))
	assert.Equal(p, ledger.Outcome{Versions: 2, Late: 2}, p.amend(&ledger.Run{}, Again(batch[0], 2_000_000), Again(batch[1], 2_000_000)))
	p.check()
	p.close("2026-11")
	assert.Equal(p, ledger.Outcome{Versions: 2, Late: 2}, p.amend(&ledger.Run{}, Again(batch[0], 1_000_000), Again(batch[2], 1_000_000)))
	p.check()
}

func closing(p *pair) {
	require.Error(p, p.store.ClosePeriods(p.Context(), day("2026-10-02").Unix()))
	p.check()
	for _, month := range []string{"2026-10", "2026-09", "2026-11"} {
		p.close(month)
		p.check()
	}
}

// expire expires days, and the times after their starts do not matter.
func (p *pair) expire(calls, sums string) int64 {
	p.Helper()
	gone, err := p.store.Expire(p.Context(), day(calls).Add(17*time.Hour).UnixNano(), day(sums).Add(24*time.Hour-1).UnixNano())
	require.NoError(p, err)
	assert.Equal(p, p.model.expire(day(calls).UnixNano(), day(sums).UnixNano()), gone, "calls that expired")
	return gone
}

func expiry(p *pair) {
	calls := NewCalls(15, 3, day("2026-10-01"), 10*24*time.Hour)
	p.write(calls.Batch(300)...)
	for _, at := range []struct{ calls, sums string }{{"2026-10-04", "2026-10-02"}, {"2026-10-03", "2026-10-03"}, {"2026-10-06", "2026-10-06"}} {
		gone, err := p.store.Expire(p.Context(), day(at.calls).UnixNano(), day(at.sums).UnixNano())
		require.NoError(p, err)
		assert.Equal(p, p.model.expire(day(at.calls).UnixNano(), day(at.sums).UnixNano()), gone)
		p.check()
	}
	after := NewCalls(16, 3, day("2026-10-07"), 24*time.Hour)
	p.write(after.Batch(20)...)
	p.check()
	gone, err := p.store.Expire(p.Context(), 0, day("2026-10-09").UnixNano())
	require.NoError(p, err)
	assert.Zero(p, gone)
	p.model.expire(0, day("2026-10-09").UnixNano())
	p.checkCalls(whole, true)
	p.checkSums(ledger.Hourly, whole)
}

func expiryByDays(p *pair) {
	batch := NewCalls(25, 3, day("2026-10-01"), time.Hour).Batch(8)
	for i, start := range []time.Time{
		day("2026-10-02").Add(-1), day("2026-10-02"), day("2026-10-02").Add(17 * time.Hour), day("2026-10-02").Add(17*time.Hour - 1), day("2026-10-03").Add(-1), day("2026-10-03"),
		day("1969-12-31"), day("1969-12-30"),
	} {
		batch[i].Start, batch[i].End = start.UnixNano(), start.UnixNano()+1
	}
	p.write(batch...)
	for _, at := range []int64{0, 1, day("1970-01-02").UnixNano() - 1} { // the day that zero is of
		gone, err := p.store.Expire(p.Context(), at, at)
		require.NoError(p, err)
		assert.Zero(p, gone)
		assert.Zero(p, p.write(again(batch)...).Expired)
	}
	gone, err := p.store.Expire(p.Context(), day("1969-12-31").Add(time.Hour).UnixNano(), 0)
	require.NoError(p, err)
	assert.EqualValues(p, 1, gone)
	p.model.expire(day("1969-12-31").UnixNano(), 0)
	assert.Equal(p, ledger.Outcome{Duplicates: 7, Expired: 1}, p.write(again(batch)...))
	p.checkCalls(ledger.Span{From: -1 << 62, Until: 1 << 62}, true)
	assert.EqualValues(p, 2, p.expire("2026-10-02", "2026-10-02"))
	p.check()
	assert.Zero(p, p.expire("2026-10-02", "2026-10-02"))
	assert.Equal(p, ledger.Outcome{Duplicates: 5, Expired: 3}, p.write(again(batch)...))
	p.check()
}

func expiredReplay(p *pair) {
	batch := priced(NewCalls(26, 3, day("2026-10-01"), 4*24*time.Hour), 200)
	p.write(batch...)
	p.close("2026-10")
	gone := p.expire("2026-10-03", "2026-10-01")
	require.Positive(p, gone)
	require.Less(p, gone, int64(200))
	p.check()
	expired := ledger.Outcome{Duplicates: 200 - int(gone), Expired: int(gone)}
	assert.Equal(p, expired, p.write(again(batch)...), "replays")
	p.check()
	var old, kept *ledger.Row
	var dearer []*ledger.Row
	for _, r := range batch {
		if r.Start < day("2026-10-03").UnixNano() {
			old, dearer = r, append(dearer, Again(r, 6_000_000))
		} else {
			kept = r
		}
	}
	assert.Equal(p, ledger.Outcome{Expired: int(gone)}, p.write(dearer...), "nothing else is in the batch")
	p.check()
	fresh := NewCalls(27, 3, day("2026-10-02"), time.Hour).Batch(3)
	other := *fresh[0].Context
	other.Team = "of expired calls alone"
	fresh[0].Context, fresh[0].ContextID = &other, other.ID()
	assert.Equal(p, ledger.Outcome{Expired: 3}, p.write(fresh...), "nor are calls counted that were not there")
	p.check()
	expire := func(calls string) { assert.Zero(p, p.expire(calls, "2026-10-01")) }
	expire("2026-10-01")
	assert.Equal(p, expired, p.write(again(batch)...), "an earlier expiry brings nothing back")

	repriced := []*ledger.Row{Again(kept, 1), Again(old, 1)}
	for _, r := range repriced {
		r.Origin = ledger.Repriced
	}
	_, err := p.store.Amend(p.Context(), &ledger.Run{}, repriced)
	require.ErrorIs(p, err, ledger.ErrPermanent)
	all, err := p.store.Runs(p.Context())
	require.NoError(p, err)
	assert.Empty(p, all)
	p.check()
}

func expiryOfVersions(p *pair) {
	batch := priced(NewCalls(28, 3, day("2026-10-01"), 24*time.Hour), 30)
	p.write(batch...)
	for price := range int64(3) {
		var next []*ledger.Row
		for _, r := range batch[:10] {
			next = append(next, Again(r, 4_000_000+price))
		}
		p.write(next...)
	}
	p.amend(&ledger.Run{}, Again(batch[0], 1), Again(batch[20], 1))
	assert.EqualValues(p, 30, p.expire("2026-10-02", "2026-10-01"))
	p.check()
}

func expiryMeanwhile(p *pair) {
	const writers = 3
	batch := NewCalls(29, 3, day("2026-10-01"), 4*24*time.Hour).Batch(600)
	p.write(batch[:300]...)
	var group sync.WaitGroup
	var inserted, gone atomic.Int64
	for w := range writers {
		group.Go(func() {
			for i := 0; i < len(batch); i += 50 {
				j := (i + w*200) % len(batch)
				out, err := p.store.Write(p.Context(), again(batch[j:j+50]))
				if !assert.NoError(p, err) {
					return
				}
				inserted.Add(int64(out.Inserted))
			}
		})
	}
	group.Go(func() {
		for range 4 {
			n, err := p.store.Expire(p.Context(), day("2026-10-03").UnixNano(), 0)
			if !assert.NoError(p, err) {
				return
			}
			gone.Add(n)
		}
	})
	group.Wait()
	left, counted := int64(0), map[bool]int64{}
	require.NoError(p, p.store.Calls(p.Context(), whole, true, func(r *ledger.Row) error {
		if p.atomic {
			assert.GreaterOrEqual(p, r.Start, day("2026-10-03").UnixNano(), "a call of an expired day")
		}
		left++
		return nil
	}))
	for _, grain := range []ledger.Grain{ledger.Daily, ledger.Hourly} {
		require.NoError(p, p.store.Totals(p.Context(), grain, whole, func(s *ledger.PeriodSum) error {
			counted[grain == ledger.Daily] += s.Calls
			return nil
		}))
	}
	if n := 300 + inserted.Load(); p.atomic {
		assert.Equal(p, n, left+gone.Load(), "calls that are there or went")
		assert.Equal(p, n, counted[true], "daily sums")
		assert.Equal(p, left, counted[false], "hourly sums")
	}
}

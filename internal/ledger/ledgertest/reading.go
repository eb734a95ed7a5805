package ledgertest

import (
	"math"
	"math/big"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func nothing(p *pair) {
	_, _, ok, err := p.store.Bounds(p.Context())
	require.NoError(p, err)
	assert.False(p, ok)
	p.write()
	p.check()
	all, err := p.store.Runs(p.Context())
	require.NoError(p, err)
	assert.Empty(p, all)
	gone, err := p.store.Expire(p.Context(), 0, 0)
	require.NoError(p, err)
	assert.Zero(p, gone)
}

func everyField(p *pair) {
	calls := NewCalls(1, 10, day("2026-10-05"), 48*time.Hour)
	batch := calls.Batch(300)
	odd := calls.Next()
	odd.Trace, odd.Span, odd.Parent = [16]byte{0xff, 0, 0x80, '\\', '\n', '\t'}, [8]byte{0x80}, [8]byte{7: 1}
	odd.User, odd.Session, odd.Response, odd.Usage = "tab\t \\N \"é\"\n☃ '", "", "\\.", ""
	odd.Amounts[ledger.Reported], odd.Amounts[ledger.Fees] = -1, math.MaxInt64
	odd.Fingerprint, odd.End, odd.Quantities = math.MaxInt64, math.MaxInt64, []int64{0, -1, math.MaxInt64}
	odd.Context = &ledger.Context{Service: "of its own"}
	odd.ContextID = odd.Context.ID()
	p.write(append(batch, odd)...)
	for _, r := range batch {
		require.Equal(p, 1, r.Version)
		require.Equal(p, ledger.Month(r.Start), r.Billing)
		require.NotZero(p, r.Ingested)
	}
	p.check()
}

func large(p *pair) {
	calls := NewCalls(12, 1, day("2026-10-05"), 20*24*time.Hour)
	batch := calls.Batch(5)
	want := new(big.Int)
	for i, r := range batch {
		r.Start = day("2026-10-05").Add(time.Duration(i) * 24 * time.Hour).UnixNano()
		r.Amounts[ledger.Total] = math.MaxInt64 - int64(i)
		r.Seal()
		want.Add(want, big.NewInt(r.Amounts[ledger.Total]))
		p.write(r)
	}
	p.check()
	require.False(p, want.IsInt64())
	require.NoError(p, p.store.Totals(p.Context(), ledger.Daily, whole, func(s *ledger.PeriodSum) error {
		assert.Zero(p, want.Cmp(&s.Amounts[ledger.Total]), "%s", &s.Amounts[ledger.Total])
		return nil
	}))

	// Within one hour a store adds up, or refuses and stores nothing.
	further := calls.Next()
	further.Start, further.Amounts[ledger.Total] = batch[0].Start+1, math.MaxInt64
	further.Seal()
	if _, err := p.store.Write(p.Context(), []*ledger.Row{further}); err != nil {
		require.ErrorIs(p, err, ledger.ErrRange)
		require.ErrorIs(p, err, ledger.ErrPermanent)
	} else {
		p.model.write(0, []*ledger.Row{further})
	}
	p.check()
}

func spans(p *pair) {
	calls := NewCalls(13, 3, day("2026-10-05"), 48*time.Hour)
	batch := calls.Batch(50)
	hour := day("2026-10-06").UnixNano()
	for i, start := range []int64{hour - 1, hour, hour + 1, hour + int64(time.Hour) - 1, hour + int64(time.Hour)} {
		batch[i].Start = start
	}
	p.write(batch...)
	for _, span := range []ledger.Span{{From: hour, Until: hour + int64(time.Hour)}, {From: hour, Until: hour + 24*int64(time.Hour)}, {From: hour - 24*int64(time.Hour), Until: hour}, {From: hour, Until: hour}} {
		p.checkCalls(span, true)
		p.checkTraces(span)
		p.checkSums(ledger.Hourly, span)
		if (span.Until-span.From)%(24*int64(time.Hour)) == 0 {
			p.checkSums(ledger.Daily, span)
		}
	}
}

func bounds(p *pair) {
	calls := NewCalls(14, 3, day("2026-10-05"), 48*time.Hour)
	p.write(calls.Batch(50)...)
	sorted := p.model.sorted(true)
	first, last, ok, err := p.store.Bounds(p.Context())
	require.NoError(p, err)
	assert.True(p, ok)
	assert.Equal(p, []int64{sorted[0].Start, sorted[len(sorted)-1].Start}, []int64{first, last})
}

// anyTime has calls whose clocks are wrong: times come from strangers.
func anyTime(p *pair) {
	batch := NewCalls(24, 2, day("2026-10-05"), time.Hour).Batch(8)
	for i, start := range []int64{0, -1, 1, -3600_000_000_000, 1 << 62, -1 << 62, math.MaxInt64 - 1, day("1969-12-31").UnixNano()} {
		batch[i].Start, batch[i].End = start, start+1
	}
	p.write(batch...)
	p.write(again(batch)...)
	for _, span := range []ledger.Span{{From: -1 << 62, Until: math.MaxInt64}, {From: day("1969-12-31").UnixNano(), Until: day("1970-01-02").UnixNano()}, {From: 0, Until: 1 << 62}} {
		p.checkCalls(span, true)
		p.checkTraces(span)
		for _, grain := range []ledger.Grain{ledger.Hourly, ledger.Daily} {
			p.checkPeriods(grain, span)
		}
	}
	first, last, ok, err := p.store.Bounds(p.Context())
	require.NoError(p, err)
	assert.True(p, ok)
	assert.Equal(p, []int64{-1 << 62, math.MaxInt64 - 1}, []int64{first, last})
}

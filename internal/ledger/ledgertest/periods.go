package ledgertest

import (
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

func expiry(p *pair) {
	calls := NewCalls(15, 3, day("2026-10-01"), 10*24*time.Hour)
	p.write(calls.Batch(300)...)
	for _, at := range []struct{ calls, sums time.Time }{{day("2026-10-04"), day("2026-10-02")}, {day("2026-10-03"), day("2026-10-03")}, {day("2026-10-06"), day("2026-10-06")}} {
		gone, err := p.store.Expire(p.Context(), at.calls.UnixNano(), at.sums.UnixNano())
		require.NoError(p, err)
		assert.Equal(p, p.model.expire(at.calls.UnixNano(), at.sums.UnixNano()), gone)
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

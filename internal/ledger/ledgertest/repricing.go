package ledgertest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func repricedWins(p *pair) {
	batch := priced(NewCalls(6, 4, day("2026-10-05"), 2*time.Hour), 10)
	p.write(batch...)
	run := &ledger.Run{At: day("2026-11-01"), Span: whole, Book: "new", Note: "contract"}
	assert.Equal(p, ledger.Outcome{Versions: 2}, p.amend(run, Again(batch[0], 2_000_000), Again(batch[1], 2_000_000)))
	p.check()
	assert.Equal(p, ledger.Outcome{Versions: 1, Duplicates: 1}, p.write(Again(batch[0], 9_000_000), again(batch[1:2])[0]))
	p.check()
	assert.Equal(p, ledger.Outcome{Versions: 1}, p.amend(run, Again(batch[0], 1_000_000)))
	p.check()
}

func repricedBack(p *pair) {
	batch := priced(NewCalls(7, 4, day("2026-10-05"), 2*time.Hour), 2)
	p.write(batch...)
	assert.Equal(p, ledger.Outcome{Duplicates: 2}, p.amend(&ledger.Run{}, Again(batch[0], 3_000_000), Again(batch[1], 3_000_000)))
	for i, price := range []int64{2_000_000, 3_000_000, 2_000_000, 3_000_000} {
		p.write(again(batch)...)
		r := Again(batch[0], price)
		require.Equal(p, ledger.Outcome{Versions: 1}, p.amend(&ledger.Run{}, r), "change %d", i)
		require.Equal(p, ledger.Outcome{Duplicates: 1}, p.amend(&ledger.Run{}, Again(batch[0], price)))
		p.check()
	}
}

func repricedUnknown(p *pair) {
	batch := priced(NewCalls(8, 4, day("2026-10-05"), 2*time.Hour), 2)
	p.write(batch[0])
	unknown := Again(batch[1], 1)
	unknown.Origin = ledger.Repriced
	known := Again(batch[0], 1)
	known.Origin = ledger.Repriced
	_, err := p.store.Amend(p.Context(), &ledger.Run{}, []*ledger.Row{known, unknown})
	require.Error(p, err)
	_, err = p.store.Amend(p.Context(), &ledger.Run{ID: 99}, []*ledger.Row{known})
	require.Error(p, err)
	p.check()
	all, err := p.store.Runs(p.Context())
	require.NoError(p, err)
	assert.Empty(p, all, "a run that failed is there")
}

func runs(p *pair) {
	batch := priced(NewCalls(9, 4, day("2026-10-05"), 2*time.Hour), 3)
	p.write(batch...)
	first := &ledger.Run{At: day("2026-11-01").Add(12345678 * time.Microsecond), Span: ledger.Span{From: 5, Until: whole.Until}, Book: "b é", Note: "contract of \"June\"", Calls: 1, Difference: "-0.5 USD"}
	p.amend(first, Again(batch[0], 2_000_000))
	second := &ledger.Run{At: day("2026-11-02")}
	p.amend(second, Again(batch[1], 2_000_000))
	require.Greater(p, second.ID, first.ID)
	first.Calls, first.Difference = 2, "-1.25 USD"
	p.amend(first, Again(batch[2], 2_000_000))
	all, err := p.store.Runs(p.Context())
	require.NoError(p, err)
	require.Len(p, all, 2)
	for i, want := range []*ledger.Run{first, second} {
		assert.True(p, want.At.Equal(all[i].At), "%s", all[i].At)
		want.At, all[i].At = time.Time{}, time.Time{}
		assert.Equal(p, *want, all[i])
	}
	p.check()
}

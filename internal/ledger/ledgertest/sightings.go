package ledgertest

import (
	"math/rand/v2"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func replay(p *pair) {
	calls := NewCalls(2, 4, day("2026-10-05"), 48*time.Hour)
	batch := calls.Batch(200)
	p.write(batch...)
	for range 2 {
		assert.Equal(p, ledger.Outcome{Duplicates: 200}, p.write(again(batch)...))
	}
	assert.Equal(p, ledger.Outcome{Inserted: 50, Duplicates: 150}, p.write(append(again(batch[50:]), calls.Batch(50)...)...))
	p.check()
}

// again makes sightings that say the same.
func again(rows []*ledger.Row) (out []*ledger.Row) {
	for _, r := range rows {
		s := *r
		s.Version, s.Superseded, s.Billing, s.Ingested = 0, false, 0, 0
		out = append(out, &s)
	}
	return out
}

func twiceInABatch(p *pair) {
	calls := NewCalls(3, 4, day("2026-10-05"), 2*time.Hour)
	batch := priced(calls, 60)
	p.write(append(batch, again(batch[10:20])...)...)
	p.check()
	next := priced(calls, 40)
	other := Again(next[5], 4_000_000)
	third := Again(next[5], 5_000_000)
	assert.Equal(p, ledger.Outcome{Inserted: 40, Versions: 2, Duplicates: 1}, p.write(append(next, other, third, again(next[5:6])[0])...))
	p.check()
	// Calls that start in the same nanosecond, and one that differs in its span alone.
	a, b := calls.Next(), calls.Next()
	b.Start = a.Start
	c := again([]*ledger.Row{a})[0]
	c.Span[7]++
	assert.Equal(p, ledger.Outcome{Inserted: 3, Duplicates: 3}, p.write(append([]*ledger.Row{a, b, c}, again([]*ledger.Row{a, c, b})...)...))
	p.check()
}

// priced makes calls that have a price.
func priced(calls *Calls, n int) (out []*ledger.Row) {
	for len(out) < n {
		if r := calls.Next(); r.Context.Priced() {
			out = append(out, r)
		}
	}
	return out
}

func versions(p *pair) {
	batch := priced(NewCalls(4, 4, day("2026-10-05"), 2*time.Hour), 60)
	p.write(batch...)
	var dearer []*ledger.Row
	for _, r := range batch[:20] {
		dearer = append(dearer, Again(r, 6_000_000))
	}
	assert.Equal(p, ledger.Outcome{Versions: 20, Duplicates: 40}, p.write(append(dearer, again(batch[20:])...)...))
	p.check()
	changed := Again(batch[0], 7_000_000)
	context := *changed.Context
	context.Price, context.Team = "another", "another"
	changed.Context, changed.ContextID = &context, context.ID()
	changed.Seal()
	p.write(changed)
	require.Equal(p, 3, changed.Version)
	p.check()
}

func olderVersion(p *pair) {
	batch := priced(NewCalls(5, 4, day("2026-10-05"), 2*time.Hour), 10)
	p.write(batch...)
	p.write(Again(batch[3], 6_000_000))
	assert.Equal(p, ledger.Outcome{Duplicates: 10}, p.write(again(batch)...))
	assert.Equal(p, ledger.Outcome{Duplicates: 1}, p.write(Again(batch[3], 6_000_000)))
	p.check()
}

// anything does what can be done, in an order that the seed tells.
func anything(p *pair) {
	rng := rand.New(rand.NewPCG(20, 20))
	calls := NewCalls(20, 8, day("2026-08-20"), 60*24*time.Hour)
	var seen []*ledger.Row
	months := []string{"2026-08", "2026-09", "2026-10"}
	for step := range 60 {
		switch n := rng.IntN(10); {
		case n < 6:
			batch := calls.Batch(rng.IntN(40))
			for range rng.IntN(30) {
				if len(seen) > 0 {
					batch = append(batch, Again(seen[rng.IntN(len(seen))], 1_000_000*rng.Int64N(4)))
				}
			}
			rng.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			p.write(batch...)
			seen = append(seen, batch...)
		case n < 9 && len(seen) > 0:
			var batch []*ledger.Row
			for range rng.IntN(20) {
				batch = append(batch, Again(seen[rng.IntN(len(seen))], 1_000_000*rng.Int64N(4)))
			}
			p.amend(&ledger.Run{Note: "any"}, batch...)
		case n == 9 && step%3 == 0:
			p.close(months[rng.IntN(len(months))])
		}
		if step%20 == 19 {
			p.check()
		}
	}
}

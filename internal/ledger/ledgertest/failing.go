package ledgertest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func readerError(p *pair) {
	p.write(NewCalls(17, 3, day("2026-10-05"), 48*time.Hour).Batch(20)...)
	enough := errors.New("enough")
	ctx := p.Context()
	n := 0
	count := func() error { n++; return enough }
	for i, err := range []error{
		p.store.Contexts(ctx, func(int64, *ledger.Context) error { return count() }),
		p.store.Sums(ctx, ledger.Hourly, whole, func(*ledger.PeriodSum) error { return count() }),
		p.store.Totals(ctx, ledger.Daily, whole, func(*ledger.PeriodSum) error { return count() }),
		p.store.Items(ctx, ledger.Daily, whole, func(*ledger.PeriodItem) error { return count() }),
		p.store.Calls(ctx, whole, true, func(*ledger.Row) error { return count() }),
		p.store.Traces(ctx, whole, func(*ledger.Trace) error { return count() }),
	} {
		require.ErrorIs(p, err, enough, "reader %d", i)
	}
	assert.Equal(p, 6, n)
	p.check()
}

func collision(p *pair) {
	calls := NewCalls(18, 3, day("2026-10-05"), 48*time.Hour)
	p.write(calls.Batch(20)...)
	batch := calls.Batch(5)
	other := *batch[4].Context
	other.Team = "another team with the same number"
	batch[4].Context = &other
	_, err := p.store.Write(p.Context(), batch)
	require.ErrorIs(p, err, ledger.ErrPermanent)
	p.check()
	fresh := NewCalls(19, 1, day("2026-10-05"), time.Hour).Batch(2)
	one, two := *fresh[0].Context, *fresh[0].Context
	one.Team, two.Team = "one", "two"
	fresh[0].Context, fresh[1].Context = &one, &two
	fresh[0].ContextID, fresh[1].ContextID = 77, 77
	_, err = p.store.Write(p.Context(), fresh)
	require.ErrorIs(p, err, ledger.ErrPermanent)
	p.check()
	fresh[1].Context = &one
	p.write(fresh...)
	p.check()
}

func overlapping(p *pair) {
	const writers, batches = 4, 6
	calls := NewCalls(21, 6, day("2026-10-05"), 24*time.Hour)
	all := calls.Batch(400)
	var mu sync.Mutex
	var sum ledger.Outcome
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 21))
			for b := range batches {
				// Between them the writers write every call, and most of them several times.
				batch := again(all[(w*batches+b)*400/(writers*batches) : (w*batches+b+1)*400/(writers*batches)])
				for range 100 {
					i := rng.IntN(len(all))
					batch = append(batch, again(all[i:i+1])...)
				}
				rng.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
				out, err := p.store.Write(p.Context(), batch)
				if !assert.NoError(p, err) {
					return
				}
				mu.Lock()
				sum.Inserted, sum.Duplicates, sum.Versions = sum.Inserted+out.Inserted, sum.Duplicates+out.Duplicates, sum.Versions+out.Versions
				mu.Unlock()
			}
		})
	}
	group.Wait()
	p.model.write(0, all)
	if p.atomic {
		assert.Equal(p, ledger.Outcome{Inserted: 400, Duplicates: writers * batches * 100}, sum)
	}
	p.check()
}

func overlappingVersions(p *pair) {
	batch := priced(NewCalls(23, 4, day("2026-10-05"), 24*time.Hour), 40)
	p.write(batch...)
	const writers, prices = 4, 5
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range prices {
				var dearer []*ledger.Row
				for _, r := range batch {
					dearer = append(dearer, Again(r, int64(4_000_000+i*writers+w)))
				}
				_, err := p.store.Write(p.Context(), dearer)
				if !assert.NoError(p, err) {
					return
				}
			}
		})
	}
	group.Wait()
	// Which one counts is up to chance. The rest follows.
	stored := newModel()
	stored.contexts = p.model.contexts
	require.NoError(p, p.store.Calls(p.Context(), whole, true, func(r *ledger.Row) error {
		stored.calls[r.Key] = append(stored.calls[r.Key], r)
		return nil
	}))
	require.Len(p, stored.calls, len(batch))
	for _, versions := range stored.calls {
		require.Len(p, versions, 1+writers*prices)
		for i, v := range versions {
			require.Equal(p, i+1, v.Version)
			require.Equal(p, i < len(versions)-1, v.Superseded)
		}
		stored.count(counting(versions), 1, counting(versions).Billing)
	}
	p.model = stored
	p.check()
}

func cancelled(p *pair) {
	calls := NewCalls(22, 4, day("2026-10-05"), 24*time.Hour)
	p.write(calls.Batch(50)...)
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	batch := calls.Batch(50)
	_, err := p.store.Write(ctx, batch)
	require.ErrorIs(p, err, context.Canceled)
	if p.atomic {
		p.check()
	}
	for i := range 20 {
		ctx, cancel := context.WithTimeout(p.Context(), time.Duration(i*i)*20*time.Microsecond)
		batch := calls.Batch(500)
		out, err := p.store.Write(ctx, batch)
		cancel()
		switch {
		case err == nil:
			require.Equal(p, p.model.write(0, batch), out)
		case p.atomic && i%2 == 0: // it is not there
		case p.atomic:
			p.write(again(batch)...)
		default:
			_, err := p.store.Write(p.Context(), again(batch))
			require.NoError(p, err)
			p.model.write(0, batch)
		}
	}
	p.check()
}

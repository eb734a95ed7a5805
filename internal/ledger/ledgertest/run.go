package ledgertest

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Exception is something that a store does not promise, with its reason in the
// store's documentation.
type Exception string

// The exceptions.
const (
	// Atomic: a write that fails leaves nothing, and of concurrent writers of one call
	// exactly one counts it as inserted.
	Atomic Exception = "atomic"
)

// Run holds a store to the rules. Each one gets an empty store, which it closes.
func Run(t *testing.T, open func(t *testing.T) ledger.Store, but ...Exception) {
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for _, e := range but {
				if e == rule.unless {
					t.Skipf("the store does not promise: %s", e)
				}
			}
			p := &pair{t, open(t), newModel()}
			defer func() { assert.NoError(t, p.store.Close()) }()
			rule.test(p)
		})
	}
}

var rules = []struct {
	name   string
	unless Exception
	test   func(p *pair)
}{
	{"an empty store has nothing to say", "", nothing},
	{"every field is read as it was written", "", everyField},
	{"a replay is a duplicate and changes nothing", "", replay},
	{"the same call twice in a batch is stored once", "", twiceInABatch},
	{"another price for a known call is a version that counts", "", versions},
	{"a replay of an older version is a duplicate", "", olderVersion},
	{"a repriced version is not superseded by telemetry", "", repricedWins},
	{"repricing goes back to an earlier price", "", repricedBack},
	{"what is not in the ledger has no new price", "", repricedUnknown},
	{"runs are kept as they were told", "", runs},
	{"late rows of a closed period are booked in the first open one", "", late},
	{"versions of calls of a closed period are reversed and booked in the first open one", "", lateVersions},
	{"periods are closed at the start of a month, and stay closed", "", closing},
	{"amounts beyond 64 bits are added up exactly", "", large},
	{"spans are half open", "", spans},
	{"bounds are those of the calls", "", bounds},
	{"expiry keeps daily sums longer than calls", "", expiry},
	{"an error of a reader's function ends the reading", "", readerError},
	{"two contexts with one number are refused", "", collision},
	{"sums are those of the calls after any operations", "", anything},
	{"writers of overlapping batches store every call once", Atomic, overlapping},
	{"a write that is cancelled leaves nothing", Atomic, cancelled},
}

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
	p.close("2026-10")
	p.close("2026-09")
	p.close("2026-10")
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
	assert.Equal(p, ledger.Outcome{Inserted: 400, Duplicates: writers * batches * 100}, sum)
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
	p.check()
	for i := range 20 {
		ctx, cancel := context.WithTimeout(p.Context(), time.Duration(i*i)*20*time.Microsecond)
		batch := calls.Batch(500)
		out, err := p.store.Write(ctx, batch)
		cancel()
		if err == nil {
			require.Equal(p, p.model.write(0, batch), out)
		}
	}
	p.check()
	p.write(again(batch)...)
	p.check()
}

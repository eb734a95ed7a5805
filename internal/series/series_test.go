package series

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

var epoch = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func named(name string) func() pcommon.Map {
	return func() pcommon.Map {
		m := pcommon.NewMap()
		m.PutStr("name", name)
		return m
	}
}

func add(s *Store, name string, x Sample, now time.Time) bool {
	return s.Add([]byte(name), named(name), []byte("\x00overflow"), named("overflow"), &x, now)
}

func collected(s *Store, now time.Time) map[string]Series {
	out := map[string]Series{}
	s.Collect(now, func(x *Series) {
		name, _ := x.Attributes.Get("name")
		c := *x
		c.Calls = append([]Count(nil), x.Calls...)
		c.Exemplars = append([]Exemplar(nil), x.Exemplars...)
		out[name.Str()] = c
	})
	return out
}

func cost(quanta uint64) Sample {
	return Sample{Cost: money.Quanta(quanta), HasCost: true, Reason: NoReason, Trace: pcommon.TraceID{1}}
}

func TestSumsAreExactWhateverTheOrder(t *testing.T) {
	s := New(Options{Limit: 10, HistogramSize: 160})
	r := rand.New(rand.NewPCG(1, 2))
	want := new(big.Int)
	var wg sync.WaitGroup
	for range 8 {
		var costs []uint64
		for range 5000 {
			q := r.Uint64() >> (20 + r.IntN(40))
			costs = append(costs, q)
			want.Add(want, new(big.Int).SetUint64(q))
		}
		wg.Go(func() {
			for _, q := range costs {
				add(s, "a", cost(q), epoch)
			}
		})
	}
	wg.Wait()
	got := collected(s, epoch)["a"]
	assert.Zero(t, new(big.Rat).SetFrac(want, big.NewInt(1e12)).Cmp(got.Spend.Rat()))
	assert.Equal(t, []Count{{NoReason, 40_000}}, got.Calls)
	assert.EqualValues(t, 40_000, got.Cost.Count())
}

func TestBeyondTheLimitCallsGoToTheOverflowSeries(t *testing.T) {
	s := New(Options{Limit: 100})
	overflowed := 0
	for i := range 1000 {
		if add(s, fmt.Sprint(i%500), cost(1), epoch) {
			overflowed++
		}
	}
	got := collected(s, epoch)
	assert.Len(t, got, 101)
	assert.Equal(t, 100, s.Len())
	assert.Equal(t, 800, overflowed)
	assert.Equal(t, money.Quanta(800), got["overflow"].Spend)
}

// Few hashes for many keys: series are told apart by their keys.
func TestSeriesWhoseHashesCollideAreTwo(t *testing.T) {
	s := New(Options{Limit: 100, Expiration: time.Minute})
	s.mask = 3
	for round := range 3 {
		at := epoch.Add(time.Duration(round) * 40 * time.Second)
		for i := range 60 {
			if i%3 >= round { // each round some are silent, and expire later
				add(s, fmt.Sprint(i), cost(uint64(i+1)), at)
			}
		}
		got := collected(s, at)
		assert.Equal(t, s.Len(), len(got))
		for i := range 60 {
			x, there := got[fmt.Sprint(i)]
			rounds := min(round, i%3) + 1
			if assert.Equal(t, round-i%3 < 2, there, "%d in round %d", i, round) && there {
				assert.Equal(t, money.Quanta(uint64((i+1)*rounds)), x.Spend)
			}
		}
	}
	assert.Len(t, collected(s, epoch.Add(time.Hour)), 0)
	assert.Zero(t, s.Len())
}

func TestSeriesWithoutCallsExpireAndMakeRoom(t *testing.T) {
	s := New(Options{Limit: 1, Expiration: time.Minute})
	add(s, "a", cost(1), epoch)
	assert.True(t, add(s, "b", cost(1), epoch))
	assert.Len(t, collected(s, epoch.Add(time.Minute)), 2)
	assert.Empty(t, collected(s, epoch.Add(time.Minute+1)))
	assert.Zero(t, s.Len())
	assert.False(t, add(s, "b", cost(1), epoch.Add(2*time.Minute)))
	again := collected(s, epoch.Add(2*time.Minute))["b"]
	assert.Equal(t, pcommon.NewTimestampFromTime(epoch.Add(2*time.Minute)), again.Start, "a series that comes back begins anew")
}

func TestDifferencesBeginAnewWithEachReading(t *testing.T) {
	s := New(Options{Limit: 10, Delta: true, HistogramSize: 160})
	add(s, "a", cost(3), epoch)
	assert.Equal(t, money.Quanta(3), collected(s, epoch.Add(time.Second))["a"].Spend)
	assert.Empty(t, collected(s, epoch.Add(2*time.Second)), "nothing new is nothing to tell")
	x := cost(4)
	x.Reason = status.CacheNotReported
	add(s, "a", x, epoch.Add(3*time.Second))
	got := collected(s, epoch.Add(4*time.Second))["a"]
	assert.Equal(t, money.Quanta(4), got.Spend)
	assert.Equal(t, []Count{{status.CacheNotReported, 1}}, got.Calls)
	assert.Equal(t, pcommon.NewTimestampFromTime(epoch.Add(time.Second)), got.Start)
}

func TestExemplarsAreTheDearestCallsSinceTheLastReading(t *testing.T) {
	s := New(Options{Limit: 10, HistogramSize: 160, Exemplars: 2})
	for _, q := range []uint64{3, 9, 1, 7} {
		add(s, "a", cost(q*1e12), epoch)
	}
	x := cost(1e15)
	x.Trace = pcommon.TraceID{}
	add(s, "a", x, epoch)
	var costs []float64
	for _, e := range collected(s, epoch)["a"].Exemplars {
		costs = append(costs, e.Cost)
	}
	assert.ElementsMatch(t, []float64{9, 7}, costs, "a call without a trace stands for nothing")
	assert.Empty(t, collected(s, epoch)["a"].Exemplars)
}

func TestUnpricedCallsAreCountedAndCostNothing(t *testing.T) {
	s := New(Options{Limit: 10, HistogramSize: 160})
	add(s, "a", Sample{Reason: status.ModelUnknown, Tokens: [NumMeters]int64{Input: 10}}, epoch)
	got := collected(s, epoch)["a"]
	assert.False(t, got.HasSpend)
	assert.Nil(t, got.Cost)
	assert.Equal(t, []Count{{status.ModelUnknown, 1}}, got.Calls)
	assert.EqualValues(t, 10, got.Tokens[Input])
}

func TestAKnownSeriesAllocatesNothing(t *testing.T) {
	s := New(Options{Limit: 10, HistogramSize: 160, Exemplars: 1})
	key, rest := []byte("a"), []byte("rest")
	attributes := named("a")
	x := cost(12345)
	s.Add(key, attributes, rest, attributes, &x, epoch)
	require.Zero(t, testing.AllocsPerRun(1000, func() { s.Add(key, attributes, rest, attributes, &x, epoch) }))
}

func TestExplicitBucketsAllocateNothingForAKnownSeries(t *testing.T) {
	s := New(Options{Limit: 10, Bounds: []float64{0.01, 1}})
	key, attributes, x := []byte("a"), named("a"), cost(12345)
	s.Add(key, attributes, key, attributes, &x, epoch)
	require.Zero(t, testing.AllocsPerRun(1000, func() { s.Add(key, attributes, key, attributes, &x, epoch) }))
	assert.EqualValues(t, 1002, collected(s, epoch)["a"].Buckets.Count())
}

func BenchmarkAdd(b *testing.B) {
	s := New(Options{Limit: 20_000, HistogramSize: 160, Exemplars: 1})
	keys := make([][]byte, 10_000)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "service-%d|openai|gpt-4o|exact|USD", i)
	}
	x, attributes := cost(12_500_000_000), named("a")
	for _, k := range keys {
		s.Add(k, attributes, k, attributes, &x, epoch)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		x := cost(12_500_000_000)
		for i := rand.IntN(len(keys)); pb.Next(); i++ {
			s.Add(keys[i%len(keys)], attributes, keys[0], attributes, &x, epoch)
		}
	})
}

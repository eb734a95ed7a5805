package series

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Options bounds a store.
type Options struct {
	Limit         int           // series at most, overflow series besides
	Expiration    time.Duration // a series that no call came to for so long is dropped; zero is never
	HistogramSize int32         // buckets of a histogram at most; zero is no histogram
	Exemplars     int           // kept for each series between two readings
	Delta         bool          // sums begin anew with each reading
}

// numShards is how many locks share the series. Two cores meet in one of 64
// seldom enough not to wait for each other.
const numShards = 64

// Store holds series. It is safe for concurrent use.
type Store struct {
	options Options
	seed    maphash.Seed
	size    atomic.Int64 // series that are held or claimed
	shards  [numShards]shard
}

// shard is a part of the series with a lock of its own, on cache lines of its own.
type shard struct {
	mu     sync.Mutex
	series map[string]*Series
	_      [64]byte
}

// New returns an empty store.
func New(o Options) *Store {
	s := &Store{options: o, seed: maphash.MakeSeed()}
	for i := range s.shards {
		s.shards[i].series = map[string]*Series{}
	}
	return s
}

// Len returns the number of series.
func (s *Store) Len() int { return int(s.size.Load()) }

// Add adds a call to the series of a key, which stands for its attribute
// values. The function makes the attributes of a new series. If there is no
// room for one, the call goes to the overflow series, whose key and attributes
// the caller gives likewise, and Add reports that. For a series that is there,
// nothing is allocated.
func (s *Store) Add(key []byte, attributes func() pcommon.Map, overflow []byte, rest func() pcommon.Map, x *Sample, now time.Time) (overflowed bool) {
	if s.add(key, attributes, x, now, false) {
		return false
	}
	s.add(overflow, rest, x, now, true)
	return true
}

// add reports false if the series is new and there is no room.
func (s *Store) add(key []byte, attributes func() pcommon.Map, x *Sample, now time.Time, always bool) bool {
	sh := &s.shards[maphash.Bytes(s.seed, key)%numShards]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	found := sh.series[string(key)]
	if found == nil {
		// A place is claimed before it is filled, so that the limit holds at every moment.
		if s.size.Add(1) > int64(s.options.Limit) && !always {
			s.size.Add(-1)
			return false
		}
		if always {
			s.size.Add(-1) // overflow series are few, and do not count
		}
		found = &Series{key: string(key), Attributes: attributes(), Start: pcommon.NewTimestampFromTime(now), rest: always}
		sh.series[found.key] = found
	}
	found.add(x, &s.options, now)
	return true
}

// Collect passes every series on, drops those that expired, and begins new sums
// where sums are differences. The series are valid during their turn only. It
// locks one shard at a time, so calls wait for a 64th of it at most.
func (s *Store) Collect(now time.Time, each func(*Series)) (expired int) {
	at := pcommon.NewTimestampFromTime(now)
	for i := range s.shards {
		expired += s.collect(&s.shards[i], now, at, each)
	}
	return expired
}

func (s *Store) collect(sh *shard, now time.Time, at pcommon.Timestamp, each func(*Series)) (expired int) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for key, x := range sh.series {
		if s.options.Expiration > 0 && now.Sub(x.last) > s.options.Expiration && len(x.Exemplars) == 0 {
			delete(sh.series, key)
			if !x.rest {
				s.size.Add(-1)
			}
			expired++
			continue
		}
		if s.options.Delta && len(x.Calls) == 0 {
			continue // nothing since the last reading
		}
		each(x)
		x.Exemplars = x.Exemplars[:0]
		if s.options.Delta {
			x.clear(at)
		}
	}
	return expired
}

// Delta tells whether sums begin anew with each reading.
func (s *Store) Delta() bool { return s.options.Delta }

package series

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Options bounds a table.
type Options struct {
	Limit         int           // series at most, overflow series besides
	Expiration    time.Duration // a series that nothing came to for so long is dropped; zero is never
	HistogramSize int32         // buckets of a histogram at most; zero is no histogram
	Bounds        []float64     // of the buckets of costs, ascending; if there are any, there is no exponential histogram of them
	Parts         bool          // parts of the spend are summed up too
	Exemplars     int           // kept for each histogram between two readings
	Delta         bool          // sums begin anew with each reading
}

// Common is what all series have.
type Common struct {
	Attributes pcommon.Map // fixed from the start; safe to copy from
	Start      pcommon.Timestamp
	Exemplars  []Exemplar // since the last reading

	key  string
	last time.Time
	rest bool        // an overflow series
	one  [1]Exemplar // where Exemplars begins: one is the default
}

func (c *Common) common() *Common { return c }

// Exemplar is a call or an interaction that stands for others.
type Exemplar struct {
	Cost  float64
	Trace pcommon.TraceID
	Span  pcommon.SpanID
	At    pcommon.Timestamp
}

// keep remembers the dearest since exemplars were last read: they are what
// people look for.
func (c *Common) keep(e *Exemplar, limit int) {
	if e.Trace.IsEmpty() {
		return
	}
	if len(c.Exemplars) < limit {
		if c.Exemplars == nil {
			c.Exemplars = c.one[:0]
		}
		c.Exemplars = append(c.Exemplars, *e)
		return
	}
	var least *Exemplar
	for i := range c.Exemplars {
		if kept := &c.Exemplars[i]; kept.Cost < e.Cost && (least == nil || kept.Cost < least.Cost) {
			least = kept
		}
	}
	if least != nil {
		*least = *e
	}
}

// member is a series, to which samples of one type are added.
type member[X any] interface {
	common() *Common
	// add allocates for what is new to the series only.
	add(x *X, o *Options)
	// silent tells whether nothing was added since the sums began.
	silent() bool
	// clear begins the sums anew.
	clear()
}

// Table holds series. It is safe for concurrent use.
type Table[X any, S member[X]] struct {
	options Options
	fresh   func() S
	seed    maphash.Seed
	mask    uint64       // of hashes; tests make them collide
	size    atomic.Int64 // series that are held or claimed
	shards  [numShards]shard[X, S]
}

func newTable[X any, S member[X]](o Options, fresh func() S) *Table[X, S] {
	t := &Table[X, S]{options: o, fresh: fresh, seed: maphash.MakeSeed(), mask: ^uint64(0)}
	for i := range t.shards {
		t.shards[i].byHash = map[uint64]S{}
	}
	return t
}

// Len returns the number of series.
func (t *Table[X, S]) Len() int { return int(t.size.Load()) }

// Delta tells whether sums begin anew with each reading.
func (t *Table[X, S]) Delta() bool { return t.options.Delta }

// Add adds a sample to the series of a key, which stands for its attribute
// values. The function makes the attributes of a new series. If there is no
// room for one, the sample goes to the overflow series, whose key and attributes
// the caller gives likewise, and Add reports that. For a series that is there,
// nothing is allocated.
func (t *Table[X, S]) Add(key []byte, attributes func() pcommon.Map, overflow []byte, rest func() pcommon.Map, x *X, now time.Time) (overflowed bool) {
	if t.add(key, attributes, x, now, false) {
		return false
	}
	t.add(overflow, rest, x, now, true)
	return true
}

// add reports false if the series is new and there is no room.
func (t *Table[X, S]) add(key []byte, attributes func() pcommon.Map, x *X, now time.Time, always bool) bool {
	sh, h := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	found, ok := sh.get(h, key)
	if !ok {
		// Overflow series are few, and do not count.
		if !always && !t.claim() {
			return false
		}
		found = t.fresh()
		*found.common() = Common{key: string(key), Attributes: attributes(), Start: pcommon.NewTimestampFromTime(now), rest: always}
		sh.put(h, found)
	}
	found.common().last = now
	found.add(x, &t.options)
	return true
}

func (t *Table[X, S]) shard(key []byte) (*shard[X, S], uint64) {
	h := t.hash(key)
	return &t.shards[h%numShards], h
}

func (t *Table[X, S]) hash(key []byte) uint64 { return maphash.Bytes(t.seed, key) & t.mask }

// claim takes a place before it is filled, so that the limit holds at every moment.
func (t *Table[X, S]) claim() bool {
	if t.size.Add(1) > int64(t.options.Limit) {
		t.size.Add(-1)
		return false
	}
	return true
}

// Collect passes every series on, drops those that expired, and begins new sums
// where sums are differences. The series are valid during their turn only. It
// locks one shard at a time, so samples wait for a 64th of it at most.
func (t *Table[X, S]) Collect(now time.Time, each func(S)) (expired int) {
	at := pcommon.NewTimestampFromTime(now)
	for i := range t.shards {
		expired += t.collect(&t.shards[i], now, at, each)
	}
	return expired
}

func (t *Table[X, S]) collect(sh *shard[X, S], now time.Time, at pcommon.Timestamp, each func(S)) (expired int) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for x := range sh.all() {
		c := x.common()
		if t.options.Expiration > 0 && now.Sub(c.last) > t.options.Expiration && len(c.Exemplars) == 0 {
			sh.remove(t.hash([]byte(c.key)), c.key)
			if !c.rest {
				t.size.Add(-1)
			}
			expired++
			continue
		}
		if t.options.Delta && x.silent() {
			continue // nothing since the last reading
		}
		each(x)
		c.Exemplars = c.Exemplars[:0]
		if t.options.Delta {
			c.Start = at
			x.clear()
		}
	}
	return expired
}

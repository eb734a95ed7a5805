package series

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Sighting is one call, or one request, of a service to a provider.
type Sighting struct {
	Priced   bool
	Cost     money.Amount
	HasCost  bool
	Currency string
	Tokens   int64
	Trace    pcommon.TraceID
	Span     pcommon.SpanID
	LeftOut  bool // set by the store if an entry has too many currencies for the cost
}

// Entry is what is known of the calls of a service to a model.
type Entry struct {
	Common
	First            time.Time // by the clock of the Collector, also before a restart
	Trace            pcommon.TraceID
	Span             pcommon.SpanID // of the first sighting; none after a restart
	Told             bool           // that it is there; belongs to the only one who tells
	Priced, Unpriced int64
	Tokens           int64
	Spend            []Spent
}

// Spent is what was spent in a currency.
type Spent struct {
	Currency string
	Amount   money.Amount
}

// maxCurrencies bounds those of an entry. The spend of calls in further ones is
// left out there.
const maxCurrencies = 8

// EntryStore holds entries.
type EntryStore = Table[Sighting, *Entry]

// NewEntries returns an empty store.
func NewEntries(o Options) *EntryStore {
	return newTable[Sighting](o, func() *Entry { return new(Entry) })
}

func (e *Entry) add(x *Sighting, _ *Options) {
	if e.First.IsZero() {
		e.First, e.Trace, e.Span = e.last, x.Trace, x.Span
	}
	if x.Priced {
		e.Priced++
	} else {
		e.Unpriced++
	}
	e.Tokens += x.Tokens
	if x.HasCost {
		x.LeftOut = !e.spend(x)
	}
}

func (e *Entry) spend(x *Sighting) bool {
	for i := range e.Spend {
		if s := &e.Spend[i]; s.Currency == x.Currency {
			s.Amount = s.Amount.Add(x.Cost)
			return true
		}
	}
	if len(e.Spend) == maxCurrencies {
		return false
	}
	e.Spend = append(e.Spend, Spent{strings.Clone(x.Currency), x.Cost})
	return true
}

func (e *Entry) silent() bool { return e.Priced+e.Unpriced == 0 }

func (e *Entry) clear() { e.Priced, e.Unpriced, e.Tokens, e.Spend = 0, 0, 0, e.Spend[:0] }

// Last returns when the entry was last seen.
func (e *Entry) Last() time.Time { return e.last }

// IsOverflow tells that it stands for all entries for which there was no room.
func (e *Entry) IsOverflow() bool { return e.rest }

// Restore brings an entry back that was told before a restart, unless it
// expired or there is no room. Its sums begin anew.
func Restore(t *EntryStore, key []byte, attributes pcommon.Map, first, last, now time.Time) {
	if t.options.Expiration > 0 && now.Sub(last) > t.options.Expiration {
		return
	}
	if last.After(now) {
		last = now // the clock was set back
	}
	sh, h := t.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, ok := sh.get(h, key); ok || !t.claim() {
		return
	}
	e := &Entry{
		Common: Common{key: string(key), Attributes: attributes, Start: pcommon.NewTimestampFromTime(now), last: last},
		First:  first, Told: true,
	}
	sh.put(h, e)
}

// Each passes on every entry, also those to which nothing came since the last
// reading. They are valid during their turn only, but for what is fixed.
func Each(t *EntryStore, each func(*Entry)) {
	for i := range t.shards {
		t.shards[i].each(each)
	}
}

func (sh *shard[X, S]) each(each func(S)) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for x := range sh.all() {
		each(x)
	}
}

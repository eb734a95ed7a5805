package recorder

import (
	"strings"
	"sync"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// maxNames bounds each of the interner's maps.
const maxNames = 1 << 17

// interner keeps what many rows have in common, so that it is parsed, hashed
// and held once.
type interner struct {
	mu       sync.RWMutex
	bys      map[string]*by
	contexts map[ledger.Context]*numbered
	sets     map[status.Set]string
	held     int // bytes of the texts in bys

	limit int // contexts of a day; zero is any number
	now   func() time.Time
	day   int64
	made  int // contexts of the day, and those that were forgotten and made again
}

type numbered struct {
	context ledger.Context
	id      int64
}

func newInterner(limit int) *interner {
	return &interner{bys: map[string]*by{}, contexts: map[ledger.Context]*numbered{}, sets: map[status.Set]string{}, limit: limit, now: time.Now}
}

// lookUp returns what a map holds for a key, or puts there what make returns.
func lookUp[K comparable, V any](n *interner, m map[K]V, key K, make func() (K, V)) V {
	n.mu.RLock()
	v, ok := m[key]
	n.mu.RUnlock()
	if ok {
		return v
	}
	key, v = make()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(m) >= maxNames {
		clear(m)
	}
	m[key] = v
	return v
}

// Overflow is the service of contexts that stand for all those beyond the limit.
const Overflow = "(overflow)"

// context returns the one copy of a context, and its number. Beyond the limit of
// a day it is one that keeps no more than a cost needs; full tells so.
func (n *interner) context(c *ledger.Context) (_ *ledger.Context, id int64, full bool) {
	if n.full(c) {
		full = true
		c = &ledger.Context{Service: Overflow, Status: c.Status, Currency: c.Currency}
	}
	known := lookUp(n, n.contexts, *c, func() (ledger.Context, *numbered) {
		own := *c
		for _, f := range ledger.Fields {
			*f.At(&own) = strings.Clone(*f.At(&own)) // not a part of the telemetry
		}
		own.By = c.By // that of the interner, which many contexts share
		return own, &numbered{own, own.ID()}
	})
	return &known.context, known.id, full
}

// full tells that a context is not known, and as many were made as a day may have.
func (n *interner) full(c *ledger.Context) bool {
	if n.limit == 0 {
		return false
	}
	day := ledger.Day(n.now().UnixNano())
	n.mu.RLock()
	_, known := n.contexts[*c]
	n.mu.RUnlock()
	if known {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.day != day {
		n.day, n.made = day, 0
	}
	n.made++
	return n.made > n.limit
}

// reasons writes a set of reasons.
func (n *interner) reasons(set status.Set) string {
	if set == 0 {
		return ""
	}
	return lookUp(n, n.sets, set, func() (status.Set, string) {
		var codes []string
		for reason := range set.All() {
			codes = append(codes, reason.Code())
		}
		return set, strings.Join(codes, " ")
	})
}

// by is the common part of calculations, parsed.
type by struct {
	text   string
	parsed *calculation.By
	meters []meter.Meter // of the card's items that are meters
}

// unknown stands for calculations that nothing is known of.
var unknown = &by{parsed: &calculation.By{}}

// maxHeld bounds the bytes of the texts that are held, parsed ones not counted.
const maxHeld = 32 << 20

// room makes room for a text, if it is new.
func (n *interner) room(size int) {
	n.mu.RLock()
	fits := n.held+size <= maxHeld
	n.mu.RUnlock()
	if fits {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.bys)
	clear(n.contexts)
	n.held = 0
}

// by parses a common part. It is nil if that is damaged.
func (n *interner) by(text string) *by {
	n.room(len(text))
	return lookUp(n, n.bys, text, func() (string, *by) {
		n.mu.Lock()
		n.held += len(text)
		n.mu.Unlock()
		key := strings.Clone(text)
		text := strings.ToValidUTF8(key, "\ufffd")
		parsed, err := calculation.ParseBy(text)
		if err != nil {
			return key, nil
		}
		b := &by{text: text, parsed: parsed}
		if parsed.Card != nil {
			for _, item := range parsed.Card.Items {
				m, err := meter.Parse(item.Meter)
				if err != nil {
					break // fees come after meters
				}
				b.meters = append(b.meters, m)
			}
		}
		return key, b
	})
}

// tokens fills the counts of a row: as read, or from the quantities that were
// priced, which are disjoint, if those are more: not every count is told as a
// whole, and not everything that was used has a price.
func (b *by) tokens(row *ledger.Row, usage []calculation.Count) {
	t := &row.Tokens
	for i, m := range b.meters {
		if i == len(row.Quantities) {
			break
		}
		q := row.Quantities[i]
		switch m.Class() {
		case meter.CacheRead:
			t[ledger.CacheReadTokens] += q
		case meter.CacheWrite:
			t[ledger.CacheWriteTokens] += q
		}
		if m.Direction() == meter.Input {
			t[ledger.InputTokens] += q
		} else {
			t[ledger.OutputTokens] += q
		}
	}
	for _, c := range usage {
		if c.Name == meter.AllReasoning.String() {
			t[ledger.ReasoningTokens] = c.N
		}
		switch c.Name {
		case meter.AllInput.String():
			t[ledger.InputTokens] = max(t[ledger.InputTokens], c.N)
		case meter.CacheReads.String():
			t[ledger.CacheReadTokens] = max(t[ledger.CacheReadTokens], c.N)
		case meter.CacheWrites.String():
			t[ledger.CacheWriteTokens] = max(t[ledger.CacheWriteTokens], c.N)
		case meter.AllOutput.String():
			t[ledger.OutputTokens] = max(t[ledger.OutputTokens], c.N)
		}
	}
}

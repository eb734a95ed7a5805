package recorder

import (
	"strings"
	"sync"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// maxNames bounds each of the interner's maps.
const maxNames = 1 << 14

// interner keeps what many rows have in common, so that it is parsed, hashed
// and held once.
type interner struct {
	mu       sync.RWMutex
	bys      map[string]*by
	contexts map[ledger.Context]*numbered
	sets     map[status.Set]string
}

type numbered struct {
	context ledger.Context
	id      int64
}

func newInterner() *interner {
	return &interner{bys: map[string]*by{}, contexts: map[ledger.Context]*numbered{}, sets: map[status.Set]string{}}
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

// context returns the one copy of a context, and its number.
func (n *interner) context(c *ledger.Context) (*ledger.Context, int64) {
	known := lookUp(n, n.contexts, *c, func() (ledger.Context, *numbered) {
		own := *c
		for _, f := range ledger.Fields {
			*f.At(&own) = strings.Clone(*f.At(&own)) // not a part of the telemetry
		}
		own.By = c.By // that of the interner, which many contexts share
		return own, &numbered{own, own.ID()}
	})
	return &known.context, known.id
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

// by parses a common part. It is nil if that is damaged.
func (n *interner) by(text string) *by {
	return lookUp(n, n.bys, text, func() (string, *by) {
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

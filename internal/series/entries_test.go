package series

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

func entryAttributes(service string) func() pcommon.Map {
	return func() pcommon.Map {
		m := pcommon.NewMap()
		for key, value := range map[string]string{
			"service.name": service, "gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-4o", "token_cost.source": "genai", "token_cost.approved": "true",
		} {
			m.PutStr(key, value)
		}
		return m
	}
}

func TestAnEntryLeavesOutTheSpendOfTooManyCurrenciesAndSaysSo(t *testing.T) {
	s := NewEntries(Options{Limit: 10})
	now := time.Unix(1_800_000_000, 0)
	for round := range 2 {
		for i := range maxCurrencies + 2 {
			x := Sighting{Priced: true, Cost: money.Units(1), HasCost: true, Currency: fmt.Sprint("C", i)}
			s.Add([]byte("k"), entryAttributes("a"), nil, nil, &x, now)
			assert.Equal(t, i >= maxCurrencies, x.LeftOut, "round %d, currency %d", round, i)
		}
	}
	s.Collect(now, func(e *Entry) {
		assert.EqualValues(t, 2*(maxCurrencies+2), e.Priced, "the calls count all the same")
		assert.Len(t, e.Spend, maxCurrencies)
		assert.Equal(t, money.Units(2), e.Spend[0].Amount)
	})
}

func TestARestoredEntryIsWhatItWasWithSumsThatBeginAnew(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := NewEntries(Options{Limit: 2, Expiration: time.Hour})
	add := func(key string) (overflowed bool) {
		return s.Add([]byte(key), entryAttributes(key), []byte{0}, entryAttributes("rest"), &Sighting{}, now)
	}
	restore := func(key string, first, last time.Time) {
		Restore(s, []byte(key), entryAttributes(key)(), first, last, now)
	}
	restore("expired", now.Add(-9*time.Hour), now.Add(-2*time.Hour))
	restore("kept", now.Add(-9*time.Hour), now.Add(-time.Minute))
	restore("ahead", now, now.Add(time.Hour))
	restore("no room", now, now)
	assert.Equal(t, 2, s.Len())
	assert.False(t, add("kept"))
	assert.True(t, add("new"))
	seen := map[string]bool{}
	Each(s, func(e *Entry) {
		v, _ := e.Attributes.Get("service.name")
		seen[v.Str()] = true
		switch v.Str() {
		case "kept":
			assert.Equal(t, now.Add(-9*time.Hour), e.First)
			assert.Equal(t, now, e.Last())
			assert.Equal(t, now, e.Start.AsTime().Local(), "the sum begins with the restart")
			assert.EqualValues(t, 1, e.Unpriced)
			assert.True(t, e.Told)
		case "ahead":
			assert.Equal(t, now, e.Last(), "no entry is seen in the future")
		case "rest":
			assert.True(t, e.IsOverflow())
		}
	})
	assert.Equal(t, map[string]bool{"kept": true, "ahead": true, "rest": true}, seen)
}

// Prints what an entry costs; a bound, not a claim.
func TestEntriesStayWithinABoundOfMemory(t *testing.T) {
	const n = 100_000
	s := NewEntries(Options{Limit: n})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 2 * n {
		key := fmt.Sprintf("entry of service-%d with its provider and its model", i)
		s.Add([]byte(key), entryAttributes(key), []byte{0}, entryAttributes("rest"), &Sighting{HasCost: true, Currency: "USD", Cost: money.Units(1)}, time.Now())
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (after.HeapAlloc - before.HeapAlloc) / n
	t.Logf("%d bytes an entry", each)
	assert.Equal(t, n, s.Len())
	assert.Less(t, each, uint64(2048))
	runtime.KeepAlive(s)
}

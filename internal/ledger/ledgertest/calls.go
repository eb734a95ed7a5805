package ledgertest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Calls makes rows as they come from telemetry: few contexts, many calls, real
// numbers. The same seed makes the same rows.
type Calls struct {
	rng      *rand.Rand
	contexts []*ledger.Context
	from     int64 // unix nanoseconds
	span     time.Duration
	n        uint64
}

// NewCalls makes rows of calls that start within a span of time.
func NewCalls(seed uint64, contexts int, from time.Time, span time.Duration) *Calls {
	c := &Calls{rng: rand.New(rand.NewPCG(seed, 1)), from: from.UnixNano(), span: span}
	for i := range contexts {
		c.contexts = append(c.contexts, newContext(i))
	}
	return c
}

func newContext(i int) *ledger.Context {
	model := []string{"gpt-5", "claude-sonnet-4-5", "gemini-2.5-pro", "mistral-large"}[i%4]
	c := &ledger.Context{
		Service: fmt.Sprint("service-", i%7), Namespace: "shop", Environment: "production", Provider: []string{"openai", "anthropic", "gcp.gemini", "mistral_ai"}[i%4],
		Model: model, RequestModel: model, ResponseModel: model + "-2026-01-01", Operation: "chat", Status: "exact", Currency: "USD", Price: model + "/2026-01-01",
		Book: "builtin@2026-11-01", Team: fmt.Sprint("team-", i%5), Feature: "search", Customer: fmt.Sprint("customer ", i), Agent: "agent é \"x\"\\",
		Tags: fmt.Sprintf(`{"cost.center":"%d"}`, i),
		By:   fmt.Sprintf(`{"call":{"kind":"inference","response_model":%q,"basis":"span"}}`, model),
	}
	if i%5 == 4 {
		c.Status, c.Currency, c.Price, c.Reasons, c.ErrorType, c.By = "unpriced", "", "", "unknown_model no_usage", "timeout", ""
	}
	return c
}

// Next makes a further call.
func (c *Calls) Next() *ledger.Row {
	context := c.contexts[c.rng.IntN(len(c.contexts))]
	start := c.from + c.rng.Int64N(int64(c.span))
	r := &ledger.Row{Signal: ledger.Traces, ContextID: context.ID(), Context: context}
	r.Start, r.End = start, start+c.rng.Int64N(int64(time.Minute))
	c.n++
	binary.BigEndian.PutUint64(r.Trace[:], c.rng.Uint64())
	binary.BigEndian.PutUint64(r.Trace[8:], c.n/3)
	binary.BigEndian.PutUint64(r.Span[:], c.rng.Uint64())
	if c.n%3 == 0 {
		binary.BigEndian.PutUint64(r.Parent[:], c.rng.Uint64())
	}
	if c.n%11 == 0 {
		r.Signal, r.Span = ledger.Logs, [8]byte{}
	}
	r.User, r.Session, r.Response = fmt.Sprint("user-", c.rng.IntN(1000)), fmt.Sprintf("%016x", c.rng.Uint64()), fmt.Sprintf("resp_%016x", c.rng.Uint64())
	input, cached, output := c.rng.Int64N(20_000), c.rng.Int64N(9_000), 1+c.rng.Int64N(2_000)
	r.Tokens = [ledger.NumTokens]int64{input + cached, cached, cached / 10, output, output / 3}
	r.Usage = fmt.Sprintf("cache_read=%d input=%d output=%d", cached, input+cached, output)
	if context.By != "" {
		r.Quantities = []int64{input, cached, output, c.rng.Int64N(2)}
	}
	Price(r, 3_000_000)
	return r
}

// Price prices a call at so many quanta for a token, if its context has a price:
// 3,000,000 are 3 currency units for a million tokens.
func Price(r *ledger.Row, perToken int64) {
	r.Amounts = [ledger.NumAmounts]int64{}
	if r.Context.Priced() {
		a := &r.Amounts
		a[ledger.CacheRead], a[ledger.CacheWrite] = r.Tokens[ledger.CacheReadTokens]*perToken/10, r.Tokens[ledger.CacheWriteTokens]*perToken*5/4
		a[ledger.Input] = (r.Tokens[ledger.InputTokens] - r.Tokens[ledger.CacheReadTokens] - r.Tokens[ledger.CacheWriteTokens]) * perToken
		a[ledger.Output], a[ledger.Fees] = r.Tokens[ledger.OutputTokens]*perToken*5, 10_000_000_000
		for _, part := range []ledger.Amount{ledger.Input, ledger.CacheRead, ledger.CacheWrite, ledger.Output, ledger.Fees} {
			a[ledger.Total] += a[part]
		}
		a[ledger.List], a[ledger.Loaded], a[ledger.Reported] = a[ledger.Total]+7, a[ledger.Total]+a[ledger.Total]/8, a[ledger.Total]-1
	}
	r.Seal()
}

// Again makes a further sighting of a call, at another price.
func Again(r *ledger.Row, perToken int64) *ledger.Row {
	s := *r
	s.Quantities = slices.Clone(r.Quantities)
	s.Version, s.Superseded, s.Billing, s.Ingested = 0, false, 0, 0
	Price(&s, perToken)
	return &s
}

// Forward moves the span of time on.
func (c *Calls) Forward(d time.Duration) { c.from += int64(d) }

// Batch makes n further calls.
func (c *Calls) Batch(n int) []*ledger.Row {
	out := make([]*ledger.Row, n)
	for i := range out {
		out[i] = c.Next()
	}
	return out
}

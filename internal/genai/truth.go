package genai

import (
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Truth is what a generator knows about the spans that it made: what the
// provider would bill, however little of it the emitter tells.
type Truth struct {
	Seed  uint64 `json:"seed"`
	Spans []Span `json:"spans"`
}

// Span is the truth about one span that speaks of GenAI: a call or a roll-up.
type Span struct {
	TraceID  string `json:"trace_id"`
	SpanID   string `json:"span_id"`
	Dialect  string `json:"dialect"`
	Scope    string `json:"scope"`
	Scenario string `json:"scenario"`

	Start         time.Time `json:"start"`
	Provider      string    `json:"provider"` // as the price book names it
	RequestModel  string    `json:"request_model"`
	ResponseModel string    `json:"response_model,omitempty"`

	// Tokens counts disjoint meters: "input" is neither read from nor written to
	// the cache, "output" holds no reasoning. Only what is billed is in it.
	Tokens map[string]int64 `json:"tokens,omitempty"`
	Mode   string           `json:"mode,omitempty"` // service tier as served; empty is the default
	Geo    string           `json:"geo,omitempty"`  // region as served

	// Status is the verdict that no price can change: "unpriced", "not_billable" or
	// "not_metered". It is empty for a call that has a cost.
	Status string `json:"status,omitempty"`
	// Reasons belong to Status; without one they are the facts that the emitter does
	// not tell: the call is exact unless its price depends on one of these.
	Reasons []string `json:"reasons,omitempty"`

	// Role is why the call was made, for the spans of an Action.
	Role string `json:"role,omitempty"`
}

// Billed tells whether the provider charges for the call.
func (s *Span) Billed() bool { return s.Status == "" }

func (s *Span) verdict(r status.Reason) {
	s.Status, s.Reasons = r.Status().String(), []string{r.Code()}
	if r.Status() != status.Unpriced {
		s.Tokens = nil
	}
}

func (s *Span) untold(rs status.Set) {
	for r := range rs.All() {
		s.Reasons = append(s.Reasons, r.Code())
	}
}

// counts is the usage of a call in disjoint parts.
type counts struct {
	input, cacheRead, write5m, write1h, output, reasoning int64
}

func (c counts) writes() int64    { return c.write5m + c.write1h }
func (c counts) allInput() int64  { return c.input + c.cacheRead + c.writes() }
func (c counts) allOutput() int64 { return c.output + c.reasoning }
func (c counts) allTokens() int64 { return c.allInput() + c.allOutput() }
func (c counts) isEmpty() bool    { return c == counts{} }

func (c counts) plus(d counts) counts {
	return counts{
		input: c.input + d.input, cacheRead: c.cacheRead + d.cacheRead,
		write5m: c.write5m + d.write5m, write1h: c.write1h + d.write1h, output: c.output + d.output, reasoning: c.reasoning + d.reasoning,
	}
}

// tokens names the parts by the meters of the price book.
func (c counts) tokens() map[string]int64 {
	m := map[string]int64{}
	for _, p := range []struct {
		m meter.Meter
		n int64
	}{
		{meter.AllInput, c.input},
		{meter.CacheReads, c.cacheRead},
		{cacheWrite5m, c.write5m},
		{cacheWrite1h, c.write1h},
		{meter.AllOutput, c.output},
		{meter.AllReasoning, c.reasoning},
	} {
		if p.n > 0 {
			m[p.m.String()] = p.n
		}
	}
	return m
}

var (
	cacheWrite5m = meter.New(meter.Input, meter.CacheWrite, 5, meter.AnyModality)
	cacheWrite1h = meter.New(meter.Input, meter.CacheWrite, 60, meter.AnyModality)
)

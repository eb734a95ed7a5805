// Package genai generates GenAI telemetry whose true usage is known: traces in
// the shape that real instrumentations were seen to send, from a seed. Tests,
// the demo and benchmarks share it. It invents usage, never prices.
package genai

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Options say what to generate. The zero value is usable.
type Options struct {
	Seed     uint64
	Dialects []string      // of Dialects(); empty for all
	Start    time.Time     // of the first trace; zero for the Unix epoch
	Step     time.Duration // from the start of a trace to that of the next
}

// Trace is one generated trace and the truth about its GenAI spans.
type Trace struct {
	Traces ptrace.Traces
	Spans  []Span
}

// Calls counts the spans that stand for a request to a provider.
func (t *Trace) Calls() int {
	n := 0
	for i := range t.Spans {
		if !slices.Contains(t.Spans[i].Reasons, status.RollUp.Code()) {
			n++
		}
	}
	return n
}

// Generator makes traces. The same options give the same traces. It is not safe
// for concurrent use.
type Generator struct {
	random   *rand.Rand
	emitters []*emitter
	now      time.Time
	step     time.Duration
}

// New returns a generator. The error names a dialect that does not exist.
func New(o Options) (*Generator, error) {
	g := &Generator{random: rand.New(rand.NewPCG(o.Seed, 0x746f6b656e)), now: o.Start, step: o.Step}
	if o.Start.IsZero() {
		g.now = time.Unix(0, 0)
	}
	known := Dialects()
	for _, d := range o.Dialects {
		if !slices.Contains(known, d) {
			return nil, fmt.Errorf("unknown dialect %q: there are %s", d, strings.Join(known, ", "))
		}
	}
	for i := range emitters {
		if len(o.Dialects) == 0 || slices.Contains(o.Dialects, emitters[i].dialect) {
			g.emitters = append(g.emitters, &emitters[i])
		}
	}
	return g, nil
}

// Next makes one trace: usually one call, below a span of the application or a
// roll-up, or an agent with several.
func (g *Generator) Next() Trace {
	e, s, m := g.draw()
	b := g.begin(e, s)
	calls := 1
	if s == agent {
		calls = 2 + g.random.IntN(3)
	}
	root, rollUp := b.open(m)
	first, sum := (*request)(nil), counts{}
	for i := range calls {
		if i > 0 {
			b.tool(root)
		}
		r := g.request(s, m)
		b.call(root, rollUp, r)
		sum = sum.plus(r.counts)
		if first == nil {
			first = r
		}
	}
	b.close(root, rollUp, first, sum)
	g.now = g.now.Add(g.step)
	return Trace{Traces: b.traces, Spans: b.truth}
}

// draw picks an emitter, and a scenario and a model that it can speak of.
func (g *Generator) draw() (*emitter, scenario, model) {
	e := g.emitters[g.random.IntN(len(g.emitters))]
	for {
		s := drawScenario(g.random)
		var fitting []model
		for _, m := range models {
			if e.fits(s, m) {
				fitting = append(fitting, m)
			}
		}
		if s == unknownModel {
			for i := range fitting {
				fitting[i] = unknownModels[fitting[i].family]
			}
		}
		if len(fitting) > 0 {
			return e, s, fitting[g.random.IntN(len(fitting))]
		}
	}
}

func (g *Generator) request(s scenario, m model) *request {
	r := &request{model: m, scenario: s, counts: s.draw(g.random, m), tier: "default", failed: s == failed}
	r.stream = s == streamed
	switch s {
	case flexTier:
		r.tierAsked, r.tier = "flex", "flex"
	case priorityTier:
		r.tierAsked, r.tier = "priority", "priority"
		if g.random.IntN(4) == 0 {
			r.tier = "default" // asked for and not given: billed as served
		}
	}
	r.id = providers[m.family].id + hex.EncodeToString(g.bytes(8))
	return r
}

func (g *Generator) bytes(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.BigEndian.AppendUint64(b, g.random.Uint64())
	}
	return b[:n]
}

// between draws a duration.
func (g *Generator) between(low, high time.Duration) time.Duration {
	return low + time.Duration(g.random.Int64N(int64(high-low)))
}

func (g *Generator) traceID() pcommon.TraceID { return pcommon.TraceID(g.bytes(16)) }
func (g *Generator) spanID() pcommon.SpanID   { return pcommon.SpanID(g.bytes(8)) }

package threads_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// served is a model with its rates per million: what a provider counts, and
// how its API tells it, is known here, so a bill can be written.
type served struct {
	provider, system, model                string // under the new and the old key
	rawExcludesCache                       bool   // the API's input excludes cache
	rawExcludesReasoning                   bool   // the API's output may exclude reasoning
	writes                                 bool   // writing to the cache is told and billed
	perInput, perRead, perWrite, perOutput string
}

var models = []served{
	{"openai", "openai", "gpt-4o-mini", false, false, false, "0.15", "0.075", "0", "0.6"},
	{"anthropic", "anthropic", "claude-sonnet-4-5", true, false, true, "3", "0.3", "3.75", "15"},
	{"aws.bedrock", "aws.bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", true, false, true, "3", "0.3", "3.75", "15"},
	{"gcp.gemini", "gemini", "gemini-2.5-flash", false, true, false, "0.3", "0.03", "0", "2.5"},
	{"x_ai", "xai", "grok-4-fast", false, true, false, "0.2", "0.05", "0", "0.5"},
}

// declared says of all calls what no count tells: it is the truth here. What is
// then not exact is so because of how counts are read.
var declared = map[string]any{"assume": []any{map[string]any{
	"service_tier": "default", "geo": "global", "cache_ttl": "5m", "tool_use": "none", "modality": "text", "model": "requested",
}}}

// truth is what a call consumed, in disjoint counts.
type truth struct {
	*served
	fresh, read, write, text, reasoning int64
}

// truths draws one call for each relation between its counts.
func truths(random *rand.Rand) (all []truth) {
	n := func(least, most int64) int64 { return least + random.Int64N(most-least) }
	for i := range models {
		m := &models[i]
		for _, t := range []truth{
			{fresh: n(1000, 5000), read: n(10, 400), write: n(10, 400), text: n(100, 900), reasoning: n(10, 90)},
			{fresh: n(10, 90), read: n(1000, 9000), write: n(100, 900), text: n(10, 90), reasoning: n(100, 900)},
			{fresh: n(100, 900), read: n(1000, 5000), text: n(100, 900), reasoning: n(10, 90)},
			{fresh: n(100, 900), write: n(1000, 5000), text: n(100, 900)},
			{fresh: n(100, 900), text: n(100, 900)},
		} {
			t.served = m
			if !m.writes {
				t.fresh, t.write = t.fresh+t.write, 0
			}
			all = append(all, t)
		}
	}
	return all
}

// bill is what the provider asks for.
func (c *truth) bill(t testing.TB) *big.Rat {
	t.Helper()
	sum := new(big.Rat)
	for _, line := range []struct {
		n    int64
		rate string
	}{{c.fresh, c.perInput}, {c.read, c.perRead}, {c.write, c.perWrite}, {c.text + c.reasoning, c.perOutput}} {
		rate, ok := new(big.Rat).SetString(line.rate)
		require.True(t, ok)
		sum.Add(sum, rate.Mul(rate, big.NewRat(line.n, 1_000_000)))
	}
	return sum
}

// spelling is a vocabulary for counts.
type spelling struct {
	name                   string
	provider, system       string
	model                  string
	in, out, total         string
	read, write, reasoning string
	operation              string
	marks                  map[string]any
}

var spellings = []spelling{
	{"new", "gen_ai.provider.name", "", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.reasoning.output_tokens", "gen_ai.operation.name", nil},
	{"newer name of writes", "gen_ai.provider.name", "", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens", "gen_ai.operation.name", nil},
	{"old", "", "gen_ai.system", "gen_ai.request.model", "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "llm.usage.total_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.operation.name", nil},
	{"old provider, new counts", "", "gen_ai.system", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.operation.name", nil},
	{"new provider, old counts", "gen_ai.provider.name", "", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_write_input_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.operation.name", nil},
	{"OpenInference", "llm.provider", "", "llm.model_name", "llm.token_count.prompt", "llm.token_count.completion", "llm.token_count.total", "llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_write", "llm.token_count.completion_details.reasoning", "", map[string]any{"openinference.span.kind": "LLM"}},
	{"no operation", "gen_ai.provider.name", "", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.reasoning.output_tokens", "", nil},
}

// emitter is one way of telling a call.
type emitter struct {
	scope, version string
	spelling       *spelling
	excludes       bool   // input excludes cache
	apart          bool   // output excludes reasoning
	total          string // "", "own": input and output as told, "provider": all there is
	omits          string // counts that are never told: "write", "cache", "reasoning", "output", "input", "all"
	as             string // "", "string", "double"
}

func (e *emitter) String() string { return fmt.Sprintf("%+v under %s", *e, e.spelling.name) }

// write puts a call on a span as the emitter does.
func (e *emitter) write(span ptrace.Span, c *truth) {
	a, k := span.Attributes(), e.spelling
	put := func(key, value string) {
		if key != "" {
			a.PutStr(key, value)
		}
	}
	put(k.provider, c.provider)
	put(k.system, c.system)
	put(k.model, c.model)
	put(k.operation, "chat")
	for key, value := range k.marks {
		put(key, value.(string))
	}
	in, out := c.fresh+c.read+c.write, c.text+c.reasoning
	all := in + out
	if e.excludes {
		in = c.fresh
	}
	if e.apart {
		out = c.text
	}
	count := func(key string, n int64, what ...string) {
		if key == "" || slices.Contains(what, e.omits) || e.omits == "all" {
			return
		}
		switch e.as {
		case "string":
			a.PutStr(key, strconv.FormatInt(n, 10))
		case "double":
			a.PutDouble(key, float64(n))
		default:
			a.PutInt(key, n)
		}
	}
	count(k.in, in, "input", "both")
	count(k.out, out, "output", "both")
	count(k.read, c.read, "cache")
	if c.writes {
		count(k.write, c.write, "cache", "write")
	}
	if c.reasoning > 0 || c.rawExcludesReasoning {
		count(k.reasoning, c.reasoning, "reasoning")
	}
	switch e.total {
	case "own":
		count(k.total, in+out, "total")
	case "provider":
		count(k.total, all, "total")
	}
}

// verdict is what became of a batch.
type verdict struct {
	sum     *big.Rat
	certain bool // no call is other than exact or not billable
	priced  int
	input   int64 // of all calls that were priced
	lines   []string
}

func price(p *pricer.Pricer, td ptrace.Traces) verdict {
	v := verdict{sum: new(big.Rat), certain: true}
	p.Traces(context.Background(), td, func(c *pricer.Visited) {
		r := c.Result
		v.lines = append(v.lines, fmt.Sprintf("%s %s: %s %s %v", c.Span.Name(), c.Call.Basis, r.Status, r.Reasons, read(c.Call)))
		switch {
		case r.Status.Priced():
			v.priced++
			v.input += r.Input
			v.sum.Add(v.sum, r.Total.Rat())
			v.certain = v.certain && r.Status == status.Exact
		case r.Status != status.NotBillable:
			v.certain = false
		}
	})
	return v
}

func newSpan(td ptrace.Traces, scope, version string, id, parent uint64, start, end int64) ptrace.Span {
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName(scope)
	ss.Scope().SetVersion(version)
	span := ss.Spans().AppendEmpty()
	span.SetTraceID(traceID(1))
	span.SetSpanID(spanID(id))
	if parent != 0 {
		span.SetParentSpanID(spanID(parent))
	}
	const at = 1_795_600_000_000_000_000 // 2026-11-25
	span.SetStartTimestamp(pcommon.Timestamp(at + start*1_000_000))
	span.SetEndTimestamp(pcommon.Timestamp(at + end*1_000_000))
	span.SetKind(ptrace.SpanKindClient)
	return span
}

// TestNoEmitterMakesAnExactCostThatIsNotTheBill renders calls in every way that
// clients nobody listed may tell them, with the bill known beforehand. Of an
// unknown emitter whose provider counts inclusively, the input is taken as its
// provider's; nothing but its total can tell that it is not.
func TestNoEmitterMakesAnExactCostThatIsNotTheBill(t *testing.T) {
	p := newPricer(t, declared, "")
	random := rand.New(rand.NewPCG(1, 2))
	combinations, right, exact := 0, 0, 0
	for _, c := range truths(random) {
		bill := c.bill(t)
		for e := range emitters(&c) {
			td := ptrace.NewTraces()
			e.write(newSpan(td, e.scope, e.version, 1, 0, 0, 100), &c)
			v := price(p, td)
			combinations++
			same := v.sum.Cmp(bill) == 0
			if v.certain && v.priced > 0 {
				exact++
				if !same {
					t.Fatalf("%v tells %+v: exact, and %s is not the bill of %s\n%s", &e, c, v.sum.FloatString(9), bill.FloatString(9), strings.Join(v.lines, "\n"))
				}
			}
			if same {
				right++
			}
		}
	}
	t.Logf("%d combinations: %d exact, %d right", combinations, exact, right)
	require.Greater(t, combinations, 5000)
	require.Greater(t, exact, combinations/8, "what is certain is said to be")
}

// emitters yields the ways in which a call can be told.
func emitters(c *truth) func(func(emitter) bool) {
	sides := []bool{false}
	if c.rawExcludesCache {
		sides = []bool{false, true}
	}
	outs := []bool{false}
	if c.rawExcludesReasoning {
		outs = []bool{false, true}
	}
	return func(yield func(emitter) bool) {
		for i := range spellings {
			for _, in := range sides {
				for _, out := range outs {
					for _, total := range []string{"", "own", "provider"} {
						for _, omits := range []string{"", "write", "cache", "reasoning", "output", "input", "both", "all"} {
							for _, as := range []string{"", "string", "double"} {
								if !yield(emitter{"acme.llm", "3.1", &spellings[i], in, out, total, omits, as}) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

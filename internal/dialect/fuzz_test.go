package dialect

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// checkCall holds for every call, whatever the span.
func checkCall(t *testing.T, c *call.Call) {
	t.Helper()
	if c.Kind == call.None {
		t.Fatal("a GenAI span has no kind")
	}
	if c.Told&^call.AllFacts != 0 {
		t.Fatalf("facts %b", c.Told)
	}
	if !c.Usage.Plausible() && !c.Reasons.Has(status.UsageInvalid) {
		t.Fatalf("not plausible, and nothing says so: %+v", c.Usage.Tokens())
	}
	for _, k := range c.Usage.Tokens() {
		if k.Tokens < 0 {
			t.Fatalf("%s is %d", k.Meter, k.Tokens)
		}
	}
	if !nested(&c.Usage) && !c.Reasons.Has(status.UsageContradictory) {
		t.Fatalf("parts are larger than the whole, and nothing says so: %+v", c.Usage.Tokens())
	}
	if c.Kind == call.Inference && c.Usage.Empty() && c.Reasons.Only(status.Unpriced)|c.Reasons.Only(status.NotBillable) == 0 {
		t.Fatal("a call without usage and without a reason")
	}
}

// FuzzSpan reads spans of OTLP JSON: nothing panics, counts are never negative
// and fit into each other, reading twice or in another order gives the same.
func FuzzSpan(f *testing.F) {
	for _, attrs := range [][]any{ordinary, chat, vercelSpan} {
		_, _, sp := span("x", "", attrs...)
		f.Add(marshal(f, sp), "ai", "0.27.0", uint8(0))
	}
	for name, tr := range loadTruth(f) {
		if len(name)%5 != 0 {
			continue
		}
		for _, file := range tr.Files {
			for _, td := range loadTraces(f, file) {
				ss := td.ResourceSpans().At(0).ScopeSpans().At(0)
				f.Add(marshal(f, ss.Spans().At(0)), ss.Scope().Name(), ss.Scope().Version(), uint8(1))
			}
		}
	}
	readers := []*Reader{}
	for _, o := range []Options{{}, {AmbiguousInput: AmbiguousExclusive, Blobs: BlobsContent}, {AmbiguousInput: AmbiguousUnpriced, Blobs: BlobsOff}} {
		readers = append(readers, newReader(f, o))
	}
	f.Fuzz(func(t *testing.T, raw []byte, scope, version string, option uint8) {
		var u ptrace.JSONUnmarshaler
		td, err := u.UnmarshalTraces(raw)
		if err != nil {
			return
		}
		r := readers[int(option)%len(readers)]
		var s Scratch
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				if scope != "" {
					ss.Scope().SetName(scope)
					ss.Scope().SetVersion(version)
				}
				for _, sp := range ss.Spans().All() {
					var a, b call.Call
					known := r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &s)
					is := r.Span(known, sp, &s, &a)
					if !is {
						continue
					}
					checkCall(t, &a)
					if !r.Span(known, sp, &s, &b) || a.Usage != b.Usage || !sameCall(&a, &b) {
						t.Fatal("reading twice differs")
					}
					if !taken(r, known, sp, &s, &b) || a.Usage != b.Usage || !sameCall(&a, &b) {
						t.Fatalf("reading attribute by attribute differs:\n%+v\n%+v", a, b)
					}
					if shuffled, ok := shuffle(sp); ok {
						if !r.Span(known, shuffled, &s, &b) || !sameCall(&a, &b) || !sameUsage(&a, &b) {
							t.Fatalf("the order of attributes counts:\n%+v\n%+v", a, b)
						}
					}
				}
			}
		}
	})
}

func sameCall(a, b *call.Call) bool {
	return a.Kind == b.Kind && a.Told == b.Told && a.Reasons == b.Reasons && a.Basis == b.Basis && a.Contradicted == b.Contradicted &&
		a.Provider == b.Provider && a.ResponseModel == b.ResponseModel && a.RequestModel == b.RequestModel && a.Mode == b.Mode &&
		a.Geo == b.Geo && a.ReportedCost == b.ReportedCost
}

// sameUsage compares counts whatever their order.
func sameUsage(a, b *call.Call) bool {
	if len(a.Usage.Tokens()) != len(b.Usage.Tokens()) {
		return false
	}
	for _, k := range a.Usage.Tokens() {
		if n, ok := b.Usage.Get(k.Meter); !ok || n != k.Tokens {
			return false
		}
	}
	return true
}

// shuffle copies a span with its attributes in another order. It reports false
// for a span with a key twice, where the order has to count, and for more facts
// than a call can hold.
func shuffle(sp ptrace.Span) (ptrace.Span, bool) {
	keys := map[string]pcommon.Value{}
	var order []string
	facts := 0
	for k, v := range sp.Attributes().All() {
		if _, twice := keys[k]; twice {
			return sp, false
		}
		if len(k) > len(factPrefix) && k[:len(factPrefix)] == factPrefix {
			facts++
		}
		keys[k] = v
		order = append(order, k)
	}
	if facts > 8 {
		return sp, false
	}
	rand.New(rand.NewPCG(1, uint64(len(order)))).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	out := ptrace.NewSpan()
	sp.CopyTo(out)
	out.Attributes().RemoveIf(func(string, pcommon.Value) bool { return true })
	for _, k := range order {
		keys[k].CopyTo(out.Attributes().PutEmpty(k))
	}
	return out, true
}

func marshal(f testing.TB, sp ptrace.Span) []byte {
	td := ptrace.NewTraces()
	sp.CopyTo(td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	raw, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td)
	if err != nil {
		f.Fatal(err)
	}
	return raw
}

// FuzzKeys combines keys of the tables with values of all kinds: it reaches
// combinations that no emitter sends.
func FuzzKeys(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(0))
	f.Add(uint64(99), uint8(12), uint8(5))
	r := newReader(f, Options{})
	scopes := []string{"x", "ai", "gen_ai", "langfuse-sdk", "@traceloop/instrumentation-google-generativeai", "codex_exec", "com.anthropic.claude_code.tracing", "genkit-tracer", "litellm", "gcp.vertex.agent"}
	f.Fuzz(func(t *testing.T, seed uint64, n, scope uint8) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		res, sc, sp := span(scopes[int(scope)%len(scopes)], "0.27.0", "gen_ai.operation.name", "chat")
		for range n % 32 {
			name := entries[rnd.IntN(len(entries))].name
			if rnd.IntN(8) == 0 {
				name = factPrefix + []string{"input", "output", "cache_read", "cache_write", "cache_write.1h", "input.audio", "reasoning", "web_search", "mode", "x"}[rnd.IntN(10)]
			}
			v, _ := sp.Attributes().GetOrPutEmpty(name)
			switch rnd.IntN(8) {
			case 0:
				v.SetStr([]string{"12", "", "anthropic", "gemini-2.5-pro", `{"input":3,"output":2,"input_cached_tokens":1,"usage":{"inputTokens":4}}`, "LLM", "-1"}[rnd.IntN(7)])
			case 1:
				v.SetDouble(float64(rnd.IntN(100)) / 2)
			case 2:
				v.SetBool(rnd.IntN(2) == 0)
			default:
				v.SetInt(int64(rnd.IntN(40)))
			}
		}
		var s Scratch
		var c call.Call
		if r.Span(r.Scope(res, sc, "", &s), sp, &s, &c) {
			checkCall(t, &c)
		}
	})
}

// FuzzScan reads JSON of strangers: what is not JSON is not read at all, and
// what is read is what the language's own decoder reads.
func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"input":1}`, `{"input":1,"output":[{"a":"\""}]}`, `{"a":{"b":{"input":2}}}`, `{`, `[1,2`, `"`, `{"input":1e400}`, `{"input":"7"}`, "{\"input\":\t5 }", `{"\u0069nput":3}`, `{"l":[{"x":4},2],"details":[{"k":"a","n":3},[],{},{"k":1}]}`} {
		f.Add(s)
	}
	table := paths(at("input", input), at("a.b", output), at("usage.input", cacheRead), at("l.0.x", cacheWrite), atList("details", "k", "n", map[string]number{"a": inputAudio}))
	f.Fuzz(func(t *testing.T, s string) {
		var rd record
		rd.reset()
		rd.scan(s, table)
		var want map[string]any
		if json.Unmarshal([]byte(s), &want) != nil {
			return
		}
		if n, ok := want["input"].(float64); ok && n >= 0 && n <= 1e9 && n == float64(int64(n)) && len(s) < maxJSON {
			if rd.has(input) && float64(rd.get(input)) != n && rd.disagree&(1<<input) == 0 {
				t.Fatalf("%q: %d", s, rd.get(input))
			}
		}
	})
}

package threads_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// shuffled returns the groups of a batch in another order, and all spans of a
// scope in one group or each in its own.
func shuffled(td ptrace.Traces, random *rand.Rand) ptrace.Traces {
	out := ptrace.NewTraces()
	groups := map[string]ptrace.SpanSlice{}
	for _, i := range random.Perm(td.ResourceSpans().Len()) {
		rs := td.ResourceSpans().At(i)
		scope := rs.ScopeSpans().At(0).Scope()
		key := fmt.Sprint(scope.Name(), scope.Version(), rs.Resource().Attributes().AsRaw())
		spans, ok := groups[key]
		if !ok || random.IntN(2) == 0 {
			to := out.ResourceSpans().AppendEmpty()
			rs.Resource().CopyTo(to.Resource())
			ss := to.ScopeSpans().AppendEmpty()
			scope.CopyTo(ss.Scope())
			spans = ss.Spans()
			groups[key] = spans
		}
		rs.ScopeSpans().At(0).Spans().At(0).CopyTo(spans.AppendEmpty())
	}
	return out
}

// sdk is what Anthropic's own SDK emits: inclusive, with the newest names.
var sdk = emitter{scope: "com.anthropic.sdk.typescript", version: "1.12.0", spelling: &spellings[0]}

// scenario is a batch that tells some calls more than once.
type scenario struct {
	name  string
	calls int // each is billed once
	build func(td ptrace.Traces, calls []truth)
}

// claude is a call of Anthropic's, the provider whose conventions collide.
func claude(random *rand.Rand) truth {
	n := func(least, most int64) int64 { return least + random.Int64N(most-least) }
	return truth{served: &models[1], fresh: n(1000, 5000), read: n(10, 400), write: n(10, 400), text: n(100, 900)}
}

func scenarios() []scenario {
	vendors := map[string]emitter{
		"OpenLLMetry":                  {scope: "@traceloop/instrumentation-anthropic", version: "0.27.0", spelling: &spellings[1], excludes: true, total: "own"},
		"OpenLIT":                      {scope: "@openlit/instrumentation-anthropic", version: "1.0.0", spelling: &spellings[1], excludes: true},
		"OpenInference":                {scope: "@arizeai/openinference-instrumentation-anthropic", version: "0.2.8", spelling: &spellings[5], total: "own"},
		"an unknown inclusive vendor":  {scope: "acme.llm", version: "9", spelling: &spellings[0]},
		"an unknown exclusive vendor":  {scope: "acme.llm", version: "9", spelling: &spellings[2], excludes: true},
		"a vendor that tells no cache": {scope: "acme.llm", version: "9", spelling: &spellings[0], omits: "cache"},
	}
	var all []scenario
	for name, v := range vendors {
		all = append(all,
			scenario{name + " above the SDK", 1, func(td ptrace.Traces, c []truth) {
				v.write(newSpan(td, v.scope, v.version, 1, 0, 0, 100), &c[0])
				sdk.write(newSpan(td, sdk.scope, sdk.version, 2, 1, 10, 90), &c[0])
			}},
			scenario{name + " above the SDK, twice", 2, func(td ptrace.Traces, c []truth) {
				for i := range c {
					id := uint64(10 * (i + 1))
					v.write(newSpan(td, v.scope, v.version, id, 1, 0, 100), &c[i])
					sdk.write(newSpan(td, sdk.scope, sdk.version, id+1, id, 10, 90), &c[i])
				}
			}},
			scenario{name + " above HTTP above the SDK", 1, func(td ptrace.Traces, c []truth) {
				v.write(newSpan(td, v.scope, v.version, 1, 0, 0, 100), &c[0])
				http(newSpan(td, "@opentelemetry/instrumentation-http", "0.2", 2, 1, 5, 95))
				sdk.write(newSpan(td, sdk.scope, sdk.version, 3, 2, 10, 90), &c[0])
			}},
			scenario{name + " beside the SDK", 1, func(td ptrace.Traces, c []truth) {
				v.write(newSpan(td, v.scope, v.version, 2, 1, 0, 100), &c[0])
				sdk.write(newSpan(td, sdk.scope, sdk.version, 3, 1, 10, 90), &c[0])
			}},
			scenario{name + " and two identical calls at once", 2, func(td ptrace.Traces, c []truth) {
				c[1] = c[0]
				for i := range c {
					id := uint64(10 * (i + 1))
					v.write(newSpan(td, v.scope, v.version, id, 1, 0, 100), &c[i])
					sdk.write(newSpan(td, sdk.scope, sdk.version, id+1, id, 10, 90), &c[i])
				}
			}},
		)
	}
	all = append(all, scenario{"a vendor that counts the first token of a stream twice", 1, func(td ptrace.Traces, c []truth) {
		v, more := vendors["OpenLIT"], c[0]
		more.text++
		s := newSpan(td, v.scope, v.version, 1, 0, 0, 100)
		v.write(s, &more)
		s.Attributes().PutBool("gen_ai.request.is_stream", true)
		sdk.write(newSpan(td, sdk.scope, sdk.version, 2, 1, 10, 90), &c[0])
	}})
	return append(all, gateways()...)
}

// http is a span that is between others and says nothing of GenAI.
func http(span ptrace.Span) {
	span.Attributes().PutStr("http.request.method", "POST")
	span.Attributes().PutStr("url.full", "https://example.com/v1/messages")
}

func service(span ptrace.Span, td ptrace.Traces, name string) ptrace.Span {
	td.ResourceSpans().At(td.ResourceSpans().Len()-1).Resource().Attributes().PutStr("service.name", name)
	return span
}

// gateways are a client, a gateway and an engine that tell one call each.
func gateways() []scenario {
	client := emitter{scope: "opentelemetry.instrumentation.genai.anthropic", version: "1.3", spelling: &spellings[0]}
	gateway := emitter{scope: "litellm", version: "1.109", spelling: &spellings[1]}
	engine := emitter{scope: "vllm.llm_engine", spelling: &spellings[2], omits: "cache"}
	return []scenario{
		{"client, HTTP, gateway", 1, func(td ptrace.Traces, c []truth) {
			client.write(service(newSpan(td, client.scope, client.version, 1, 0, 0, 100), td, "app"), &c[0])
			http(service(newSpan(td, "http", "", 2, 1, 5, 95), td, "app"))
			http(service(newSpan(td, "http", "", 3, 2, 6, 94), td, "gateway"))
			s := service(newSpan(td, gateway.scope, gateway.version, 4, 3, 10, 90), td, "gateway")
			gateway.write(s, &c[0])
			s.SetKind(ptrace.SpanKindServer)
		}},
		{"client, gateway and engine", 1, func(td ptrace.Traces, c []truth) {
			client.write(service(newSpan(td, client.scope, client.version, 1, 0, 0, 100), td, "app"), &c[0])
			http(service(newSpan(td, "http", "", 2, 1, 5, 95), td, "app"))
			gateway.write(service(newSpan(td, gateway.scope, gateway.version, 4, 2, 10, 90), td, "gateway"), &c[0])
			http(service(newSpan(td, "http", "", 5, 4, 15, 85), td, "gateway"))
			s := service(newSpan(td, engine.scope, "", 6, 5, 20, 80), td, "engine")
			engine.write(s, &c[0])
			s.SetKind(ptrace.SpanKindServer)
		}},
		{"one instrumentation in client and gateway", 1, func(td ptrace.Traces, c []truth) {
			client.write(service(newSpan(td, client.scope, client.version, 1, 0, 0, 100), td, "app"), &c[0])
			http(service(newSpan(td, "http", "", 2, 1, 5, 95), td, "app"))
			client.write(service(newSpan(td, client.scope, client.version, 4, 2, 10, 90), td, "gateway"), &c[0])
		}},
		{"two clients that ask one after the other", 2, func(td ptrace.Traces, c []truth) {
			c[1] = c[0]
			client.write(service(newSpan(td, client.scope, client.version, 1, 9, 0, 100), td, "app"), &c[0])
			client.write(service(newSpan(td, client.scope, client.version, 2, 9, 100, 200), td, "other"), &c[1])
		}},
		{"a client that knows an alias only", 1, func(td ptrace.Traces, c []truth) {
			s := service(newSpan(td, client.scope, client.version, 1, 0, 0, 100), td, "app")
			client.write(s, &c[0])
			for _, key := range []string{"gen_ai.request.model", "gen_ai.response.model"} {
				s.Attributes().PutStr(key, "prod-chat")
			}
			s.Attributes().PutInt("gen_ai.usage.reasoning.output_tokens", 0) // it tells more
			g := service(newSpan(td, gateway.scope, gateway.version, 4, 1, 10, 90), td, "gateway")
			gateway.write(g, &c[0])
			g.Attributes().PutStr("gen_ai.response.model", "prod-chat")
		}},
		{"a retry that failed, and one that did not", 1, func(td ptrace.Traces, c []truth) {
			client.write(newSpan(td, client.scope, client.version, 1, 0, 0, 100), &c[0])
			failed := newSpan(td, sdk.scope, sdk.version, 2, 1, 5, 40)
			failed.Attributes().PutStr("gen_ai.operation.name", "chat")
			failed.Attributes().PutStr("gen_ai.provider.name", "anthropic")
			failed.Attributes().PutStr("gen_ai.request.model", c[0].model)
			failed.Attributes().PutStr("error.type", "429")
			failed.Status().SetCode(ptrace.StatusCodeError)
			sdk.write(newSpan(td, sdk.scope, sdk.version, 3, 1, 50, 90), &c[0])
		}},
		{"a fallback to another model", 1, func(td ptrace.Traces, c []truth) {
			failed := newSpan(td, gateway.scope, gateway.version, 2, 1, 5, 40)
			failed.Attributes().PutStr("gen_ai.operation.name", "chat")
			failed.Attributes().PutStr("gen_ai.provider.name", "openai")
			failed.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
			failed.Status().SetCode(ptrace.StatusCodeError)
			gateway.write(newSpan(td, gateway.scope, gateway.version, 3, 1, 50, 90), &c[0])
		}},
		{"an answer from a gateway's cache", 1, func(td ptrace.Traces, c []truth) {
			gateway.write(newSpan(td, gateway.scope, gateway.version, 2, 1, 5, 40), &c[0])
			replay := newSpan(td, gateway.scope, gateway.version, 3, 1, 50, 52)
			gateway.write(replay, &c[0])
			replay.Attributes().PutBool("litellm.cache_hit", true)
		}},
		{"the same answer in two traces", 1, func(td ptrace.Traces, c []truth) {
			for i := range uint64(2) {
				s := newSpan(td, []string{"@mastra/otel-exporter", "gen_ai"}[i], "1", i+1, 0, 0, 100)
				sdk.write(s, &c[0])
				s.SetTraceID(traceID(i + 1))
				s.Attributes().PutStr("gen_ai.response.id", "msg_1")
			}
		}},
		{"three vocabularies on one span", 1, func(td ptrace.Traces, c []truth) {
			s := newSpan(td, "acme.bridge", "1", 1, 0, 0, 100)
			for _, k := range []int{0, 1, 2, 5} {
				e := emitter{spelling: &spellings[k]}
				e.write(s, &c[0])
			}
			s.Attributes().PutInt("ai.usage.inputTokens", c[0].fresh+c[0].read+c[0].write)
			s.Attributes().PutInt("ai.usage.outputTokens", c[0].text)
			s.Attributes().PutInt("ai.usage.cachedInputTokens", c[0].read)
		}},
	}
}

// TestACallIsBilledOnceHoweverManyTellOfIt sends what is told more than once in
// every order, in one group of spans and in many. Counts that are told rightly
// come out right; where a side is open, the total may be off but says so.
func TestACallIsBilledOnceHoweverManyTellOfIt(t *testing.T) {
	p := newPricer(t, declared, "")
	random := rand.New(rand.NewPCG(3, 4))
	all := append(scenarios(), agents()...)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			for range 20 {
				bill, calls := new(big.Rat), make([]truth, s.calls)
				for i := range calls {
					calls[i] = claude(random)
				}
				td := ptrace.NewTraces()
				s.build(td, calls)
				for i := range calls {
					bill.Add(bill, calls[i].bill(t))
				}
				for range 6 {
					v := price(p, shuffled(td, random))
					if v.sum.Cmp(bill) != 0 {
						t.Fatalf("the sum is %s, the bill %s (%+v)\n%s", v.sum.FloatString(9), bill.FloatString(9), calls, strings.Join(v.lines, "\n"))
					}
				}
			}
		})
	}
}

// agents are the roots and steps of frameworks that repeat what their calls
// said, in the ways that the frameworks do.
func agents() []scenario {
	type root struct {
		name, scope, version string
		marks                map[string]any
		kind                 ptrace.SpanKind
		leaf                 emitter
		leafMarks            map[string]any
	}
	spec := &spellings[1]
	roots := []root{
		{"AI SDK 7", "gen_ai", "", map[string]any{"gen_ai.operation.name": "invoke_agent"}, ptrace.SpanKindInternal, emitter{scope: "gen_ai", spelling: spec}, nil},
		{"AI SDK 6", "ai", "", map[string]any{"ai.operationId": "ai.generateText", "operation.name": "ai.generateText"}, ptrace.SpanKindInternal, emitter{scope: "ai", spelling: spec, excludes: true}, map[string]any{"ai.operationId": "ai.generateText.doGenerate"}},
		{"opencode", "opencode", "", map[string]any{"ai.operationId": "ai.streamText"}, ptrace.SpanKindInternal, emitter{scope: "opencode", spelling: spec, excludes: true}, map[string]any{"ai.operationId": "ai.streamText.doStream"}},
		{"Pydantic AI", "pydantic-ai", "1.61.0", map[string]any{"gen_ai.operation.name": "invoke_agent"}, ptrace.SpanKindInternal, emitter{scope: "pydantic-ai", version: "1.61.0", spelling: spec}, nil},
		{"Pydantic AI before it told an operation", "pydantic-ai", "0.4.0", map[string]any{"agent_name": "a", "model_name": "claude-sonnet-4-5"}, ptrace.SpanKindInternal, emitter{scope: "pydantic-ai", version: "0.4.0", spelling: spec}, nil},
		{"OpenInference, an agent", "openinference.instrumentation.agno", "0.1.19", map[string]any{"openinference.span.kind": "AGENT"}, ptrace.SpanKindInternal, emitter{scope: "openinference.instrumentation.agno", version: "0.1.19", spelling: &spellings[5]}, nil},
		{"OpenInference, a chain", "openinference.instrumentation.crewai", "1", map[string]any{"openinference.span.kind": "CHAIN"}, ptrace.SpanKindInternal, emitter{scope: "openinference.instrumentation.crewai", version: "1", spelling: &spellings[5]}, nil},
		{"Langfuse", "langfuse-sdk", "5.11.1", map[string]any{"langfuse.observation.type": "agent"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"Traceloop workflow", "@traceloop/node-server-sdk", "0.27.0", map[string]any{"traceloop.span.kind": "workflow"}, ptrace.SpanKindInternal, emitter{scope: "@traceloop/instrumentation-anthropic", version: "0.27.0", spelling: spec, excludes: true}, nil},
		{"Google ADK", "gcp.vertex.agent", "2.13.0", map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.system": "gcp.vertex.agent"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"Sentry", "@sentry/node", "10.78.0", map[string]any{"gen_ai.operation.name": "invoke_agent"}, ptrace.SpanKindInternal, emitter{scope: "@sentry/node", version: "10.78.0", spelling: spec}, nil},
		{"Copilot", "copilot-chat", "1", map[string]any{"gen_ai.operation.name": "invoke_agent"}, ptrace.SpanKindInternal, emitter{scope: "copilot-chat", version: "1", spelling: spec}, nil},
		{"LangSmith", "langsmith", "0.12.0", map[string]any{"langsmith.span.kind": "chain", "gen_ai.operation.name": "chain"}, ptrace.SpanKindInternal, emitter{scope: "langsmith", version: "0.12.0", spelling: spec}, map[string]any{"langsmith.span.kind": "llm"}},
		{"Mastra", "@mastra/otel-exporter", "1.4.0", map[string]any{"gen_ai.operation.name": "invoke_agent", "mastra.span.type": "agent_run"}, ptrace.SpanKindInternal, emitter{scope: "@mastra/otel-exporter", version: "1.4.0", spelling: spec}, nil},
		{"Microsoft Agent Framework", "agent_framework", "1.9.0", map[string]any{"gen_ai.operation.name": "invoke_agent"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"Spring AI", "org.springframework.boot", "3", map[string]any{"gen_ai.operation.name": "framework", "gen_ai.system": "spring_ai"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"an unknown framework's workflow", "acme.agents", "7", map[string]any{"gen_ai.operation.name": "invoke_workflow"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"an unknown framework without an operation", "acme.agents", "7", map[string]any{"acme.span": "run"}, ptrace.SpanKindInternal, emitter{scope: "opentelemetry.instrumentation.anthropic", version: "0.62.4", spelling: spec}, nil},
		{"an unknown framework with the calls' operation", "acme.agents", "7", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-sonnet-4-5"}, ptrace.SpanKindInternal, emitter{scope: "acme.agents", version: "7", spelling: spec}, nil},
	}
	var all []scenario
	for _, r := range roots {
		for _, calls := range []int{1, 3} {
			all = append(all, scenario{fmt.Sprintf("%s, calls: %d", r.name, calls), calls, func(td ptrace.Traces, c []truth) {
				total := truth{served: c[0].served}
				for i := range c {
					total.fresh, total.read, total.write, total.text = total.fresh+c[i].fresh, total.read+c[i].read, total.write+c[i].write, total.text+c[i].text
				}
				top := newSpan(td, r.scope, r.version, 1, 0, 0, 1000)
				sums := r.leaf
				sums.write(top, &total)
				top.Attributes().Remove("gen_ai.operation.name")
				top.Attributes().Remove("openinference.span.kind")
				for key, value := range r.marks {
					top.Attributes().PutStr(key, value.(string))
				}
				top.SetKind(r.kind)
				for i := range c {
					start := int64(10 + 100*i)
					leaf := newSpan(td, r.leaf.scope, r.leaf.version, uint64(i+2), 1, start, start+90)
					r.leaf.write(leaf, &c[i])
					for key, value := range r.leafMarks {
						leaf.Attributes().PutStr(key, value.(string))
					}
				}
			}})
		}
	}
	return all
}

func TestScenariosAreMany(t *testing.T) {
	require.Greater(t, len(scenarios())+len(agents()), 60)
}

package genai

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// traceBuilder puts the spans of one trace together. Times run forward: a call
// starts where the one before it ended, and the root ends with the last.
type traceBuilder struct {
	g        *Generator
	emitter  *emitter
	scenario scenario
	traces   ptrace.Traces
	genAI    ptrace.SpanSlice // spans of the instrumentation
	app      ptrace.SpanSlice // spans of the application itself; only if there is one
	hasApp   bool
	id       pcommon.TraceID
	clock    time.Time
	truth    []Span
}

func (g *Generator) begin(e *emitter, s scenario) *traceBuilder {
	b := &traceBuilder{g: g, emitter: e, scenario: s, traces: ptrace.NewTraces(), id: g.traceID(), clock: g.now}
	resource := b.traces.ResourceSpans().AppendEmpty()
	service := []string{"support", "search", "agents"}[g.random.IntN(3)]
	resource.Resource().Attributes().PutStr("service.name", service)
	resource.Resource().Attributes().PutStr("deployment.environment.name", "demo")
	calls := resource.ScopeSpans().AppendEmpty()
	calls.Scope().SetName(e.scope)
	calls.Scope().SetVersion(e.version)
	b.genAI = calls.Spans()
	return b
}

// ofApp is where spans of the application go. An SDK sends no empty scopes.
func (b *traceBuilder) ofApp() ptrace.SpanSlice {
	if !b.hasApp {
		app := b.traces.ResourceSpans().At(0).ScopeSpans().AppendEmpty()
		app.Scope().SetName("app")
		b.app, b.hasApp = app.Spans(), true
	}
	return b.app
}

// start adds a span that begins now; finish ends it now.
func (b *traceBuilder) start(in ptrace.SpanSlice, parent pcommon.SpanID) ptrace.Span {
	s := in.AppendEmpty()
	s.SetTraceID(b.id)
	s.SetSpanID(b.g.spanID())
	s.SetParentSpanID(parent)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(b.clock))
	return s
}

func (b *traceBuilder) finish(s ptrace.Span) {
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(b.clock))
}

// open starts the root: a roll-up where the instrumentation makes one, else a
// span of the application. No GenAI attribute is on it yet.
func (b *traceBuilder) open(m model) (root ptrace.Span, rollUp bool) {
	e := b.emitter
	if e.rollUp != nil && !m.embedding && (e.alwaysRoot || b.scenario == agent) {
		return b.start(b.genAI, pcommon.NewSpanIDEmpty()), true
	}
	root = b.start(b.ofApp(), pcommon.NewSpanIDEmpty())
	root.SetName("POST /answer")
	root.SetKind(ptrace.SpanKindServer)
	root.Attributes().PutStr("http.request.method", "POST")
	root.Attributes().PutStr("http.route", "/answer")
	return root, false
}

// close writes what a roll-up repeats: the usage of all calls below it.
func (b *traceBuilder) close(root ptrace.Span, rollUp bool, first *request, sum counts) {
	b.finish(root)
	if !rollUp {
		return
	}
	total := *first
	total.counts = sum
	b.emitter.rollUp(root, &total)
	if first.failed {
		fail(root, "AI_APICallError")
	}
	if !sum.isEmpty() {
		t := b.newTruth(root, &total)
		t.verdict(status.RollUp)
		b.truth = append(b.truth, t)
	}
}

// call writes one call, with the step above it if the instrumentation makes one.
func (b *traceBuilder) call(root ptrace.Span, rollUp bool, r *request) {
	parent := root
	if rollUp && b.emitter.step != nil {
		parent = b.start(b.genAI, root.SpanID())
		b.emitter.step(parent)
	}
	s := b.start(b.genAI, parent.SpanID())
	b.clock = b.clock.Add(b.g.between(200*time.Millisecond, 8*time.Second))
	b.finish(s)
	if parent != root {
		b.finish(parent)
	}
	untold := b.emitter.call(s, r)
	t := b.newTruth(s, r)
	untold &^= b.tell(s, r, &t)
	switch {
	case r.failed:
		t.verdict(status.FailedCall)
	case r.scenario == unknownModel && b.emitter.hidesProvider:
		t.verdict(status.ProviderNotReported)
	case r.scenario == unknownModel:
		t.verdict(status.ModelUnknown)
	case r.scenario == provisioned:
		t.verdict(status.ProvisionedThroughput)
	default:
		t.untold(untold)
	}
	b.truth = append(b.truth, t)
}

// tool writes what an agent does between two calls.
func (b *traceBuilder) tool(root ptrace.Span) {
	s := b.start(b.ofApp(), root.SpanID())
	s.SetName("lookup order")
	b.clock = b.clock.Add(b.g.between(5*time.Millisecond, 300*time.Millisecond))
	b.finish(s)
}

// tell adds the facts that an application puts on its spans because its
// instrumentation cannot, and returns the reasons that they settle.
func (b *traceBuilder) tell(s ptrace.Span, r *request, t *Span) status.Set {
	a := on(s)
	switch b.scenario {
	case batch:
		a.str(attrkey.FactMode, "batch")
		t.Mode = "batch"
		return status.Of(status.ServiceTierNotReported)
	case provisioned:
		a.str(attrkey.FactBilling, attrkey.BillingProvisioned)
	case toldFacts:
		a.str(attrkey.FactMode, "default")
		a.str(attrkey.FactGeo, r.model.geo())
		a.num(attrkey.FactPrefix+"cache_read", r.counts.cacheRead)
		a.num(attrkey.FactPrefix+"cache_write.5m", r.counts.write5m)
		a.num(attrkey.FactPrefix+"cache_write.1h", r.counts.write1h)
		a.num(attrkey.FactPrefix+"web_search", 0)
		return status.Of(status.ToolUseNotReported, status.ServiceTierNotReported, status.RegionNotReported, status.CacheNotReported, status.CacheWriteNotReported, status.CacheTTLNotReported)
	}
	return 0
}

func (b *traceBuilder) newTruth(s ptrace.Span, r *request) Span {
	t := Span{
		TraceID: s.TraceID().String(), SpanID: s.SpanID().String(),
		Dialect: b.emitter.dialect, Scope: b.emitter.scope, Scenario: r.scenario.String(),
		Start: s.StartTimestamp().AsTime(), Provider: r.names().book, RequestModel: r.model.asked, ResponseModel: r.model.served,
		Tokens: r.counts.tokens(), Geo: r.model.geo(),
	}
	if r.tier != "default" {
		t.Mode = r.tier
	}
	return t
}

package tokencostconnector

import (
	"context"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/inventory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// lookout is what one goroutine watches for entries with. What it notes of a
// batch points into the telemetry, and is settled at its end.
type lookout struct {
	*catalog
	service  string
	target   inventory.Target
	requests []request
	calls    []spanKey // spans that stand for calls
	traces   map[pcommon.TraceID]bool
	nodes    map[spanKey]node // spans of the traces that have requests

	id         inventory.ID
	sample     series.Sighting
	key, rest  []byte
	overflowed int64

	describe, describeRest func() pcommon.Map // bound once, so that adding allocates nothing
}

// request is a client span to the host of an AI API.
type request struct {
	spanKey
	parent                  pcommon.SpanID
	service, provider, host string
}

type spanKey struct {
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// node is a span as a request below it sees it.
type node struct {
	span ptrace.Span
	call bool   // it stands for a call
	host string // where it went, of a request
}

func newLookout(c *catalog) *lookout {
	l := &lookout{catalog: c, traces: map[pcommon.TraceID]bool{}, nodes: map[spanKey]node{}}
	l.describe = func() pcommon.Map { return l.attributes(&l.id) }
	l.describeRest = func() pcommon.Map {
		attrs := pcommon.NewMap()
		attrs.PutStr(l.names.source, l.id.Source.String())
		attrs.PutBool(overflowKey, true)
		return attrs
	}
	return l
}

// under prepares for the spans or records of a resource.
func (l *lookout) under(resource pcommon.Map) {
	l.service = ""
	if v, ok := resource.Get(attrkey.ServiceName); ok && v.Type() == pcommon.ValueTypeStr {
		l.service = v.Str()
	}
}

// noRequests are the reasons of GenAI spans that send no request of their own:
// one below them is of another call, which nothing else may tell of.
var noRequests = status.Of(status.RollUp, status.NoInference)

// span adds the call of a span that counts, and notes a request to the host of
// an AI API. The function tells whether the span is a GenAI span without a
// result; it is asked of such a request only.
func (l *lookout) span(b *batch, span ptrace.Span, counts bool, isGenAI func() bool) {
	if counts {
		l.call(b)
	}
	if b.result.Known() {
		if b.result.Reasons&noRequests == 0 {
			l.calls = append(l.calls, spanKey{span.TraceID(), span.SpanID()})
		}
		return
	}
	if span.Kind() != ptrace.SpanKindClient {
		return
	}
	l.target.Read(span.Attributes())
	host, provider, ok := l.hosts.Provider(&l.target)
	if !ok || isGenAI() {
		return
	}
	l.requests = append(l.requests, request{spanKey{span.TraceID(), span.SpanID()}, span.ParentSpanID(), l.service, provider, host})
}

// call adds the call that was read.
func (l *lookout) call(b *batch) {
	provider, model := b.name()
	l.id = inventory.ID{Source: inventory.GenAI, Service: clean(l.service), Provider: clean(provider), Model: clean(model)}
	x := &b.sample
	var tokens int64
	for _, n := range x.Tokens {
		tokens += n
	}
	l.sample = series.Sighting{
		Priced: b.result.Status != status.Unpriced, Cost: x.Cost, HasCost: x.HasCost, Currency: clean(b.result.Currency), Tokens: tokens,
		Trace: x.Trace, Span: x.Span,
	}
	l.add()
}

// clean returns a bounded text that can be stored as it is.
func clean(s string) string {
	if s = cut(s); utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (l *lookout) add() {
	l.key = keyOf(l.key[:0], &l.id)
	l.rest = append(l.rest[:0], 0, byte(l.id.Source)) // no source is zero, so this is no entry's key
	if l.entries.Add(l.key, l.describe, l.rest, l.describeRest, &l.sample, l.now()) || l.sample.LeftOut {
		l.overflowed++
	}
}

// settle adds the requests of a batch, but for those that a call of it sent, or
// that a request to the same host stands for already.
func (l *lookout) settle(td ptrace.Traces) {
	if len(l.requests) > 0 {
		l.index(td)
		for i := range l.requests {
			r := &l.requests[i]
			if l.isTold(r) {
				continue
			}
			l.id = inventory.ID{Source: inventory.HTTP, Service: clean(r.service), Provider: r.provider, Host: r.host}
			l.sample = series.Sighting{Trace: r.trace, Span: r.span}
			l.add()
		}
	}
}

// index finds the spans of the traces that have requests.
func (l *lookout) index(td ptrace.Traces) {
	for i := range l.requests {
		l.traces[l.requests[i].trace] = true
	}
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for j := range rs.ScopeSpans().Len() {
			spans := rs.ScopeSpans().At(j).Spans()
			for k := range spans.Len() {
				if s := spans.At(k); l.traces[s.TraceID()] {
					l.nodes[spanKey{s.TraceID(), s.SpanID()}] = node{span: s}
				}
			}
		}
	}
	for _, key := range l.calls {
		if n, ok := l.nodes[key]; ok {
			n.call = true
			l.nodes[key] = n
		}
	}
	for i := range l.requests {
		r := &l.requests[i]
		n := l.nodes[r.spanKey]
		n.host = r.host
		l.nodes[r.spanKey] = n
	}
}

// maxAncestors bounds the way up from a request to its call: a retry, a
// transport and the like are between them.
const maxAncestors = 16

// isTold goes up to the call that sent a request, within the service: where a
// server span is, somebody else sent it.
func (l *lookout) isTold(r *request) bool {
	key := spanKey{r.trace, r.parent}
	for range maxAncestors {
		n, ok := l.nodes[key]
		switch {
		case key.span.IsEmpty() || !ok:
			return false
		case n.call || n.host == r.host:
			return true
		case n.span.Kind() == ptrace.SpanKindServer || n.span.Kind() == ptrace.SpanKindConsumer:
			return false
		case interaction.KindOf(n.span.Attributes()) != interaction.Ordinary:
			return false // an agent or a tool, which is no call
		}
		key.span = n.span.ParentSpanID()
	}
	return false
}

// end counts what became of a batch, and lets go of the telemetry.
func (l *lookout) end(ctx context.Context) {
	if l.overflowed > 0 {
		l.telemetry.ConnectorTokenCostInventoryOverflow.Add(ctx, l.overflowed)
		l.overflowed = 0
	}
	clear(l.requests)
	l.requests, l.calls = l.requests[:0], l.calls[:0]
	if len(l.nodes) > 0 {
		clear(l.nodes)
		clear(l.traces)
	}
	l.service, l.target, l.id, l.sample = "", inventory.Target{}, inventory.ID{}, series.Sighting{}
}

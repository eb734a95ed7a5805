package tokencostconnector

import (
	"context"
	"hash/maphash"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// tracker is what one goroutine follows spans with.
type tracker struct {
	*interactions
	span   interaction.Span
	dims   found
	outer  found // of scope and resource
	fresh  bool  // outer is that of the scope
	values []interaction.Value
	text   []byte
	now    int64

	links []interaction.Link // spans that are not of GenAI and were not handed over yet
	trace pcommon.TraceID    // of all of them

	late, lost int64
}

func newTracker(a *interactions) *tracker {
	return &tracker{interactions: a, values: make([]interaction.Value, a.own), links: make([]interaction.Link, 0, maxLinks), text: make([]byte, 0, (2*a.own+notDimensions)*(maxValue+32))}
}

// traceSpan follows a span. The call in the batch is that of the span if it counts.
func (t *tracker) traceSpan(ctx context.Context, b *batch, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span, counts bool) {
	if b.kind == interaction.Ordinary && !b.result.Known() {
		t.link(span)
		return
	}
	s := &t.span
	s.Trace, s.ID, s.Parent = span.TraceID(), span.SpanID(), span.ParentSpanID()
	s.Start, s.End, s.Name = span.StartTimestamp(), span.EndTimestamp(), ""
	s.Kind, s.IsCall = max(b.kind, interaction.Other), counts
	if s.Parent.IsEmpty() {
		s.Name = span.Name()
	}
	t.describe(span.Attributes(), ss.Scope().Attributes(), rs.Resource().Attributes())
	if b.kind == interaction.Agent {
		t.nameAgent(span.Name())
	}
	if counts {
		t.call(b)
		s.Call.Failed = s.Call.Failed || span.Status().Code() == ptrace.StatusCodeError
		for i := range t.roles {
			if t.roles[i].when.Span(ctx, rs, ss, span) {
				s.Call.Given = t.roles[i].role
				break
			}
		}
	}
	t.add(b)
}

// maxLinks is how many spans are handed over at a time.
const maxLinks = 64

// link follows a span that is not of GenAI. Those of one trace that come one
// after another are handed over together.
func (t *tracker) link(span ptrace.Span) {
	trace := span.TraceID()
	if len(t.links) == maxLinks || len(t.links) > 0 && trace != t.trace {
		t.handLinks()
	}
	l := interaction.Link{ID: span.SpanID(), Parent: span.ParentSpanID()}
	if l.Parent.IsEmpty() {
		l.Start, l.Name = span.StartTimestamp(), span.Name()
	}
	t.links, t.trace = append(t.links, l), trace
}

func (t *tracker) handLinks() {
	t.lost += int64(t.window.AddLinks(t.now, t.trace, t.links))
	clear(t.links) // names point into the telemetry
	t.links = t.links[:0]
}

// record follows a log record that tells of a call.
func (t *tracker) record(ctx context.Context, b *batch, rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) {
	s := &t.span
	s.Trace, s.ID, s.Parent = record.TraceID(), pcommon.SpanID{}, record.SpanID()
	s.Start, s.End, s.Name, s.Kind, s.IsCall = record.Timestamp(), record.Timestamp(), "", interaction.Other, true
	t.describe(record.Attributes(), sl.Scope().Attributes(), rl.Resource().Attributes())
	t.call(b)
	for i := range t.roles {
		if t.roles[i].when.Log(ctx, rl, sl, record) {
			s.Call.Given = t.roles[i].role
			break
		}
	}
	t.add(b)
}

// describe reads the dimensions and the conversation.
func (t *tracker) describe(attrs, scope, resource pcommon.Map) {
	if !t.fresh {
		t.interactions.dims.reset(&t.outer)
		t.interactions.dims.read(resource, 2, &t.outer)
		t.interactions.dims.read(scope, 1, &t.outer)
		t.fresh = true
	}
	t.interactions.dims.copy(&t.outer, &t.dims)
	t.interactions.dims.read(attrs, 0, &t.dims)
	t.text = t.text[:0]
	for i := range t.values {
		t.values[i] = t.value(i)
	}
	t.span.Values, t.span.Conversation, t.span.Unit = t.values, t.value(t.own), t.value(t.own+1)
}

// nameAgent takes the name of the span of an agent for the agent's, if it has
// no other: else the name of an agent that it calls would stand for the whole.
func (t *tracker) nameAgent(name string) {
	for i := range t.values {
		if rank := t.agents[i]; rank < t.values[i].Rank && name != "" {
			at := len(t.text)
			t.text = append(t.text, cut(name)...)
			t.values[i] = interaction.Value{Rank: rank, Text: t.text[at:]}
		}
	}
}

// value returns what was found for a dimension. The text never grows beyond
// what was made for it, so that earlier values stay where they are.
func (t *tracker) value(i int) interaction.Value {
	if t.dims.ranks[i] == absent {
		return interaction.Value{Rank: interaction.Absent}
	}
	at := len(t.text)
	if t.text = text(t.text, t.dims.values[i]); len(t.text) == at {
		return interaction.Value{Rank: interaction.Absent} // an empty name is none
	}
	return interaction.Value{Rank: t.dims.ranks[i], Text: t.text[at:]}
}

// call takes what was read of the call. A sampled trace stands for itself
// here, whatever weight it has elsewhere.
func (t *tracker) call(b *batch) {
	r := &b.result
	c := &t.span.Call
	*c = interaction.Call{
		Status: r.Status, Currency: cut(r.Currency), Failed: r.Reasons.Has(status.FailedCall), Retrieves: b.kind == interaction.Retriever,
	}
	switch {
	case r.HasTotal && r.Status.Priced():
		c.Cost, c.Loaded, c.HasLoaded = r.Total, r.Loaded, r.Overhead > 0 && !r.Loaded.IsZero()
	case r.Status.Priced():
		c.Status = status.Unpriced
	}
	var n [series.NumMeters]int64
	if b.known && r.Status != status.NotBillable {
		tokens(&b.call, &n)
	}
	c.Input = n[series.Input] + n[series.CacheRead] + n[series.CacheWrite]
	c.Tokens = c.Input + n[series.Output] + n[series.Reasoning]
	if b.known {
		c.Failed = c.Failed || b.call.Failed
		c.Asked = t.hash(b.call.RequestModel)
	}
	_, model := r.Model()
	if model == "" {
		_, model = b.name()
	}
	c.Model = t.hash(model)
}

// hash stands for a model, whoever provides it.
func (t *tracker) hash(model string) uint64 {
	if model == "" {
		return 0
	}
	return maphash.String(t.seed, model)
}

// add hands the span over, and tells the spend of a call that no interaction takes.
func (t *tracker) add(b *batch) {
	outcome := t.window.Add(t.now, &t.span)
	b.soFar = t.span.SoFar
	if outcome&interaction.WasLost != 0 {
		t.lost++
	}
	role := interaction.Late
	switch {
	case outcome&interaction.WasLate != 0:
		t.late++
	case outcome&interaction.WasAlone != 0:
		role = interaction.Untraced
	default:
		return
	}
	if t.span.IsCall {
		t.teller.single(role, &t.span, b.at)
	}
}

// begin prepares for a batch, and end counts what became of it.
func (t *tracker) begin() { t.now = int64(time.Since(t.began)) }

func (t *tracker) end(ctx context.Context, m *metadata.TelemetryBuilder) {
	if len(t.links) > 0 {
		t.handLinks()
	}
	if t.late > 0 {
		m.ConnectorTokenCostLateSpans.Add(ctx, t.late)
	}
	if t.lost > 0 {
		m.ConnectorTokenCostUnclassifiedSpans.Add(ctx, t.lost)
	}
	t.late, t.lost = 0, 0
	t.dims, t.outer, t.span, t.fresh = found{}, found{}, interaction.Span{}, false // they point into the telemetry
}

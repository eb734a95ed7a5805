package pricer

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// Visited is one call with its result, for those who want to see it all, in the
// order of the batch. It is valid during the visit only.
type Visited struct {
	Signal     dialect.Signal
	Resource   pcommon.Resource
	Scope      pcommon.InstrumentationScope
	Span       ptrace.Span    // of traces
	Record     plog.LogRecord // of logs
	Metric     pmetric.Metric // of metrics: the first whose points told the usage
	Group      *dialect.Group // of metrics: those points
	Attributes pcommon.Map    // of any; with the result, but for metrics that were priced now
	Emitter    string         // the emitter that the dialect recognised, if any
	Call       *call.Call
	Result     *engine.Result // nil if an earlier result was kept
	Book       *pricebook.Book
}

// show lets the visitor see a call.
func (b *batch) show(pending *pending, r *engine.Result) {
	if b.visit == nil {
		return
	}
	at := &pending.at
	b.visit(&Visited{
		Signal: at.signal, Resource: at.resource(), Scope: at.scope(), Span: at.span, Record: at.record, Attributes: at.attributes(),
		Emitter: pending.from, Call: &pending.call, Result: r, Book: b.book,
	})
}

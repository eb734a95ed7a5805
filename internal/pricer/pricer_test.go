package pricer

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Exporters put the spans of one instrumentation before those of the next, so
// the two sightings of a call are far apart in a large batch.
func TestCallsSeenTwiceAreFoundInLargeBatches(t *testing.T) {
	const calls = 5000
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	for level, scope := range []string{"outer", "inner"} {
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(scope)
		for i := range calls {
			span := ss.Spans().AppendEmpty()
			genaiSpan(span, i, "model-1")
			span.Attributes().Remove("gen_ai.response.id")
			span.SetTraceID(pcommon.TraceID{1, byte(i), byte(i >> 8)})
			span.SetSpanID(pcommon.SpanID{byte(level + 1)})
			span.SetParentSpanID(pcommon.SpanID{byte(level)})
		}
	}
	stats := newPricer(t, 10).Traces(t.Context(), td, nil)
	assert.EqualValues(t, calls, stats.ByReason[status.DuplicateCall])
	assert.EqualValues(t, calls, stats.ByStatus[status.NotBillable])
}

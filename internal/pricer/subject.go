package pricer

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// subject is where a call was found, with what surrounds it, as conditions see
// it. Only the fields of its signal are set.
type subject struct {
	signal dialect.Signal

	traces ptrace.ResourceSpans
	spans  ptrace.ScopeSpans
	span   ptrace.Span

	logs    plog.ResourceLogs
	records plog.ScopeLogs
	record  plog.LogRecord

	metrics pmetric.ResourceMetrics
	meters  pmetric.ScopeMetrics
	metric  pmetric.Metric
	point   any // a data point of the metric
}

// attributes are those of the span or log record, which results are written to.
func (s *subject) attributes() pcommon.Map {
	if s.signal == dialect.Logs {
		return s.record.Attributes()
	}
	return s.span.Attributes()
}

func (s *subject) resource() pcommon.Resource {
	switch s.signal {
	case dialect.Logs:
		return s.logs.Resource()
	case dialect.Metrics:
		return s.metrics.Resource()
	}
	return s.traces.Resource()
}

func (s *subject) scope() pcommon.InstrumentationScope {
	switch s.signal {
	case dialect.Logs:
		return s.records.Scope()
	case dialect.Metrics:
		return s.meters.Scope()
	}
	return s.spans.Scope()
}

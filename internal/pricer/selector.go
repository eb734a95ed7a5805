package pricer

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// Selector selects spans and log records by conditions, as the settings of the
// processor do, for components that read what the processor wrote. It is
// immutable and safe for concurrent use.
type Selector struct{ condition condition }

// NewSelector compiles OTTL conditions; without any, everything is selected.
func NewSelector(conditions []string) (*Selector, error) {
	c, err := parseConditions(conditions)
	if err != nil {
		return nil, err
	}
	return &Selector{c}, nil
}

// Span tells whether a span is selected.
func (s *Selector) Span(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) bool {
	return s.condition.holds(ctx, &subject{signal: dialect.Traces, traces: rs, spans: ss, span: span})
}

// Record tells whether a log record is selected.
func (s *Selector) Record(ctx context.Context, rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) bool {
	return s.condition.holds(ctx, &subject{signal: dialect.Logs, logs: rl, records: sl, record: record})
}

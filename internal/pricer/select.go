package pricer

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// Conditions are OTTL conditions as in the processor's configuration, for other
// components: any that holds selects a span or log record, and none select all.
type Conditions struct{ condition condition }

// ParseConditions compiles conditions. The error names the one that is wrong.
func ParseConditions(texts []string) (Conditions, error) {
	c, err := parseConditions(texts)
	return Conditions{c}, err
}

// Span tells whether a span is selected.
func (c *Conditions) Span(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) bool {
	return c.condition.holds(ctx, &subject{signal: dialect.Traces, traces: rs, spans: ss, span: span})
}

// Log tells whether a log record is selected.
func (c *Conditions) Log(ctx context.Context, rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) bool {
	return c.condition.holds(ctx, &subject{signal: dialect.Logs, logs: rl, records: sl, record: record})
}

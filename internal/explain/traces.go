package explain

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Traces prices a batch in place and explains each call in it, in the order of
// the batch. Spans that carried results before, and were left alone, are
// explained as such.
func Traces(ctx context.Context, p *pricer.Pricer, keys *attrkey.Written, td ptrace.Traces) ([]*Call, pricer.Stats) {
	carried := map[ptrace.Span]bool{}
	for span := range spans(td) {
		if _, ok := span.Attributes().Get(keys.Status); ok {
			carried[span] = true
		}
	}
	calls := map[ptrace.Span]*Call{}
	stats := p.Traces(ctx, td, func(v *pricer.Visited) { calls[v.Span] = Of(v, keys) })
	var out []*Call
	for span, resource := range spans(td) {
		switch c := calls[span]; {
		case c != nil:
			out = append(out, c)
		case carried[span] && stats.Kept > 0:
			out = append(out, kept(resource, span, keys))
		}
	}
	return out, stats
}

// spans iterates over the spans of a batch and their resources.
func spans(td ptrace.Traces) func(func(ptrace.Span, ptrace.ResourceSpans) bool) {
	return func(yield func(ptrace.Span, ptrace.ResourceSpans) bool) {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					if !yield(span, rs) {
						return
					}
				}
			}
		}
	}
}

// kept explains a span that carried results and was left alone.
func kept(rs ptrace.ResourceSpans, span ptrace.Span, keys *attrkey.Written) *Call {
	v, _ := span.Attributes().Get(keys.Status)
	c := &Call{
		Span: spanOf(&pricer.Visited{Resource: rs, Span: span}), Kind: "kept", Status: v.AsString(),
		Hints: []Hint{{
			Say:   "the span carried " + keys.Status + " already and was left alone; to price it anew:",
			Where: "configuration", YAML: "incoming: replace",
		}},
	}
	if book, ok := span.Attributes().Get(keys.Book); ok {
		c.Book = book.AsString()
	}
	return c
}

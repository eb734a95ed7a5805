// Package subject holds what the benchmark measures: processors and connectors, each made by its
// factory, on batches of spans that all of them share, with a check that the work
// was really done.
package subject

import (
	"context"
	"encoding/binary"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// Target is what a subject should reach.
type Target struct {
	NS     float64 // nanoseconds a span, at most
	Allocs float64 // allocations a span, at most, besides the few that a batch makes whatever its size
}

// Subject is a processor or connector at work on a batch, or on several by turns.
type Subject struct {
	Name       string
	Batch      spans.Batch
	Goroutines int             // that process batches of their own at the same time
	Writes     int             // attributes that each span gains
	Target     *Target         // nil where there is none
	Series     int             // of a connector: how many its batches add to
	Rest       []ptrace.Traces // further batches
	NewTraces  bool            // every span is of a trace of its own each time

	traces    uint64 // that were made by Renew
	processor *running
	check     func(pcommon.Map) error // of a span, after; nil if how many were written tells enough
}

// Process processes a batch, and changes it.
func (s *Subject) Process(ctx context.Context, td ptrace.Traces) error {
	return s.processor.ConsumeTraces(ctx, td)
}

// Batches is how many batches there are.
func (s *Subject) Batches() int { return 1 + len(s.Rest) }

// Fresh returns a copy of the batch.
func (s *Subject) Fresh() ptrace.Traces { return s.FreshAt(0) }

// FreshAt returns a copy of batch i, of which all follow each other by turns.
func (s *Subject) FreshAt(i int) ptrace.Traces {
	td, from := ptrace.NewTraces(), s.Batch.Traces
	if i %= s.Batches(); i > 0 {
		from = s.Rest[i-1]
	}
	from.CopyTo(td)
	return td
}

// Renew makes the spans of a batch those of traces that were not there before.
func (s *Subject) Renew(td ptrace.Traces) {
	for _, span := range spans.In(td).All() {
		id := span.TraceID()
		s.traces++
		binary.BigEndian.PutUint64(id[:], s.traces)
		span.SetTraceID(id)
	}
}

// Check tells whether a processed batch has what the subject should have written.
func (s *Subject) Check(td ptrace.Traces) error {
	after := spans.In(td)
	if after.Len() != spans.BatchSize {
		return fmt.Errorf("%s, %s: %d spans became %d", s.Name, s.Batch.Name, spans.BatchSize, after.Len())
	}
	for i := range spans.BatchSize {
		attrs := after.At(i).Attributes()
		if n := attrs.Len() - s.Batch.Attributes; n != s.Writes {
			return fmt.Errorf("%s, %s: span %d gained %d attributes, not %d: %v", s.Name, s.Batch.Name, i, n, s.Writes, attrs.AsRaw())
		}
		if s.check == nil {
			continue
		}
		if err := s.check(attrs); err != nil {
			return fmt.Errorf("%s, %s: span %d: %w: %v", s.Name, s.Batch.Name, i, err, attrs.AsRaw())
		}
	}
	return nil
}

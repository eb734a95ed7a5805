// Package subject holds what the benchmark measures: processors, each made by its
// factory, on batches of spans that all of them share, with a check that the work
// was really done.
package subject

import (
	"context"
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

// Subject is a processor at work on a batch.
type Subject struct {
	Name       string
	Batch      spans.Batch
	Goroutines int     // that process batches of their own at the same time
	Writes     int     // attributes that each span gains
	Target     *Target // nil where there is none

	processor *running
	check     func(pcommon.Map) error // of a span, after; nil if how many were written tells enough
}

// Process processes a batch, and changes it.
func (s *Subject) Process(ctx context.Context, td ptrace.Traces) error {
	return s.processor.ConsumeTraces(ctx, td)
}

// Fresh returns a copy of the batch.
func (s *Subject) Fresh() ptrace.Traces {
	td := ptrace.NewTraces()
	s.Batch.Traces.CopyTo(td)
	return td
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

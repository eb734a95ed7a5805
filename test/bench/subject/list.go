package subject

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

// List is all subjects.
type List struct {
	Subjects []*Subject
	dir      string
	ctx      context.Context //nolint:containedctx // a list is built within one call of New
	err      error           // the first one; nothing is added after it
}

// exactWrites is how many attributes an exact call gains: status, total, three
// parts, currency, price, book and usage_basis. An estimated one gains its reasons too.
const (
	exactWrites     = 9
	estimatedWrites = exactWrites + 1
)

// New starts all subjects, and proves of each that it works. Their price books
// are written below dir.
func New(ctx context.Context, dir string) (*List, error) {
	l := &List{dir: dir, ctx: ctx}
	notGenAI, call := spans.Plain(), exactCalls(12, 10)
	l.add(Subject{Name: "a processor that does nothing", Batch: notGenAI}, byHand(func(ptrace.Traces) {}), "")
	l.ours(notGenAI, call)
	l.peers(notGenAI, call)
	if l.err != nil {
		return nil, errors.Join(l.err, l.Close())
	}
	return l, nil
}

// Close stops the processors.
func (l *List) Close() error {
	var errs []error
	for _, s := range l.Subjects {
		errs = append(errs, s.processor.stop())
	}
	return errors.Join(errs...)
}

// add starts a processor for a subject and checks one batch.
func (l *List) add(s Subject, factory processor.Factory, config string) {
	if l.err != nil {
		return
	}
	s.Goroutines = max(s.Goroutines, 1)
	if s.processor, l.err = run(l.ctx, factory, config); l.err == nil {
		l.put(&s)
	}
}

// put takes a subject whose processor or connector runs, and checks each of its batches.
func (l *List) put(s *Subject) {
	l.Subjects = append(l.Subjects, s)
	for i := range s.Batches() {
		td := s.FreshAt(i)
		if l.err = s.Process(l.ctx, td); l.err == nil {
			l.err = s.Check(td)
		}
		if l.err != nil {
			return
		}
	}
}

// exactCalls are calls of which everything is told, to all the models of a book.
func exactCalls(attributes, models int) spans.Batch {
	return spans.GenAI(spans.Calls{Name: "priced", Attributes: attributes, Model: spread(models)})
}

// ours adds token_cost on spans of every kind.
func (l *List) ours(notGenAI, call spans.Batch) {
	ten := l.book(10)
	l.add(Subject{Name: "token_cost", Batch: notGenAI, Target: &Target{NS: 40}}, tokenCost(), ten)
	exact := Subject{
		Name: "token_cost, book of 10 models", Batch: call, Writes: exactWrites,
		Target: &Target{NS: 600, Allocs: exactWrites}, check: priced("exact"),
	}
	l.add(exact, tokenCost(), ten)

	many := exact
	many.Name, many.Batch = "token_cost, book of 5,000 models", exactCalls(12, 5000)
	l.add(many, tokenCost(), l.book(5000))

	builtin := exact
	builtin.Name, builtin.check = "token_cost, built-in book", hasStatus("exact")
	builtin.Batch = spans.GenAI(spans.Calls{Name: "priced", Attributes: 12, ToolUse: true, Model: func(int) string { return "gpt-4o-mini-2024-07-18" }})
	l.add(builtin, tokenCost(), "")

	estimated := exact
	estimated.Name, estimated.check = "token_cost, service tier not told", priced("estimated")
	estimated.Batch = spans.GenAI(spans.Calls{Name: "estimated", Attributes: 12, NoTier: true, Model: spread(10)})
	estimated.Writes, estimated.Target = estimatedWrites, &Target{NS: 600, Allocs: estimatedWrites}
	l.add(estimated, tokenCost(), ten)

	exact.Target = nil // what follows has none of its own
	for _, n := range []int{25, 60} {
		wide := exact
		wide.Name, wide.Batch = fmt.Sprintf("token_cost, %d attributes", n), exactCalls(n, 10)
		l.add(wide, tokenCost(), ten)
	}
	two := exact
	two.Name, two.Goroutines = "token_cost, two goroutines", 2
	l.add(two, tokenCost(), ten)
}

// book returns a configuration with a book of n models and no other.
func (l *List) book(n int) string {
	file, err := writeBook(l.dir, n)
	l.err = errors.Join(l.err, err)
	return fmt.Sprintf("price_book: {builtin: false, files: [%q], reload_interval: 0s}\n", file)
}

// peers adds the stock processors with which a price can be written too, and
// pdata itself, which all of them write with.
func (l *List) peers(notGenAI, call spans.Batch) {
	if l.err != nil {
		return
	}
	results, err := resultsOf(l.ctx, l.Subjects[2])
	if err != nil {
		l.err = err
		return
	}
	l.add(Subject{Name: "pdata, the same attributes", Batch: call, Writes: exactWrites}, byHand(results.put), "")
	l.add(Subject{Name: "pdata, two goroutines", Batch: call, Writes: exactWrites, Goroutines: 2}, byHand(results.put), "")
	l.add(Subject{Name: "attributes, insert the same", Batch: call, Writes: exactWrites}, attributes(), results.inserts())
	l.add(Subject{Name: "transform, 1 statement", Batch: call, Writes: 1, check: hasAnyCost}, transform(), statements(1))
	for _, n := range []int{20, 300} {
		l.add(Subject{
			Name: fmt.Sprintf("transform, %d statements", n), Batch: call, Writes: 1,
			check: func(attrs pcommon.Map) error { return hasCost(attrs, "cost") },
		}, transform(), statements(n))
	}
	l.add(Subject{Name: "transform, 1 statement", Batch: notGenAI}, transform(), statements(1))
	l.add(Subject{Name: "transform, 20 statements", Batch: notGenAI}, transform(), statements(20))
}

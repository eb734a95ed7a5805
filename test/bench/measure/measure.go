// Package measure times subjects. It prepares and checks outside of the time that
// is measured.
package measure

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/subject"
)

// groupSize is how many batches a goroutine processes between two preparations.
// Few, so that spans are still in the processor's caches, as those are that a
// receiver has just decoded; enough that starting the clock costs nothing.
const groupSize = 4

// groupsPerGC is how many groups are prepared between two garbage collections.
const groupsPerGC = 32

// Sample is one measurement, per span.
type Sample struct{ NS, Bytes, Allocs float64 }

// Once measures a subject for as long as the testing package's -benchtime says.
//
// Garbage is collected between groups and not within the time that is measured:
// most of it are the copies of batches, which are no subject's doing.
func Once(s *subject.Subject) (Sample, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	g := newGroup(s)
	defer g.close()
	var failed error
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		g.prepare()
		for b.Loop() {
			g.process()
			b.StopTimer()
			if failed = g.check(); failed != nil {
				b.FailNow()
			}
			g.prepare()
			b.StartTimer()
		}
	})
	if failed != nil {
		return Sample{}, failed
	}
	if r.N == 0 {
		return Sample{}, errors.New("nothing was measured")
	}
	n := float64(r.N) * float64(s.Goroutines*groupSize*spans.BatchSize)
	return Sample{NS: float64(r.T.Nanoseconds()) / n, Bytes: float64(r.MemBytes) / n, Allocs: float64(r.MemAllocs) / n}, nil
}

// group is what is processed at once: some batches for each goroutine.
type group struct {
	subject *subject.Subject
	batches [][]ptrace.Traces // by goroutine
	errs    []error           // by goroutine
	starts  []chan struct{}   // of the goroutines beyond the first, which is the caller's
	done    sync.WaitGroup
	n       int // groups prepared
}

func newGroup(s *subject.Subject) *group {
	g := &group{subject: s, errs: make([]error, s.Goroutines)}
	for range s.Goroutines {
		g.batches = append(g.batches, make([]ptrace.Traces, groupSize))
	}
	for i := 1; i < s.Goroutines; i++ {
		start := make(chan struct{})
		g.starts = append(g.starts, start)
		go func() {
			for range start {
				g.work(i)
				g.done.Done()
			}
		}()
	}
	return g
}

func (g *group) close() {
	for _, start := range g.starts {
		close(start)
	}
}

// prepare makes fresh batches, so that their spans are in the processor's caches:
// the next ones of the subject's, if it has several, and for each goroutine
// different ones. A single one that the subject leaves as it is stays.
func (g *group) prepare() {
	first := g.n * groupSize
	if g.n++; g.n%groupsPerGC == 1 {
		runtime.GC()
	}
	n := g.subject.Batches()
	if first == 0 || g.subject.Writes > 0 || n > 1 {
		for j, batches := range g.batches {
			for i := range batches {
				batches[i] = g.subject.FreshAt(first + i + j*n/len(g.batches))
			}
		}
	}
	if g.subject.NewTraces {
		g.renew()
	}
}

// renew gives spans that come again traces of their own.
func (g *group) renew() {
	for _, batches := range g.batches {
		for _, td := range batches {
			g.subject.Renew(td)
		}
	}
}

// process processes all of them.
func (g *group) process() {
	g.done.Add(len(g.starts))
	for _, start := range g.starts {
		start <- struct{}{}
	}
	g.work(0)
	g.done.Wait()
}

func (g *group) work(goroutine int) {
	for _, td := range g.batches[goroutine] {
		if err := g.subject.Process(context.Background(), td); err != nil {
			g.errs[goroutine] = err
		}
	}
}

// check looks at what was processed.
func (g *group) check() error {
	if err := errors.Join(g.errs...); err != nil {
		return err
	}
	for _, batches := range g.batches {
		for _, td := range batches {
			if err := g.subject.Check(td); err != nil {
				return err
			}
		}
	}
	return nil
}

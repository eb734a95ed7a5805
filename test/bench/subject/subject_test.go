package subject

import (
	"context"
	"math"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
)

func all(t *testing.T) []*Subject {
	t.Helper()
	l, err := New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l.Subjects
}

func title(s *Subject) string { return s.Name + " on " + s.Batch.Name }

// allocations returns how often a subject allocates for each span, besides what it
// allocates for a batch without spans.
func allocations(t *testing.T, s *Subject) float64 {
	t.Helper()
	empty := s.Fresh()
	spans.In(empty).RemoveIf(func(ptrace.Span) bool { return true })
	least := math.Inf(1)
	for range 3 { // what another goroutine allocates meanwhile counts too
		const runs = 10
		var batches []ptrace.Traces
		for range runs + 1 { // and one to warm up
			batches = append(batches, s.Fresh())
		}
		n := testing.AllocsPerRun(runs, func() {
			if err := s.Process(context.Background(), batches[0]); err != nil {
				t.Fatal(err)
			}
			batches = batches[1:]
		})
		n -= testing.AllocsPerRun(runs, func() { _ = s.Process(context.Background(), empty) })
		least = min(least, n/spans.BatchSize)
	}
	return least
}

func TestEverySubjectDoesItsWork(t *testing.T) {
	for _, s := range all(t) {
		t.Run(title(s), func(t *testing.T) {
			for range 2 { // the second time with caches filled
				td := s.Fresh()
				if err := s.Process(t.Context(), td); err != nil {
					t.Fatal(err)
				}
				if err := s.Check(td); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestCheckSeesWorkThatWasNotDone(t *testing.T) {
	for _, s := range all(t) {
		if s.Writes > 0 && s.Check(s.Fresh()) == nil {
			t.Errorf("%s: a batch that nobody processed passes", title(s))
		}
		td := s.Fresh()
		if err := s.Process(t.Context(), td); err != nil {
			t.Fatal(err)
		}
		last := spans.In(td).At(spans.BatchSize - 1).Attributes()
		last.PutStr("one", "more")
		if s.Check(td) == nil {
			t.Errorf("%s: an attribute more than expected passes", title(s))
		}
	}
}

func TestACostThatIsWrongIsSeen(t *testing.T) {
	attrs := pcommon.NewMap()
	attrs.PutStr("gen_ai.response.model", "model-3")
	attrs.PutInt("gen_ai.usage.input_tokens", 1000)
	attrs.PutInt("gen_ai.usage.cache_read.input_tokens", 200)
	attrs.PutInt("gen_ai.usage.output_tokens", 100)
	attrs.PutDouble("cost", (800*1.75+200*0.4375+100*7)/1e6)
	if err := hasCost(attrs, "cost"); err != nil {
		t.Error(err)
	}
	attrs.PutDouble("cost", 0.001)
	if err := hasCost(attrs, "cost"); err == nil || !strings.Contains(err.Error(), "cost is not 0.0021875") {
		t.Errorf("got %v", err)
	}
}

func TestASpanWithoutGenAIAllocatesNothing(t *testing.T) {
	for _, s := range all(t) {
		if s.Name == "token_cost" {
			if n := allocations(t, s); n != 0 {
				t.Errorf("%s allocates %v times a span", title(s), n)
			}
		}
	}
}

// An exact call costs one allocation for each attribute written, which pdata makes,
// and one for the room for them.
func TestAnExactCallAllocatesItsAttributesAndTheRoomForThem(t *testing.T) {
	measured := 0
	for _, s := range all(t) {
		if !strings.HasPrefix(s.Name, "token_cost") || s.Writes != exactWrites || s.Goroutines > 1 {
			continue
		}
		measured++
		// Names that share a slot of the resolution cache are resolved anew each time, but
		// these are a few of a batch at most.
		if n := math.Round(allocations(t, s)); n > exactWrites+1 {
			t.Errorf("%s allocates %v times a span, and writes %d attributes", title(s), n, s.Writes)
		}
	}
	if measured < 5 {
		t.Errorf("only %d subjects are exact calls", measured)
	}
}

func TestTheSizeOfTheBookDoesNotMoveAllocations(t *testing.T) {
	byName := map[string]float64{}
	for _, s := range all(t) {
		if strings.HasPrefix(s.Name, "token_cost, book of") {
			byName[s.Name] = math.Round(allocations(t, s))
		}
	}
	few, ok := byName["token_cost, book of 10 models"]
	many, also := byName["token_cost, book of 5,000 models"]
	if !ok || !also || few != many {
		t.Errorf("got %v", byName)
	}
}

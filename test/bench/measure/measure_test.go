package measure

import (
	"flag"
	"fmt"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/spans"
	"github.com/otelcol-tokencost/otelcol-tokencost/test/bench/subject"
)

func TestMedianAndSpread(t *testing.T) {
	s := Series{{NS: 3, Bytes: 30, Allocs: 1}, {NS: 1, Bytes: 10, Allocs: 1}, {NS: 8, Bytes: 20, Allocs: 2}}
	if got, want := s.Median(), (Sample{NS: 3, Bytes: 20, Allocs: 1}); got != want {
		t.Errorf("the median is %v, not %v", got, want)
	}
	if low, high := s.Spread(); low != 1 || high != 8 {
		t.Errorf("the spread is %v … %v", low, high)
	}
	if got := Median([]float64{4, 1, 2, 3}); got != 2.5 {
		t.Errorf("the median of an even number is %v", got)
	}
}

func TestEverySubjectCanBeMeasured(t *testing.T) {
	if err := flag.Set("test.benchtime", "1x"); err != nil {
		t.Fatal(err)
	}
	list, err := subject.New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	for _, s := range list.Subjects {
		sample, err := Once(s)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		if sample.NS <= 0 || s.Writes > 0 && sample.Allocs < float64(s.Writes) {
			t.Errorf("%s, which writes %d attributes: measured %+v", s.Name, s.Writes, sample)
		}
	}
}

func TestGoroutinesTakeAllBatchesAndBeginWithDifferentOnes(t *testing.T) {
	s := &subject.Subject{Goroutines: 2, Batch: spans.Plain()}
	for range 9 {
		s.Rest = append(s.Rest, spans.Plain().Traces)
	}
	for i := range s.Batches() {
		td := s.Batch.Traces
		if i > 0 {
			td = s.Rest[i-1]
		}
		spans.In(td).At(0).SetName(fmt.Sprint(i))
	}
	g := newGroup(s)
	defer g.close()
	var got [2]string
	for range 3 {
		g.prepare()
		for goroutine, batches := range g.batches {
			for _, td := range batches {
				got[goroutine] += spans.In(td).At(0).Name()
			}
		}
	}
	if want := [2]string{"012345678901", "567890123456"}; got != want {
		t.Errorf("goroutines take %s, not %s", got, want)
	}
}

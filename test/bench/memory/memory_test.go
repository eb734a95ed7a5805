package memory

import "testing"

func TestMemoryIsBoundedWhateverStrangersSend(t *testing.T) {
	const calls = 100_000
	for _, s := range Scenarios() {
		if s.Limit >= calls {
			continue // the bound would not be reached
		}
		r, err := s.Run(t.Context(), calls)
		if err != nil {
			t.Fatal(err)
		}
		if r.Heap > r.Bound {
			t.Errorf("%s: the heap grew by %d bytes, %d for each of %d; allowed are %d", s.Name, r.Heap, r.Heap/int64(s.Limit), s.Limit, r.Bound)
		}
		if series := r.Series > 1; series && (r.Series != int64(s.Limit) || r.Overflow != calls-int64(s.Limit)) {
			t.Errorf("%s: %d series and %d calls in overflow, not %d and %d", s.Name, r.Series, r.Overflow, s.Limit, calls-s.Limit)
		} else if !series && r.Open != int64(s.Limit) {
			t.Errorf("%s: %d are open, not %d", s.Name, r.Open, s.Limit)
		}
		t.Logf("%s: %.1f MiB for %d", s.Name, float64(r.Heap)/(1<<20), s.Limit)
	}
}

// A bound that is too small is seen: what is measured is not nothing.
func TestWhatIsHeldIsMeasured(t *testing.T) {
	s := Scenarios()[0]
	s.each = 100
	r, err := s.Run(t.Context(), 20_000)
	if err != nil {
		t.Fatal(err)
	}
	if r.Heap <= r.Bound {
		t.Errorf("%d series are said to take %d bytes", r.Series, r.Heap)
	}
}

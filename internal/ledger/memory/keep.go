package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Runs lists the runs of repricing.
func (s *Store) Runs(context.Context) ([]ledger.Run, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.runs), nil
}

// ClosePeriods closes billing periods before an instant. Closed ones stay closed.
func (s *Store) ClosePeriods(_ context.Context, until int64) error {
	if at := time.Unix(until, 0); at.UnixNano() < 0 || ledger.Month(at.UnixNano()) != until {
		return fmt.Errorf("billing periods end with a UTC month, not at %s", at.UTC().Format(time.RFC3339))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = max(s.closed, until)
	return nil
}

// wholeDays returns the start of the UTC day of an instant, in unix nanoseconds:
// what is left is of whole days.
func wholeDays(at int64) int64 { return time.Unix(ledger.Day(at), 0).UnixNano() }

// Expire removes calls and hourly sums of periods before an instant, and daily
// sums before another.
func (s *Store) Expire(_ context.Context, calls, sums int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls, sums = wholeDays(calls), wholeDays(sums)
	var gone int64
	for k := range s.calls {
		if k.Start < calls {
			gone++
			delete(s.calls, k)
		}
	}
	expire(s.hours, calls)
	expire(s.days, sums)
	return gone, nil
}

func expire(sums map[ledger.SumKey]*sum, before int64) {
	for k := range sums {
		if time.Unix(k.Start, 0).UnixNano() < before {
			delete(sums, k)
		}
	}
}

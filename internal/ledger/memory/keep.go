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

// Expire removes calls and hourly sums of days before that of an instant, and
// daily sums before another.
func (s *Store) Expire(_ context.Context, calls, sums int64) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone int64
	if calls = ledger.StartOfDay(calls); calls != 0 {
		s.expired = max(s.expired, ledger.Day(calls))
		for k := range s.calls {
			if k.Start < calls {
				gone++
				delete(s.calls, k)
			}
		}
		expire(s.hours, ledger.Day(calls))
	}
	if sums = ledger.StartOfDay(sums); sums != 0 {
		expire(s.days, ledger.Day(sums))
	}
	return gone, nil
}

// expire removes sums of periods before the start of a day, in unix seconds.
func expire(sums map[ledger.SumKey]*sum, before int64) {
	for k := range sums {
		if k.Start < before {
			delete(sums, k)
		}
	}
}

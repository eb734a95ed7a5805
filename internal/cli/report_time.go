package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// setTime sets the time of a query: what the flags say, else the running month, or
// all calls if whole is set. ok is false if there are no calls to choose it from.
func (r *reporting) setTime(cmd *cobra.Command, store ledger.Reader, q *report.Query, whole bool) (ok bool, err error) {
	if q.Zone, err = r.period.location(cmd); err != nil {
		return false, err
	}
	s, err := r.period.read(cmd, q.Zone)
	if err != nil {
		return false, err
	}
	var rest span
	switch {
	case !r.period.said() && !whole:
		today := now().In(q.Zone)
		rest.from = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, q.Zone)
		rest.until = rest.from.AddDate(0, 1, 0)
	case s.from.IsZero() || s.until.IsZero():
		if rest, ok, err = everCalled(cmd.Context(), store); err != nil || !ok {
			return false, err
		}
		rest.from, rest.until = rest.from.In(q.Zone), rest.until.In(q.Zone)
	}
	s, err = s.complete(cmd, rest)
	q.From, q.Until = s.from, s.until
	return true, err
}

// everCalled is the span of all calls of a ledger, to the end of the day of the
// last, within the times that reports can be of: clocks can be wrong by centuries.
func everCalled(ctx context.Context, store ledger.Reader) (s span, ok bool, err error) {
	first, last, ok, err := store.Bounds(ctx)
	if err != nil || !ok {
		return s, false, err
	}
	s.from, s.until = time.Unix(ledger.Day(first), 0), time.Unix(ledger.Day(last), 0).Add(24*time.Hour)
	if s.from.Before(report.Earliest) {
		s.from = report.Earliest
	}
	if s.until.After(report.Latest) {
		s.until = report.Latest
	}
	return s, true, nil
}

// cutRange divides FROM..UNTIL.
func cutRange(s string) (from, until string, ok bool) {
	from, until, ok = strings.Cut(s, "..")
	return from, until, ok && from != "" && until != ""
}

package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/report"
)

// now is the clock of commands whose flags count back from it.
var now = time.Now

// reportTime are the flags that choose the time of a report.
type reportTime struct{ from, until, last, month, zone string }

func (r *reportTime) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.from, "from", "", "start: a `TIME` such as 2026-10, 2026-10-01 or 2026-10-01T12:00:00Z; default with --until: the first day with calls")
	f.StringVar(&r.until, "until", "", "end, which is not part of it: a `TIME` as for --from; default with --from: the end of the last day with calls")
	f.StringVar(&r.last, "last", "", "the last hours, days or weeks with the one that is running: a `LENGTH` such as 24h, 7d or 4w")
	f.StringVar(&r.month, "month", "", "a `MONTH` such as 2026-10; without any of these the running month of a ledger, and all of files")
	f.StringVar(&r.zone, "time-zone", "UTC", "the time zone of days, weeks and months, such as `ZONE` Europe/Berlin; needs hourly sums")
}

// period sets the time of a query. ok is false if there are no calls to choose it from.
func (r *reportTime) reportPeriod(cmd *cobra.Command, store ledger.Reader, q *report.Query, whole bool) (ok bool, err error) {
	if q.Zone, err = time.LoadLocation(r.zone); err != nil || r.zone == "Local" || r.zone == "" {
		return false, misuse(cmd, "--time-zone %q is no time zone; write UTC, or a name such as Europe/Berlin", r.zone)
	}
	ways := 0
	for _, given := range []bool{r.from != "" || r.until != "", r.last != "", r.month != ""} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return false, misuse(cmd, "--from and --until, --last and --month exclude each other")
	case r.last != "":
		err = r.setLast(cmd, q)
	case r.month != "":
		err = r.setMonth(cmd, q)
	case ways == 0 && !whole:
		today := now().In(q.Zone)
		q.From = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, q.Zone)
		q.Until = q.From.AddDate(0, 1, 0)
	default:
		return r.setRange(cmd, store, q)
	}
	return true, err
}

// setRange takes the ends that are not named from the calls.
func (r *reportTime) setRange(cmd *cobra.Command, store ledger.Reader, q *report.Query) (bool, error) {
	if r.from == "" || r.until == "" {
		span, ok, err := everCalled(cmd.Context(), store)
		if err != nil || !ok {
			return false, err
		}
		q.From, q.Until = time.Unix(0, span.From), time.Unix(0, span.Until)
		if q.From.Before(report.Earliest) { // clocks can be wrong by centuries
			q.From = report.Earliest
		}
		if q.Until.Before(q.From) || q.Until.After(report.Latest) {
			q.Until = report.Latest
		}
	}
	for _, end := range []struct {
		flag, text string
		to         *time.Time
	}{{"from", r.from, &q.From}, {"until", r.until, &q.Until}} {
		if end.text == "" {
			continue
		}
		at, err := parseIn(end.text, q.Zone)
		if err != nil {
			return false, misuse(cmd, "--%s %w", end.flag, err)
		}
		*end.to = at
	}
	if !q.From.Before(q.Until) {
		return false, misuse(cmd, "the time from %s until %s is empty", q.From.In(q.Zone).Format(time.RFC3339), q.Until.In(q.Zone).Format(time.RFC3339))
	}
	return true, nil
}

func (r *reportTime) setMonth(cmd *cobra.Command, q *report.Query) error {
	at, err := time.ParseInLocation("2006-01", r.month, q.Zone)
	if err != nil {
		return misuse(cmd, "--month %q is no month; write one such as 2026-10", r.month)
	}
	q.From, q.Until = at, at.AddDate(0, 1, 0)
	return nil
}

// setLast counts back from the end of the running hour or day.
func (r *reportTime) setLast(cmd *cobra.Command, q *report.Query) error {
	n, unit, err := parseLength(r.last)
	if err != nil {
		return misuse(cmd, "--last %w", err)
	}
	t := now().In(q.Zone)
	switch unit {
	case 'h':
		q.Until = t.Truncate(time.Hour).Add(time.Hour)
		q.From = q.Until.Add(-time.Duration(n) * time.Hour)
	case 'w':
		n *= 7
		fallthrough
	default:
		q.Until = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, q.Zone)
		q.From = time.Date(t.Year(), t.Month(), t.Day()+1-n, 0, 0, 0, 0, q.Zone)
	}
	return nil
}

// maxLength bounds lengths of time, in any unit.
const maxLength = 100_000

// parseLength reads a number of hours, days or weeks.
func parseLength(s string) (n int, unit byte, err error) {
	if s != "" {
		unit = s[len(s)-1]
		n, err = strconv.Atoi(s[:len(s)-1])
	}
	if err != nil || n < 1 || n > maxLength || !strings.ContainsRune("hdw", rune(unit)) {
		return 0, 0, fmt.Errorf("%q is no length of time; write a number of hours, days or weeks such as 24h, 7d or 4w, at most %d", s, maxLength)
	}
	return n, unit, nil
}

// parseIn reads a month, a day or an instant; the first two in a time zone.
func parseIn(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01", time.DateOnly, time.RFC3339Nano} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time; write a month such as 2026-10, a day such as 2026-10-01 or an instant such as 2026-10-01T12:00:00Z", s)
}

// cutRange divides FROM..UNTIL.
func cutRange(s string) (from, until string, ok bool) {
	from, until, ok = strings.Cut(s, "..")
	return from, until, ok && from != "" && until != ""
}

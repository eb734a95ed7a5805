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

// now is the clock of the command line.
var now = time.Now

const (
	monthLayout = "2006-01"
	timeForms   = "a month such as 2026-10, a day such as 2026-10-01 or an instant such as 2026-10-01T12:00:00Z"
	timeFlag    = "`TIME` such as 2026-10, 2026-10-01 or 2026-10-01T12:00:00Z"
)

// parseTime reads what flags call a TIME: a month or a day, which mean their
// first instant in a time zone, or an instant of RFC 3339.
func parseTime(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{monthLayout, time.DateOnly, time.RFC3339Nano} {
		t, err := time.ParseInLocation(layout, s, zone)
		if err == nil && !t.Before(report.Earliest) && !t.After(report.Latest) {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time; write %s, from %d to %d", s, timeForms, report.Earliest.Year(), report.Latest.Year())
}

// parseMonth reads what flags call a MONTH, and returns its first instant.
func parseMonth(s string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(monthLayout, s, zone)
	if err != nil || t.Before(report.Earliest) || !t.Before(report.Latest) {
		return time.Time{}, fmt.Errorf("%q is no month; write one such as 2026-10", s)
	}
	return t, nil
}

// The years of billing periods.
const firstBilled, lastBilled = 1971, 2200

// parseBilling reads the start of a billing period, which is a UTC month.
func parseBilling(s string) (time.Time, error) {
	t, err := parseTime(s, time.UTC)
	if t = t.UTC(); err != nil || ledger.Month(t.UnixNano()) != t.Unix() || t.Nanosecond() != 0 || t.Year() < firstBilled || t.Year() > lastBilled {
		return t, fmt.Errorf("%q is no month; billing periods are whole UTC months such as 2026-10", s)
	}
	return t, nil
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

// period are the flags that choose a period of a ledger.
type period struct{ from, until, last, month, zone string }

// flags adds them. What is chosen without them is said after a semicolon.
func (p *period) flags(cmd *cobra.Command, unsaid string) {
	f := cmd.Flags()
	f.StringVar(&p.from, "from", "", "start: a "+timeFlag)
	f.StringVar(&p.until, "until", "", "end, which is not part of it: a "+timeFlag)
	f.StringVar(&p.last, "last", "", "the last hours, days or weeks with the one that is running: a `LENGTH` such as 24h, 7d or 4w")
	f.StringVar(&p.month, "month", "", "a `MONTH` such as 2026-10; "+unsaid)
}

// zoneFlag adds the flag that says what days and months are.
func (p *period) zoneFlag(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&p.zone, "time-zone", "UTC", usage)
}

// location is the time zone of the flag.
func (p *period) location(cmd *cobra.Command) (*time.Location, error) {
	zone, err := time.LoadLocation(p.zone)
	if err != nil || p.zone == "Local" || p.zone == "" {
		return nil, misuse(cmd, "--time-zone %q is no time zone; write UTC, or a name such as Europe/Berlin", p.zone)
	}
	return zone, nil
}

// said tells whether any of the flags was given.
func (p *period) said() bool { return p.from+p.until+p.last+p.month != "" }

// span is a period of time. Ends that nobody named are zero.
type span struct{ from, until time.Time }

// read returns what the flags say, in a time zone.
func (p *period) read(cmd *cobra.Command, zone *time.Location) (s span, err error) {
	ways := 0
	for _, given := range []bool{p.from+p.until != "", p.last != "", p.month != ""} {
		if given {
			ways++
		}
	}
	switch {
	case ways > 1:
		return s, misuse(cmd, "--from and --until, --last and --month exclude each other")
	case p.last != "":
		if s, err = lastOf(p.last, zone); err != nil {
			return s, misuse(cmd, "--last %w", err)
		}
	case p.month != "":
		if s.from, err = parseMonth(p.month, zone); err != nil {
			return s, misuse(cmd, "--month %w", err)
		}
		s.until = s.from.AddDate(0, 1, 0)
	}
	for _, end := range []struct {
		flag, text string
		to         *time.Time
	}{{"from", p.from, &s.from}, {"until", p.until, &s.until}} {
		if end.text == "" {
			continue
		}
		if *end.to, err = parseTime(end.text, zone); err != nil {
			return s, misuse(cmd, "--%s %w", end.flag, err)
		}
	}
	return s, nil
}

// complete gives a span the ends that were not named, and refuses an empty one.
func (s span) complete(cmd *cobra.Command, fallback span) (span, error) {
	if s.from.IsZero() {
		s.from = fallback.from
	}
	if s.until.IsZero() {
		s.until = fallback.until
	}
	if !s.from.Before(s.until) {
		return s, misuse(cmd, "the time from %s until %s is empty", s.from.Format(time.RFC3339), s.until.Format(time.RFC3339))
	}
	return s, nil
}

// ledger writes the span as ledgers count time.
func (s span) ledger() ledger.Span {
	return ledger.Span{From: s.from.UnixNano(), Until: s.until.UnixNano()}
}

// lastOf counts back from the end of the running hour or day.
func lastOf(length string, zone *time.Location) (s span, err error) {
	n, unit, err := parseLength(length)
	if err != nil {
		return s, err
	}
	t := now().In(zone)
	switch unit {
	case 'h':
		s.until = t.Truncate(time.Hour).Add(time.Hour)
		s.from = s.until.Add(-time.Duration(n) * time.Hour)
	case 'w':
		n *= 7
		fallthrough
	default:
		s.until = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
		s.from = time.Date(t.Year(), t.Month(), t.Day()+1-n, 0, 0, 0, 0, zone)
	}
	if s.from.Before(report.Earliest) {
		return s, fmt.Errorf("%q begins before %d", length, report.Earliest.Year())
	}
	return s, nil
}

// instantOf writes an instant, and a midnight as its day.
func instantOf(unixNano int64) string {
	t := time.Unix(0, unixNano).UTC()
	if t.Truncate(24 * time.Hour).Equal(t) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// monthOf writes the month of an instant.
func monthOf(unix int64) string { return time.Unix(unix, 0).UTC().Format(monthLayout) }

package report

import (
	"fmt"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// Period is a length of time in a calendar.
type Period struct {
	name  string
	start func(time.Time) time.Time // of the period that an instant is in
	next  func(time.Time) time.Time // the start of the period after the one that starts then
	label func(time.Time) string
}

// Name returns hour, day, week or month.
func (p *Period) Name() string { return p.name }

var periods = [...]Period{
	{"hour", startOfHour, func(t time.Time) time.Time { return t.Add(time.Hour) }, func(t time.Time) string { return t.Format("2006-01-02T15:04Z07:00") }},
	{"day", startOfDay, func(t time.Time) time.Time { return addDays(t, 1) }, func(t time.Time) string { return t.Format(time.DateOnly) }},
	{"week", startOfWeek, func(t time.Time) time.Time { return addDays(t, 7) }, func(t time.Time) string {
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}},
	{"month", startOfMonth, func(t time.Time) time.Time { return startOfMonth(t).AddDate(0, 1, 0) }, func(t time.Time) string { return t.Format("2006-01") }},
}

var hourly, daily, weekly, monthly = &periods[0], &periods[1], &periods[2], &periods[3]

// startOfHour works on instants, since an hour may happen twice in one night.
func startOfHour(t time.Time) time.Time {
	_, offset := t.Zone()
	local := t.Unix() + int64(offset)
	return time.Unix(t.Unix()-((local%3600)+3600)%3600, 0).In(t.Location())
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// startOfWeek returns the Monday.
func startOfWeek(t time.Time) time.Time { return addDays(startOfDay(t), -(int(t.Weekday())+6)%7) }

func startOfMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

func addDays(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, t.Location())
}

// grain chooses the sums from which periods and a span can be put together.
func (q *Query) grain() (ledger.Grain, error) {
	starts := q.starts()
	if all(starts, func(t time.Time) bool { return t.Unix()%86400 == 0 }) {
		return ledger.Daily, nil
	}
	for _, t := range starts {
		if t.Unix()%3600 != 0 {
			return 0, fmt.Errorf("a period would start or end at %s; sums are kept by hours of UTC, so use a time zone and times that are full hours of it", t.Format(time.RFC3339))
		}
	}
	return ledger.Hourly, nil
}

// starts lists the instants at which sums have to be separate.
func (q *Query) starts() []time.Time {
	out := []time.Time{q.From, q.Until}
	for _, p := range []*Period{q.period(), q.Series} {
		if p == nil {
			continue
		}
		for t := p.next(p.start(q.From.In(q.zone()))); t.Before(q.Until); t = p.next(t) {
			out = append(out, t)
		}
	}
	return out
}

func all[T any](list []T, is func(T) bool) bool {
	for _, v := range list {
		if !is(v) {
			return false
		}
	}
	return true
}

// Span is a stretch of time with the label of its period.
type Span struct {
	From, Until time.Time
	Label       string
}

// cut divides the time of the query at the starts of a period.
func (q *Query) cut(p *Period) []Span {
	var out []Span
	for t := q.From.In(q.zone()); t.Before(q.Until); {
		end := p.next(p.start(t))
		if end.After(q.Until) {
			end = q.Until
		}
		out = append(out, Span{t, end, p.label(p.start(t))})
		t = end.In(q.zone())
	}
	return out
}

// instant writes a day if it is the start of one.
func instant(t time.Time) string {
	if startOfDay(t).Equal(t) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04Z07:00")
}

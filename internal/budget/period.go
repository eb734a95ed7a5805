package budget

import (
	"slices"
	"time"
	_ "time/tzdata" // budgets name IANA zones, and a scratch image has no zone files
)

// Period is a kind of calendar period.
type Period uint8

// The periods. Weeks start on Monday.
const (
	Day Period = iota
	Week
	Month
	Quarter
	Year
)

// Periods are the names of all periods, as configurations write them.
var Periods = []string{"day", "week", "month", "quarter", "year"}

// ParsePeriod reads a name.
func ParsePeriod(s string) (Period, bool) {
	i := slices.Index(Periods, s)
	return Period(max(i, 0)), i >= 0
}

// String returns the name.
func (p Period) String() string { return Periods[p] }

// Interval is from Start, inclusive, to End, exclusive.
type Interval struct{ Start, End time.Time }

// Contains tells whether t is in the interval.
func (i Interval) Contains(t time.Time) bool { return !t.Before(i.Start) && t.Before(i.End) }

// Length is how long the interval lasts: a day is not always 24 hours.
func (i Interval) Length() time.Duration { return i.End.Sub(i.Start) }

// At returns the period that t is in. Periods have no gaps and do not overlap:
// each begins at the first instant at which clocks of the zone show its first
// date, and ends where the next one begins. Where a clock is set back over
// midnight, the minutes that show the day before once more belong to the new day.
func (p Period) At(t time.Time, zone *time.Location) Interval {
	year, month, day := t.In(zone).Date()
	first := p.first(year, month, day)
	for {
		i := Interval{firstInstant(first, zone), firstInstant(p.after(first), zone)}
		if t.Before(i.End) {
			return i
		}
		first = p.after(first)
	}
}

// first returns the first date of the period that has the date, as midnight UTC.
func (p Period) first(year int, month time.Month, day int) time.Time {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch p {
	case Week:
		return date.AddDate(0, 0, -(int(date.Weekday())+6)%7)
	case Month:
		return date.AddDate(0, 0, 1-day)
	case Quarter:
		return time.Date(year, (month-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	case Year:
		return time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	return date
}

// after returns the first date of the next period.
func (p Period) after(first time.Time) time.Time {
	switch p {
	case Week:
		return first.AddDate(0, 0, 7)
	case Month:
		return first.AddDate(0, 1, 0)
	case Quarter:
		return first.AddDate(0, 3, 0)
	case Year:
		return first.AddDate(1, 0, 0)
	}
	return first.AddDate(0, 0, 1)
}

// firstInstant returns the first instant at which clocks of the zone show the
// date. That is midnight where there is one; time.Date promises nothing for a
// midnight that is skipped (Beirut, Cairo) or comes twice (the Azores).
func firstInstant(date time.Time, zone *time.Location) time.Time {
	t := date.Add(-26 * time.Hour).In(zone) // before the date anywhere
	for {
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		at := date.Add(-time.Duration(offset) * time.Second)
		if at.Before(start) {
			at = start // the clock was put forward over midnight
		}
		if end.IsZero() || at.Before(end) {
			return at.In(zone)
		}
		t = end
	}
}

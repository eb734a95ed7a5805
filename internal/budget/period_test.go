package budget

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

// The instants of the transitions are those of the tz database, in UTC.
func TestAPeriodIsOfTheCalendarOfItsZone(t *testing.T) {
	for _, c := range []struct {
		rule, zone string
		period     Period
		at         string
		start, end string
		hours      float64
	}{
		{"a night in spring has 23 hours", "Europe/Berlin", Day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23},
		{"a night in autumn has 25 hours", "Europe/Berlin", Day, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25},
		{"a night in spring has 23 hours", "America/New_York", Day, "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23},
		{"a night in autumn has 25 hours", "America/New_York", Day, "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25},
		{"half an hour of daylight saving", "Australia/Lord_Howe", Day, "2026-04-04T20:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 24.5},
		{"midnight is skipped", "Asia/Beirut", Day, "2026-03-29T12:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", 23},
		{"the day before a skipped midnight", "Asia/Beirut", Day, "2026-03-28T12:00:00Z", "2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z", 24},
		{"midnight comes twice", "Atlantic/Azores", Day, "2026-10-25T12:00:00Z", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z", 25},
		{"the second midnight is in the same day", "Atlantic/Azores", Day, "2026-10-25T00:59:59Z", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z", 25},
		{"the day before repeats after midnight", "America/St_Johns", Day, "2010-11-07T02:45:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z", 25},
		{"a date that does not exist", "Pacific/Apia", Day, "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", 24},
		{"a month's end east of Greenwich", "Asia/Tokyo", Month, "2026-01-31T15:00:00Z", "2026-01-31T15:00:00Z", "2026-02-28T15:00:00Z", 28 * 24},
		{"a month's last instant", "Asia/Tokyo", Month, "2026-01-31T14:59:59.999999999Z", "2025-12-31T15:00:00Z", "2026-01-31T15:00:00Z", 31 * 24},
		{"a month's end west of Greenwich", "America/Los_Angeles", Month, "2026-03-01T07:59:59Z", "2026-02-01T08:00:00Z", "2026-03-01T08:00:00Z", 28 * 24},
		{"a month with daylight saving", "America/Los_Angeles", Month, "2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z", "2026-04-01T07:00:00Z", 31*24 - 1},
		{"February of a leap year", "UTC", Month, "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", 29 * 24},
		{"a week starts on Monday", "Europe/Berlin", Week, "2026-11-22T22:59:59Z", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z", 7 * 24},
		{"and ends with Sunday", "Europe/Berlin", Week, "2026-11-22T23:00:00Z", "2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z", 7 * 24},
		{"a quarter", "UTC", Quarter, "2026-12-31T23:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", 92 * 24},
		{"a year", "Asia/Kolkata", Year, "2026-12-31T18:30:00Z", "2026-12-31T18:30:00Z", "2027-12-31T18:30:00Z", 365 * 24},
	} {
		t.Run(c.zone+": "+c.rule, func(t *testing.T) {
			i := c.period.At(instant(t, c.at), zoneOf(t, c.zone))
			assert.Equal(t, instant(t, c.start), i.Start.UTC())
			assert.Equal(t, instant(t, c.end), i.End.UTC())
			assert.InDelta(t, c.hours, i.Length().Hours(), 1e-9)
		})
	}
}

// Whatever the zone does to its clocks, every instant is in exactly one period.
func TestPeriodsHaveNoGapsAndDoNotOverlap(t *testing.T) {
	for _, name := range []string{
		"UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Atlantic/Azores", "Africa/Cairo", "America/Havana",
		"Africa/Casablanca", "Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "America/Sao_Paulo",
	} {
		zone := zoneOf(t, name)
		for p := range Periods {
			p := Period(p)
			at := p.At(instant(t, "2005-12-25T00:00:00Z"), zone)
			for at.Start.Year() < 2031 {
				for _, inside := range []time.Time{at.Start, at.Start.Add(time.Hour), at.Start.Add(at.Length() / 2), at.End.Add(-1)} {
					assert.Equal(t, at, p.At(inside, zone), "%s %s %s", name, p, inside)
				}
				next := p.At(at.End, zone)
				require.Equal(t, at.End, next.Start, "%s %s", name, p)
				require.True(t, next.End.After(next.Start))
				at = next
			}
		}
	}
}

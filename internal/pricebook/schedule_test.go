package pricebook

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scheduled is a price of one model with windows in flow style and calendars.
func scheduled(t testing.TB, windows, calendars string) *Price {
	t.Helper()
	b := load(t, "calendars: {"+calendars+"}\nproviders: {p: {models: {m: {prices: [{rates: {input: 1}, adjust: {schedule: ["+windows+"]}}]}}}}")
	return modelOf(t, b, "p/m").Prices[0]
}

func TestScheduleWindows(t *testing.T) {
	const (
		deepseek = `{tz: UTC, days: mon-fri, hours: ["01:00-04:00", "06:00-10:00"]}`
		night    = `{tz: UTC, days: "fri", hours: ["22:00-02:00"]}`
		shanghai = `{tz: Asia/Shanghai, days: mon, hours: ["00:30-08:30"]}`
		berlin   = `{tz: Europe/Berlin, hours: ["02:00-03:00"]}`
		beirut   = `{tz: Asia/Beirut, days: sat, hours: ["23:00-02:00"]}`
		newYork  = `{tz: America/New_York, days: sun, hours: ["01:00-02:00"]}`
		span     = `{from: 2026-03-01T00:00:00Z, until: 2026-04-01T00:00:00Z, hours: ["12:00-13:00"]}`
		wholeDay = `{days: "sat,sun"}`
		toTwelve = `{hours: ["22:00-24:00"]}`
		wrapping = `{days: sat-mon, hours: ["10:00-11:00"]}`
	)
	for _, tc := range []struct {
		name, windows, at string
		want              bool
	}{
		{"start is in", deepseek, "2026-11-23T01:00:00Z", true},
		{"before start", deepseek, "2026-11-23T00:59:59Z", false},
		{"last second", deepseek, "2026-11-23T03:59:59Z", true},
		{"end is out", deepseek, "2026-11-23T04:00:00Z", false},
		{"second span", deepseek, "2026-11-23T06:00:00Z", true},
		{"weekend", deepseek, "2026-11-22T07:00:00Z", false},
		{"past midnight: its own day", night, "2026-11-27T22:00:00Z", true},
		{"past midnight: the day after", night, "2026-11-28T01:59:59Z", true},
		{"past midnight: end", night, "2026-11-28T02:00:00Z", false},
		{"past midnight: the early hours of its own day belong to the day before", night, "2026-11-27T01:00:00Z", false},
		{"past midnight: the night after", night, "2026-11-28T22:00:00Z", false},
		{"zone: the weekday is the local one", shanghai, "2026-11-22T16:30:00Z", true},
		{"zone: before", shanghai, "2026-11-22T16:29:59Z", false},
		{"zone: after", shanghai, "2026-11-23T00:30:00Z", false},
		{"winter time", berlin, "2026-01-10T01:30:00Z", true},
		{"summer time", berlin, "2026-07-10T00:30:00Z", true},
		{"the hour that summer time skips has no instants", berlin, "2026-03-29T01:30:00Z", false},
		{"the second before it", berlin, "2026-03-29T00:59:59Z", false},
		{"the hour that winter time repeats: first", berlin, "2026-10-25T00:30:00Z", true},
		{"the hour that winter time repeats: second", berlin, "2026-10-25T01:30:00Z", true},
		{"the hour that winter time repeats: end", berlin, "2026-10-25T02:00:00Z", false},
		{"a midnight that is skipped", beirut, "2026-03-28T22:30:00Z", true},
		{"a midnight that is skipped: end", beirut, "2026-03-28T23:00:00Z", false},
		{"one night later is Sunday's", beirut, "2026-03-29T22:30:00Z", false},
		{"repeated hour: first", newYork, "2026-11-01T05:30:00Z", true},
		{"repeated hour: second", newYork, "2026-11-01T06:30:00Z", true},
		{"period: first instant", span, "2026-03-01T12:00:00Z", true},
		{"period: before", span, "2026-02-28T12:00:00Z", false},
		{"period: after", span, "2026-04-01T12:00:00Z", false},
		{"no hours: the whole day", wholeDay, "2026-11-22T23:59:59Z", true},
		{"no hours: another day", wholeDay, "2026-11-23T00:00:00Z", false},
		{"up to midnight", toTwelve, "2026-11-22T23:59:59Z", true},
		{"not beyond", toTwelve, "2026-11-23T00:00:00Z", false},
		{"days past the end of the week", wrapping, "2026-11-22T10:00:00Z", true},
		{"days past the end of the week: not the others", wrapping, "2026-11-24T10:00:00Z", false},
		{"the second window", deepseek + "," + wholeDay, "2026-11-22T07:00:00Z", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rule, unknown := scheduled(t, tc.windows, "").Schedule(at(t, tc.at))
			assert.Equal(t, tc.want, rule > 0)
			assert.False(t, unknown)
		})
	}
}

func TestHolidaysHaveNoWindow(t *testing.T) {
	p := scheduled(t, `{tz: Asia/Shanghai, days: mon-fri, hours: ["09:00-12:00", "22:00-02:00"], except: cn}`, "cn: {2026: [2026-10-01, 2026-12-31]}")
	for _, tc := range []struct {
		name, at    string
		in, unknown bool
	}{
		{"working day", "2026-09-30T10:00:00+08:00", true, false},
		{"holiday", "2026-10-01T10:00:00+08:00", false, false},
		{"a night that began before the holiday", "2026-10-01T01:00:00+08:00", true, false},
		{"a night that began on the holiday", "2026-10-02T01:00:00+08:00", false, false},
		{"a year without calendar is taken as working days", "2027-10-01T10:00:00+08:00", true, true},
		{"a night of the last known day", "2027-01-01T01:00:00+08:00", false, false},
		{"out of hours nothing rests on the calendar", "2027-10-01T15:00:00+08:00", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rule, unknown := p.Schedule(at(t, tc.at))
			assert.Equal(t, tc.in, rule > 0)
			assert.Equal(t, tc.unknown, unknown)
		})
	}
}

func TestWindowsThatDoNotMeetAreAllowed(t *testing.T) {
	for _, windows := range []string{
		`{days: mon, hours: ["22:00-02:00"], times: {tokens: 2}}, {days: tue, hours: ["02:00-03:00"], times: {tokens: 3}}`,
		`{days: sun, hours: ["22:00-24:00"], times: {tokens: 2}}, {days: mon, hours: ["00:00-01:00"], times: {tokens: 3}}`,
		`{until: 2026-01-01T00:00:00Z, times: {tokens: 2}}, {from: 2026-01-01T00:00:00Z, times: {tokens: 3}}`,
		`{tz: UTC, hours: ["00:00-01:00"], times: {tokens: 2}}, {tz: Asia/Shanghai, hours: ["09:00-10:00"], times: {tokens: 3}}`,
		`{hours: ["00:00-05:00"], times: {tokens: 2, cache: 3}}, {hours: ["03:00-06:00"], times: {cache: 3, tokens: 2}}`,
	} {
		assert.NotNil(t, scheduled(t, windows, ""), windows)
	}
}

func TestWindowsThatMeetPastTheEndOfTheWeekAreRefused(t *testing.T) {
	_, err := tryLoad(`providers: {p: {models: {m: {prices: [{rates: {input: 1}, adjust: {schedule: [
      {days: sun, hours: ["22:00-02:00"], times: {tokens: 2}}, {days: mon, hours: ["01:00-03:00"], times: {tokens: 3}}]}}]}}}}`)
	assert.ErrorContains(t, err, "holds at the same time")
}

// TestSpansAreWhenTheWindowHolds checks the two readings of a window against
// each other: the spans that overlaps are found with, and the instants.
func TestSpansAreWhenTheWindowHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"UTC", "Asia/Shanghai", "Asia/Kathmandu"} { // zones without summer time
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		for range 300 {
			w := window{period: always, zone: zone}
			for d := range w.days {
				w.days[d] = rng.IntN(2) == 0
			}
			for range 1 + rng.IntN(3) {
				h := hours{rng.IntN(dayMinutes), rng.IntN(dayMinutes + 1)}
				if h.from != h.until {
					w.hours = append(w.hours, h)
				}
			}
			spans := w.spans(start, 8, zone)
			for range 200 {
				instant := start.Add(time.Duration(rng.Int64N(int64(7 * 24 * time.Hour)))).UnixNano()
				in, _ := w.at(instant, nil)
				want := slices.ContainsFunc(spans, func(p period) bool { return p.contains(instant) })
				require.Equal(t, want, in, "%s at %s", w.String(), time.Unix(0, instant).In(zone))
			}
		}
	}
}

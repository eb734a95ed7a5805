package pricebook

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "time/tzdata" // schedules name IANA zones, and a scratch image has no zone files

	"go.yaml.in/yaml/v3"
)

// day is a calendar day as the number YYYYMMDD.
type day int

func dayOf(year int, month time.Month, d int) day { return day(year*10000 + int(month)*100 + d) }

// calendar lists days by year. A year that is not in it is not known.
type calendar struct {
	name  string
	years map[int]calendarYear
	where place
}

type calendarYear struct {
	days  map[day]bool
	where place
}

func parseCalendar(name string, n node) *calendar {
	c := &calendar{name: name, years: map[int]calendarYear{}, where: n.place()}
	n.each(func(key string, v node) {
		year, err := strconv.Atoi(key)
		if err != nil || year < minYear || year > maxYear || len(key) != 4 {
			v.fail("must be a year from %d to %d", minYear, maxYear)
			return
		}
		y := calendarYear{map[day]bool{}, v.place()}
		v.list(func(_ int, dn node) {
			t, err := time.Parse(time.DateOnly, dn.date())
			switch {
			case err != nil: // date has said so
			case t.Year() != year:
				dn.fail("is not a day of %d", year)
			default:
				y.days[dayOf(t.Date())] = true
			}
		})
		c.years[year] = y
	})
	return c
}

// window is a rule of the axis schedule: local times of some weekdays.
type window struct {
	effect
	period
	name   string
	zone   *time.Location
	days   [7]bool // by time.Weekday
	hours  []hours
	except string
	where  place
}

// hours is a half-open span of minutes of a day; one that ends before its start
// runs past midnight.
type hours struct{ from, until int }

const dayMinutes = 24 * 60

var everyDay = [7]bool{true, true, true, true, true, true, true}

func (n node) schedule() []window {
	out := []window{}
	before := n.errs.count()
	n.limited(maxWindows, "windows", func(_ int, v node) { out = append(out, parseWindow(v)) })
	if n.errs.count() == before {
		checkOverlap(n.errs, out)
	}
	return out
}

func parseWindow(n node) window {
	w := window{period: always, zone: time.UTC, days: everyDay, hours: []hours{{0, dayMinutes}}, where: n.place()}
	n.fields(with(w.period.readers(), withEffect(&w.effect, map[string]func(node){
		"tz":     func(n node) { n.zone(&w.zone) },
		"days":   func(n node) { n.days(&w.days) },
		"hours":  func(n node) { w.hours = n.hours() },
		"except": func(n node) { w.except = n.text() },
		"name":   func(n node) { w.name = strings.ToLower(n.text()) },
	})))
	n.checkPeriod(w.period)
	return w
}

func (n node) zone(to **time.Location) {
	s := n.text()
	zone, err := time.LoadLocation(s)
	switch {
	case s == "": // text has said so
	case err != nil || s == "Local":
		n.fail("must be an IANA time zone such as Asia/Shanghai, not %q", s)
	default:
		*to = zone
	}
}

func (n node) days(to *[7]bool) {
	s := n.text()
	if days, ok := parseDays(s); ok {
		*to = days
	} else if s != "" {
		n.fail("must be weekdays such as mon-fri, sat,sun or all, not %q", s)
	}
}

func (n node) hours() []hours {
	var out []hours
	n.limited(maxWindows, "times", func(_ int, v node) {
		s := v.text()
		h, ok := parseHours(s)
		if !ok && s != "" {
			v.fail("must be local times such as \"16:30-00:30\", not %q", s)
			return
		}
		out = append(out, h)
	})
	if n.y.Kind == yaml.SequenceNode && len(n.y.Content) == 0 {
		n.fail("must list at least one span of time; leave it out for the whole day")
	}
	return out
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseDays(s string) (days [7]bool, ok bool) {
	s = strings.ToLower(s)
	if s == "all" {
		return everyDay, true
	}
	for part := range strings.SplitSeq(s, ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			last = first
		}
		i, j := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if i < 0 || j < 0 {
			return days, false
		}
		for d := i; ; d = (d + 1) % 7 {
			days[d] = true
			if d == j {
				break
			}
		}
	}
	return days, true
}

func parseHours(s string) (hours, bool) {
	from, until, ok := strings.Cut(s, "-")
	a, okA := parseClock(from)
	b, okB := parseClock(until)
	return hours{a, b}, ok && okA && okB && a != b && a < dayMinutes
}

// parseClock reads HH:MM, up to 24:00.
func parseClock(s string) (minute int, ok bool) {
	if len(s) != 5 || s[2] != ':' || strings.Trim(s[:2]+s[3:], "0123456789") != "" {
		return 0, false
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= dayMinutes
}

// at tells whether the instant is in the window, and whether that rests on a
// calendar that has no such year. Local times are those of the clock on the
// wall: an hour that a zone skips has no instants, one that it repeats has twice
// as many.
func (w *window) at(unixNano int64, calendars map[string]*calendar) (in, holidaysUnknown bool) {
	if !w.contains(unixNano) {
		return false, false
	}
	t := time.Unix(0, unixNano).In(w.zone)
	minute := t.Hour()*60 + t.Minute()
	for _, h := range w.hours {
		began := 0 // days ago
		switch {
		case h.from < h.until && (minute < h.from || minute >= h.until):
			continue
		case h.from > h.until && minute < h.until:
			began = 1
		case h.from > h.until && minute < h.from:
			continue
		}
		if !w.days[(int(t.Weekday())+7-began)%7] {
			continue
		}
		if w.except == "" {
			return true, false
		}
		year, month, d := t.Date()
		first := time.Date(year, month, d-began, 0, 0, 0, 0, time.UTC) // UTC has every midnight
		known := calendars[w.except].years[first.Year()]
		if !known.days[dayOf(first.Date())] {
			return true, known.days == nil
		}
	}
	return false, false
}

// checkOverlap refuses windows that hold at the same time and differ in effect
// or name. Which calendar they except does not matter.
func checkOverlap(errs *problems, ws []window) {
	years := make([][]period, len(ws)) // spans of a year, made when they are needed
	for i := range ws {
		for j := range i {
			a, b := &ws[i], &ws[j]
			if a.overlaps(b.period) && !(a.effect.equal(&b.effect) && a.name == b.name) && meet(ws, i, j, years) {
				errs.at(a.where, "holds at the same time as the window at %s, with another effect or name", b.where)
			}
			if a.name != "" && a.name == b.name && a.overlaps(b.period) && !a.effect.equal(&b.effect) {
				errs.at(a.where, "has the same name as the window at %s, with another effect", b.where)
			}
		}
	}
}

// meet tells whether two windows ever hold at the same time. Windows of one zone
// are compared over a week of its own clock; those of different zones over a
// whole year, so that every combination of their summer times counts.
func meet(ws []window, i, j int, years [][]period) bool {
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) // a Monday
	var a, b []period
	if ws[i].zone.String() == ws[j].zone.String() {
		a, b = ws[i].spans(from, 8, time.UTC), ws[j].spans(from, 8, time.UTC)
	} else {
		for _, k := range []int{i, j} {
			if years[k] == nil {
				years[k] = ws[k].spans(from, 366, ws[k].zone)
			}
		}
		a, b = years[i], years[j]
	}
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].overlaps(b[0]):
			return true
		case a[0].until <= b[0].until:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

// spans lists when the window holds during n days in a zone, in order of start.
func (w *window) spans(from time.Time, n int, zone *time.Location) []period {
	var out []period
	year, month, first := from.Date()
	clock := func(d, minute int) int64 { return time.Date(year, month, d, 0, minute, 0, 0, zone).UnixNano() }
	for d := first - 1; d < first+n; d++ {
		if !w.days[time.Date(year, month, d, 12, 0, 0, 0, time.UTC).Weekday()] {
			continue
		}
		for _, h := range w.hours {
			until := h.until
			if until < h.from {
				until += dayMinutes
			}
			if p := (period{clock(d, h.from), clock(d, until)}); p.from < p.until {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b period) int { return cmp.Compare(a.from, b.from) })
	return out
}

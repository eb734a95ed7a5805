package pricebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "time/tzdata" // schedules name IANA zones, and a scratch image has no zone files
)

// calendar lists the days of a name, by year.
type calendar struct {
	years map[int]map[string]bool
	where place
}

func parseCalendar(n node) *calendar {
	c := &calendar{years: map[int]map[string]bool{}, where: n.place()}
	n.each(func(year string, v node) {
		y, err := strconv.Atoi(year)
		if err != nil || y < 1990 || y > 2200 {
			v.fail("must be a year")
			return
		}
		c.years[y] = map[string]bool{}
		v.list(func(_ int, d node) {
			day := d.date()
			if day != "" && !strings.HasPrefix(day, year) {
				d.fail("is not a day of %s", year)
			}
			c.years[y][day] = true
		})
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

// hours is a half-open span of minutes of a day; one that ends at or before its
// start runs past midnight.
type hours struct{ from, until int }

const dayMinutes = 24 * 60

func (n node) schedule() []window {
	out := []window{}
	if len(n.y.Content) > maxWindows {
		n.fail("has %d windows; at most %d are allowed", len(n.y.Content), maxWindows)
		return out
	}
	n.rules(func(v node) {
		w := window{period: period{minTime, maxTime}, zone: time.UTC, where: v.place()}
		v.fields(withEffect(&w.effect, map[string]func(node){
			"tz": func(n node) {
				zone, err := time.LoadLocation(n.text())
				if err != nil || n.y.Value == "Local" {
					n.fail("must be an IANA time zone such as Asia/Shanghai, not %q", n.y.Value)
					return
				}
				w.zone = zone
			},
			"days": func(n node) {
				var ok bool
				if w.days, ok = parseDays(n.text()); !ok {
					n.fail("must be weekdays such as mon-fri, sat,sun or all, not %q", n.y.Value)
				}
			},
			"hours": func(n node) {
				n.rules(func(v node) {
					h, ok := parseHours(v.text())
					if !ok {
						v.fail("must be local times such as \"16:30-00:30\", not %q", v.y.Value)
					}
					w.hours = append(w.hours, h)
				})
			},
			"except": func(n node) { w.except = n.text() },
			"name":   func(n node) { w.name = strings.ToLower(n.text()) },
			"from":   func(n node) { w.from = n.instant() },
			"until":  func(n node) { w.until = n.instant() },
		}))
		if w.days == [7]bool{} {
			w.days = [7]bool{true, true, true, true, true, true, true}
		}
		if len(w.hours) == 0 {
			w.hours = []hours{{0, dayMinutes}}
		}
		out = append(out, w)
	})
	checkOverlap(n, out)
	return out
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseDays(s string) (days [7]bool, ok bool) {
	if s == "all" {
		return [7]bool{true, true, true, true, true, true, true}, true
	}
	for _, part := range strings.Split(strings.ToLower(s), ",") {
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

func parseClock(s string) (minute int, ok bool) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%02d:%02d", &h, &m); n != 2 || err != nil || len(s) != 5 {
		return 0, false
	}
	return h*60 + m, h >= 0 && m >= 0 && m < 60 && h*60+m <= dayMinutes
}

// at tells whether the instant is in the window, and whether that rests on a
// calendar that has no such year.
func (w *window) at(unixNano int64, calendars map[string]*calendar) (in, holidaysUnknown bool) {
	if !w.contains(unixNano) {
		return false, false
	}
	t := time.Unix(0, unixNano).In(w.zone)
	minute := t.Hour()*60 + t.Minute()
	for _, h := range w.hours {
		day := t
		switch {
		case h.from < h.until && (minute < h.from || minute >= h.until):
			continue
		case h.from > h.until && minute < h.until: // began the day before
			day = t.AddDate(0, 0, -1)
		case h.from > h.until && minute < h.from:
			continue
		}
		if !w.days[day.Weekday()] {
			continue
		}
		if w.except == "" {
			return true, false
		}
		year, known := calendars[w.except].years[day.Year()]
		if !year[day.Format(time.DateOnly)] {
			return true, !known
		}
	}
	return false, false
}

// checkOverlap refuses windows that hold at the same time and differ in effect.
// Windows of different zones are compared at every minute of two weeks, one in
// winter and one in summer; which calendar they except does not matter.
func checkOverlap(n node, ws []window) {
	for i := range ws {
		for j := range i {
			a, b := &ws[i], &ws[j]
			if a.overlaps(b.period) && !a.effect.equal(&b.effect) && a.meets(b) {
				n.errs.at(a.where, "holds at the same time as the window at %s, with another effect", b.where)
			}
			if a.name != "" && a.name == b.name {
				n.errs.at(a.where, "has the same name as the window at %s", b.where)
			}
		}
	}
}

func (w *window) meets(o *window) bool {
	bare := func(w *window) window { return window{zone: w.zone, days: w.days, hours: w.hours, period: period{minTime, maxTime}} }
	a, b := bare(w), bare(o)
	if a.zone.String() == b.zone.String() {
		a.zone, b.zone = time.UTC, time.UTC
	}
	for _, start := range []time.Time{time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC)} {
		for m := range 7 * dayMinutes {
			at := start.Add(time.Duration(m) * time.Minute).UnixNano()
			if inA, _ := a.at(at, nil); !inA {
				continue
			}
			if inB, _ := b.at(at, nil); inB {
				return true
			}
		}
	}
	return false
}

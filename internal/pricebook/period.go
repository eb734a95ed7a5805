package pricebook

import (
	"cmp"
	"math"
	"slices"
)

// Open instants: a period without `from` starts at minTime, one without end ends at maxTime.
const (
	minTime = math.MinInt64
	maxTime = math.MaxInt64
)

// period is a half-open span of time in nanoseconds since 1970.
type period struct{ from, until int64 }

// always is the period that is open on both sides.
var always = period{minTime, maxTime}

func (p period) contains(t int64) bool { return p.from <= t && t < p.until }

func (p period) overlaps(q period) bool { return p.from < q.until && q.from < p.until }

// readers returns the keys that bound a period.
func (p *period) readers() map[string]func(node) {
	return map[string]func(node){
		"from":  func(n node) { n.instant(&p.from) },
		"until": func(n node) { n.instant(&p.until) },
	}
}

// checkPeriod refuses a period that is empty.
func (n node) checkPeriod(p period) {
	if p.from >= p.until {
		n.fail("ends before it starts")
	}
}

// closePeriods ends every period without `until` where the next one starts, and
// refuses periods that overlap or are empty.
func closePeriods[T any](errs *problems, rows []T, of func(*T) (*period, place)) {
	order := make([]*T, len(rows))
	for i := range rows {
		order[i] = &rows[i]
	}
	slices.SortStableFunc(order, func(a, b *T) int {
		p, _ := of(a)
		q, _ := of(b)
		return cmp.Compare(p.from, q.from)
	})
	for i, row := range order {
		p, where := of(row)
		if i > 0 {
			if before, at := of(order[i-1]); before.from == p.from {
				errs.at(where, "starts when the one at %s does; give each a different from", at)
				continue
			}
		}
		if p.until == maxTime {
			p.until = nextStart(order[i+1:], p.from, of)
		}
		if p.from >= p.until {
			errs.at(where, "ends before it starts")
		}
	}
	for i := 1; i < len(order); i++ {
		p, where := of(order[i])
		for _, other := range order[:i] {
			if q, at := of(other); p.overlaps(*q) && p.from != q.from {
				errs.at(where, "overlaps the period at %s", at)
			}
		}
	}
}

// nextStart returns the start of the first of the sorted rows that starts after an instant.
func nextStart[T any](rows []*T, after int64, of func(*T) (*period, place)) int64 {
	for _, row := range rows {
		if p, _ := of(row); p.from > after {
			return p.from
		}
	}
	return maxTime
}

// lay puts a row on top of a timeline: what is below it is cut out. What is left
// of a row after the cut keeps everything but its start. The rows are in no order.
func lay[T any](rows []T, top T, of func(*T) *period) []T {
	hole := *of(&top)
	if !slices.ContainsFunc(rows, func(r T) bool { return of(&r).overlaps(hole) }) {
		return append(rows, top)
	}
	var out []T
	for _, r := range rows {
		p := *of(&r)
		if !p.overlaps(hole) {
			out = append(out, r)
			continue
		}
		if p.from < hole.from {
			before := r
			of(&before).until = hole.from
			out = append(out, before)
		}
		if p.until > hole.until {
			after := r
			of(&after).from = hole.until
			out = append(out, after)
		}
	}
	return append(out, top)
}

// inOrder sorts a timeline by time.
func inOrder[T any](rows []T, of func(*T) *period) {
	slices.SortFunc(rows, func(a, b T) int { return cmp.Compare(of(&a).from, of(&b).from) })
}

package pricebook

import (
	"maps"
	"slices"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// check refuses a price whose rules name what is not there or could tie.
func (p *Price) check(d *draft, where place) {
	for i := range p.adjust.schedule {
		w := &p.adjust.schedule[i]
		if w.except != "" && p.calendars[w.except] == nil {
			d.errs.at(w.where, "except names the calendar %q, which no loaded book declares", w.except)
		}
	}
	for _, m := range p.Meters {
		root := meter.New(m.Direction(), meter.Plain, 0, meter.AnyModality)
		if m.Class() != meter.Plain && p.rates[m] != nil && p.rates[root] == nil {
			d.errs.at(where, "prices %s without %s, which the rest of the tokens would need", m, root)
		}
	}
	for _, r := range p.rules() {
		p.checkSet(d, r)
	}
	p.checkOverrides(d)
}

// checkSet refuses a rule that sets a price where there is none to replace: when
// the rule does not hold, the meter or fee would be without price.
func (p *Price) checkSet(d *draft, r ruleRef) {
	for _, m := range slices.Sorted(maps.Keys(r.effect.rates)) {
		if _, ok := nearestMeter(p.rates, m); !ok {
			d.errs.at(r.where, "sets %s, which has no price to replace; give it one in rates", m)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(r.effect.fees)) {
		if p.fees[f] == nil {
			d.errs.at(r.where, "sets %s, which has no price to replace; give it one in fees", f)
		}
	}
}

func (p *Price) checkOverrides(d *draft) {
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		for _, axis := range slices.Sorted(maps.Keys(o.when)) {
			if value := o.when[axis]; !p.adjust.declares(axis, value) {
				d.errs.at(o.where, "when.%s names %q, which no rule of that axis declares", axis, value)
			}
		}
		for j := range i {
			if q := &p.adjust.overrides[j]; p.tie(o, q) {
				d.errs.at(o.where, "matches at the same time as the override at %s, on as many axes; add an axis to one of them", q.where)
			}
		}
	}
}

// tie tells whether two overrides can match the same call on as many axes and
// set the same price.
func (p *Price) tie(o, q *override) bool {
	if len(o.when) != len(q.when) {
		return false
	}
	for axis, value := range o.when {
		if other, both := q.when[axis]; both && other != value {
			return false
		}
	}
	for _, m := range p.Meters {
		from, _ := nearestMeter(p.rates, m)
		a, _ := nearest(o.rates, m, from)
		b, _ := nearest(q.rates, m, from)
		if a != nil && b != nil {
			return true
		}
	}
	for f := range o.fees {
		if q.fees[f] != nil {
			return true
		}
	}
	return false
}

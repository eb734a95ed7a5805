package build

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/lint"
)

// settle turns a draft into the prices of its model.
func (d *draft) settle(b *builder) {
	axes, lone := d.axes(b)
	d.model.Adjust = axes.Over(d.adjust)
	if b.file.FeesWhereStated && d.vendor == nil && !d.hasFees() {
		d.model.Fees = book.Numbers{}
	}
	for _, p := range d.periods {
		p.dropUnusual(b, d.model.ID)
		price := p.price
		price.Unconfirmed = !p.confirmed || len(p.lone) > 0 || len(lone) > 0
		note := p.note
		if p.confirmed {
			if doubtful := append(slices.Clone(p.lone), lone...); len(doubtful) > 0 {
				slices.Sort(doubtful)
				note = append(note, "one source only: "+strings.Join(doubtful, ", "))
			}
		}
		price.Source = book.Source{URL: b.file.URL, Checked: p.checked, Note: strings.Join(note, "; ")}
		d.model.Prices = append(d.model.Prices, price)
	}
}

// hasFees tells whether a fact or a data set states a fee for the model.
func (d *draft) hasFees() bool {
	for _, p := range d.periods {
		if len(p.price.Fees) > 0 {
			return true
		}
	}
	for _, p := range d.finding.Periods {
		if _, fees := p.Rates.Split(); len(fees)+len(p.Offered) > 0 {
			return true
		}
	}
	return false
}

// dropUnusual leaves out what one data set states against every usual ratio and
// the others do not state: a misread number.
func (p *period) dropUnusual(b *builder, model string) {
	p.lone = slices.DeleteFunc(p.lone, func(m string) bool {
		rate := p.price.Rates[m]
		if lint.Usual(m, rate, p.price.Rates["input"]) {
			return false
		}
		delete(p.price.Rates, m)
		b.omit(model, m, "stated as "+string(rate)+" by one data set, in no usual ratio to input")
		return true
	})
}

// axes derives adjustments from evidence. A context tier that one data set
// states alone is kept and makes the price unconfirmed: without it, a long call
// would be billed too low and nobody would see it. Modes and regions that one
// states alone are left out: a call that tells them is estimated then.
func (d *draft) axes(b *builder) (a book.Adjust, lone []string) {
	for _, name := range slices.Sorted(maps.Keys(d.finding.Modes)) {
		if d.standard {
			break
		}
		axis := d.finding.Modes[name]
		flat, isFlat := axis.Flat()
		if isFlat && b.isDefault(name, flat) {
			continue
		}
		if !axis.Confirmed() && !(isFlat && d.modes[name] == flat) {
			b.omit(d.model.ID, "mode "+name, "stated by "+strings.Join(axis.Support, ", ")+" alone")
			continue
		}
		rule := book.Rule{}
		if name == "priority" && b.file.FastIsPriority {
			rule.Names = []string{"fast"}
		}
		if rule.Times, rule.Set = effect(axis); rule.Times["tokens"] == "1" {
			rule.Times = nil
		}
		a.Mode = setRule(a.Mode, name, rule)
	}
	for _, geo := range slices.Sorted(maps.Keys(d.finding.Geos)) {
		axis := d.finding.Geos[geo]
		flat, isFlat := axis.Flat()
		if isFlat && flat == "1" && (b.listPrice(geo) || d.adjust.Geo["*"] != nil && len(d.adjust.Geo["*"][0].Times) == 0) {
			continue
		}
		if geo == "regional" || !axis.Confirmed() && !d.confirmsRegion(geo, axis) {
			b.omit(d.model.ID, "region "+geo, "stated by "+strings.Join(axis.Support, ", ")+" alone")
			if b.listPrice(geo) {
				a.Geo = b.withoutRegion(a.Geo, geo)
			}
			continue
		}
		rule := book.Rule{}
		if rule.Times, rule.Set = effect(axis); rule.Times["tokens"] == "1" {
			rule.Times = nil
		}
		d.follow(rule.Set)
		a.Geo = setRule(a.Geo, geo, rule)
	}
	a.Geo = b.scoped(grouped(a.Geo))
	a.Context, lone = d.contextRules(b)
	return a, lone
}

// isDefault tells whether the provider's default states the factor of a mode.
func (b *builder) isDefault(mode string, factor decimal.Decimal) bool {
	rules := b.provider.Adjust.Mode[mode]
	return len(rules) == 1 && len(rules[0].Times) == 1 && rules[0].Times["tokens"] == factor
}

func setRule(c book.Choices, key string, r book.Rule) book.Choices {
	if c == nil {
		c = book.Choices{}
	}
	c[key] = book.Rules{r}
	return c
}

func (d *draft) contextRules(b *builder) (rules []book.ContextRule, lone []string) {
	stated := slices.ContainsFunc(d.periods, func(p *period) bool { return len(p.price.Adjust.Context) > 0 })
	if len(d.adjust.Context) > 0 || d.flat || d.vendor != nil && stated {
		return nil, nil
	}
	for _, over := range slices.Sorted(maps.Keys(d.finding.Contexts)) {
		axis := d.finding.Contexts[over]
		if f, flat := axis.Flat(); flat && f == "1" {
			continue
		}
		if !axis.Confirmed() && !d.contexts {
			lone = append(lone, fmt.Sprintf("context tier at %d", over))
		}
		r := book.ContextRule{Input: book.Bound{Over: over}}
		if b.file.Inclusive {
			r.Input = book.Bound{AtLeast: over}
		}
		r.Contested = slices.Contains(b.file.Contested, over)
		r.Times, r.Set = effect(axis)
		rules = append(rules, r)
	}
	return rules, lone
}

// effect writes an axis as factors where they are short decimals, and as prices
// where they are not. Cache follows input unless it is known to differ.
func effect(axis *consensus.Axis) (times, set book.Numbers) {
	if f, flat := axis.Flat(); flat {
		return book.Numbers{"tokens": f}, nil
	}
	if len(axis.Set) > 0 {
		return nil, axis.Set
	}
	times = book.Numbers{}
	in := axis.Times["input"]
	for m, f := range axis.Times {
		switch {
		case m == evidence.Times:
			times["tokens"] = f
		case m == "cache_read" || m == "cache_write" || m == "cache_write.1h":
			if f.Near(in, five) {
				f = in
			}
			addCache(times, m, f)
		default:
			times[m] = f
		}
	}
	if in != "" && times["cache"] == "" {
		times["cache"] = in
	}
	return tidy(times), nil
}

// addCache states one factor for all cache meters if they agree.
func addCache(times book.Numbers, m string, f decimal.Decimal) {
	switch known := times["cache"]; {
	case known == "" || known == f:
		times["cache"] = f
	default:
		times[m] = f
	}
}

// tidy drops factors that a wider selector states already.
func tidy(times book.Numbers) book.Numbers {
	for m, f := range times {
		dir, modality, found := strings.Cut(m, ".")
		if found && modality != "" && times[dir] == f {
			delete(times, m)
		}
	}
	return times
}

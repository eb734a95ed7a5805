package build

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/consensus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/facts"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/lint"
)

// draft is a model in the making.
type draft struct {
	model   *book.Model
	finding *consensus.Finding
	periods []*period
	adjust  book.Adjust // as facts state it, on top of evidence

	vendor   *facts.Fact // the fact that stated the prices, if one did
	base     *facts.Fact // the fact that says whose prices these are
	dropped  string
	standard bool
	flat     bool
	modes    book.Numbers
	geos     book.Numbers
	geoRange []decimal.Decimal
	ratios   book.Numbers // of meters to input, as facts state them
	contexts bool
}

// period is a price in the making.
type period struct {
	price     book.Price
	lone      []string
	confirmed bool
	note      []string
	checked   string
}

func newDraft(f *consensus.Finding) *draft {
	d := &draft{model: &book.Model{ID: f.ID, Aliases: f.Aliases, Dated: f.Dated}, finding: f}
	for _, p := range f.Periods {
		q := &period{lone: slices.Clone(p.Lone), confirmed: p.Confirmed}
		if p.From != "" {
			q.price.From = p.From + "T00:00:00Z"
		}
		q.price.Rates, q.price.Fees = p.Rates.Split()
		for _, s := range p.Support {
			q.note = append(q.note, s.Name+" "+s.State)
			q.checked = max(q.checked, s.State)
		}
		if len(p.Dissent) > 0 {
			q.note = append(q.note, "against "+strings.Join(p.Dissent, ", "))
		}
		d.periods = append(d.periods, q)
	}
	return d
}

// apply does to the draft what a fact says.
func (d *draft) apply(f *facts.Fact) {
	if f.Drop {
		d.dropped = f.Say
		return
	}
	d.model.Aliases = append(d.model.Aliases, f.Aliases...)
	if f.Dated != nil {
		d.model.Dated = *f.Dated
	}
	if f.Base != "" {
		d.base = f
	}
	d.standard = d.standard || f.Standard
	d.contexts, d.flat = d.contexts || f.Contexts, d.flat || f.Flat
	d.modes, d.geos = with(d.modes, f.Modes), with(d.geos, f.Geos)
	d.ratios = with(with(d.ratios, f.Ratios), f.RatiosOfLone)
	if f.GeoRange != nil {
		d.geoRange = f.GeoRange
	}
	d.adjust = d.adjust.Over(f.Adjust)
	if len(f.Prices) > 0 {
		d.replace(f)
	}
	for _, p := range d.periods {
		p.amend(f)
	}
}

func with(a, b book.Numbers) book.Numbers {
	if len(b) == 0 {
		return a
	}
	out := book.Numbers{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// replace puts the vendor's prices in place of what the data sets say. Meters
// that the vendor's list leaves out stay as two data sets state them.
func (d *draft) replace(f *facts.Fact) {
	d.vendor, d.periods, d.dropped = f, nil, ""
	d.finding.Contradiction = ""
	for _, price := range f.Prices {
		price.Rates, price.Fees = with(nil, price.Rates), with(nil, price.Fees)
		p := &period{price: price, confirmed: !price.Unconfirmed, checked: f.Checked, note: []string{f.Label()}}
		for _, q := range d.finding.Periods {
			if q.Rates["input"] != price.Rates["input"] || q.Rates["output"] != price.Rates["output"] {
				continue
			}
			for _, s := range q.Support {
				p.note = append(p.note, s.Name+" "+s.State)
			}
		}
		d.periods = append(d.periods, p)
	}
}

// amend changes single rates and fees.
func (p *period) amend(f *facts.Fact) {
	for m, v := range f.Rates {
		p.price.Rates = with(p.price.Rates, book.Numbers{m: v})
		p.settled(m, f)
	}
	if f.Rates["input"] != "" || len(f.Fees) > 0 && len(p.price.Rates) == 0 {
		p.confirmed = true
	}
	for m, v := range f.Fees {
		p.price.Fees = with(p.price.Fees, book.Numbers{m: v})
		p.settled(m, f)
	}
	if f.Uncertain {
		p.confirmed = false
	}
	if f.Uncertain || f.Note {
		p.note = append(p.note, f.Say)
	}
	for _, m := range f.Unset {
		delete(p.price.Rates, m)
		delete(p.price.Fees, m)
		p.lone = slices.DeleteFunc(p.lone, func(l string) bool { return l == m })
	}
	for m, ratio := range f.Ratios {
		p.confirm(m, ratio, f, true)
	}
	for m, ratio := range f.RatiosOfLone {
		p.confirm(m, ratio, f, false)
	}
}

// confirm settles a meter that stands in the ratio to input that a fact states,
// and adds it if it is missing and the fact says so.
func (p *period) confirm(m string, ratio decimal.Decimal, f *facts.Fact, add bool) {
	in, stated := p.price.Rates["input"], p.price.Rates[m]
	if in.IsZero() || stated != "" && !slices.Contains(p.lone, m) || stated == "" && !add {
		return
	}
	want := in.Mul(ratio)
	if stated == "" {
		p.price.Rates = with(p.price.Rates, book.Numbers{m: want})
	}
	if stated == "" || stated.Near(want, five) {
		p.settled(m, f)
	}
}

// settled records that a fact confirms a meter.
func (p *period) settled(m string, f *facts.Fact) {
	p.lone = slices.DeleteFunc(p.lone, func(l string) bool { return l == m })
	if label := f.Label(); !slices.Contains(p.note, label) {
		p.note = append(p.note, label)
	}
}

// unfit says why the model cannot stand, or nothing.
func (d *draft) unfit(single bool) string {
	switch {
	case d.dropped != "":
		return d.dropped
	case d.finding.Contradiction != "":
		return "data sets contradict each other: " + d.finding.Contradiction
	case len(d.periods) == 0:
		return "no price"
	}
	for _, p := range d.periods {
		if len(p.price.Rates) == 0 && len(p.price.Fees) == 0 {
			return "no price"
		}
	}
	if newest := d.periods[len(d.periods)-1]; !newest.confirmed {
		for _, n := range []book.Numbers{newest.price.Rates, newest.price.Fees} {
			for name, rate := range n {
				if !lint.Plausible(name, rate) {
					return "a misread unit: " + name + " " + string(rate)
				}
			}
		}
	}
	if d.vendor == nil && !single && d.finding.Voices() < 2 {
		return "one data set alone"
	}
	if !d.periods[len(d.periods)-1].confirmed && moving(d.model.ID) {
		return "a name that moves between models, priced by one data set only"
	}
	return ""
}

// moving tells whether an id names the newest of a family.
func moving(id string) bool { return strings.HasSuffix(id, "-latest") || strings.HasPrefix(id, "~") }

var five = decimal.Decimal("0.05")

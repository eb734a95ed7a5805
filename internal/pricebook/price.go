package pricebook

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// MaxMeters is the number of token meters that one price can have.
const MaxMeters = usage.MaxMeters

// Price is what one model costs in one period. It is immutable but for a
// bounded cache of computed rates.
type Price struct {
	Model       *Model
	ID          string // provider/model@from, from as written, or "open"
	Currency    string
	Source      Source
	Unconfirmed bool

	// Meters are the priced token meters, the most specific first; Fees the priced fees.
	Meters []meter.Meter
	Fees   []meter.Fee

	// Moves are the facts that can change what this price comes to.
	Moves call.Facts
	// FeesOnly tells that there is no token price at all, as for rerank.
	FeesOnly bool

	period
	rates     map[meter.Meter]*big.Rat // as declared
	fees      map[meter.Fee]*big.Rat
	adjust    adjust
	calendars map[string]*calendar

	cache atomic.Pointer[[]cachedRates]
}

type cachedRates struct {
	choice Choice
	rates  *money.Rates
}

// maxCachedRates bounds the computed rates that one price keeps. More
// combinations than that are computed each time.
const maxCachedRates = 64

func (d *draft) compile(m *Model, decl *priceDecl) *Price {
	p := &Price{
		Model: m, Currency: decl.currency, Source: decl.source, Unconfirmed: decl.unconfirmed,
		period: decl.period, rates: decl.rates, fees: decl.fees, adjust: decl.adjust, calendars: d.calendars,
	}
	from := "open"
	if p.from != minTime {
		from = time.Unix(0, p.from).UTC().Format(time.RFC3339Nano)
	}
	p.ID = m.Provider.ID + "/" + m.ID + "@" + from
	p.collectMeters()
	if len(p.Meters) > MaxMeters {
		d.errs.at(decl.where, "has %d token meters; at most %d are allowed", len(p.Meters), MaxMeters)
		p.Meters = p.Meters[:MaxMeters]
	}
	p.FeesOnly = len(p.Meters) == 0
	p.checkRules(d, decl.where)
	p.Moves = p.moves()
	return p
}

// collectMeters gathers every meter and fee that has a price of its own, in
// the base rates or by any rule.
func (p *Price) collectMeters() {
	meters, fees := map[meter.Meter]bool{}, map[meter.Fee]bool{}
	take := func(rs map[meter.Meter]*big.Rat, fs map[meter.Fee]*big.Rat) {
		for m := range rs {
			meters[m] = true
		}
		for f := range fs {
			fees[f] = true
		}
	}
	take(p.rates, p.fees)
	for _, e := range p.effects() {
		take(e.rates, e.fees)
	}
	for i := range p.adjust.overrides {
		take(p.adjust.overrides[i].rates, p.adjust.overrides[i].fees)
	}
	for m := range meters {
		p.Meters = append(p.Meters, m)
	}
	slices.SortFunc(p.Meters, func(a, b meter.Meter) int {
		return cmp.Or(cmp.Compare(b.Depth(), a.Depth()), cmp.Compare(a, b))
	})
	for f := range fees {
		p.Fees = append(p.Fees, f)
	}
	slices.Sort(p.Fees)
}

// effects lists what the rules of all axes do, without overrides.
func (p *Price) effects() []*effect {
	var out []*effect
	for i := range p.adjust.context {
		out = append(out, &p.adjust.context[i].effect)
	}
	for i := range p.adjust.mode {
		out = append(out, &p.adjust.mode[i].effect)
	}
	for i := range p.adjust.geo {
		out = append(out, &p.adjust.geo[i].effect)
	}
	for i := range p.adjust.schedule {
		out = append(out, &p.adjust.schedule[i].effect)
	}
	return out
}

// checkRules refuses rules that name what is not there, and overrides that could tie.
func (p *Price) checkRules(d *draft, where place) {
	for i := range p.adjust.schedule {
		w := &p.adjust.schedule[i]
		if w.except != "" && p.calendars[w.except] == nil {
			d.errs.at(w.where, "except names the calendar %q, which no loaded book declares", w.except)
		}
	}
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		for axis, value := range o.when {
			if !p.declares(axis, value) {
				d.errs.at(o.where, "when.%s names %q, which no rule of that axis declares", axis, value)
			}
		}
		for j := range i {
			if o.ties(&p.adjust.overrides[j]) {
				d.errs.at(o.where, "matches at the same time as the override at %s, on as many axes; add an axis to one of them", p.adjust.overrides[j].where)
			}
		}
	}
	for m := range p.rates {
		if m.Depth() > 0 && p.rates[meter.New(m.Direction(), meter.Plain, 0, meter.AnyModality)] == nil && m.Class() != meter.Plain {
			d.errs.at(where, "prices %s without %s, which the rest of the tokens would need", m, meter.New(m.Direction(), meter.Plain, 0, meter.AnyModality))
		}
	}
}

func (p *Price) declares(axis, value string) bool {
	switch axis {
	case "mode":
		return slices.ContainsFunc(p.adjust.mode, func(r valueRule) bool { return r.key == value })
	case "geo":
		return slices.ContainsFunc(p.adjust.geo, func(r valueRule) bool { return r.key == value })
	case "context":
		return slices.ContainsFunc(p.adjust.context, func(r contextRule) bool { return strings.EqualFold(r.name, value) })
	default:
		return slices.ContainsFunc(p.adjust.schedule, func(w window) bool { return w.name == value })
	}
}

func (o *override) ties(q *override) bool {
	if len(o.when) != len(q.when) {
		return false
	}
	for axis, value := range o.when {
		if other, both := q.when[axis]; both && other != value {
			return false
		}
	}
	for m := range o.rates {
		if q.rates[m] != nil {
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

// moves finds the facts that can change the price. Batch is not among the
// tiers that must be told: a batch is fetched as a file, never as the answer
// of the call that telemetry shows, so only a declared batch is one.
func (p *Price) moves() call.Facts {
	var f call.Facts
	input := p.base(meter.AllInput)
	differs := func(m meter.Meter, from *big.Rat) bool {
		r := p.base(m)
		return r != nil && (from == nil || r.Cmp(from) != 0)
	}
	var write *big.Rat
	for _, m := range p.Meters {
		switch m.Class() {
		case meter.CacheRead:
			if differs(m, input) {
				f |= call.CacheReads
			}
		case meter.CacheWrite:
			if differs(m, input) {
				f |= call.CacheWrites
			}
			if write != nil && differs(m, write) {
				f |= call.CacheTTL
			}
			write = p.base(m)
		case meter.Reasoning:
			if differs(m, p.base(meter.AllOutput)) {
				f |= call.Reasoning
			}
		case meter.ToolPrompt:
			if differs(m, input) {
				f |= call.ToolPrompt
			}
		default:
		}
		if m.Modality() != meter.AnyModality && differs(m, p.base(m.WithModality(meter.AnyModality))) {
			f |= call.Modalities
		}
	}
	for i := range p.adjust.mode {
		if r := &p.adjust.mode[i]; r.key != "batch" && !r.neutral() {
			f |= call.ServiceTier
		}
	}
	for i := range p.adjust.geo {
		if !p.adjust.geo[i].neutral() {
			f |= call.Region
		}
	}
	if len(p.adjust.overrides) > 0 {
		for _, o := range p.adjust.overrides {
			if o.when["mode"] != "" && o.when["mode"] != "batch" {
				f |= call.ServiceTier
			}
			if o.when["geo"] != "" {
				f |= call.Region
			}
		}
	}
	for _, fee := range p.Fees {
		if toolFees&(1<<fee) != 0 && p.fees[fee] != nil && p.fees[fee].Sign() > 0 {
			f |= call.ToolUse
		}
	}
	return f
}

// toolFees are the fees for what a provider does for the model during a call.
const toolFees = 1<<meter.WebSearch | 1<<meter.FileSearch | 1<<meter.CodeExecution | 1<<meter.MapsSearch | 1<<meter.XSearch |
	1<<meter.Attachment | 1<<meter.Collection | 1<<meter.Session

// base returns the declared rate of a meter, or of the nearest one that contains it.
func (p *Price) base(m meter.Meter) *big.Rat {
	var best *big.Rat
	depth := -1
	for n, r := range p.rates {
		if n.Contains(m) && n.Depth() > depth {
			best, depth = r, n.Depth()
		}
	}
	return best
}

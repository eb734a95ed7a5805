package pricebook

import (
	"math/big"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// moves finds the facts that can change the price. Batch is not among the
// tiers that must be told: a batch is fetched as a file, never as the answer
// of the call that telemetry shows, so only a declared batch is one.
func (p *Price) moves() call.Facts {
	f := p.meterMoves()
	for _, r := range p.rules() {
		if r.period.overlaps(p.period) && !r.effect.neutral() {
			switch {
			case r.axis == "mode" && r.key != "batch":
				f |= call.ServiceTier
			case r.axis == "geo":
				f |= call.Region
			}
		}
	}
	for i := range p.adjust.overrides {
		o := &p.adjust.overrides[i]
		if mode := o.when["mode"]; mode != "" && mode != "batch" {
			f |= call.ServiceTier
		}
		if o.when["geo"] != "" {
			f |= call.Region
		}
	}
	for fee, price := range p.fees {
		if fee.ForTools() && price.Sign() > 0 {
			f |= call.ToolUse
		}
	}
	return f
}

// meterMoves finds the facts that tell meters of different price apart: for
// every statement of a meter, whether the same meter without it costs as much.
func (p *Price) meterMoves() call.Facts {
	var f call.Facts
	for _, m := range p.Meters {
		d, class, ttl, mod := m.Direction(), m.Class(), m.TTLMinutes(), m.Modality()
		if fact := classFacts[class]; fact != 0 && p.differ(m, meter.New(d, meter.Plain, 0, mod)) {
			f |= fact
		}
		if ttl != 0 && p.differ(m, meter.New(d, class, 0, mod)) {
			f |= call.CacheTTL
		}
		if mod != meter.AnyModality && p.differ(m, m.WithModality(meter.AnyModality)) {
			f |= call.Modalities
		}
	}
	return f
}

// classFacts are the facts that tell the classes apart.
var classFacts = [...]call.Facts{
	meter.Plain: 0, meter.CacheRead: call.CacheReads, meter.CacheWrite: call.CacheWrites,
	meter.ToolPrompt: call.ToolPrompt, meter.Reasoning: call.Reasoning, meter.Citation: 0,
}

// differ tells whether a part of a meter can cost something else than the rest
// of it, by the base rates or because any rule treats them differently.
func (p *Price) differ(part, whole meter.Meter) bool {
	fromPart, _ := nearestMeter(p.rates, part)
	fromWhole, ok := nearestMeter(p.rates, whole)
	if !ok || !same(p.rates[fromPart], p.rates[fromWhole]) {
		return true
	}
	for _, r := range p.allRules() {
		if !r.period.overlaps(p.period) {
			continue
		}
		a, _ := nearest(r.effect.rates, part, fromPart)
		b, _ := nearest(r.effect.rates, whole, fromWhole)
		if !same(a, b) || !same(orOne(r.effect.forMeter(part)), orOne(r.effect.forMeter(whole))) {
			return true
		}
	}
	return false
}

// same tells whether two rates are equal; no rate equals no rate.
func same(a, b *big.Rat) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Cmp(b) == 0
}

func orOne(r *big.Rat) *big.Rat {
	if r == nil {
		return one
	}
	return r
}

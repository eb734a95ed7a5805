package dialect

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// fact records a token_usage attribute of the span by its name behind the
// prefix. Facts win over everything that is inferred; one that cannot be
// understood gives a reason, and is otherwise left out.
func (rd *record) fact(name string, v pcommon.Value) {
	switch factPrefix + name {
	case attrkey.FactMode:
		rd.wordFact(&rd.mode, v, call.ServiceTier)
		return
	case attrkey.FactGeo:
		rd.wordFact(&rd.geo, v, call.Region)
		return
	case attrkey.FactBilling:
		rd.wordFact(&rd.billing, v, 0)
		if rd.billing != "" && rd.billing != attrkey.BillingProvisioned {
			rd.billing = ""
			rd.reasons.Add(status.FactUnknown)
		}
		return
	}
	rd.countFact(name, v)
}

func (rd *record) wordFact(to *string, v pcommon.Value, f call.Facts) {
	if v.Type() != pcommon.ValueTypeStr || v.Str() == "" {
		rd.reasons.Add(status.FactUnknown)
		return
	}
	*to = v.Str()
	rd.told |= f
}

// state records what a count tells that somebody stated.
func (rd *record) state(f call.Facts) {
	rd.told |= f
	rd.stated |= f
}

// countFact records a count of a meter or fee.
func (rd *record) countFact(name string, v pcommon.Value) {
	if !rd.hasFacts {
		rd.facts.Reset()
		rd.hasFacts = true
	}
	n, how := toCount(v)
	if how != valid {
		rd.reasons.Add(status.FactUnknown)
		return
	}
	if f, ok := feeNames[name]; ok {
		rd.facts.SetFee(f, n)
		if f == meter.WebSearch { // as with emitters; other fees tell of themselves alone
			rd.state(call.ToolUse)
		}
		return
	}
	m, err := meter.Parse(name)
	if err != nil || !rd.facts.Set(m, n) {
		rd.reasons.Add(status.FactUnknown)
		return
	}
	rd.state(factOf(m))
}

// feeNames finds fees without making errors for what is none.
var feeNames = func() map[string]meter.Fee {
	m := map[string]meter.Fee{}
	for i, name := range meter.FeeNames() {
		m[name] = meter.Fee(i)
	}
	return m
}()

// factOf returns what the count of a meter tells.
func factOf(m meter.Meter) call.Facts {
	var f call.Facts
	switch m.Class() {
	case meter.CacheRead:
		f = call.CacheReads
	case meter.CacheWrite:
		f = call.CacheWrites
	case meter.Reasoning:
		f = call.Reasoning
	case meter.ToolPrompt:
		f = call.ToolPrompt
	case meter.Plain, meter.Citation:
	}
	if m.Modality() != meter.AnyModality {
		f = f&^(call.CacheReads|call.CacheWrites|call.Reasoning|call.ToolPrompt) | call.Modalities
	}
	return f
}

// resourceFacts adds facts of the resource where the span has none of its own.
func (rd *record) resourceFacts(attrs pcommon.Map) {
	for name, v := range attrs.All() {
		if !strings.HasPrefix(name, factPrefix) || rd.hasOwn(name) {
			continue
		}
		rd.fact(name[len(factPrefix):], v)
	}
}

// hasOwn tells whether the span itself has the fact.
func (rd *record) hasOwn(name string) bool {
	switch name {
	case attrkey.FactMode:
		return rd.mode != ""
	case attrkey.FactGeo:
		return rd.geo != ""
	case attrkey.FactBilling:
		return rd.billing != ""
	}
	if !rd.hasFacts {
		return false
	}
	name = name[len(factPrefix):]
	if f, ok := feeNames[name]; ok {
		_, ok = rd.facts.Fee(f)
		return ok
	}
	m, err := meter.Parse(name)
	if err != nil {
		return false
	}
	_, ok := rd.facts.Get(m)
	return ok
}

// factNumbers are the facts that belong among what the emitter told, because
// they decide how its input and output counts are read.
var factNumbers = [...]struct {
	m meter.Meter
	n number
}{
	{meter.CacheReads, cacheRead},
	{meter.CacheWrites, cacheWrite},
	{meter.AllReasoning, reasoning},
	{meter.ToolPrompts, toolPrompt},
	{ttl(5), write5m},
	{ttl(30), write30m},
	{ttl(60), write1h},
	{ttl(720), write12h},
}

func ttl(minutes int) meter.Meter {
	return meter.New(meter.Input, meter.CacheWrite, minutes, meter.AnyModality)
}

// overrideNumbers puts facts in the place of what the emitter told.
func (rd *record) overrideNumbers() {
	if !rd.hasFacts {
		return
	}
	for _, f := range factNumbers {
		if n, ok := rd.facts.Get(f.m); ok {
			rd.num[f.n] = n
			rd.hasNum |= 1 << f.n
			rd.badNum &^= 1 << f.n
			rd.disagree &^= 1 << f.n
		}
	}
}

// overrideUsage puts facts in the place of what was read, at the end.
func (rd *record) overrideUsage(c *call.Call) {
	if !rd.hasFacts {
		return
	}
	for _, t := range rd.facts.Tokens() {
		if !c.Usage.Set(t.Meter, t.Tokens) {
			c.Reasons.Add(status.FactUnknown)
		}
	}
	for f := range meter.NumFees {
		if n, ok := rd.facts.Fee(meter.Fee(f)); ok {
			c.Usage.SetFee(meter.Fee(f), n)
		}
	}
	if _, ok := rd.facts.Get(meter.AllInput); ok { // a meter's count includes what it contains
		c.Basis = call.Basis{Side: call.Inclusive, Ground: call.GroundRule}
	}
}

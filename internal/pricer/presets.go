package pricer

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// preset is a set of attributes under which a backend reads costs.
type preset struct {
	name  string
	costs []presetCost
	// text are attributes that are no doubles.
	text []presetText
	// currency tells that one of them names the currency; others mean USD.
	currency bool
}

type presetCost struct {
	key   string
	parts []engine.Part // none is the total
}

type presetText struct {
	key   string
	value func(*engine.Result) string
}

var (
	promptParts = []engine.Part{engine.PartInput, engine.PartCacheRead, engine.PartCacheWrite}
	outputParts = []engine.Part{engine.PartOutput}
)

// presets lists what also_write accepts. Sources: package attrkey for each name.
var presets = []preset{
	{
		name: "semconv", currency: true, costs: []presetCost{{attrkey.SemconvCostAmount, nil}},
		text: []presetText{{attrkey.SemconvCostCurrency, func(r *engine.Result) string { return r.Currency }}},
	},
	{name: "openlit", costs: []presetCost{{attrkey.OpenLITCost, nil}}},
	{name: "openinference", costs: []presetCost{
		{attrkey.OpenInferenceCostTotal, nil}, {attrkey.OpenInferenceCostPrompt, promptParts}, {attrkey.OpenInferenceCostCompletion, outputParts},
	}},
	{name: "langfuse", text: []presetText{{attrkey.LangfuseCostDetails, langfuseDetails}}},
	{name: "sentry", costs: []presetCost{
		{attrkey.SentryCostTotal, nil}, {attrkey.SentryCostInput, promptParts}, {attrkey.SentryCostOutput, outputParts},
	}},
	{name: "signoz", costs: []presetCost{
		{attrkey.SigNozCostTotal, nil},
		{attrkey.SigNozCostInput, []engine.Part{engine.PartInput}},
		{attrkey.SigNozCostOutput, outputParts},
		{attrkey.SigNozCostCacheRead, []engine.Part{engine.PartCacheRead}},
		{attrkey.SigNozCostCacheWrite, []engine.Part{engine.PartCacheWrite}},
	}},
}

func presetNames() []string {
	names := make([]string, 0, len(presets))
	for i := range presets {
		names = append(names, presets[i].name)
	}
	return names
}

func choosePresets(names []string) []*preset {
	var out []*preset
	for i := range presets {
		if slices.Contains(names, presets[i].name) {
			out = append(out, &presets[i])
		}
	}
	return out
}

// size returns how many attributes the preset writes at most.
func (p *preset) size() int { return len(p.costs) + len(p.text) }

// write adds what is not there: a cost that the telemetry carries is never
// overwritten. If any attribute of the preset is there, none is written, so
// that a preset never mixes two sources.
func (p *preset) write(attrs pcommon.Map, r *engine.Result) {
	if p.present(attrs) || !p.currency && r.Currency != "USD" {
		return
	}
	for _, c := range p.costs {
		if c.parts == nil || !r.Replaced() { // of somebody else's total no parts are known
			attrs.PutDouble(c.key, c.amount(r).Float64())
		}
	}
	for _, t := range p.text {
		attrs.PutStr(t.key, t.value(r))
	}
}

func (p *preset) present(attrs pcommon.Map) bool {
	for _, c := range p.costs {
		if _, ok := attrs.Get(c.key); ok {
			return true
		}
	}
	for _, t := range p.text {
		if _, ok := attrs.Get(t.key); ok {
			return true
		}
	}
	return false
}

// clear removes the preset's attributes if the total among them is the given
// one, which tells that they were written from it.
func (p *preset) clear(attrs pcommon.Map, total float64) {
	ours := false
	for _, c := range p.costs {
		if v, ok := attrs.Get(c.key); ok && c.parts == nil && v.Type() == pcommon.ValueTypeDouble && v.Double() == total {
			ours = true
		}
	}
	for _, t := range p.text {
		if v, ok := attrs.Get(t.key); ok && len(p.costs) == 0 && strings.HasSuffix(v.Str(), `"total":`+strconv.FormatFloat(total, 'f', -1, 64)+"}") {
			ours = true
		}
	}
	if !ours {
		return
	}
	for _, c := range p.costs {
		attrs.Remove(c.key)
	}
	for _, t := range p.text {
		attrs.Remove(t.key)
	}
}

func (c *presetCost) amount(r *engine.Result) money.Amount {
	if c.parts == nil {
		return r.Total
	}
	var sum money.Amount
	for _, part := range c.parts {
		sum = sum.Add(r.Parts[part])
	}
	return sum
}

// langfuseDetails writes the JSON object that Langfuse reads: USD by usage type.
func langfuseDetails(r *engine.Result) string {
	var b strings.Builder
	b.WriteByte('{')
	for part := range engine.NumParts {
		if r.HasPart[part] {
			b.WriteString(`"` + part.String() + `":` + r.Parts[part].String() + `,`)
		}
	}
	b.WriteString(`"total":` + r.Total.String() + `}`)
	return b.String()
}

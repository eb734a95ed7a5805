package demo

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

var keys = attrkey.Under(attrkey.DefaultPrefix)

// priced is a span on which the processor gave its verdict.
type priced struct {
	spanID   string
	service  string
	name     string
	status   string
	reasons  []string
	total    money.Amount
	hasTotal bool
	currency string
	price    string // "provider/model@from", or empty
}

// verdicts gives the spans that carry a verdict to the function.
func verdicts(traces ptrace.Traces, each func(priced)) {
	for _, resource := range traces.ResourceSpans().All() {
		service := str(resource.Resource().Attributes(), "service.name")
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				if p, ok := read(span); ok {
					p.service = service
					each(p)
				}
			}
		}
	}
}

func read(span ptrace.Span) (priced, bool) {
	a := span.Attributes()
	p := priced{spanID: span.SpanID().String(), name: span.Name(), status: str(a, keys.Status), currency: str(a, keys.Currency), price: str(a, keys.Price)}
	if p.status == "" {
		return p, false
	}
	if v, ok := a.Get(keys.Reasons); ok && v.Type() == pcommon.ValueTypeSlice {
		for _, r := range v.Slice().All() {
			p.reasons = append(p.reasons, r.AsString())
		}
	}
	if v, ok := a.Get(keys.Total); ok && v.Type() == pcommon.ValueTypeDouble {
		p.total, p.hasTotal = amount(v.Double())
	}
	return p, true
}

// amount recovers the exact amount that a double was written for.
func amount(f float64) (money.Amount, bool) {
	a, err := money.Parse(strconv.FormatFloat(f, 'f', money.Digits, 64))
	return a, err == nil
}

// model splits "provider/model@from".
func (p priced) model() (provider, model string) {
	provider, model, _ = strings.Cut(p.price, "/")
	if at := strings.LastIndexByte(model, '@'); at >= 0 {
		model = model[:at]
	}
	return provider, model
}

func str(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok {
		return v.AsString()
	}
	return ""
}

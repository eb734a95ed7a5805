// Package pricedspans reads back what the distribution wrote: the lines of the
// file exporter, and the verdicts on their spans.
package pricedspans

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

var keys = attrkey.Under(attrkey.DefaultPrefix)

// Verdict is what the processor wrote on one span.
type Verdict struct {
	SpanID   string
	Service  string // service.name of the resource
	Name     string // of the span
	Status   string
	Reasons  []string
	Total    money.Amount // exact: recovered from the double that was written
	HasTotal bool
	// HasLoaded is whether the span also carries a cost loaded with overhead.
	HasLoaded bool
	Currency  string
	Price     string // "provider/model@from", or empty
}

// Verdicts gives the spans that carry a verdict to the function.
func Verdicts(traces ptrace.Traces, each func(Verdict)) {
	for _, resource := range traces.ResourceSpans().All() {
		service := str(resource.Resource().Attributes(), "service.name")
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				if v, ok := read(span); ok {
					v.Service = service
					each(v)
				}
			}
		}
	}
}

func read(span ptrace.Span) (Verdict, bool) {
	a := span.Attributes()
	v := Verdict{SpanID: span.SpanID().String(), Name: span.Name(), Status: str(a, keys.Status), Currency: str(a, keys.Currency), Price: str(a, keys.Price)}
	if v.Status == "" {
		return v, false
	}
	if reasons, ok := a.Get(keys.Reasons); ok && reasons.Type() == pcommon.ValueTypeSlice {
		for _, r := range reasons.Slice().All() {
			v.Reasons = append(v.Reasons, r.AsString())
		}
	}
	if total, ok := a.Get(keys.Total); ok && total.Type() == pcommon.ValueTypeDouble {
		v.Total, v.HasTotal = amount(total.Double())
	}
	_, v.HasLoaded = a.Get(keys.Loaded)
	return v, true
}

// amount recovers the exact amount that a double was written for.
func amount(f float64) (money.Amount, bool) {
	a, err := money.Parse(strconv.FormatFloat(f, 'f', money.Digits, 64))
	return a, err == nil
}

// Model returns the provider and model that Price names, or nothing.
func (v Verdict) Model() (provider, model string) {
	provider, model, _ = strings.Cut(v.Price, "/")
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

package clients

import (
	"fmt"
	"math/big"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// Signals, by which files and cases are named.
const (
	signalTraces  = "traces"
	signalLogs    = "logs"
	signalMetrics = "metrics"
)

var signals = []string{signalTraces, signalLogs, signalMetrics}

// item is a span, log record or data point on which token_cost wrote a verdict.
type item struct {
	signal, service, scope, name, status string
	reasons                              []string
	total                                *big.Rat // nil without one
}

func (it item) String() string {
	amount := "no total"
	if it.total != nil {
		amount = it.total.FloatString(9)
	}
	return fmt.Sprintf("%s %s/%q %s %v %s", it.signal, it.scope, it.name, it.status, it.reasons, amount)
}

var written = attrkey.Under(attrkey.DefaultPrefix)

// itemsOf reads a line that the Collector wrote: an export request in OTLP JSON.
func itemsOf(signal string, line []byte) ([]item, error) {
	switch signal {
	case signalTraces:
		return spansOf(line)
	case signalLogs:
		return recordsOf(line)
	default:
		return pointsOf(line)
	}
}

func spansOf(line []byte) (items []item, err error) {
	td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(line)
	if err != nil {
		return nil, err
	}
	for _, r := range td.ResourceSpans().All() {
		for _, s := range r.ScopeSpans().All() {
			for _, span := range s.Spans().All() {
				items = append(items, read(signalTraces, r.Resource(), s.Scope(), span.Name(), span.Attributes()))
			}
		}
	}
	return items, nil
}

func recordsOf(line []byte) (items []item, err error) {
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(line)
	if err != nil {
		return nil, err
	}
	for _, r := range ld.ResourceLogs().All() {
		for _, s := range r.ScopeLogs().All() {
			for _, record := range s.LogRecords().All() {
				items = append(items, read(signalLogs, r.Resource(), s.Scope(), record.EventName(), record.Attributes()))
			}
		}
	}
	return items, nil
}

func pointsOf(line []byte) (items []item, err error) {
	md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(line)
	if err != nil {
		return nil, err
	}
	for _, r := range md.ResourceMetrics().All() {
		for _, s := range r.ScopeMetrics().All() {
			for _, m := range s.Metrics().All() {
				for _, a := range pointAttributes(m) {
					items = append(items, read(signalMetrics, r.Resource(), s.Scope(), m.Name(), a))
				}
			}
		}
	}
	return items, nil
}

func pointAttributes(m pmetric.Metric) (all []pcommon.Map) {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		for _, p := range m.Sum().DataPoints().All() {
			all = append(all, p.Attributes())
		}
	case pmetric.MetricTypeGauge:
		for _, p := range m.Gauge().DataPoints().All() {
			all = append(all, p.Attributes())
		}
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			all = append(all, p.Attributes())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			all = append(all, p.Attributes())
		}
	}
	return all
}

func read(signal string, resource pcommon.Resource, scope pcommon.InstrumentationScope, name string, a pcommon.Map) item {
	text := func(m pcommon.Map, key string) string {
		v, ok := m.Get(key)
		if !ok {
			return ""
		}
		return v.AsString()
	}
	it := item{signal: signal, service: text(resource.Attributes(), "service.name"), scope: scope.Name(), name: name, status: text(a, written.Status)}
	if reasons, ok := a.Get(written.Reasons); ok && reasons.Type() == pcommon.ValueTypeSlice {
		for _, r := range reasons.Slice().All() {
			it.reasons = append(it.reasons, r.AsString())
		}
	}
	if total, ok := a.Get(written.Total); ok {
		// The exact amount that the double was written for.
		if amount, err := money.Parse(strconv.FormatFloat(total.Double(), 'f', money.Digits, 64)); err == nil {
			it.total = amount.Rat()
		}
	}
	return it
}

package clients

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
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

// item is a span or log record on which token_cost wrote a verdict, or a data point
// of the costs that it puts beside the metrics of tokens.
type item struct {
	signal, service, scope, name, status string
	reasons                              []string
	total                                *big.Rat // nil without one
	running                              string   // series that the total is a running total of
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
				if m.Name() == spend && m.Type() == pmetric.MetricTypeSum {
					items = append(items, costsOf(r.Resource(), s.Scope(), m.Sum())...)
				}
			}
		}
	}
	return items, nil
}

// spend is the metric of costs.
const spend = attrkey.DefaultPrefix + ".spend"

// costsOf reads the points of the metric of costs. They have a status and no reasons.
func costsOf(resource pcommon.Resource, scope pcommon.InstrumentationScope, sum pmetric.Sum) (items []item) {
	for _, p := range sum.DataPoints().All() {
		it := read(signalMetrics, resource, scope, spend, p.Attributes())
		it.total = amountOf(p.DoubleValue())
		if sum.AggregationTemporality() == pmetric.AggregationTemporalityCumulative {
			series, err := json.Marshal(p.Attributes().AsRaw())
			if err != nil {
				panic(err) // attributes hold nothing that JSON has not
			}
			it.running = fmt.Sprint(it.service, "\x00", it.scope, "\x00", p.StartTimestamp(), string(series))
		}
		items = append(items, it)
	}
	return items
}

// lastOfRunning leaves out running totals that later ones hold.
func lastOfRunning(items []item) []item {
	seen := map[string]bool{}
	var kept []item
	for _, it := range slices.Backward(items) {
		if it.running != "" {
			if seen[it.running] {
				continue
			}
			seen[it.running] = true
		}
		kept = append(kept, it)
	}
	return kept
}

// amountOf is the exact amount that a double was written for.
func amountOf(v float64) *big.Rat {
	amount, err := money.Parse(strconv.FormatFloat(v, 'f', money.Digits, 64))
	if err != nil {
		return nil
	}
	return amount.Rat()
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
		it.total = amountOf(total.Double())
	}
	return it
}

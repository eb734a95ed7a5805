package explain

import (
	"math/big"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

// The kinds of spans that carry counts to read.
const (
	callName    = "call"
	unclearName = "unclear"
)

var kindNames = map[call.Kind]string{call.Inference: callName, call.RollUp: "roll-up", call.Unclear: unclearName, call.Other: "no inference"}

// Of explains a call while it is visited. The result does not refer to the
// telemetry. The keys are those that the pricer writes results under.
func Of(v *pricer.Visited, keys *attrkey.Written) *Call {
	c, r := v.Call, v.Result
	e := &Call{
		Span: spanOf(v), Signal: v.Signal.String(), Kind: kindNames[c.Kind], Status: r.Status.String(), Book: v.Book.Label,
		ReadBy: ReadBy{c.Dialect, v.Emitter, v.Scope.Name(), v.Scope.Version()},
		Told: Told{
			Operation: c.Operation, Provider: c.Provider, Host: c.Host, ResponseModel: c.ResponseModel, RequestModel: c.RequestModel,
			Mode: c.Mode, Geo: c.Geo, Billing: c.Billing, Failed: c.Failed,
		},
		Model: modelOf(v), Usage: usageOf(c),
	}
	for reason := range r.Reasons.All() {
		e.Reasons = append(e.Reasons, Reason{reason.Code(), reason.Text()})
	}
	if r.Price != nil && r.Status.Priced() {
		e.Price = priceOf(r.Price)
		e.Lines = lines(r)
		e.Sum = number(sum(e.Lines))
	}
	if r.Status.Priced() {
		e.costs(r)
	}
	attrs := v.Attributes
	e.Overhead, e.Loaded, e.Reported = double(attrs, keys.Overhead), double(attrs, keys.Loaded), double(attrs, keys.Reported)
	if v.Group != nil {
		e.stream, e.at = streamOf(v), v.Group.Time
	}
	e.advise(v)
	return e
}

func (e *Call) costs(r *engine.Result) {
	total := r.Total
	e.Total, e.Currency = &total, r.Currency
	for part := range engine.NumParts {
		if r.HasPart[part] {
			e.Parts = append(e.Parts, Part{part.String(), r.Parts[part]})
		}
	}
	if r.Contract {
		list := r.List
		e.List = &list
	}
}

// nouns name what a call was found on.
var nouns = [...]string{dialect.Traces: "span", dialect.Logs: "log record", dialect.Metrics: "data point"}

// spanOf says where the call was found. A log record has no name but that of
// its event, and the span that it names is the one around the call.
func spanOf(v *pricer.Visited) Span {
	var s Span
	var trace pcommon.TraceID
	var span pcommon.SpanID
	var at pcommon.Timestamp
	switch v.Signal {
	case dialect.Traces:
		s.Name, trace, span, at = v.Span.Name(), v.Span.TraceID(), v.Span.SpanID(), v.Span.StartTimestamp()
	case dialect.Logs:
		s.Name, trace, span, at = eventName(v.Record), v.Record.TraceID(), v.Record.SpanID(), pcommon.Timestamp(v.Call.StartUnixNano)
	case dialect.Metrics:
		s.Name, at, s.Points = v.Metric.Name(), pcommon.Timestamp(v.Call.StartUnixNano), v.Group.Points
		s.End = v.Group.Time.AsTime().Format(time.RFC3339Nano)
	}
	if !trace.IsEmpty() {
		s.TraceID = trace.String()
	}
	if !span.IsEmpty() {
		s.SpanID = span.String()
	}
	if at != 0 {
		s.Start = at.AsTime().Format(time.RFC3339Nano)
	}
	if name, ok := v.Resource.Attributes().Get(attrkey.ServiceName); ok {
		s.Service = name.AsString()
	}
	return s
}

// eventName names a log record: never by its body, which may be content.
func eventName(record plog.LogRecord) string {
	if v, ok := record.Attributes().Get(attrkey.EventName); ok && v.AsString() != "" {
		return v.AsString()
	}
	return record.EventName()
}

func modelOf(v *pricer.Visited) *Model {
	res := v.Result.Resolution
	if res == nil || res.Provider == nil {
		return nil
	}
	by := v.Book.Recognise(query(v.Call), res)
	m := &Model{Provider: res.Provider.ID, ProviderBy: by.ProviderBy, By: by.ModelBy, Told: by.Told, Geo: res.Geo}
	if res.Model != nil {
		m.ID = res.Model.ID
	}
	return m
}

// query is what the engine looks up.
func query(c *call.Call) *pricebook.Query {
	return &pricebook.Query{Provider: c.Provider, Host: c.Host, Response: c.ResponseModel, Request: c.RequestModel}
}

func usageOf(c *call.Call) Usage {
	u := Usage{Basis: c.Basis.String(), Contradicted: c.Contradicted}
	counts := slices.Clone(c.Usage.Tokens())
	slices.SortFunc(counts, func(a, b usage.Count) int { return pricebook.CompareMeters(a.Meter, b.Meter) })
	for _, n := range counts {
		u.Tokens = append(u.Tokens, Count{n.Meter.String(), n.Tokens})
	}
	for f := range meter.NumFees {
		if n, told := c.Usage.Fee(meter.Fee(f)); told {
			u.Fees = append(u.Fees, Count{meter.Fee(f).String(), n})
		}
	}
	if len(u.Tokens) == 0 {
		u.Basis = ""
	}
	return u
}

func priceOf(p *pricebook.Price) *Price {
	out := &Price{ID: p.ID, Currency: p.Currency, Source: p.Source, Unconfirmed: p.Unconfirmed}
	out.From, out.Until = Instants(p.Period())
	return out
}

// Instants writes the bounds of a span of time; an open end is empty.
func Instants(s pricebook.Span) (from, until string) {
	if s.HasFrom {
		from = pricebook.Instant(s.From)
	}
	if s.HasUntil {
		until = pricebook.Instant(s.Until)
	}
	return from, until
}

func double(attrs pcommon.Map, key string) *Double {
	v, ok := attrs.Get(key)
	if !ok || v.Type() != pcommon.ValueTypeDouble {
		return nil
	}
	d := Double(v.Double())
	return &d
}

var million = big.NewRat(1_000_000, 1)

// lines derives the amount of each meter and fee that was used.
func lines(r *engine.Result) []Line {
	p := r.Price
	order := make([]int, len(p.Meters))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return pricebook.CompareMeters(p.Meters[a], p.Meters[b]) })
	var out []Line
	for _, i := range order {
		if n := r.Quantities[i]; n > 0 {
			d := p.Rate(p.Meters[i], r.Choice)
			l := derived(p.Meters[i].String(), "token", n, &d)
			l.Amount.Quo(l.Amount.Rat, million)
			if d.From != p.Meters[i] {
				l.BaseOf = d.From.String()
			}
			out = append(out, l)
		}
	}
	for i, f := range p.Fees {
		if n := r.Fees[i]; n > 0 {
			d := p.FeeRate(f, r.Choice)
			out = append(out, derived(f.String(), "item", n, &d))
		}
	}
	return out
}

func derived(name, unit string, n int64, d *pricebook.Derived) Line {
	l := Line{Meter: name, Unit: unit, Quantity: n, Base: Number{d.Base}, Rate: Number{d.Value}}
	for _, s := range d.Steps {
		step := Step{Rule: s.Rule}
		if s.Times != nil {
			step.Times = number(s.Times)
		} else {
			step.Set = number(s.Set)
		}
		l.Steps = append(l.Steps, step)
	}
	l.Amount = Number{new(big.Rat).Mul(d.Value, new(big.Rat).SetInt64(n))}
	return l
}

func sum(ls []Line) *big.Rat {
	s := new(big.Rat)
	for _, l := range ls {
		s.Add(s, l.Amount.Rat)
	}
	return s
}

// Rounded tells whether the total differs from the exact sum.
func (e *Call) Rounded() bool {
	return e.Sum != nil && e.Total != nil && e.Sum.Cmp(e.Total.Rat()) != 0
}

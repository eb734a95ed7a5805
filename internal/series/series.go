// Package series keeps running sums of what calls cost, one series for each
// combination of attribute values, within a fixed bound. Amounts are summed
// exactly and become doubles only when they are read. It knows calls as
// numbers: neither telemetry nor prices.
package series

import (
	"time"

	"github.com/lightstep/go-expohisto/structure"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Meter is a token meter as metrics tell it: every token of a call is in one.
type Meter uint8

// The meters. Input and Output are what is in none of the others.
const (
	Input Meter = iota
	CacheRead
	CacheWrite
	Output
	Reasoning
	NumMeters
)

var meterNames = [NumMeters]string{"input", "cache_read", "cache_write", "output", "reasoning"}

// String returns the value of the attribute token_cost.meter.
func (m Meter) String() string { return meterNames[m] }

// NoReason is the reason of calls that are exact.
const NoReason = status.Reason(status.NumReasons)

// Sample is one call.
type Sample struct {
	Cost    money.Amount
	HasCost bool
	Tokens  [NumMeters]int64
	Reason  status.Reason // the one that decides, or NoReason
	Trace   pcommon.TraceID
	Span    pcommon.SpanID
	At      pcommon.Timestamp
}

// Series is the sum over the calls with the same attribute values.
type Series struct {
	Attributes pcommon.Map // fixed from the start; safe to copy from
	Start      pcommon.Timestamp
	Spend      money.Amount
	HasSpend   bool
	Tokens     [NumMeters]int64
	Calls      []Count
	Cost       *structure.Float64 // of calls that have a cost
	Exemplars  []Exemplar

	key  string
	last time.Time
	rest bool // an overflow series
}

// Count is the number of calls with a reason.
type Count struct {
	Reason status.Reason
	N      int64
}

// Exemplar is a call that stands for others.
type Exemplar struct {
	Cost  float64
	Trace pcommon.TraceID
	Span  pcommon.SpanID
	At    pcommon.Timestamp
}

// add adds a call. It allocates for what is new to the series only.
func (s *Series) add(x *Sample, o *Options, now time.Time) {
	s.last = now
	s.count(x.Reason)
	for m, n := range x.Tokens {
		s.Tokens[m] += n
	}
	if !x.HasCost {
		return
	}
	s.Spend, s.HasSpend = s.Spend.Add(x.Cost), true
	if o.HistogramSize == 0 {
		return
	}
	cost := x.Cost.Float64()
	if s.Cost == nil {
		s.Cost = structure.NewFloat64(structure.NewConfig(structure.WithMaxSize(o.HistogramSize)))
	}
	s.Cost.Update(cost)
	s.keep(cost, x, o.Exemplars)
}

func (s *Series) count(r status.Reason) {
	for i := range s.Calls {
		if s.Calls[i].Reason == r {
			s.Calls[i].N++
			return
		}
	}
	s.Calls = append(s.Calls, Count{r, 1})
}

// keep remembers the dearest calls since exemplars were last read: they are
// what people look for.
func (s *Series) keep(cost float64, x *Sample, limit int) {
	if limit == 0 || x.Trace.IsEmpty() {
		return
	}
	e := Exemplar{cost, x.Trace, x.Span, x.At}
	if len(s.Exemplars) < limit {
		s.Exemplars = append(s.Exemplars, e)
		return
	}
	least := 0
	for i := range s.Exemplars {
		if s.Exemplars[i].Cost < s.Exemplars[least].Cost {
			least = i
		}
	}
	if cost > s.Exemplars[least].Cost {
		s.Exemplars[least] = e
	}
}

// clear begins anew, for sums that are told as differences.
func (s *Series) clear(now pcommon.Timestamp) {
	s.Start, s.Spend, s.HasSpend, s.Tokens = now, money.Amount{}, false, [NumMeters]int64{}
	s.Calls = s.Calls[:0]
	if s.Cost != nil {
		s.Cost.Clear()
	}
}

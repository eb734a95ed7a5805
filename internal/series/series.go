// Package series keeps running sums of what calls and interactions cost, one
// series for each combination of attribute values, within a fixed bound.
// Amounts are summed exactly and become doubles only when they are read. It
// knows calls as numbers: neither telemetry nor prices.
package series

import (
	"github.com/lightstep/go-expohisto/structure"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
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
	Parts   [pricedcall.NumParts]money.Amount
	Tokens  [NumMeters]int64
	Reason  status.Reason // the one that decides, or NoReason
	Trace   pcommon.TraceID
	Span    pcommon.SpanID
	At      pcommon.Timestamp

	// Calls is how many calls the sample stands for, and Spend what all of them
	// cost, if it stands for more than itself; otherwise both are zero. Parts and
	// Tokens are those of all.
	Calls int64
	Spend money.Amount
}

// Series is the sum over the calls with the same attribute values.
type Series struct {
	Common
	Spend    money.Amount
	HasSpend bool
	Tokens   [NumMeters]int64
	Parts    [pricedcall.NumParts]money.Amount // of Spend, where the results tell them, if they are summed up
	Calls    []Count
	Cost     *structure.Float64 // of calls that have a cost
	Buckets  Buckets            // the same, between the bounds that were asked for

	only [1]Count // where Calls begins: most series have one reason
}

// Count is the number of calls with a reason.
type Count struct {
	Reason status.Reason
	N      int64
}

// Store holds the series of calls.
type Store = Table[Sample, *Series]

// New returns an empty store.
func New(o Options) *Store { return newTable[Sample](o, func() *Series { return new(Series) }) }

func (s *Series) add(x *Sample, o *Options) {
	n, spend := int64(1), x.Cost
	if x.Calls > 0 {
		n, spend = x.Calls, x.Spend
	}
	s.count(x.Reason, n)
	for m, tokens := range x.Tokens {
		s.Tokens[m] += tokens
	}
	if !x.HasCost {
		return
	}
	s.Spend, s.HasSpend = s.Spend.Add(spend), true
	if o.Parts {
		for p := range x.Parts {
			s.Parts[p] = s.Parts[p].Add(x.Parts[p])
		}
	}
	cost := x.Cost.Float64()
	switch {
	case len(o.Bounds) > 0:
		s.Buckets.add(cost, o.Bounds, uint64(n))
	case o.HistogramSize > 0:
		observe(&s.Cost, cost, o, uint64(n))
	default:
		return
	}
	s.keep(&Exemplar{cost, x.Trace, x.Span, x.At}, o.Exemplars)
}

func (s *Series) count(r status.Reason, n int64) {
	for i := range s.Calls {
		if s.Calls[i].Reason == r {
			s.Calls[i].N += n
			return
		}
	}
	if s.Calls == nil {
		s.Calls = s.only[:0]
	}
	s.Calls = append(s.Calls, Count{r, n})
}

func (s *Series) silent() bool { return len(s.Calls) == 0 }

func (s *Series) clear() {
	s.Spend, s.HasSpend, s.Tokens, s.Parts = money.Amount{}, false, [NumMeters]int64{}, [pricedcall.NumParts]money.Amount{}
	s.Calls = s.Calls[:0]
	clear(s.Buckets)
	clearAll(s.Cost)
}

// observe adds a value n times to a distribution, which is made with its first one.
func observe(h **structure.Float64, v float64, o *Options, n uint64) {
	if o.HistogramSize == 0 {
		return
	}
	if *h == nil {
		*h = structure.NewFloat64(structure.NewConfig(structure.WithMaxSize(o.HistogramSize)))
	}
	(*h).UpdateByIncr(v, n)
}

func clearAll(hs ...*structure.Float64) {
	for _, h := range hs {
		if h != nil {
			h.Clear()
		}
	}
}

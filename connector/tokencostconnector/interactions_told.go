package tokencostconnector

import (
	"runtime"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// teller adds closed interactions to series. It is safe for concurrent use.
type teller struct {
	dims   []dimension
	names  names
	now    func() time.Time
	closed *series.InteractionStore
	spends *series.SpendStore
	ended  func(interaction.Ending)
	spare  chan *told
}

func newTeller(cfg *Config, s *sums, dims []dimension) *teller {
	o := series.Options{
		Bounds: cfg.Histogram.bounds(),
		Limit:  cfg.Series.Limit, Expiration: cfg.Series.Expiration, HistogramSize: cfg.Histogram.MaxSize,
		Exemplars: cfg.Histogram.Exemplars, Delta: cfg.Temporality == delta,
	}
	t := &teller{dims: dims, names: s.names, now: s.now, closed: series.NewInteractions(o), spends: series.NewSpends(o)}
	t.spare = make(chan *told, 2*runtime.GOMAXPROCS(0))
	return t
}

// told is what one goroutine tells an interaction with.
type told struct {
	*teller
	values   []interaction.Told
	currency string
	status   status.Status
	role     interaction.Role
	key      []byte
	rest     []byte
	sample   series.Interaction
	spend    series.Spend

	describe, describeRest func() pcommon.Map // bound once, so that adding allocates nothing
}

func newTold(t *teller) *told {
	x := &told{teller: t}
	x.describe, x.describeRest = x.attributes, x.restAttributes
	return x
}

// take returns memory, and give puts it back.
func (t *teller) take() *told {
	select {
	case x := <-t.spare:
		return x
	default:
		return newTold(t)
	}
}

func (t *teller) give(x *told) {
	x.values = nil // they are the interaction's
	select {
	case t.spare <- x:
	default:
	}
}

// tell adds a closed interaction to its series.
func (t *teller) tell(a *interaction.Action) {
	x := t.take()
	defer t.give(x)
	now := t.now()
	t.ended(a.Ending)
	x.values, x.role, x.status = a.Values, interaction.Undecided, a.Status()
	x.sample = series.Interaction{
		Calls: a.Calls, Tokens: a.Tokens, Depth: a.Depth, Exemplar: series.Exemplar{Trace: a.Trace, Span: a.Span, At: a.At},
	}
	x.sample.Overhead, _ = a.Overhead()
	x.sample.Configured, _ = a.Configured()
	for currency, cost := range a.Totals {
		x.currency, x.sample.Cost, x.sample.HasCost = currency, cost, true
		x.put(now)
		x.sample.Further = true
	}
	if !x.sample.HasCost {
		x.currency = ""
		x.put(now)
	}
	for i := range a.Spends {
		s := &a.Spends[i]
		x.add(s.Role, s.Currency, series.Spend{Cost: s.Cost, HasCost: s.Priced, Calls: int64(s.Calls)}, now)
	}
}

// single tells the spend of a call that is in no interaction.
func (t *teller) single(role interaction.Role, s *interaction.Span, now time.Time) {
	x := t.take()
	defer t.give(x)
	for i := range s.Values {
		x.values = append(x.values, interaction.Told{Rank: s.Values[i].Rank, Text: string(s.Values[i].Text)})
	}
	x.add(role, s.Call.Currency, series.Spend{Cost: s.Call.Cost, HasCost: s.Call.Status.Priced(), Calls: 1}, now)
}

func (x *told) put(now time.Time) {
	x.keys(byte(x.status))
	x.closed.Add(x.key, x.describe, x.rest, x.describeRest, &x.sample, now)
}

func (x *told) add(role interaction.Role, currency string, s series.Spend, now time.Time) {
	if !s.HasCost {
		currency = ""
	}
	x.role, x.currency, x.spend = role, currency, s
	x.keys(byte(role))
	x.spends.Add(x.key, x.describe, x.rest, x.describeRest, &x.spend, now)
}

// keys makes the keys of the series and of its overflow series.
func (x *told) keys(first byte) {
	x.key = field(append(x.key[:0], first), x.currency)
	x.rest = append(append(x.rest[:0], 0), x.key...) // no status or role is zero, so this is no other series' key
	for i := range x.dims {
		value, ok := x.value(i)
		if !ok {
			x.key = append(x.key, 0)
			continue
		}
		x.key = field(append(x.key, 1), value)
	}
}

func (x *told) value(i int) (string, bool) {
	if x.values[i].Has() {
		return x.values[i].Text, true
	}
	return x.dims[i].fallback, x.dims[i].hasFallback
}

func (x *told) attributes() pcommon.Map {
	attrs := x.common()
	for i := range x.dims {
		if v, ok := x.value(i); ok {
			attrs.PutStr(x.dims[i].name, cut(v))
		}
	}
	return attrs
}

func (x *told) restAttributes() pcommon.Map {
	attrs := x.common()
	attrs.PutBool(overflowKey, true)
	return attrs
}

// common are the attributes that also overflow series have.
func (x *told) common() pcommon.Map {
	attrs := pcommon.NewMap()
	if x.role == interaction.Undecided {
		attrs.PutStr(x.names.status, x.status.String())
	} else if x.role != interaction.Late {
		attrs.PutStr(x.names.role, x.role.String())
	}
	if x.currency != "" {
		attrs.PutStr(x.names.currency, x.currency)
	}
	return attrs
}

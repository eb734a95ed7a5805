package tokencostconnector

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/budget"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/interaction"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/series"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// sums adds calls to series. It is safe for concurrent use; every goroutine
// brings a batch of its own.
type sums struct {
	reader *dialect.Reader
	keys   *keys
	dims   *dimensions
	byBook bool // the model is the one that was priced
	weigh  bool // sampled spans stand for others
	store  *series.Store
	names  names
	now    func() time.Time
}

// batch is what one goroutine works in.
type batch struct {
	*sums
	memo          memo
	scratch       dialect.Scratch
	call          call.Call
	known         bool // the dialect understood the call
	result        pricedcall.Call
	dims          found
	outer         found // of scope and resource
	key           []byte
	rest          []byte
	sample        series.Sample
	calls         int64
	overflowed    int64
	at            time.Time         // of the batch, by the clock of the Collector
	sampled       int64             // calls that came through a sampler
	threshold     uint64            // of the sampler that the call came through; zero is none
	weighted      bool              // the sample stands for others
	others        series.Sample     // the sample with those that it stands for
	soFar         interaction.SoFar // of the interaction that took the call
	actions       *tracker          // nil unless interactions are told
	kind          interaction.Kind  // what the span stands for
	lookout       *lookout          // nil unless there is an inventory
	spends        []budget.Entry    // of the batch against budgets
	otherCurrency int64             // calls that match a budget of another currency

	attributes, overflow func() pcommon.Map // bound once, so that adding allocates nothing
}

func newBatch(s *sums, a *interactions, c *catalog) *batch {
	b := &batch{sums: s}
	if a != nil {
		b.actions = newTracker(a)
	}
	if c != nil {
		b.lookout = newLookout(c)
	}
	b.attributes, b.overflow = b.seriesAttributes, b.overflowAttributes
	return b
}

// under prepares for the calls of a scope.
func (b *batch) under(resource, scope pcommon.Map) {
	b.sums.dims.reset(&b.outer)
	b.sums.dims.read(resource, 2, &b.outer)
	b.sums.dims.read(scope, 1, &b.outer)
	if b.actions != nil {
		b.actions.fresh = false
	}
	if b.lookout != nil {
		b.lookout.under(resource)
	}
}

// read takes the result and the dimensions from attributes, and tells whether
// there is a call to be summed up. With a scope, it takes what dialects tell of
// a span too.
func (b *batch) read(attrs pcommon.Map, scope *dialect.Scope) bool {
	b.result = pricedcall.Call{}
	b.sums.dims.copy(&b.outer, &b.dims)
	b.kind = interaction.Ordinary
	if scope != nil {
		b.scratch.Begin()
	}
	b.readAttributes(attrs, scope)
	return b.result.Known() && counts(&b.result)
}

// noCalls are the reasons of sightings that are no calls: others tell of them.
var noCalls = status.Of(status.RollUp, status.DuplicateCall, status.NoInference, status.PricedInOtherSignal)

func counts(c *pricedcall.Call) bool { return c.Status != status.NotBillable || c.Reasons&noCalls == 0 }

// add adds the call that was read. Known tells that its dialect understood it,
// so that provider, model and tokens are in b.call.
func (b *batch) add(known bool) {
	c, r, x := &b.call, &b.result, &b.sample
	b.known = known
	x.Cost, x.HasCost, x.Parts = r.Total, r.HasTotal && r.Status.Priced(), r.Parts
	x.Reason = deciding(r)
	x.Tokens = [series.NumMeters]int64{}
	if known && r.Status != status.NotBillable {
		tokens(c, &x.Tokens)
	}
	if b.weighted = b.weigh && b.threshold != 0; b.weighted {
		b.others = *x // budgets, policies and interactions go on with the call itself
		x = &b.others
		b.weighted = weigh(x, b.threshold)
	}
	provider, model := b.name()
	b.key = append(b.key[:0], byte(r.Status))
	if b.weighted {
		b.key[0] |= 1 << 7 // which no status has
	}
	b.key = field(b.key, r.Currency)
	b.rest = append(append(b.rest[:0], 0), b.key...) // no status is zero, so this is no other series' key
	b.key = field(b.key, provider)
	b.key = field(b.key, model)
	b.key = b.sums.dims.key(b.key, &b.dims)
	if b.store.Add(b.key, b.attributes, b.rest, b.overflow, x, b.at) {
		b.overflowed++
	}
	b.calls++
}

// name returns provider and model: as the telemetry names them, or as the price
// book does where it names none or the configuration says so.
func (b *batch) name() (provider, model string) {
	if b.known {
		provider, model = b.call.Provider, b.call.ResponseModel
		if model == "" {
			model = b.call.RequestModel
		}
	}
	if provider != "" && model != "" && !b.byBook {
		return provider, model
	}
	pricedProvider, pricedModel := b.result.Model()
	if pricedProvider != "" && (b.byBook || provider == "") {
		provider = pricedProvider
	}
	if pricedModel != "" && (b.byBook || model == "") {
		model = pricedModel
	}
	return provider, model
}

// deciding is the reason that led to the status: the first of its own in the
// order of codes, so that each call counts for one.
func deciding(r *pricedcall.Call) status.Reason {
	if r.Status != status.Exact {
		for reason := range r.Reasons.Only(r.Status).All() {
			return reason
		}
	}
	return series.NoReason
}

// tokens splits the usage into meters that do not overlap.
func tokens(c *call.Call, out *[series.NumMeters]int64) {
	var in, whole int64
	for _, n := range c.Usage.Tokens() {
		switch n.Meter {
		case meter.AllInput:
			in = n.Tokens
		case meter.AllOutput:
			whole = n.Tokens
		case meter.CacheReads:
			out[series.CacheRead] = n.Tokens
		case meter.CacheWrites:
			out[series.CacheWrite] = n.Tokens
		case meter.AllReasoning:
			out[series.Reasoning] = n.Tokens
		}
	}
	out[series.Input] = max(0, in-out[series.CacheRead]-out[series.CacheWrite])
	out[series.Output] = max(0, whole-out[series.Reasoning])
}

func (b *batch) seriesAttributes() pcommon.Map {
	attrs := pcommon.NewMap()
	provider, model := b.name()
	if provider != "" {
		attrs.PutStr(attrkey.ProviderName, cut(provider))
	}
	if model != "" {
		attrs.PutStr(attrkey.ResponseModel, cut(model))
	}
	b.common(attrs)
	b.sums.dims.put(attrs, &b.dims)
	return attrs
}

func (b *batch) common(attrs pcommon.Map) {
	attrs.PutStr(b.names.status, b.result.Status.String())
	if b.weighted {
		attrs.PutBool(b.names.weighted, true)
	}
	if b.result.Currency != "" {
		attrs.PutStr(b.names.currency, cut(b.result.Currency))
	}
}

// overflowKey marks the series of calls beyond the limit, as the metrics SDKs
// of OpenTelemetry do (specification, metrics SDK, cardinality limits).
const overflowKey = "otel.metric.overflow"

func (b *batch) overflowAttributes() pcommon.Map {
	attrs := pcommon.NewMap()
	b.common(attrs)
	attrs.PutBool(overflowKey, true)
	return attrs
}

func cut(s string) string { return s[:min(len(s), maxValue)] }

// take returns memory for a batch, and give puts it back, at most two for each
// processor, and counts what the batch was.
func (c *tokenCost) take() *batch {
	var b *batch
	select {
	case b = <-c.idle:
	default:
		b = newBatch(c.sums, c.actions, c.catalog)
	}
	b.at = c.sums.now()
	if b.actions != nil {
		b.actions.begin()
	}
	return b
}

func (c *tokenCost) give(ctx context.Context, b *batch) {
	if b.calls > 0 {
		c.metrics.ConnectorTokenCostCalls.Add(ctx, b.calls)
	}
	if b.overflowed > 0 {
		c.metrics.ConnectorTokenCostOverflow.Add(ctx, b.overflowed)
	}
	c.countSampled(ctx, b.sampled)
	b.calls, b.overflowed, b.sampled, b.threshold = 0, 0, 0, 0
	if b.actions != nil {
		b.actions.end(ctx, c.metrics)
	}
	if c.budgets != nil {
		c.budgets.settle(ctx, b)
	}
	if b.lookout != nil {
		b.lookout.end(ctx)
	}
	b.dims, b.outer = found{}, found{} // they point into the telemetry
	select {
	case c.idle <- b:
	default:
	}
}

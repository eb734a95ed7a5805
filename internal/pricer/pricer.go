package pricer

import (
	"context"
	"errors"
	"runtime"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attribution"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Pricer prices telemetry as one configuration says. It is safe for concurrent use.
type Pricer struct {
	store     *bookstore.Store
	reader    *dialect.Reader
	writer    *writer
	replace   bool
	reported  string
	assume    []assumption
	overheads []overhead
	estimate  bool                // count tokens of recorded content where usage is missing
	who       *attribution.Reader // nil if calls are attributed to nothing
	idle      chan *state         // states that no batch uses; a sync.Pool would lose them at every garbage collection
}

// New compiles a valid configuration.
func New(cfg *Config, store *bookstore.Store) (*Pricer, error) {
	reader, readerErr := cfg.reader()
	assume, assumeErr := compileAssumptions(cfg.Assume)
	p := &Pricer{
		store: store, reader: reader, writer: newWriter(&cfg.Attributes), assume: assume,
		replace: cfg.Incoming == Replace, reported: cfg.ReportedCost, estimate: cfg.EstimateTokens == Missing,
	}
	var attributionErr error
	p.who, attributionErr = cfg.Attribution.reader(p.writer.keys)
	errs := []error{readerErr, assumeErr, attributionErr}
	for i := range cfg.Overhead {
		o := &cfg.Overhead[i]
		cond, err := parseConditions(o.Conditions)
		alpha, factorErr := o.factor()
		errs = append(errs, err, factorErr)
		p.overheads = append(p.overheads, overhead{cond, alpha, o.Multiplier})
	}
	p.idle = make(chan *state, 2*runtime.GOMAXPROCS(0))
	return p, errors.Join(errs...)
}

// Traces prices the calls of a batch in place. The visit function may be nil.
func (p *Pricer) Traces(ctx context.Context, td ptrace.Traces, visit func(*Visited)) Stats {
	b := p.begin(ctx, visit)
	defer p.give(b.s)
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for j := range rs.ScopeSpans().Len() {
			b.spans(rs, rs.ScopeSpans().At(j))
		}
	}
	b.flush()
	return b.stats
}

// Logs prices the calls of a batch in place. The visit function may be nil.
func (p *Pricer) Logs(ctx context.Context, ld plog.Logs, visit func(*Visited)) Stats {
	b := p.begin(ctx, visit)
	defer p.give(b.s)
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		for j := range rl.ScopeLogs().Len() {
			b.records(rl, rl.ScopeLogs().At(j))
		}
	}
	b.flush()
	return b.stats
}

// batch is the work on one batch: what is in it is read, and then priced by
// flush. Nothing of it is changed before it was read.
type batch struct {
	p     *Pricer
	ctx   context.Context //nolint:containedctx // a batch lives within one call of Traces or Logs
	s     *state
	stats Stats
	visit func(*Visited)
	book  *pricebook.Book
	text  int // bytes of recorded content whose tokens were counted
}

// begin takes a state for the work on a batch; it has to be given back.
func (p *Pricer) begin(ctx context.Context, visit func(*Visited)) batch {
	return batch{p: p, ctx: ctx, s: p.take(), visit: visit, book: p.store.Book()}
}

// spans takes the calls of a scope.
func (b *batch) spans(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans) {
	sc := b.p.reader.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &b.s.scratch)
	spans := ss.Spans()
	n := spans.Len()
	b.stats.Items += int64(n)
	next := b.s.next()
	for k := range n {
		span := spans.At(k)
		if !b.p.reader.Span(sc, span, &b.s.scratch, &next.call) || idle(&next.call) {
			b.pass(span.Attributes())
			continue
		}
		next.at = subject{signal: dialect.Traces, traces: rs, spans: ss, span: span}
		next.seen = b.s.duplicates.Add(sc, dialect.PlaceOf(span), &next.call)
		next = b.hold(sc)
	}
}

// records takes the calls of a scope.
func (b *batch) records(rl plog.ResourceLogs, sl plog.ScopeLogs) {
	sc := b.p.reader.Scope(rl.Resource(), sl.Scope(), sl.SchemaUrl(), &b.s.scratch)
	records := sl.LogRecords()
	n := records.Len()
	b.stats.Items += int64(n)
	next := b.s.next()
	for k := range n {
		record := records.At(k)
		if !b.p.reader.Log(sc, record, &b.s.scratch, &next.call) || idle(&next.call) {
			b.pass(record.Attributes())
			continue
		}
		next.at = subject{signal: dialect.Logs, logs: rl, records: sl, record: record}
		next.seen = b.s.duplicates.Add(sc, dialect.Place{Trace: record.TraceID()}, &next.call)
		next = b.hold(sc)
	}
}

// idle tells that nothing was used, so that there is nothing to say.
func idle(c *call.Call) bool {
	return c.Kind != call.Inference && c.Usage.Empty() && c.Reasons == 0
}

// pass lets something by that is no call.
func (b *batch) pass(attrs pcommon.Map) {
	if b.p.replace {
		b.p.writer.strip(attrs)
	}
}

// hold keeps the call that was read in the next place for the end of the
// batch, and returns the place after it.
func (b *batch) hold(sc *dialect.Scope) *pending {
	s := b.s
	s.pending = s.pending[:len(s.pending)+1]
	s.pending[len(s.pending)-1].from = sc.Emitter()
	if len(s.pending) == maxPending {
		b.flush()
	}
	return s.next()
}

// flush prices what is pending.
func (b *batch) flush() {
	s := b.s
	s.book = b.book
	for i := range s.pending {
		c := &s.pending[i].call
		switch seen := s.pending[i].seen; {
		case s.duplicates.Duplicate(seen):
			c.Reasons.Add(status.DuplicateCall)
		case s.duplicates.Contradicted(seen):
			c.Reasons.Add(status.UsageContradictory)
		case s.duplicates.Unsure(seen):
			c.Reasons.Add(status.SightingUncertain)
		}
		b.price(c, &s.pending[i])
	}
	s.pending = s.pending[:0] // the next batch overwrites them; they hold names and ids, no content
	s.duplicates.Reset()
	if cap(s.pending) > maxKept {
		s.pending, s.duplicates = nil, dialect.Duplicates{Known: s.duplicates.Known}
	}
	s.book = nil // it may be replaced before the next batch
}

// price prices one call and writes the result.
func (b *batch) price(c *call.Call, pending *pending) {
	p, r, at := b.p, &b.s.result, &pending.at
	attrs := at.attributes()
	if carried, complete := p.writer.carries(attrs); carried {
		switch {
		case !complete:
			p.writer.strip(attrs) // forged: whoever prices a call says its status
		case p.replace:
			p.writer.clear(attrs).restore(c)
		default:
			b.stats.Kept++
			b.attribute(attrs, b.find(attrs, at))
			b.show(pending, nil)
			return
		}
	}
	if p.estimates(c) {
		b.countMissing(c, at)
	}
	for i := range p.assume {
		if p.assume[i].holds(b.ctx, at) {
			p.assume[i].apply(c)
		}
	}
	engine.Price(b.book, c, r)
	w := written{call: c, text: b.s.text, result: r, book: b.book.Label, basis: c.Basis}
	b.useReported(&w, c)
	if r.Status.Priced() {
		b.addOverhead(&w, at)
	}
	w.further = b.find(attrs, at)
	p.writer.write(attrs, &w)
	b.s.text = w.text
	b.attribute(attrs, w.further)
	b.count(c)
	b.show(pending, r)
}

func (b *batch) addOverhead(w *written, at *subject) {
	for i := range b.p.overheads {
		o := &b.p.overheads[i]
		if o.holds(b.ctx, at) {
			w.overhead, w.loaded, w.hasOverhead = o.value, b.s.result.Loaded(o.alpha), true
			return
		}
	}
}

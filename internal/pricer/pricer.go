package pricer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

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
	idle      chan *state // states that no batch uses; a sync.Pool would lose them at every garbage collection
}

// New compiles a valid configuration.
func New(cfg *Config, store *bookstore.Store) (*Pricer, error) {
	reader, readerErr := cfg.Usage.reader()
	assume, assumeErr := compileAssumptions(cfg.Assume)
	p := &Pricer{
		store: store, reader: reader, writer: newWriter(&cfg.Attributes), assume: assume,
		replace: cfg.Incoming == Replace, reported: cfg.ReportedCost,
	}
	errs := []error{readerErr, assumeErr}
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

// reader compiles the settings of usage:.
func (c *UsageConfig) reader() (*dialect.Reader, error) {
	o := dialect.Options{}
	switch c.AmbiguousInput {
	case Exclusive:
		o.AmbiguousInput = dialect.AmbiguousExclusive
	case "unpriced":
		o.AmbiguousInput = dialect.AmbiguousUnpriced
	}
	switch c.Blobs {
	case "content":
		o.Blobs = dialect.BlobsContent
	case Off:
		o.Blobs = dialect.BlobsOff
	}
	for _, r := range c.Rules {
		o.Rules = append(o.Rules, dialect.Rule{Scope: r.Scope, Versions: r.Versions, Provider: r.Provider, Input: side(r.Input), Output: side(r.Output)})
	}
	reader, err := dialect.NewReader(o)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return reader, nil
}

// side reads inclusive or exclusive; RuleConfig.Validate refuses other words.
func side(word string) call.Side {
	switch word {
	case Inclusive:
		return call.Inclusive
	case Exclusive:
		return call.Exclusive
	}
	return call.SideUnknown
}

// Stats counts what became of a batch.
type Stats struct {
	Spans      int64                     // all of them
	ByStatus   [status.NumStatuses]int64 // calls by verdict
	ByReason   [status.NumReasons]int64  // reasons given; a call can have several
	Kept       int64                     // spans that carried results and were left alone
	CacheHits  int64                     // resolutions of model names that were cached
	CacheMiss  int64                     // resolutions that were not
	Contradict int64                     // calls whose counts disprove the rule for their emitter
	Reported   int64                     // calls that carried a cost in a known unit and were priced
	Difference float64                   // sum over those of the reported cost minus ours, in USD
}

// Visited is one call with its result, for those who want to see it all. It is
// valid during the visit only.
type Visited struct {
	Resource ptrace.ResourceSpans
	Scope    ptrace.ScopeSpans
	Span     ptrace.Span
	Emitter  string // the emitter that the dialect recognised, if any
	Call     *call.Call
	Result   *engine.Result
	Book     *pricebook.Book
}

// maxPending is how many calls are held to find those seen twice. Further ones
// of a batch are compared among themselves.
const maxPending = 4096

// state is what pricing a batch needs besides the batch: one per goroutine.
type state struct {
	scratch    dialect.Scratch
	duplicates dialect.Duplicates
	pending    []pending
	result     engine.Result
}

// pending is a call that was read and waits for the rest of its batch.
type pending struct {
	call call.Call
	at   subject
	seen int    // its number in duplicates
	from string // the emitter, for visits
}

func (p *Pricer) take() *state {
	select {
	case s := <-p.idle:
		return s
	default:
		return new(state)
	}
}

// give keeps a state for the next batch, at most two for each processor.
func (p *Pricer) give(s *state) {
	select {
	case p.idle <- s:
	default:
	}
}

// Traces prices the calls of a batch in place. The visit function may be nil.
func (p *Pricer) Traces(ctx context.Context, td ptrace.Traces, visit func(*Visited)) Stats {
	var stats Stats
	s := p.take()
	defer p.give(s)
	b := batch{p: p, ctx: ctx, s: s, stats: &stats, visit: visit, book: p.store.Book()}
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for j := range rs.ScopeSpans().Len() {
			b.read(rs, rs.ScopeSpans().At(j))
		}
	}
	b.flush()
	return stats
}

// batch is the work on one batch.
type batch struct {
	p     *Pricer
	ctx   context.Context //nolint:containedctx // a batch lives within one call of Traces
	s     *state
	stats *Stats
	visit func(*Visited)
	book  *pricebook.Book
}

// read takes the calls of a scope. Nothing of the batch is changed before it was read.
func (b *batch) read(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans) {
	s := b.s
	sc := b.p.reader.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &s.scratch)
	spans := ss.Spans()
	n := spans.Len()
	b.stats.Spans += int64(n)
	next := s.next()
	for k := range n {
		span := spans.At(k)
		c := &next.call
		if !b.p.reader.Span(sc, span, &s.scratch, c) || c.Kind != call.Inference && c.Usage.Empty() && c.Reasons == 0 {
			if b.p.replace {
				b.p.writer.strip(span.Attributes())
			}
			continue // nothing was used, so there is nothing to say
		}
		next.at = subject{resource: rs, scope: ss, span: span}
		next.seen = s.duplicates.Add(sc, span, c)
		next.from = sc.Emitter()
		s.pending = s.pending[:len(s.pending)+1]
		if len(s.pending) == maxPending {
			b.flush()
		}
		next = s.next()
	}
}

// next returns the place after the pending calls.
func (s *state) next() *pending {
	n := len(s.pending)
	if n == cap(s.pending) {
		s.pending = slices.Grow(s.pending, min(n+64, maxPending-n))
	}
	return &s.pending[:n+1][n]
}

// flush prices what is pending.
func (b *batch) flush() {
	s := b.s
	for i := range s.pending {
		c := &s.pending[i].call
		switch seen := s.pending[i].seen; {
		case s.duplicates.Duplicate(seen):
			c.Reasons.Add(status.DuplicateCall)
		case s.duplicates.Contradicted(seen):
			c.Reasons.Add(status.UsageContradictory)
		}
		b.price(c, &s.pending[i])
	}
	s.pending = s.pending[:0] // the next batch overwrites them; they hold names and ids, no content
	s.duplicates.Reset()
}

// price prices one call and writes the result.
func (b *batch) price(c *call.Call, pending *pending) {
	p, r, at := b.p, &b.s.result, &pending.at
	attrs := at.span.Attributes()
	if carried, complete := p.writer.carries(attrs); carried {
		switch {
		case !complete:
			p.writer.strip(attrs) // forged: whoever prices a call says its status
		case p.replace:
			p.writer.clear(attrs).restore(c)
		default:
			b.stats.Kept++
			return
		}
	}
	for i := range p.assume {
		if p.assume[i].holds(b.ctx, at) {
			p.assume[i].apply(c)
		}
	}
	engine.Price(b.book, c, r)
	w := written{result: r, book: b.book.Label, basis: c.Basis}
	b.useReported(&w, c)
	if r.Status.Priced() {
		b.addOverhead(&w, at)
	}
	p.writer.write(attrs, &w)
	b.count(c)
	if b.visit != nil {
		b.visit(&Visited{at.resource, at.scope, at.span, pending.from, c, r, b.book})
	}
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

func (b *batch) count(c *call.Call) {
	s, r := b.stats, &b.s.result
	s.ByStatus[r.Status]++
	if r.Reasons != 0 {
		for reason := range r.Reasons.All() {
			s.ByReason[reason]++
		}
	}
	if r.Resolution != nil {
		if r.Cached {
			s.CacheHits++
		} else {
			s.CacheMiss++
		}
	}
	if c.Contradicted {
		s.Contradict++
	}
}

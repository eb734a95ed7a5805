// Package recorder makes rows of the ledger from telemetry that the token_cost
// processor priced.
package recorder

import (
	"cmp"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// Options say what is recorded.
type Options struct {
	Prefix string          // of results, such as "token_cost"
	Reader *dialect.Reader // for calls without calculation
	Tags   []string        // attributes of the span, scope or resource to keep
	// Contexts is how many different contexts the calls of a day may have; zero is any
	// number. Calls of further ones keep their cost and nothing that tells them apart.
	Contexts int
}

// Stats count what became of spans and log records with a result.
type Stats struct {
	Calls         int // recorded
	NoCalls       int // not recorded: roll-ups, second sightings and what else is no call
	NoCalculation int // of Calls: the telemetry does not tell what the cost was calculated from
	Damaged       int // of Calls: it does, and cannot be read
	Overflow      int // of Calls: of more contexts than a day may have
	OutOfRange    int // not recorded: an amount is beyond what a ledger holds
}

// Recorder makes rows. It is safe for concurrent use.
type Recorder struct {
	results *pricedcall.Reader
	reader  *dialect.Reader
	keys    keys
	tags    []string
	names   *interner
}

// New returns a recorder.
func New(o Options) *Recorder {
	return &Recorder{results: pricedcall.NewReader(o.Prefix), reader: o.Reader, keys: keysUnder(o.Prefix), tags: o.Tags, names: newInterner(o.Contexts)}
}

// batch is the work on one batch.
type batch struct {
	*Recorder
	stats   Stats
	rows    []*ledger.Row
	block   []ledger.Row // rows are cut from
	scratch dialect.Scratch
	call    call.Call
	result  pricedcall.Call
	calc    calculation.Calculation
	text    []byte

	resource, scope pcommon.Map
	base            ledger.Context // what the resource says
	read            *dialect.Scope // nil until a call needs it
}

// Traces returns a row for each call.
func (r *Recorder) Traces(td ptrace.Traces) ([]*ledger.Row, Stats) {
	b := batch{Recorder: r}
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		b.under(rs.Resource())
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			b.scope, b.read = ss.Scope().Attributes(), nil
			for k := range ss.Spans().Len() {
				b.span(rs, ss, ss.Spans().At(k))
			}
		}
	}
	return b.rows, b.stats
}

// Logs returns a row for each call.
func (r *Recorder) Logs(ld plog.Logs) ([]*ledger.Row, Stats) {
	b := batch{Recorder: r}
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		b.under(rl.Resource())
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			b.scope, b.read = sl.Scope().Attributes(), nil
			for k := range sl.LogRecords().Len() {
				b.record(rl, sl, sl.LogRecords().At(k))
			}
		}
	}
	return b.rows, b.stats
}

// span records a span if it is a call.
func (b *batch) span(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) {
	if !b.counts(span.Attributes()) {
		return
	}
	row := b.row()
	row.Signal, row.Trace, row.Span, row.Parent = ledger.Traces, span.TraceID(), span.SpanID(), span.ParentSpanID()
	row.Start, row.End = nano(span.StartTimestamp()), nano(span.EndTimestamp())
	if row.Start == 0 {
		row.Start = row.End
	}
	if span.TraceID().IsEmpty() || span.SpanID().IsEmpty() {
		b.identify(row, span.TraceID(), span.SpanID(), ss.Scope().Name(), span.Name(), span.Attributes())
	}
	b.fill(row, span.Attributes(), span.Status().Code() == ptrace.StatusCodeError, func() bool {
		if b.read == nil {
			b.read = b.reader.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &b.scratch)
		}
		return b.reader.Span(b.read, span, &b.scratch, &b.call)
	})
}

// record records a log record if it is a call.
func (b *batch) record(rl plog.ResourceLogs, sl plog.ScopeLogs, record plog.LogRecord) {
	if !b.counts(record.Attributes()) {
		return
	}
	row := b.row()
	row.Signal = ledger.Logs
	if row.Start = nano(record.Timestamp()); row.Start == 0 {
		row.Start = nano(record.ObservedTimestamp())
	}
	row.End = row.Start
	b.identify(row, record.TraceID(), record.SpanID(), sl.Scope().Name(), record.EventName(), record.Attributes())
	b.fill(row, record.Attributes(), false, func() bool {
		if b.read == nil {
			b.read = b.reader.Scope(rl.Resource(), sl.Scope(), sl.SchemaUrl(), &b.scratch)
		}
		return b.reader.Log(b.read, record, &b.scratch, &b.call)
	})
}

// counts tells whether the attributes are of a call: what has a result, unless
// that says that it is none. Calls that failed are calls.
func (b *batch) counts(attrs pcommon.Map) bool {
	if !b.results.Read(attrs, &b.result) {
		return false
	}
	if b.result.Status == status.NotBillable && !b.result.Reasons.Has(status.FailedCall) {
		b.stats.NoCalls++
		return false
	}
	return true
}

// row returns a new row.
func (b *batch) row() *ledger.Row {
	if len(b.block) == 0 {
		b.block = make([]ledger.Row, 256)
	}
	row := &b.block[0]
	b.block = b.block[1:]
	return row
}

// fill fills a row with all but its identity, and keeps it. The function reads
// the call as a dialect does.
func (b *batch) fill(row *ledger.Row, attrs pcommon.Map, failed bool, read func() bool) {
	c := &b.result
	if !amounts(row, c) {
		b.stats.OutOfRange++
		return
	}
	by := b.calculated(row, read)
	context := b.base
	context.By = by.text
	facts := &by.parsed.Call
	if card := by.parsed.Card; card != nil {
		context.Provider, context.Model = card.Provider, card.Model
	} else if context.Provider, context.Model = c.Model(); context.Model == "" {
		context.Provider, context.Model = facts.Provider, cmp.Or(facts.ResponseModel, facts.RequestModel)
	}
	context.Provider, context.Model = clip(context.Provider), clip(context.Model)
	context.RequestModel, context.ResponseModel, context.Operation = clip(facts.RequestModel), clip(facts.ResponseModel), clip(facts.Operation)
	context.Status = c.Status.String()
	if hasCost(c) {
		context.Currency = clip(c.Currency)
	}
	context.Reasons = b.names.reasons(c.Reasons)
	context.Price, context.Book = clip(c.Price), clip(c.Book)
	if c.Overhead != 0 {
		context.Overhead = strconv.FormatFloat(c.Overhead, 'f', -1, 64)
	}
	b.attribute(row, &context, attrs, failed || facts.Failed)
	var full bool
	if row.Context, row.ContextID, full = b.names.context(&context); full {
		row.Quantities = nil // there is no card that they could be of
		b.stats.Overflow++
	}
	row.Seal()
	b.stats.Calls++
	b.rows = append(b.rows, row)
}

// calculated finds out what the cost was calculated from.
func (b *batch) calculated(row *ledger.Row, read func() bool) *by {
	if text := b.result.Calculation; text != "" {
		if calculation.Parse(text, &b.calc) == nil {
			if known := b.names.by(b.calc.By); known != nil && credible(&b.calc, known.parsed.Card) {
				row.Quantities = append([]int64(nil), b.calc.Quantities...)
				row.Usage = ledger.FormatUsage(b.calc.Usage)
				known.tokens(row, b.calc.Usage)
				return known
			}
		}
		b.stats.Damaged++
	} else {
		b.stats.NoCalculation++
	}
	if b.reader == nil || !read() {
		return unknown
	}
	b.calc.Usage = calculation.UsageOf(&b.call, b.calc.Usage[:0])
	row.Usage = ledger.FormatUsage(b.calc.Usage)
	b.text = calculation.AppendBy(b.text[:0], &b.call)
	known := b.names.by(string(b.text))
	known.tokens(row, b.calc.Usage)
	return known
}

// maxCount is more than one call uses of anything. Sums of millions of calls of
// it stay within what a ledger holds.
const maxCount = 1 << 40

// credible tells whether a calculation is one that the processor may have
// written: counts of known names, and no more quantities than the card has items.
func credible(c *calculation.Calculation, card *pricebook.Card) bool {
	for _, count := range c.Usage {
		if count.N < 0 || count.N > maxCount {
			return false
		}
		if _, err := meter.Parse(count.Name); err == nil {
			continue
		}
		if _, err := meter.ParseFee(count.Name); err != nil {
			return false
		}
	}
	if len(c.Quantities) > 0 && (card == nil || len(c.Quantities) > len(card.Items)) {
		return false
	}
	return !slices.ContainsFunc(c.Quantities, func(q int64) bool { return q < 0 || q > maxCount })
}

// hasCost tells whether a result is an amount of money.
func hasCost(c *pricedcall.Call) bool { return c.HasTotal && c.Currency != "" }

// maxReported is more than one call costs. A larger amount that the telemetry
// reported is a mistake, or malice that the sums of other calls would suffer from.
var maxReported = money.Quanta(10_000e12)

// amounts copies the amounts of a result, and tells whether they fit.
func amounts(row *ledger.Row, c *pricedcall.Call) bool {
	if !hasCost(c) {
		return true
	}
	list, loaded := c.Total, c.Total
	if c.HasList {
		list = c.List
	}
	if c.Overhead != 0 {
		loaded = c.Loaded
	}
	reported, ok := pricedcall.Amount(c.Reported)
	if !ok || reported.Cmp(maxReported) > 0 {
		reported = money.Amount{}
	}
	for i, a := range [ledger.NumAmounts]money.Amount{
		ledger.Total: c.Total, ledger.Input: c.Parts[pricedcall.Input], ledger.CacheRead: c.Parts[pricedcall.CacheRead], ledger.CacheWrite: c.Parts[pricedcall.CacheWrite],
		ledger.Output: c.Parts[pricedcall.Output], ledger.Fees: c.Parts[pricedcall.Fees], ledger.List: list, ledger.Loaded: loaded, ledger.Reported: reported,
	} {
		n, ok := a.Int64()
		if !ok {
			return false
		}
		row.Amounts[i] = n
	}
	return true
}

// nano returns a time as the ledger keeps it.
func nano(t pcommon.Timestamp) int64 { return int64(min(t, 1<<63-1)) }

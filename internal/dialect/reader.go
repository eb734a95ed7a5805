package dialect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

const factPrefix = attrkey.FactPrefix

// AmbiguousInput says how to read an input count when nothing tells whether it
// includes cached tokens: no rule, no proof, and a provider whose own count
// excludes them.
type AmbiguousInput uint8

// The ways. The zero value follows the conventions.
const (
	AmbiguousInclusive AmbiguousInput = iota
	AmbiguousExclusive
	AmbiguousUnpriced // the counts are not used at all
)

// Blobs says which JSON in attributes is scanned for usage.
type Blobs uint8

// The choices. The zero value reads what dialects use to carry usage.
const (
	BlobsDialect Blobs = iota
	BlobsContent       // recorded response bodies too
	BlobsOff
)

// Options configures a Reader. The zero value is the default.
type Options struct {
	AmbiguousInput AmbiguousInput
	Blobs          Blobs
	Rules          []Rule       // tried before the built-in ones, the first that fits counts
	Signals        []SignalRule // tried before what the dialects declare, the first that fits counts
	Counted        bool         // whether tokens of recorded content are counted where usage is missing
}

// ErrOption is wrapped by the errors about options other than rules.
var ErrOption = errors.New("usage option")

// Reader reads calls from spans and log records. It is immutable but for a cache and safe for
// concurrent use; each goroutine brings its own Scratch.
type Reader struct {
	ambiguous AmbiguousInput
	blobs     Blobs
	counted   bool
	rules     []userRule
	signals   []SignalRule
	scopes    scopeCache
}

// NewReader checks the options.
func NewReader(o Options) (*Reader, error) {
	if o.AmbiguousInput > AmbiguousUnpriced {
		return nil, fmt.Errorf("%w: ambiguous_input %d is not inclusive, exclusive or unpriced", ErrOption, o.AmbiguousInput)
	}
	if o.Blobs > BlobsOff {
		return nil, fmt.Errorf("%w: blobs %d is not dialect, content or off", ErrOption, o.Blobs)
	}
	r := &Reader{ambiguous: o.AmbiguousInput, blobs: o.Blobs, counted: o.Counted}
	for _, rule := range o.Rules {
		u, err := checkRule(rule)
		if err != nil {
			return nil, err
		}
		r.rules = append(r.rules, u)
	}
	for _, rule := range o.Signals {
		if err := rule.check(); err != nil {
			return nil, err
		}
		r.signals = append(r.signals, rule)
	}
	return r, nil
}

// Span reads one span into c, which it fills completely. It returns false, and
// leaves c alone, if the span is no GenAI span. The strings in c point into
// the span.
func (r *Reader) Span(sc *Scope, span ptrace.Span, s *Scratch, c *call.Call) bool {
	return marked(span.Attributes(), sc.dialect) && r.markedSpan(sc, span, s, c) // small, so that it costs other spans no call
}

func (r *Reader) markedSpan(sc *Scope, span ptrace.Span, s *Scratch, c *call.Call) bool {
	s.Begin()
	s.rd.attributes(span.Attributes(), sc.dialect)
	return r.Taken(sc, span, s, c)
}

// attributes records the attributes whose keys are known. Spans of one
// instrumentation have the same keys in the same order most of the time, so a
// key is compared with the one that was in its place last before it is looked up.
func (rd *record) attributes(attrs pcommon.Map, scopeDialect uint8) {
	i := 0
	for name, v := range attrs.All() {
		last := &rd.last[i%len(rd.last)]
		i++
		switch {
		case *last != nil && (*last).name == name:
			rd.take(*last, v)
		case passes(&gate, name):
			if e := rd.attribute(name, v, scopeDialect); e != nil && e.marks&isBound == 0 {
				*last = e
			}
		}
	}
}

// marked tells whether any attribute is one that only GenAI spans have. Most
// spans have none, and this is all that is done with them.
func marked(attrs pcommon.Map, scopeDialect uint8) bool {
	for name := range attrs.All() {
		if !passes(&markerGate, name) {
			continue
		}
		if e := find(name, scopeDialect); e != nil && e.marks&isMarker != 0 || strings.HasPrefix(name, factPrefix) {
			return true
		}
	}
	return false
}

// attribute records an attribute whose key passed the gate, and returns its row, if it has one.
func (rd *record) attribute(name string, v pcommon.Value, scopeDialect uint8) *entry {
	e := find(name, scopeDialect)
	if e == nil {
		if strings.HasPrefix(name, factPrefix) {
			rd.fact(name[len(factPrefix):], v)
			rd.marked = rd.marked || rd.hasFacts
		}
		return nil
	}
	rd.take(e, v)
	return e
}

// take records an attribute by its row.
func (rd *record) take(e *entry, v pcommon.Value) {
	if e.marks&isMarker != 0 {
		rd.marked = true
		rd.hit |= 1 << e.dialect
	}
	switch e.what {
	case isNumber:
		rd.number(e, v)
	case isText:
		rd.string(e, v)
	case isCost:
		switch v.Type() {
		case pcommon.ValueTypeDouble:
			rd.putCost(rest[e.index].unit, e.rank, v.Double())
		case pcommon.ValueTypeInt:
			rd.putCost(rest[e.index].unit, e.rank, float64(v.Int()))
		case pcommon.ValueTypeStr:
			if f, err := strconv.ParseFloat(v.Str(), 64); err == nil && len(v.Str()) <= maxCostText {
				rd.putCost(rest[e.index].unit, e.rank, f)
			}
		}
	case isCurrency:
		rd.currency(v)
	case isList:
		rd.list(e, &rest[e.index], v)
	}
}

// currency notes a currency other than the dollar, that of all units of cost.
// Whatever else stands there is not known to be the dollar either.
func (rd *record) currency(v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeEmpty:
	case pcommon.ValueTypeStr:
		s := strings.TrimSpace(v.Str())
		rd.foreign = rd.foreign || s != "" && !strings.EqualFold(s, "USD")
	default:
		rd.foreign = true
	}
}

// number records a count or a truth value.
func (rd *record) number(e *entry, v pcommon.Value) {
	var n int64
	var how reading
	switch {
	case number(e.slot) >= streaming && number(e.slot) < duration:
		n, how = toFlag(v)
	default:
		n, how = toCount(v)
	}
	rd.put(number(e.slot), e.rank, n, how)
	if how != valid {
		return
	}
	rd.style |= e.marks
	if e.marks&hasRest != 0 {
		rd.told |= rest[e.index].tells
		if n > 0 {
			rd.voided |= rest[e.index].voids
		}
	}
}

// string records a word, or JSON for later.
func (rd *record) string(e *entry, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		rd.style |= e.marks
		if e.marks&hasRest == 0 {
			rd.putText(text(e.slot), e.rank, v.Str())
			return
		}
		s := v.Str()
		if rest[e.index].json {
			s = strings.Trim(s, `"`)
			rd.quoted = rd.quoted || len(s) < len(v.Str())
		}
		if only := rest[e.index].value; only != "" && !strings.EqualFold(s, only) {
			return
		}
		if rd.putText(text(e.slot), e.rank, s) && rest[e.index].blob != nil {
			rd.blob[text(e.slot)-usageJSON] = rest[e.index].blob
		}
	case pcommon.ValueTypeMap:
		if b := rest[e.index].blob; b != nil {
			rd.walk(v, b, 0)
		}
	}
}

// list looks for an element with a prefix.
func (rd *record) list(e *entry, k *key, v pcommon.Value) {
	if v.Type() != pcommon.ValueTypeSlice {
		return
	}
	for _, x := range v.Slice().All() {
		if x.Type() == pcommon.ValueTypeStr && strings.HasPrefix(x.Str(), k.prefix) {
			rd.put(k.num, e.rank, 1, valid)
		}
	}
}

// maxCostText is the longest number that is read from a string as a cost.
const maxCostText = 40

// putCost records a cost of the telemetry's own. What is negative or infinite
// is left out: it is only annotation.
func (rd *record) putCost(u call.CostUnit, rank uint8, f float64) {
	if !(f >= 0 && f <= 1e15) || rd.costUnit != call.NoCost && rank >= rd.costRank {
		return
	}
	rd.cost, rd.costUnit, rd.costRank = f, u, rank
}

package content

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Side is a side of a call.
type Side uint8

// The sides.
const (
	Input Side = iota
	Output
)

// Found tells what was recorded of one side.
type Found struct {
	// Vocabulary is the one that was read, by its most telling key; empty if none has text.
	Vocabulary string
	// Messages is the number of messages, as far as they have roles.
	Messages int64
	// Other tells that there are parts that are no text.
	Other bool
	// Cut tells that the text is not whole: it is cut off, hidden by a placeholder or too
	// deeply nested, or the taker had enough.
	Cut bool
}

// Whole tells whether there is text, all of it.
func (f *Found) Whole() bool { return f.Vocabulary != "" && !f.Cut }

// Take is given text piece by piece. It returns false if it wants no more. Each
// piece is text that the model saw or made as a whole; the string is part of
// the telemetry or of a copy that nobody else has.
type Take func(text string) bool

// OfSpan passes the text of one side of the call that a span records to take.
func OfSpan(span ptrace.Span, side Side, take Take) Found {
	r := reader{side: side, take: take, attrs: span.Attributes(), events: span.Events(), hasEvents: true}
	return r.read()
}

// OfLog passes the text of one side of the call that a log record tells of to take.
func OfLog(record plog.LogRecord, side Side, take Take) Found {
	r := reader{side: side, take: take, attrs: record.Attributes()}
	f := r.read()
	if body := record.Body(); f.Vocabulary == "" && !f.Cut && body.Type() == pcommon.ValueTypeMap {
		r = reader{side: side, take: take, attrs: body.Map()}
		f = r.read()
	}
	return f
}

// reader reads one side.
type reader struct {
	side      Side
	take      Take
	attrs     pcommon.Map
	events    ptrace.SpanEventSlice
	hasEvents bool

	found Found
	text  bool // there was text in a key that tells of messages
	extra bool // what is read now only adds to messages
}

// read reads the first vocabulary that has text. One that is there and not whole
// is not replaced by another: that would be the same content, cut elsewhere.
func (r *reader) read() Found {
	for i := range vocabularies {
		v := &vocabularies[i]
		keys := v.sides[r.side]
		if len(keys) == 0 {
			continue
		}
		r.found = Found{}
		r.text = false
		r.vocabulary(v, keys)
		if r.text {
			r.found.Vocabulary = keys[0].pattern
		}
		if r.text || r.found.Cut {
			break
		}
	}
	if !r.text {
		return Found{Cut: r.found.Cut}
	}
	return r.found
}

// vocabulary reads the keys of a vocabulary, first those that tell of messages.
func (r *reader) vocabulary(v *vocabulary, keys []key) {
	if len(v.events) == 0 {
		r.keys(r.attrs, keys, false)
	} else if r.hasEvents {
		for _, e := range r.events.All() {
			if v.event(e.Name(), r.side) {
				before := r.found.Messages
				r.keys(e.Attributes(), keys, false)
				if v.each && r.found.Messages == before {
					r.found.Messages++
				}
			}
		}
	}
	if r.text && !r.found.Cut {
		r.keys(r.attrs, keys, true)
	}
}

// keys reads the attributes that keys name: those that tell of messages, or
// those that add to them.
func (r *reader) keys(attrs pcommon.Map, keys []key, extra bool) {
	for name, v := range attrs.All() {
		if r.found.Cut {
			return
		}
		for i := range keys {
			if k := &keys[i]; k.extra == extra && match(k.pattern, name) {
				r.extra = extra
				r.value(k.as, v)
				break
			}
		}
	}
}

// value reads an attribute.
func (r *reader) value(as form, v pcommon.Value) {
	switch {
	case v.Type() == pcommon.ValueTypeEmpty:
	case as == role:
		r.found.Messages++
	case as == other:
		r.found.Other = true
	case v.Type() != pcommon.ValueTypeStr:
		r.structured(as, v, 0)
	case as == text, as == raw:
		r.put(v.Str())
	default:
		r.string(as, v.Str())
	}
}

// put passes text on, unless it only stands for text.
func (r *reader) put(s string) {
	switch {
	case s == "" || r.found.Cut:
	case isPlaceholder(s):
		r.found.Cut = true
	case isData(s):
		r.found.Other = true
	case !r.take(s):
		r.found.Cut = true
	default:
		r.text = r.text || !r.extra
	}
}

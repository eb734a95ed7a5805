package dialect

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// event is a row about a kind of log record. Its name stands in the attribute
// event.name, in the record's own event name, or in its body.
type event struct {
	name string
	kind call.Kind
	// stage is the event.kind that the record must have too, if any.
	stage string
	// common names are words that others use too: they count only under the
	// scopes of the dialect's own emitters.
	common bool
	// usage tells that only records with counts are meant: others with the
	// same name tell of a request, or of a part of a response.
	usage bool
	// answer is the attribute with what the model answered. Where tokens of
	// recorded content are counted, a record that has it needs no counts.
	answer string
	// again tells that another event of the dialect tells of the same call, and more.
	again bool
	note  string // for the documentation
}

// named is a row with its dialect.
type named struct {
	dialect uint8
	*event
}

// eventsByName finds rows, and eventGate rejects nearly all other names.
var (
	eventsByName = map[string][]named{}
	eventGate    keyGate
)

func init() {
	for d, dia := range registry {
		for i := range dia.events {
			e := &dia.events[i]
			if len(e.name) == 0 || len(e.name) >= maxKeyLen {
				panic("dialect: length of event " + e.name)
			}
			eventsByName[e.name] = append(eventsByName[e.name], named{uint8(d), e})
			eventGate[e.name[0]] |= 1 << len(e.name)
		}
	}
}

// Log reads a log record into c, which it fills completely. It returns false,
// and leaves c alone, if the record tells of no call. The strings in c point
// into the record.
func (r *Reader) Log(sc *Scope, record plog.LogRecord, s *Scratch, c *call.Call) bool {
	attrs := record.Attributes()
	sc.record, sc.logged = record, true
	from := logSource(record)
	if row, ok := findEvent(sc, record, attrs); ok {
		from.event = row.event
		sc = s.under(sc, row.dialect)
	} else if !marked(attrs, sc.dialect) {
		return false
	}
	rd := &s.rd
	rd.reset()
	rd.attributes(attrs, sc.dialect)
	if !rd.hasUsage() && (from.event == nil || from.event.usage && !(r.counted && from.event.answers(attrs))) {
		return false // a message, a request, or part of a response
	}
	if sc.has {
		rd.resourceFacts(sc.facts)
	}
	if from.start > 0 && rd.has(duration) {
		from.start -= min(from.start, min(uint64(rd.get(duration)), maxDuration)*1e6)
	}
	r.understand(sc, from, s, c)
	return true
}

// answers tells whether the record holds what the model answered.
func (e *event) answers(attrs pcommon.Map) bool {
	if e.answer == "" {
		return false
	}
	_, ok := attrs.Get(e.answer)
	return ok
}

// maxDuration is the longest call that is believed, in milliseconds. The price
// of a call is that of its start, and a log record is written at its end.
const maxDuration = 24 * 60 * 60 * 1000

func logSource(record plog.LogRecord) source {
	at := record.Timestamp()
	if at == 0 {
		at = record.ObservedTimestamp()
	}
	return source{start: uint64(at), failed: record.SeverityNumber() >= plog.SeverityNumberError, log: true}
}

// findEvent looks the record's names up: that in event.name first, because
// some loggers write a source line where the event's name belongs.
func findEvent(sc *Scope, record plog.LogRecord, attrs pcommon.Map) (named, bool) {
	var name, stage string
	for key, v := range attrs.All() {
		if len(key) == len(attrkey.EventName) && strings.HasPrefix(key, "event.") && v.Type() == pcommon.ValueTypeStr {
			switch key {
			case attrkey.EventName:
				name = v.Str()
			case attrkey.EventKind:
				stage = v.Str()
			}
		}
	}
	names := [...]string{name, record.EventName(), ""}
	if body := record.Body(); body.Type() == pcommon.ValueTypeStr {
		names[2] = body.Str()
	}
	for _, n := range names {
		if !passes(&eventGate, n) {
			continue
		}
		if row, ok := chooseEvent(sc, eventsByName[n], stage); ok {
			return row, true
		}
	}
	return named{}, false
}

// chooseEvent prefers the row of the scope's dialect.
func chooseEvent(sc *Scope, rows []named, stage string) (named, bool) {
	var found named
	for _, row := range rows {
		if row.stage != "" && row.stage != stage {
			continue
		}
		if row.dialect == sc.dialect {
			return row, true
		}
		if !row.common {
			found = row
		}
	}
	return found, found.event != nil
}

// under returns a scope as the event's dialect knows it, where the scope
// itself is nobody's: events travel through loggers that rename it.
func (s *Scratch) under(sc *Scope, d uint8) *Scope {
	dia := registry[d]
	if sc.dialect != noDialect || dia.fallback == 0 {
		return sc
	}
	s.adopted = matched{emitter: &dia.emitters[dia.fallback-1], dialect: d, rules: sc.rules}
	s.renamed = *sc
	s.renamed.matched = &s.adopted
	return &s.renamed
}

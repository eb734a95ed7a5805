package dialect

import (
	"maps"
	"sync"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// byName looks keys up as callers of Take do.
var byName = sync.OnceValue(func() map[string]Key { return maps.Collect(Keys()) })

// taken reads a span attribute by attribute.
func taken(r *Reader, sc *Scope, sp ptrace.Span, s *Scratch, c *call.Call) bool {
	s.Begin()
	for name, v := range sp.Attributes().All() {
		if k, ok := byName()[name]; ok {
			s.Take(sc, k, v)
		} else {
			s.TakeNamed(sc, name, v)
		}
	}
	return r.Taken(sc, sp, s, c)
}

// What was read before, by the same goroutine and of whatever dialect, does not
// change what is read, and neither does who passes over the attributes.
func TestSpansAreReadAlikeAloneAndAfterOthers(t *testing.T) {
	r := newReader(t, Options{})
	var used, other Scratch
	spans := 0
	for _, tr := range loadTruth(t) {
		for _, file := range tr.Files {
			for _, td := range loadTraces(t, file) {
				for _, rs := range td.ResourceSpans().All() {
					for _, ss := range rs.ScopeSpans().All() {
						for _, sp := range ss.Spans().All() {
							var alone, after, handed call.Call
							var fresh Scratch
							is := r.Span(r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &fresh), sp, &fresh, &alone)
							if r.Span(r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &used), sp, &used, &after) != is || is && (!sameCall(&alone, &after) || alone.Usage != after.Usage) {
								t.Errorf("%s: alone %+v, after others %+v", file, alone, after)
							}
							if taken(r, r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &other), sp, &other, &handed) != is || is && (!sameCall(&alone, &handed) || alone.Usage != handed.Usage) {
								t.Errorf("%s: read at once %+v, by attribute %+v", file, alone, handed)
							}
							if is {
								spans++
							}
						}
					}
				}
			}
		}
	}
	if spans < 500 {
		t.Errorf("only %d spans were compared", spans)
	}
}

// A key that only one dialect's emitters use means nothing elsewhere, also
// where it was read in the same place before.
func TestAKeyOfOneDialectMeansNothingUnderTheScopeOfAnother(t *testing.T) {
	var s Scratch
	bound := 0
	for i := range entries {
		e := &entries[i]
		if e.marks&isBare == 0 {
			continue
		}
		bound++
		var own, other Scope
		own.matched, other.matched = &matched{dialect: e.dialect}, &matched{dialect: noDialect}
		_, _, sp := span("x", "", e.name, "llm_request")
		for _, sc := range []*Scope{&own, &other, &own, &other} {
			s.Begin()
			s.rd.attributes(sp.Attributes(), sc.dialect)
			want := find(e.name, sc.dialect) != nil && find(e.name, sc.dialect).marks&isMarker != 0
			if s.rd.marked != want {
				t.Errorf("%s under dialect %d: marked is %t", e.name, sc.dialect, s.rd.marked)
			}
			s.Begin()
			v, _ := sp.Attributes().Get(e.name)
			s.Take(sc, byName()[e.name], v)
			if s.rd.marked != want {
				t.Errorf("%s taken under dialect %d: marked is %t", e.name, sc.dialect, s.rd.marked)
			}
		}
	}
	if bound == 0 {
		t.Error("there is no such key")
	}
}

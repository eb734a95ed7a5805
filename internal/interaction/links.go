package interaction

import (
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// links remembers spans that are not of GenAI and whose trace is not known to
// have any, in a fixed number of places: a span that came later takes the place
// of one that came earlier. Nearly all are forgotten unused. When a span of
// GenAI comes and its ancestors came before it, they are found here.
type links struct {
	sets  [][ways]link
	clock uint32 // counts spans; a set replaces the one that came first
	names names
}

// ways is how many spans of the same hash are kept: with four, hardly any is
// replaced before nearly all places are taken.
const ways = 4

type link struct {
	trace        pcommon.TraceID
	span, parent pcommon.SpanID
	start        pcommon.Timestamp // of a root
	name         uint32            // of a root
	came         uint32            // zero is an empty place
}

// resize makes places for n spans at most.
func (l *links) resize(n int) {
	sets := 1
	for sets*2*ways <= n {
		sets *= 2
	}
	if n > 0 {
		l.sets = make([][ways]link, sets)
	}
}

func (l *links) set(trace pcommon.TraceID, span pcommon.SpanID) *[ways]link {
	h := binary.LittleEndian.Uint64(trace[8:]) ^ binary.LittleEndian.Uint64(span[:])
	return &l.sets[mix(h)&uint64(len(l.sets)-1)]
}

// mix spreads ids that are no random numbers.
func mix(h uint64) uint64 {
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
}

// put remembers a span. A root is remembered as that of its trace too, under an
// empty id: it is found even if spans between are missing.
func (l *links) put(s *Span) {
	if len(l.sets) == 0 {
		return
	}
	l.place(s.Trace, s.ID).parent = s.Parent
	if !s.Parent.IsEmpty() {
		return
	}
	p := l.place(s.Trace, pcommon.SpanID{})
	if (p.parent.IsEmpty() || order{s.Start, s.ID}.compare(order{p.start, p.parent}) < 0) {
		p.parent, p.start, p.name = s.ID, s.Start, l.names.number(s.Name)
	}
}

// place returns the place of a span, or an empty one.
func (l *links) place(trace pcommon.TraceID, span pcommon.SpanID) *link {
	set := l.set(trace, span)
	p := &set[0]
	for i := range set {
		x := &set[i]
		if x.span == span && x.trace == trace && x.came != 0 {
			return x
		}
		if x.came < p.came {
			p = x
		}
	}
	if l.clock++; l.clock == 0 {
		l.clock = 1
	}
	*p = link{trace: trace, span: span, came: l.clock}
	return p
}

// take returns the span and forgets it.
func (l *links) take(trace pcommon.TraceID, span pcommon.SpanID) (link, bool) {
	if len(l.sets) == 0 {
		return link{}, false
	}
	set := l.set(trace, span)
	for i := range set {
		if p := &set[i]; p.span == span && p.came != 0 && p.trace == trace {
			found := *p
			*p = link{}
			return found, true
		}
	}
	return link{}, false
}

// names keeps texts that come again and again once, as many as there is room for.
type names struct {
	texts   []string
	numbers map[string]uint32
}

const (
	maxNames      = 1024
	maxNameLength = 256
)

// number returns the number of a text, or zero if it is empty or there is no room.
func (n *names) number(s string) uint32 {
	if s == "" {
		return 0
	}
	s = s[:min(len(s), maxNameLength)]
	if i, ok := n.numbers[s]; ok {
		return i
	}
	if len(n.texts) >= maxNames {
		return 0
	}
	if n.numbers == nil {
		n.numbers, n.texts = map[string]uint32{}, []string{""}
	}
	i := uint32(len(n.texts))
	s = string([]byte(s)) // the telemetry that it points into goes away
	n.texts = append(n.texts, s)
	n.numbers[s] = i
	return i
}

// text returns the text of a number.
func (n *names) text(i uint32) string {
	if i == 0 {
		return ""
	}
	return n.texts[i]
}

// keep returns a text that does not point into telemetry, the same one for equal texts.
func (n *names) keep(b []byte) string {
	b = b[:min(len(b), maxNameLength)]
	if i, ok := n.numbers[string(b)]; ok {
		return n.texts[i]
	}
	s := string(b)
	if i := n.number(s); i != 0 {
		return n.texts[i]
	}
	return s
}

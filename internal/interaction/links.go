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
	places []link
	names  names
}

type link struct {
	trace        pcommon.TraceID
	span, parent pcommon.SpanID
	start        pcommon.Timestamp
	name         uint32 // of a span without parent
	used         bool
}

func (l *links) place(trace pcommon.TraceID, span pcommon.SpanID) *link {
	if len(l.places) == 0 {
		return nil
	}
	h := binary.LittleEndian.Uint64(trace[8:]) ^ binary.LittleEndian.Uint64(span[:])
	return &l.places[mix(h)&uint64(len(l.places)-1)]
}

// mix spreads ids that are no random numbers.
func mix(h uint64) uint64 {
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func (l *links) put(s *Span) {
	p := l.place(s.Trace, s.ID)
	if p == nil {
		return
	}
	*p = link{trace: s.Trace, span: s.ID, parent: s.Parent, used: true}
	if s.Parent.IsEmpty() {
		p.start, p.name = s.Start, l.names.number(s.Name)
	}
}

// take returns the span and forgets it.
func (l *links) take(trace pcommon.TraceID, span pcommon.SpanID) (link, bool) {
	p := l.place(trace, span)
	if p == nil || !p.used || p.span != span || p.trace != trace {
		return link{}, false
	}
	found := *p
	*p = link{}
	return found, true
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

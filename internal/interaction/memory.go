package interaction

import "go.opentelemetry.io/collector/pdata/pcommon"

// memory remembers the traces that were closed last, as many as can be open at
// a time: so, when the window is just full, for as long as it is wide.
type memory struct {
	limit int
	ring  []pcommon.TraceID
	next  int // the oldest of a full ring
	known map[pcommon.TraceID]struct{}
}

func (m *memory) has(t pcommon.TraceID) bool {
	_, ok := m.known[t]
	return ok
}

func (m *memory) add(t pcommon.TraceID) {
	if m.known == nil {
		m.known = map[pcommon.TraceID]struct{}{}
	}
	if m.has(t) {
		return
	}
	m.known[t] = struct{}{}
	if len(m.ring) < m.limit {
		m.ring = append(m.ring, t)
		return
	}
	delete(m.known, m.ring[m.next])
	m.ring[m.next] = t
	m.next = (m.next + 1) % m.limit
}

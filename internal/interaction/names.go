package interaction

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

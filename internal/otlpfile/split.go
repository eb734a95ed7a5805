package otlpfile

// splitter finds where a JSON object ends, and the keys of its first level, as
// its bytes come in. It checks no more of the syntax than that needs.
type splitter struct {
	depth    int
	inString bool
	escaped  bool
	isKey    bool // the string at depth 1 that is being read stands before a colon
	key      []byte
	keys     signals
	empty    bool // no key of any kind was seen
}

func newSplitter() splitter { return splitter{empty: true} }

// feed takes bytes until the object ends. It returns how many it took, and
// whether the object ended.
func (s *splitter) feed(b []byte) (n int, done bool) {
	for i, c := range b {
		if s.inString {
			s.inText(c)
			continue
		}
		switch c {
		case '"':
			s.inString = true
			s.key = s.key[:0]
		case ':':
			if s.depth == 1 && s.isKey {
				s.keys |= signalOf[string(s.key)]
				s.empty, s.isKey = false, false
			}
		case '{', '[':
			s.depth++
			s.isKey = s.depth == 1
		case '}', ']':
			if s.depth--; s.depth <= 0 {
				return i + 1, true
			}
		case ',':
			s.isKey = s.depth == 1
		}
	}
	return len(b), false
}

// maxKey is longer than every key that is looked for.
const maxKey = 32

func (s *splitter) inText(c byte) {
	switch {
	case s.escaped:
		s.escaped = false
	case c == '\\':
		s.escaped = true
	case c == '"':
		s.inString = false
		return
	}
	if s.depth == 1 && s.isKey && len(s.key) < maxKey {
		s.key = append(s.key, c)
	}
}

// Package jsonscan walks JSON in telemetry without building anything. Who uses
// it looks at the values it wants and skips the rest; strings are parts of the
// text, and nothing is kept.
package jsonscan

// MaxDepth is how many objects and arrays may be nested.
const MaxDepth = 24

// Scanner is a position in JSON text. Apart from Skip, which checks what it
// skips, methods expect that the text is well-formed: see Valid.
type Scanner struct {
	Text string
	Pos  int
}

// Valid tells whether a text is one well-formed value that is not too deep.
// What is cut off is not.
func Valid(text string) bool {
	s := Scanner{Text: text}
	if !s.Skip(0) {
		return false
	}
	s.Space()
	return s.Pos == len(text)
}

// Space moves behind white space.
func (s *Scanner) Space() {
	for s.Pos < len(s.Text) {
		switch s.Text[s.Pos] {
		case ' ', '\t', '\n', '\r':
			s.Pos++
		default:
			return
		}
	}
}

// RawString moves behind a string and returns it without quotes and with its
// escapes.
func (s *Scanner) RawString() string {
	start := s.Pos + 1
	s.skipString()
	return s.Text[start : s.Pos-1]
}

// Skip moves behind the next value and reports false if there is none, or it
// is not well-formed or too deep.
func (s *Scanner) Skip(depth int) bool {
	if depth > MaxDepth {
		return false
	}
	s.Space()
	if s.Pos >= len(s.Text) {
		return false
	}
	switch c := s.Text[s.Pos]; {
	case c == '{':
		return s.skipAll('}', depth)
	case c == '[':
		return s.skipAll(']', depth)
	case c == '"':
		return s.skipString()
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	case c == '-' || c >= '0' && c <= '9':
		return s.skipNumber()
	}
	return false
}

// skipAll moves behind an object or array.
func (s *Scanner) skipAll(end byte, depth int) bool {
	s.Pos++
	for first := true; ; first = false {
		s.Space()
		if s.Pos >= len(s.Text) {
			return false
		}
		if s.Text[s.Pos] == end && first {
			s.Pos++
			return true
		}
		if !first {
			c := s.Text[s.Pos]
			s.Pos++
			if c == end {
				return true
			}
			if c != ',' {
				return false
			}
			s.Space()
		}
		if end == '}' {
			if s.Pos >= len(s.Text) || s.Text[s.Pos] != '"' || !s.skipString() {
				return false
			}
			s.Space()
			if s.Pos >= len(s.Text) || s.Text[s.Pos] != ':' {
				return false
			}
			s.Pos++
		}
		if !s.Skip(depth + 1) {
			return false
		}
	}
}

func (s *Scanner) skipString() bool {
	for i := s.Pos + 1; i < len(s.Text); i++ {
		switch c := s.Text[i]; {
		case c == '\\':
			i++
		case c == '"':
			s.Pos = i + 1
			return true
		case c < ' ':
			return false
		}
	}
	return false
}

func (s *Scanner) literal(word string) bool {
	if len(s.Text)-s.Pos < len(word) || s.Text[s.Pos:s.Pos+len(word)] != word {
		return false
	}
	s.Pos += len(word)
	return true
}

func (s *Scanner) skipNumber() bool {
	start := s.Pos
	for s.Pos < len(s.Text) {
		switch c := s.Text[s.Pos]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			s.Pos++
		default:
			return s.Pos > start
		}
	}
	return true
}

package dialect

import "strconv"

// Bounds on JSON that is scanned for usage.
const (
	maxJSON  = 64 << 10 // bytes
	maxDepth = 24       // nested objects and arrays
)

// scanner walks JSON without building anything. It looks at the values that a
// table names and skips the rest; nothing of the text is kept but short words.
type scanner struct {
	s   string
	pos int
}

// scan reads what a table names from a JSON object. JSON that is too long, too
// deep or cut off is not read at all: its absences would mean nothing.
func (rd *record) scan(s string, root *node) {
	if root == nil || len(s) > maxJSON {
		return
	}
	check := scanner{s: s}
	if !check.skip(0) {
		return
	}
	if check.space(); check.pos != len(s) {
		return
	}
	sc := scanner{s: s}
	sc.walk(rd, root, 0)
}

// walk reads the value at the position under a node. The text is known to be
// well-formed.
func (sc *scanner) walk(rd *record, n *node, depth int) {
	sc.space()
	start := sc.pos
	if first := n.find("0"); sc.s[start] == '[' && first != nil && first != n.any {
		sc.pos++
		if sc.space(); sc.s[sc.pos] != ']' {
			sc.walk(rd, first, depth+1)
		}
		sc.pos = start
		sc.skip(depth)
		return
	}
	if sc.s[start] == '[' && n.row != nil && n.row.list != nil {
		sc.counts(rd, n.row, depth)
		return
	}
	if sc.s[start] != '{' {
		sc.skip(depth)
		if n.row != nil {
			n.row.take(rd, sc.s[start:sc.pos])
		}
		return
	}
	sc.pos++
	for {
		sc.space()
		if sc.s[sc.pos] == '}' {
			sc.pos++
			return
		}
		if sc.s[sc.pos] == ',' {
			sc.pos++
			continue
		}
		name := sc.string()
		sc.space()
		sc.pos++ // the colon
		if child := n.find(name); child != nil {
			sc.walk(rd, child, depth+1)
			continue
		}
		sc.space()
		from := sc.pos
		sc.skip(depth + 1)
		if n.other != nil {
			v, how := jsonCount(sc.s[from:sc.pos])
			rd.other(n, name, v, how)
		}
	}
}

// counts reads a list of objects that each count one kind of tokens. What is
// no such object is skipped.
func (sc *scanner) counts(rd *record, p *path, depth int) {
	rd.told |= p.tells
	sc.pos++
	for {
		switch sc.space(); sc.s[sc.pos] {
		case ']':
			sc.pos++
			return
		case ',':
			sc.pos++
		case '{':
			label, count := sc.pair(p.list, depth+1)
			if n, ok := p.list.kinds[label]; ok {
				v, how := jsonCount(count)
				rd.fill(n, v, how)
			}
		default:
			sc.skip(depth + 1)
		}
	}
}

// pair reads the two members of an object that a list needs, as raw text.
func (sc *scanner) pair(l *list, depth int) (label, count string) {
	sc.pos++
	for {
		switch sc.space(); sc.s[sc.pos] {
		case '}':
			sc.pos++
			return label, count
		case ',':
			sc.pos++
			continue
		}
		name := sc.string()
		sc.space()
		sc.pos++ // the colon
		sc.space()
		from := sc.pos
		sc.skip(depth)
		switch raw := sc.s[from:sc.pos]; name {
		case l.label:
			if len(raw) > 1 && raw[0] == '"' {
				label = raw[1 : len(raw)-1]
			}
		case l.count:
			count = raw
		}
	}
}

// jsonCount reads a JSON number, or a string of digits, as a count.
func jsonCount(raw string) (int64, reading) {
	switch {
	case raw == "" || raw == "null":
		return 0, absent
	case raw[0] == '"':
		return fromDigits(raw[1 : len(raw)-1])
	case raw[0] != '-' && (raw[0] < '0' || raw[0] > '9'):
		return 0, invalid
	}
	if n, how := fromDigits(raw); how == valid {
		return n, valid
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return 0, invalid
	}
	return fromDouble(f)
}

func (sc *scanner) space() {
	for sc.pos < len(sc.s) {
		switch sc.s[sc.pos] {
		case ' ', '\t', '\n', '\r':
			sc.pos++
		default:
			return
		}
	}
}

// string returns the raw text of a well-formed string, without quotes and with
// its escapes.
func (sc *scanner) string() string {
	start := sc.pos + 1
	sc.skipString()
	return sc.s[start : sc.pos-1]
}

// skip moves behind the next value and reports false if there is none, or it
// is not well-formed or too deep.
func (sc *scanner) skip(depth int) bool {
	if depth > maxDepth {
		return false
	}
	sc.space()
	if sc.pos >= len(sc.s) {
		return false
	}
	switch c := sc.s[sc.pos]; {
	case c == '{':
		return sc.skipAll('}', depth)
	case c == '[':
		return sc.skipAll(']', depth)
	case c == '"':
		return sc.skipString()
	case c == 't':
		return sc.literal("true")
	case c == 'f':
		return sc.literal("false")
	case c == 'n':
		return sc.literal("null")
	case c == '-' || c >= '0' && c <= '9':
		return sc.skipNumber()
	}
	return false
}

// skipAll moves behind an object or array.
func (sc *scanner) skipAll(end byte, depth int) bool {
	sc.pos++
	for first := true; ; first = false {
		sc.space()
		if sc.pos >= len(sc.s) {
			return false
		}
		if sc.s[sc.pos] == end && first {
			sc.pos++
			return true
		}
		if !first {
			c := sc.s[sc.pos]
			sc.pos++
			if c == end {
				return true
			}
			if c != ',' {
				return false
			}
			sc.space()
		}
		if end == '}' {
			if sc.pos >= len(sc.s) || sc.s[sc.pos] != '"' || !sc.skipString() {
				return false
			}
			sc.space()
			if sc.pos >= len(sc.s) || sc.s[sc.pos] != ':' {
				return false
			}
			sc.pos++
		}
		if !sc.skip(depth + 1) {
			return false
		}
	}
}

func (sc *scanner) skipString() bool {
	for i := sc.pos + 1; i < len(sc.s); i++ {
		switch c := sc.s[i]; {
		case c == '\\':
			i++
		case c == '"':
			sc.pos = i + 1
			return true
		case c < ' ':
			return false
		}
	}
	return false
}

func (sc *scanner) literal(word string) bool {
	if len(sc.s)-sc.pos < len(word) || sc.s[sc.pos:sc.pos+len(word)] != word {
		return false
	}
	sc.pos += len(word)
	return true
}

func (sc *scanner) skipNumber() bool {
	start := sc.pos
	for sc.pos < len(sc.s) {
		switch c := sc.s[sc.pos]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			sc.pos++
		default:
			return sc.pos > start
		}
	}
	return true
}

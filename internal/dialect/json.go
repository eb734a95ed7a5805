package dialect

import (
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/jsonscan"
)

// Bounds on JSON that is scanned for usage.
const (
	maxJSON  = 64 << 10 // bytes
	maxDepth = jsonscan.MaxDepth
)

// scanner walks JSON without building anything. It looks at the values that a
// table names and skips the rest; nothing of the text is kept but short words.
type scanner struct {
	jsonscan.Scanner
}

// scan reads what a table names from a JSON object. JSON that is too long, too
// deep or cut off is not read at all: its absences would mean nothing.
func (rd *record) scan(s string, root *node) {
	if root == nil || len(s) > maxJSON {
		return
	}
	if s = fromPython(s); !jsonscan.Valid(s) {
		return
	}
	sc := scanner{jsonscan.Scanner{Text: s}}
	sc.walk(rd, root, 0)
}

// walk reads the value at the position under a node. The text is known to be
// well-formed.
func (sc *scanner) walk(rd *record, n *node, depth int) {
	sc.Space()
	start := sc.Pos
	if first := n.find("0"); sc.Text[start] == '[' && first != nil && first != n.any {
		sc.Pos++
		if sc.Space(); sc.Text[sc.Pos] != ']' {
			sc.walk(rd, first, depth+1)
		}
		sc.Pos = start
		sc.Skip(depth)
		return
	}
	if sc.Text[start] == '[' && n.row != nil && n.row.list != nil {
		sc.counts(rd, n.row, depth)
		return
	}
	if sc.Text[start] != '{' {
		sc.Skip(depth)
		if n.row != nil {
			n.row.take(rd, sc.Text[start:sc.Pos])
		}
		return
	}
	sc.Pos++
	for {
		sc.Space()
		if sc.Text[sc.Pos] == '}' {
			sc.Pos++
			return
		}
		if sc.Text[sc.Pos] == ',' {
			sc.Pos++
			continue
		}
		name := sc.RawString()
		sc.Space()
		sc.Pos++ // the colon
		if child := n.find(name); child != nil {
			sc.walk(rd, child, depth+1)
			continue
		}
		sc.Space()
		from := sc.Pos
		sc.Skip(depth + 1)
		if n.other != nil {
			v, how := jsonCount(sc.Text[from:sc.Pos])
			rd.other(n, name, v, how)
		}
	}
}

// counts reads a list of objects that each count one kind of tokens. What is
// no such object is skipped.
func (sc *scanner) counts(rd *record, p *path, depth int) {
	rd.told |= p.tells
	sc.Pos++
	for {
		switch sc.Space(); sc.Text[sc.Pos] {
		case ']':
			sc.Pos++
			return
		case ',':
			sc.Pos++
		case '{':
			label, count := sc.pair(p.list, depth+1)
			if n, ok := p.list.kinds[label]; ok {
				v, how := jsonCount(count)
				rd.fill(n, v, how)
			}
		default:
			sc.Skip(depth + 1)
		}
	}
}

// pair reads the two members of an object that a list needs, as raw text.
func (sc *scanner) pair(l *list, depth int) (label, count string) {
	sc.Pos++
	for {
		switch sc.Space(); sc.Text[sc.Pos] {
		case '}':
			sc.Pos++
			return label, count
		case ',':
			sc.Pos++
			continue
		}
		name := sc.RawString()
		sc.Space()
		sc.Pos++ // the colon
		sc.Space()
		from := sc.Pos
		sc.Skip(depth)
		switch raw := sc.Text[from:sc.Pos]; name {
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

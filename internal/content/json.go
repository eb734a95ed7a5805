package content

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/jsonscan"
)

// string reads an attribute that may be JSON.
func (r *reader) string(as form, s string) {
	start := strings.TrimLeft(s, " \t\r\n")
	isJSON := strings.HasPrefix(start, `[{"type"`) || strings.HasPrefix(start, `[{"text"`)
	if as == talk {
		isJSON = start != "" && strings.IndexByte(`{["`, start[0]) >= 0
	}
	switch {
	case !isJSON:
		r.put(s)
	case jsonscan.Valid(s):
		w := walker{reader: r, Scanner: jsonscan.Scanner{Text: s}}
		w.value(walk, 0)
	case as == parts, cutJSON(start):
		r.found.Cut = true
	default:
		r.put(s)
	}
}

// cutJSON tells whether text that is not well-formed begins as JSON does, and
// not as prose in brackets or quotes.
func cutJSON(s string) bool {
	if len(s) == 1 {
		return s != `"`
	}
	rest := strings.TrimLeft(s[1:], " \t\r\n")
	return s[0] != '"' && (rest == "" || strings.IndexByte(`{["`, rest[0]) >= 0)
}

// walker walks well-formed JSON. Each byte is looked at once for every object
// that it is nested in, of which there are at most jsonscan.MaxDepth.
type walker struct {
	*reader
	jsonscan.Scanner
}

// value reads the value at the position and moves behind it.
func (w *walker) value(as handling, depth int) {
	w.Space()
	start := w.Pos
	switch c := w.Text[start]; {
	case w.found.Cut || as == ignore:
		w.Skip(depth)
	case as == attached:
		w.Skip(depth)
		w.found.Other = w.found.Other || !nothing(w.Text[start:w.Pos])
	case as == begins:
		w.Skip(depth)
		if c == '"' {
			w.found.Messages++
		}
	case c == '"' && as != lists:
		w.put(unescape(w.RawString()))
	case c == '[' && as != verbatim:
		w.array(depth)
	case c == '{' && (as == walk):
		w.object(depth)
	default:
		w.Skip(depth)
		if v := w.Text[start:w.Pos]; (as == verbatim || as == call && c == '{') && !nothing(v) {
			w.put(v)
		}
	}
}

// array reads the elements as what is walked.
func (w *walker) array(depth int) {
	w.Pos++
	for {
		switch w.Space(); w.Text[w.Pos] {
		case ']':
			w.Pos++
			return
		case ',':
			w.Pos++
		default:
			w.value(walk, depth+1)
		}
	}
}

// object reads the members that members names, after a look at all of them.
func (w *walker) object(depth int) {
	start := w.Pos
	var p plan
	w.each(func(m member) {
		w.Space()
		from := w.Pos
		w.Skip(depth + 1)
		v := w.Text[from:w.Pos]
		p.sees(m, nothing(v), strings.Trim(v, `"`))
	})
	if p.attached {
		w.found.Other = true
		return
	}
	w.Pos = start
	w.each(func(m member) {
		if p.reads(m) {
			w.value(m.as, depth+1)
		} else {
			w.Skip(depth + 1)
		}
	})
}

// each calls f before each value of the object's members. It moves behind it.
func (w *walker) each(f func(member)) {
	w.Pos++
	for {
		switch w.Space(); w.Text[w.Pos] {
		case '}':
			w.Pos++
			return
		case ',':
			w.Pos++
		default:
			name := w.RawString()
			w.Space()
			w.Pos++ // the colon
			f(w.lookUp(name))
		}
	}
}

// nothing tells whether a JSON value says nothing.
func nothing(v string) bool {
	switch v {
	case "null", `""`, "[]", "{}", "false":
		return true
	}
	return false
}

// unescape returns what a JSON string stands for. Without escapes, that is the
// string itself. Escapes that are none stay as they are.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) < 2 {
			break
		}
		n := 2
		switch c := s[1]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'u':
			var r rune
			r, n = codePoint(s)
			b.WriteRune(r)
		default:
			b.WriteByte(c)
		}
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}

// codePoint reads \uXXXX, or two of them that make one character, and returns
// the bytes taken.
func codePoint(s string) (rune, int) {
	first, ok := hex4(s)
	if !ok {
		return utf8.RuneError, 2
	}
	if first < 0xD800 || first > 0xDFFF {
		return first, 6
	}
	if second, ok := hex4(s[6:]); ok && first < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF {
		return 0x10000 + (first-0xD800)<<10 + (second - 0xDC00), 12
	}
	return utf8.RuneError, 6
}

func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 32)
	return rune(n), err == nil
}

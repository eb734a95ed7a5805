package dialect

import "strings"

// fromPython makes JSON of what Python prints of a dict, as LiteLLM puts it on
// spans: strings in single quotes, None, True and False, tuples, and objects
// such as Usage(cached_tokens=3). What is neither comes out as no JSON, which
// is not read. Text that begins like JSON is returned as it is.
func fromPython(s string) string {
	if len(s) < 2 || s[0] != '{' || s[1] != '\'' {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	var closing []byte // what the brackets that are open will be closed with
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\'' || c == '"':
			end := pythonString(&b, s[i:])
			if end == 0 {
				return ""
			}
			i += end
		case letter(c):
			word := s[i : i+wordLength(s[i:])]
			i += len(word)
			switch {
			case i < len(s) && s[i] == '(':
				closing = append(closing, '}')
				b.WriteByte('{')
				i++
			case i < len(s) && s[i] == '=':
				b.WriteString(`"` + word + `":`)
				i++
			default:
				b.WriteString(pythonWord(word))
			}
		case c == '(':
			closing = append(closing, ']')
			b.WriteByte('[')
			i++
		case c == ')':
			if len(closing) == 0 {
				return ""
			}
			b.WriteByte(closing[len(closing)-1])
			closing = closing[:len(closing)-1]
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// pythonString writes a string and returns its length, zero if it has no end.
func pythonString(b *strings.Builder, s string) int {
	b.WriteByte('"')
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			b.WriteByte('"')
			return i + 1
		case c == '\\' && i+1 < len(s):
			i++
			if s[i] != '\'' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		case c == '"':
			b.WriteString(`\"`)
		default:
			b.WriteByte(c)
		}
	}
	return 0
}

// pythonWord translates a constant.
func pythonWord(word string) string {
	switch word {
	case "None":
		return "null"
	case "True":
		return "true"
	case "False":
		return "false"
	}
	return word
}

func wordLength(s string) int {
	n := 0
	for n < len(s) && (letter(s[n]) || isDigit(s[n])) {
		n++
	}
	return n
}

func letter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

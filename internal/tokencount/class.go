package tokencount

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is the set of character classes of the patterns that a rune is in.
type class uint8

const (
	letter  class = 1 << iota // \p{L}
	upper                     // \p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}
	lower                     // \p{Ll}\p{Lm}\p{Lo}\p{M}
	number                    // \p{N}
	space                     // \s
	newline                   // \r\n
)

// plane holds the classes of the runes that nearly all text is made of: those
// of the basic multilingual plane. It is made when text is first counted.
var plane = sync.OnceValue(func() *[1 << 16]class {
	t := new([1 << 16]class)
	for r := range t {
		t[r] = classOf(rune(r))
	}
	return t
})

// at returns the class of the rune at i, and its length in bytes. A byte that
// is no UTF-8 is a rune of no class, as the replacement character is.
func (sp *splitter) at(s string, i int) (class, int) {
	if b := s[i]; b < utf8.RuneSelf {
		return sp.plane[b], 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if r < 1<<16 {
		return sp.plane[r], n
	}
	return classOf(r), n
}

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r):
		switch {
		case unicode.IsLower(r):
			return letter | lower
		case unicode.IsUpper(r), unicode.IsTitle(r):
			return letter | upper
		}
		return letter | upper | lower
	case unicode.IsMark(r):
		return upper | lower
	case unicode.IsNumber(r):
		return number
	case unicode.IsSpace(r):
		if r == '\r' || r == '\n' {
			return space | newline
		}
		return space
	}
	return 0
}

package tokencount

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// MaxPiece is the length in bytes of the longest piece of text that the library
// is given: it takes time by the square of an unbroken run, and its patterns
// backtrack. It is a multiple of three, as long runs of digits are tokens by
// threes.
const MaxPiece = 384

// pieces cuts text into pieces of at most MaxPiece bytes, each at the last
// border in reach. A run without a border is cut between any two characters,
// which changes its count by less than a token. Two pieces in a row have more
// than MaxPiece bytes together, and a border is looked for in the last MaxPiece
// only, so that work is linear.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			end := cut(text)
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

// cut returns the end of the first piece of a text.
func cut(text string) int {
	if len(text) <= MaxPiece {
		return len(text)
	}
	limit := MaxPiece
	for !utf8.RuneStart(text[limit]) && limit > MaxPiece-utf8.UTFMax {
		limit--
	}
	for at := limit; at > 0; {
		if border(text, at) {
			return at
		}
		_, n := utf8.DecodeLastRuneInString(text[:at])
		at -= n
	}
	return limit
}

// border tells whether both encodings split text at a place within it whatever
// stands further away, so that both parts together have the tokens of the whole.
// Their patterns match words with at most one sign before them and a contraction
// such as 're behind them; numbers; signs with line ends behind them, or
// slashes; and white space, but for a last blank that belongs to what follows.
func border(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, n := utf8.DecodeRuneInString(text[at:])
	switch {
	case unicode.IsLetter(before):
		return after != '\'' && !unicode.IsLetter(after) && !unicode.IsMark(after)
	case unicode.IsNumber(before):
		return !unicode.IsNumber(after)
	case after == ' ', after == '\t':
		next, n := utf8.DecodeRuneInString(text[at+n:])
		return n > 0 && !unicode.IsSpace(next)
	}
	return before == '\n' && after != '/' && !unicode.IsSpace(after)
}

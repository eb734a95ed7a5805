package tokencount

import "unicode/utf8"

// Counter counts tokens. Its memory does not grow with the text, and the zero
// value is ready. It is for one goroutine, while the vocabularies are shared.
type Counter struct {
	splitter splitter
	merger   merger
}

// Count returns the number of tokens of a text, which is at most its length in
// bytes. Markup of special tokens, such as <|endoftext|>, is counted as the
// text that it is. The only error is a broken vocabulary.
func (c *Counter) Count(e Encoding, text string) (int64, error) {
	v, err := vocabularies[e]()
	if err != nil {
		return 0, err
	}
	sp, m := &c.splitter, &c.merger
	sp.camels, sp.plane = e == O200K, plane()
	var n int64
	for i := 0; i < len(text); {
		end := sp.next(text, i)
		for end-i > MaxPiece {
			cut := cutBefore(text, i, i+MaxPiece)
			n += int64(m.count(v, text[i:cut]))
			i = cut
		}
		n += int64(m.count(v, text[i:end]))
		i = end
	}
	return n, nil
}

// cutBefore returns the end of the last whole character at or before the
// limit. What is no UTF-8 is cut at the limit.
func cutBefore(s string, from, limit int) int {
	for cut := limit; cut > limit-utf8.UTFMax && cut > from; cut-- {
		if utf8.RuneStart(s[cut]) {
			return cut
		}
	}
	return limit
}

package dialect

// words is a small immutable map from words to values, faster than a map of
// the language for the few dozen short words that a span is classified by.
type words[T any] struct {
	buckets [1 << wordBits]uint8 // 1 + index into entries
	entries []wordEntry[T]
}

type wordEntry[T any] struct {
	word  string
	value T
	next  uint8
}

const wordBits = 7

// makeWords builds the table. There can be up to 255 words.
func makeWords[T any](m map[string]T) *words[T] {
	if len(m) > 255 {
		panic("dialect: too many words")
	}
	w := &words[T]{entries: make([]wordEntry[T], 0, len(m))}
	for s, v := range m {
		b := &w.buckets[wordHash(s)]
		w.entries = append(w.entries, wordEntry[T]{s, v, *b})
		*b = uint8(len(w.entries))
	}
	return w
}

// get returns the value of a word, or the zero value and false.
func (w *words[T]) get(s string) (v T, ok bool) {
	if s == "" {
		return v, false
	}
	for i := w.buckets[wordHash(s)]; i != 0; {
		e := &w.entries[i-1]
		if e.word == s {
			return e.value, true
		}
		i = e.next
	}
	return v, false
}

func wordHash(s string) uint8 {
	n := len(s)
	return uint8(uint(n)*7+uint(s[0])*31+uint(s[n-1])*59+uint(s[n/2])*97) & (1<<wordBits - 1)
}

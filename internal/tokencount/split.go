package tokencount

// splitter finds the pieces of text that a vocabulary's pattern matches. Each
// byte of the text is looked at a fixed number of times.
type splitter struct {
	camels bool // o200k: words end where capitals begin, and have a contraction at their end
	plane  *[1 << 16]class
	work   int64 // bytes looked at
}

// The patterns, as tiktoken-go v0.1.8 has them in encoding.go. Alternatives are
// tried in order.
//
//	cl100k_base                       o200k_base
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)      [^\r\n\p{L}\p{N}]?U*L+(?i:'s|...)?     U is \p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}
//	[^\r\n\p{L}\p{N}]?\p{L}+          [^\r\n\p{L}\p{N}]?U+L*(?i:'s|...)?     L is \p{Ll}\p{Lm}\p{Lo}\p{M}
//	\p{N}{1,3}                        \p{N}{1,3}
//	 ?[^\s\p{L}\p{N}]+[\r\n]*          ?[^\s\p{L}\p{N}]+[\r\n/]*
//	\s*[\r\n]+                        \s*[\r\n]+
//	\s+(?!\S)                         \s+(?!\S)
//	\s+                               \s+

// next returns the end of the piece that begins at i, which is within s.
func (sp *splitter) next(s string, i int) int {
	c, n := sp.at(s, i)
	sp.work += int64(n)
	if !sp.camels && s[i] == '\'' {
		if end := i + contraction(s, i); end > i {
			return end
		}
	}
	if c&(newline|number) == 0 {
		if end := sp.word(s, i, c, n); end > i {
			return end
		}
	}
	switch {
	case c&number != 0:
		return sp.numbers(s, i+n)
	case c&space == 0:
		return sp.signs(s, i)
	case s[i] == ' ' && i+1 < len(s):
		if after, _ := sp.at(s, i+1); after&(space|letter|number) == 0 {
			return sp.signs(s, i+1)
		}
	}
	return sp.spaces(s, i)
}

// word returns the end of a word, or i if there is none. One character that is
// no letter may stand before the letters.
func (sp *splitter) word(s string, i int, c class, n int) int {
	if !sp.camels {
		from := i
		if c&letter == 0 {
			from = i + n
		}
		if end := sp.run(s, from, letter); end > from {
			return end
		}
		return i
	}
	var first, second [2]int // ends of both alternatives, with the character before and without it
	if c&letter == 0 {
		first[0], second[0] = sp.camel(s, i+n)
	}
	if c&upper != 0 || c&lower != 0 {
		first[1], second[1] = sp.camel(s, i)
	}
	for _, end := range [...]int{first[0], first[1], second[0], second[1]} {
		if end > 0 {
			return end + contraction(s, end)
		}
	}
	return i
}

// camel returns the ends of U*L+ and of U+L* at i, zero where there is no match.
func (sp *splitter) camel(s string, i int) (first, second int) {
	end := i
	for end < len(s) {
		c, n := sp.at(s, end)
		if c&upper == 0 {
			if c&lower != 0 {
				sp.work += int64(end - i)
				end = sp.run(s, end, lower)
				return end, end
			}
			break
		}
		end += n
		if c&lower != 0 {
			first = end
		}
	}
	sp.work += int64(end - i)
	if end == i {
		return 0, 0
	}
	return first, end
}

// run returns the end of the characters of a class.
func (sp *splitter) run(s string, i int, of class) int {
	from := i
	for i < len(s) {
		c, n := sp.at(s, i)
		if c&of == 0 {
			break
		}
		i += n
	}
	sp.work += int64(i - from)
	return i
}

// numbers returns the end of a number of which the first digit ends at i.
func (sp *splitter) numbers(s string, i int) int {
	from := i
	for range 2 {
		if i >= len(s) {
			break
		}
		c, n := sp.at(s, i)
		if c&number == 0 {
			break
		}
		i += n
	}
	sp.work += int64(i - from)
	return i
}

// signs returns the end of what is neither space, letter nor number, and of
// the line ends behind it.
func (sp *splitter) signs(s string, i int) int {
	from := i
	for i < len(s) {
		c, n := sp.at(s, i)
		if c&(space|letter|number) != 0 {
			break
		}
		i += n
	}
	for i < len(s) && (s[i] == '\r' || s[i] == '\n' || sp.camels && s[i] == '/') {
		i++
	}
	sp.work += int64(i - from)
	return i
}

// spaces returns the end of a piece of white space: up to the last line end,
// or else all but the last space, which belongs to what follows.
func (sp *splitter) spaces(s string, i int) int {
	lines, last, end := 0, i, i
	for end < len(s) {
		c, n := sp.at(s, end)
		if c&space == 0 {
			break
		}
		last = end
		end += n
		if c&newline != 0 {
			lines = end
		}
	}
	sp.work += int64(end - i)
	switch {
	case lines > 0:
		return lines
	case end < len(s) && last > i:
		return last
	}
	return end
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at i.
func contraction(s string, i int) int {
	if len(s)-i < 2 || s[i] != '\'' {
		return 0
	}
	switch s[i+1] | 0x20 {
	case 's', 't', 'm', 'd':
		return 2
	case 'r', 'v':
		if len(s)-i > 2 && s[i+2]|0x20 == 'e' {
			return 3
		}
	case 'l':
		if len(s)-i > 2 && s[i+2]|0x20 == 'l' {
			return 3
		}
	}
	return 0
}

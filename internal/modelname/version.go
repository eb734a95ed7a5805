package modelname

import (
	"math/bits"
	"strings"
)

// tag is a kind of version tag. Tags combine to sets.
type tag uint16

const (
	isoDate     tag = 1 << iota // -YYYY-MM-DD
	compactDate                 // -YYYYMMDD
	shortDate                   // -YYMMDD
	monthDay                    // -MMDD
	yearMonth                   // -YYMM
	monthYear                   // -MM-YYYY
	monthAndDay                 // -MM-DD
	revision                    // -0NN
	atWord                      // @default, @latest
	atRevision                  // @0NN
	atDate                      // @YYYYMMDD
	atYearMonth                 // @YYMM
	contextSize                 // :200k, or the second of two :N
	minor                       // :M
	apiVersion                  // -vN, and -1 in the names of one family
	numTags     = iota
)

// stages says which tags a grammar has, from the outermost. Of each stage at
// most one tag is taken, and a stage without one is passed over.
var stages = [numGrammars][MaxBases]tag{
	Generic:   {isoDate | compactDate},
	OpenAI:    {isoDate | monthDay},
	Azure:     {isoDate | compactDate | monthDay | yearMonth},
	Anthropic: {compactDate},
	Bedrock:   {contextSize, minor, apiVersion, compactDate},
	Gemini:    {revision | monthYear | monthAndDay},
	Vertex:    {atWord | atRevision | atDate, revision | monthYear | monthAndDay | yearMonth | compactDate, atYearMonth},
	Mistral:   {yearMonth},
	Cohere:    {monthYear},
	XAI:       {monthDay},
	Zhipu:     {monthDay | shortDate},
	Hosted:    {isoDate | compactDate},
}

// layouts spells the tags of fixed width, see suffix.
var layouts = [numTags]string{
	"-YYYY-MM-DD", "-YYYYMMDD", "-yyMMDD", "-MMDD", "-yyMM", "-MM-YYYY", "-MM-DD", "-0NN", "", "@0NN", "@YYYYMMDD", "@yyMM", "", "", "",
}

// bases fills in what version tags leave of the ID, the longest first.
func (p *parser) bases() {
	s, n := p.name.ID, 0
	for _, set := range stages[p.name.Grammar] {
		for ; set != 0; set &= set - 1 { // takes the lowest tag out
			p.steps++
			l := (set & -set).match(s)
			if l == 0 || l == len(s) || !alphanumeric(s[len(s)-l-1]) {
				continue
			}
			s = s[:len(s)-l]
			p.name.Bases[n] = s
			n++
			break
		}
	}
}

// match returns the length of the tag at the end of s, or 0. It looks at no
// more than a fixed number of bytes.
func (t tag) match(s string) int {
	switch t {
	case monthAndDay:
		if suffix(s, layouts[0]) > 0 {
			return 0 // the end of a date that this grammar does not have
		}
	case atWord:
		return word(s)
	case contextSize:
		return context(s)
	case minor:
		return number(s)
	case apiVersion:
		return api(s)
	}
	return suffix(s, layouts[bits.TrailingZeros16(uint16(t))])
}

// suffix returns the length of the layout if s ends in what it describes, and 0
// otherwise. In a layout, YYYY is a year from 2000 to 2099, yy one from 20 to
// 49, MM a month, DD a day, N a digit, and everything else itself.
func suffix(s, layout string) int {
	if len(s) < len(layout) || !fits(layout, s[len(s)-len(layout):]) {
		return 0
	}
	return len(layout)
}

// fits tells whether s, of the same length as the layout, is spelt like it.
func fits(layout, s string) bool {
	for i := 0; i < len(layout); {
		width := 1
		switch layout[i] {
		case 'Y':
			if width = 4; s[i:i+2] != "20" || !digits(s[i:i+4]) {
				return false
			}
		case 'y':
			if width = 2; s[i:i+2] < "20" || s[i:i+2] > "49" || !digits(s[i:i+2]) {
				return false
			}
		case 'M':
			if width = 2; s[i:i+2] < "01" || s[i:i+2] > "12" || !digits(s[i:i+2]) {
				return false
			}
		case 'D':
			if width = 2; s[i:i+2] < "01" || s[i:i+2] > "31" || !digits(s[i:i+2]) {
				return false
			}
		case 'N':
			if !digits(s[i : i+1]) {
				return false
			}
		default:
			if s[i] != layout[i] {
				return false
			}
		}
		i += width
	}
	return true
}

// digits tells whether s has nothing but digits.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// word matches the names of moving versions of one Vertex model.
func word(s string) int {
	for _, w := range [...]string{"@default", "@latest"} {
		if strings.HasSuffix(s, w) {
			return len(w)
		}
	}
	return 0
}

// maxNumber is how many digits the numbers of Bedrock's version tags have.
const maxNumber = 4

// numbered returns the length of a number of at most max digits at the end of
// s together with the separator before it, or 0.
func numbered(s, separator string, max int) int {
	n := 0
	for n < max && n < len(s) && s[len(s)-n-1] >= '0' && s[len(s)-n-1] <= '9' {
		n++
	}
	if n == 0 || !strings.HasSuffix(s[:len(s)-n], separator) {
		return 0
	}
	return n + len(separator)
}

// number matches a number after a colon.
func number(s string) int { return numbered(s, ":", maxNumber) }

// context matches the context window of a Bedrock model: a number of thousands
// (:200k), or, for models that tell it in units, a number after the version (:0:512).
func context(s string) int {
	if before, ok := strings.CutSuffix(s, "k"); ok {
		if n := number(before); n > 0 {
			return n + len("k")
		}
		return 0
	}
	if n := number(s); n > 0 && number(s[:len(s)-n]) > 0 {
		return n
	}
	return 0
}

// api matches the version of a Bedrock model's interface. OpenAI's open models
// write theirs without the v: openai.gpt-oss-120b-1:0.
func api(s string) int {
	if n := numbered(s, "-v", 2); n > 0 {
		return n
	}
	if strings.HasPrefix(s, "openai.gpt-oss-") && strings.HasSuffix(s, "b-1") {
		return len("-1")
	}
	return 0
}

package modelname

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxLength is the length in bytes of the longest name that is looked at.
const MaxLength = 512

// MaxBases is the largest number of version tags on one name.
const MaxBases = 4

// Flags are parts of a name that were removed because they cannot change the
// price of a call.
type Flags uint8

// Context1M is "[1m]", which Claude Code puts behind a model's name to ask for
// the context window of a million tokens. The length of a request, not the size
// of its window, decides the price.
const Context1M Flags = 1

// String returns "1m", or an empty string.
func (f Flags) String() string {
	if f&Context1M != 0 {
		return "1m"
	}
	return ""
}

// Name is a model name taken apart. Its strings are lower case and, but for
// Full, parts of Full. Names are comparable.
type Name struct {
	// Full is the whole name, trimmed, in lower case and Unicode form NFC.
	Full string
	// ID is what is left without paths, prefixes and harmless flags. Its version
	// tags are still on it. It is Full for a name that no rule fits. Parsing it
	// with Grammar gives the same ID.
	ID string
	// Bases are ID without one version tag, without two, and so on, followed by
	// empty strings. Whether one of them is the same model is for the price book
	// to say.
	Bases [MaxBases]string
	// Vendor made the model, as a path or prefix spells it, or is empty.
	Vendor string
	// Router is the prefix that names a platform, as the name spells it ("azure",
	// "vertex_ai"), or is empty.
	Router string
	// Geo is the region or scope in the name ("us-east-1", "eu", "global"), or empty.
	Geo string
	// Grammar is the one that the name turned out to be spelt in. It is the one
	// asked for, unless the name itself tells otherwise.
	Grammar Grammar
	// FineTuned tells that the model is a customer's own. Its ID is "ft:" and the
	// base model, so that only a row for fine-tuned models can resolve it.
	FineTuned bool
	Flags     Flags
}

// Parse takes a name apart. It reports false for what is no name: an empty
// string, one of more than MaxLength bytes, invalid UTF-8, control characters.
func Parse(g Grammar, raw string) (Name, bool) {
	full, ok := normalize(raw)
	if !ok {
		return Name{}, false
	}
	if g >= numGrammars {
		g = Generic
	}
	var p parser
	p.parse(g, full)
	return p.name, true
}

// normalize returns the trimmed name in lower case and NFC.
func normalize(raw string) (string, bool) {
	if len(raw) > MaxLength {
		return "", false
	}
	s := strings.TrimSpace(raw)
	if s == "" {
		return "", false
	}
	upper := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return normalizeUnicode(s)
		case c < ' ' || c == 0x7f:
			return "", false
		case c >= 'A' && c <= 'Z':
			upper = true
		}
	}
	if upper {
		s = strings.ToLower(s)
	}
	return s, true
}

// normalizeUnicode is normalize for a trimmed name that is not ASCII. Both forms
// can be longer than the original, so the limit is applied again.
func normalizeUnicode(s string) (string, bool) {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", false
	}
	s = norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
	return s, len(s) <= MaxLength
}

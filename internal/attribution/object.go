package attribution

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/jsonscan"
)

// MaxObject is the length in bytes of the longest JSON object that is looked
// into. Metadata is shorter; longer ones are documents.
const MaxObject = 8 << 10

// scanObject takes fields from an attribute that holds an object: a map, or
// JSON text, as OpenInference writes its metadata.
func scanObject(v pcommon.Value, slots []slot, f *Found) {
	switch v.Type() {
	case pcommon.ValueTypeMap:
		for key, field := range v.Map().All() {
			for i := range slots {
				if s := &slots[i]; s.field == key && usable(field) {
					f.offer(s, candidate{value: field, rank: s.rank})
				}
			}
		}
	case pcommon.ValueTypeStr:
		scanJSON(v.Str(), slots, f)
	default:
	}
}

// scanJSON takes the fields of an object, not those of objects in it. Text that
// is no whole object is not read at all.
func scanJSON(text string, slots []slot, f *Found) {
	if len(text) > MaxObject || len(text) == 0 || text[0] != '{' || !jsonscan.Valid(text) {
		return
	}
	sc := jsonscan.Scanner{Text: text, Pos: 1}
	for {
		if sc.Space(); sc.Text[sc.Pos] == '}' {
			return
		}
		key := sc.RawString()
		sc.Space()
		sc.Pos++ // the colon
		sc.Space()
		start := sc.Pos
		sc.Skip(1)
		value := sc.Text[start:sc.Pos]
		for i := range slots {
			if s := &slots[i]; s.field == key && s.field != "" {
				if text, ok := scalar(value); ok {
					f.offer(s, candidate{text: text, rank: s.rank})
				}
			}
		}
		if sc.Space(); sc.Text[sc.Pos] == ',' {
			sc.Pos++
		}
	}
}

// scalar returns the text of a JSON value under the same rules as that of an
// attribute. Text with escapes is no identifier that is worth decoding.
func scalar(value string) (text string, ok bool) {
	switch c := value[0]; {
	case c == '"':
		text = value[1 : len(value)-1]
		return text, text != "" && len(text) <= MaxValue && printable(text) && strings.IndexByte(text, '\\') < 0
	case c == 't', c == 'f':
		return value, true
	case c == '-' || c >= '0' && c <= '9':
		_, err := strconv.ParseInt(value, 10, 64)
		return value, err == nil
	}
	return "", false
}

package attribution

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// MaxValue is the length in bytes of the longest value that is read. No known
// kind of identifier is longer; what is longer is text or a document. Such a
// value is left out and not cut, for two customers could share a beginning.
const MaxValue = 256

// usable tells whether a value can name something: a non-empty, short, single
// line of text, an integer, or a boolean.
func usable(v pcommon.Value) bool {
	switch v.Type() {
	case pcommon.ValueTypeInt, pcommon.ValueTypeBool:
		return true
	case pcommon.ValueTypeStr:
		s := v.Str()
		return s != "" && len(s) <= MaxValue && printable(s)
	default:
		return false
	}
}

// printable tells whether a text has no control characters, which identifiers
// have not, and which break lines of logs and of metrics.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// text returns a usable value as text, the same for a number whether it was
// sent as a number or as text.
func text(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return strconv.FormatInt(v.Int(), 10)
	case pcommon.ValueTypeBool:
		return strconv.FormatBool(v.Bool())
	default:
		return v.Str()
	}
}

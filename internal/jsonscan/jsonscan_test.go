package jsonscan

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValidTellsWhatIsWellFormed(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":[1,{"b":null}],"c":"\"}"}`: true, ` [ ] `: true, `"x"`: true, `-1.5e3`: true, `{ "a" : true , "b" : false }`: true,
		``: false, `{`: false, `{"a":1`: false, `{"a" 1}`: false, `{"a":1,}`: false, `[1 2]`: false, `"x`: false, `"x\`: false, `{} {}`: false, `nul`: false, "\"a\nb\"": false,
	} {
		require.Equal(t, want, Valid(text), text)
	}
	require.True(t, Valid(strings.Repeat("[", MaxDepth+1)+strings.Repeat("]", MaxDepth+1)))
	require.False(t, Valid(strings.Repeat("[", MaxDepth+2)+strings.Repeat("]", MaxDepth+2)), "too deep")
}

// FuzzValid accepts everything that is JSON and not too deep. It accepts more
// than that, such as 1-2, which does no harm where counts are read.
func FuzzValid(f *testing.F) {
	f.Add(`{"a":[1,2,"x\u0041"],"b":{"c":null}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if json.Valid([]byte(text)) && !Valid(text) && strings.Count(text, "[")+strings.Count(text, "{") <= MaxDepth {
			t.Fatalf("%q is JSON", text)
		}
	})
}

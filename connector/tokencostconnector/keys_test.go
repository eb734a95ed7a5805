package tokencostconnector

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whether spans of other shapes came before, in however many attributes, does
// not change what is counted.
func TestSpansOfOtherShapesBeforeChangeNothing(t *testing.T) {
	dimension := func(c *Config) {
		c.Dimensions = append(c.Dimensions, DimensionConfig{Name: "token_usage.mode"}, DimensionConfig{Name: "shape"})
	}
	var mixed []spanOf
	var want []string
	for n := range 80 {
		s := exact("gpt-4o", 0.25)
		s.attrs = map[string]any{"shape": fmt.Sprint(n), "token_usage.mode": "flex"}
		for i := range n { // attributes that mean nothing, before, between and behind
			s.attrs[fmt.Sprint("app.", i)] = i
		}
		mixed = append(mixed, s, spanOf{service: "shop", provider: "openai", model: "o3", status: "not_billable", reasons: []any{"roll_up"}, attrs: map[string]any{"http.route": "/"}})
		want = append(want, counted(t, dimension, traces(s))...)
	}
	got := counted(t, dimension, traces(mixed...), traces())
	require.NotEmpty(t, want)
	assert.ElementsMatch(t, want, got)
	assert.True(t, strings.Contains(fmt.Sprint(got), "token_usage.mode:flex"), "a fact can be a dimension too")
}

package nearname

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearestNamesComeFirstAndStrangersNotAtAll(t *testing.T) {
	models := []string{"gpt-4o", "gpt-4o-mini", "gpt-4.1", "o3", "claude-opus-5", "text-embedding-3-small"}
	for name, want := range map[string][]string{
		"gpt4o":                  {"gpt-4o"},
		"gpt-4o-turbo":           {"gpt-4o-mini", "gpt-4o"},
		"GPT-4O-Mini":            {"gpt-4o-mini", "gpt-4o"},
		"claude-opus-5-20260101": {"claude-opus-5"},
		"acme-prod-gpt-4o":       {"gpt-4o"},
		"acmegpt-4o":             nil,
		"llama-3.3-70b":          nil,
		"":                       nil,
	} {
		t.Run(name, func(t *testing.T) {
			assert.Subset(t, append(Nearest(name, models, 3), ""), append(want, ""))
			if want == nil {
				assert.NotContains(t, Nearest(name, models, 3), "gpt-4o")
			} else {
				assert.Equal(t, want[0], Nearest(name, models, 3)[0])
			}
		})
	}
}

func TestNearestIsBounded(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	assert.Len(t, Nearest(long, []string{long, long, long}, 2), 2)
}

func TestDistanceCountsEdits(t *testing.T) {
	assert.Equal(t, 0, distance("abc", "abc"))
	assert.Equal(t, 3, distance("", "abc"))
	assert.Equal(t, 3, distance("abc", ""))
	assert.Equal(t, 3, distance("kitten", "sitting"))
}

package pricebook

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBookInTheDocumentationLoads(t *testing.T) {
	page, err := os.ReadFile("../../docs/price-book.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	b, err := Load(Layer{{Name: "price-book.md", Data: []byte(text)}})
	require.NoError(t, err)
	assert.Equal(t, "input 2.3, cache_read 1.15, output 9.2, web_search 0.01", rates(t, b, "openai/gpt-4o", conditions{at: "2026-11-22T00:00:00Z"}), "with the contract's 0.92")
}

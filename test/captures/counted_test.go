package captures_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// counted are captures without usage, or without that of the output, whose
// content is recorded.
var counted = []string{
	"ai-sdk-7__anthropic__stream-abort", "ai-sdk-7__openai__stream-abort", "langchain-traceloop-anthropic__anthropic__cachestream",
	"langchain-traceloop-openai-responses__openai__tool", "openinference-openai-sdk7__openai__stream", "openinference-openai__openai__embeddings",
	"openinference-openai__openai__stream-no-usage", "openinference-openai__openai__stream-reasoning",
	"traceloop-openai__openai-responses__stream", "traceloop-openai__openai__stream-reasoning",
}

// TestCapturesWithoutUsageAreCounted prices every capture with and without
// counting of recorded content. Where nothing is counted nothing changes; what
// is counted is estimated. How far it is from the bill is printed. That far says
// little about real use: the mocks that served the captures billed made-up
// counts of thousands of tokens for prompts and answers of a few words.
func TestCapturesWithoutUsageAreCounted(t *testing.T) {
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	off := pricer.DefaultConfig()
	on := pricer.DefaultConfig()
	on.EstimateTokens = pricer.Missing
	without, err := pricer.New(off, store)
	require.NoError(t, err)
	with, err := pricer.New(on, store)
	require.NoError(t, err)
	var got []string
	index := bills(t)
	for _, name := range slices.Sorted(maps.Keys(index)) {
		c := index[name]
		before, after := price(t, without, c, false), price(t, with, c, false)
		if !after.reasons.Has(status.TokensCounted) {
			require.Equal(t, before.reasons, after.reasons, name)
			require.Zero(t, before.total.Cmp(after.total), name)
			continue
		}
		require.True(t, after.flagged, name)
		require.GreaterOrEqual(t, after.total.Cmp(before.total), 0, name)
		got = append(got, name)
		t.Logf("%-60s bill %s, without counting %s, with it %s, %s", name, c.BillUSD, before.total.FloatString(9), after.total.FloatString(9), after.reasons)
	}
	require.Subset(t, got, counted)
}

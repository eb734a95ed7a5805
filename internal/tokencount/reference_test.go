package tokencount

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
	"github.com/stretchr/testify/require"
)

// reference is the implementation that splits by the published patterns.
func reference(t testing.TB, e Encoding) *tiktoken.Tiktoken {
	t.Helper()
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	ref, err := tiktoken.GetEncoding(e.String())
	require.NoError(t, err)
	return ref
}

// TestCountsAreThoseOfTheReference compares random text of characters that the
// patterns tell apart, and pieces of real text.
func TestCountsAreThoseOfTheReference(t *testing.T) {
	alphabet := []string{
		"a", "b", "the", "é", "ß", "A", "ZB", "Ǆ", "ǅ", "ʰ", "今", "天", "の", "ا", "\u0301", "\u0903", "1", "22", "3456", "½", "Ⅷ", "٣",
		" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "'", "'s", "'S", "'ll", "'Re", "'x", ".", "//", "/", "_", "-", "\"", "{", "€", "👩‍👩‍👧", "🏽", "\x00",
		"<|endoftext|>", "http://", "I'm", " don't",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for e := range numEncodings {
		ref := reference(t, e)
		for range 20_000 {
			var b strings.Builder
			for range rng.IntN(24) {
				b.WriteString(alphabet[rng.IntN(len(alphabet))])
			}
			got, err := new(Counter).Count(e, b.String())
			require.NoError(t, err)
			require.EqualValues(t, len(ref.EncodeOrdinary(b.String())), got, "%s of %q", e, b.String())
		}
	}
}

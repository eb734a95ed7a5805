package tokencount

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// whole returns the tokens that the library gives without cuts.
func whole(t testing.TB, e Encoding, text string) []int {
	t.Helper()
	encoder, err := encoders[e]()
	require.NoError(t, err)
	return encoder.EncodeOrdinary(text)
}

// TestCutsAtBordersChangeNoToken cuts jumbled text at every border that it has.
func TestCutsAtBordersChangeNoToken(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	borders := 0
	for range 4_000 {
		text := jumble(rng, 16)
		for e := range numEncodings {
			want := whole(t, e, text)
			for at := range text {
				if at > 0 && border(text, at) {
					borders++
					got := append(whole(t, e, text[:at]), whole(t, e, text[at:])...)
					require.Equal(t, want, got, "%s of %q, cut behind %q", e, text, text[:at])
				}
			}
		}
	}
	require.Greater(t, borders, 20_000)
}

// TestUsualTextHasBorders: cuts elsewhere are for hostile text.
func TestUsualTextHasBorders(t *testing.T) {
	for _, k := range usual {
		text := k.make(100_000)
		at := 0
		for piece := range pieces(text) {
			require.True(t, at == 0 || border(text, at), "%s is cut behind %q", k.name, text[:at])
			at += len(piece)
		}
	}
}

// TestCountsOfUsualTextAreThoseOfTheWhole compares with the library, which does not cut.
func TestCountsOfUsualTextAreThoseOfTheWhole(t *testing.T) {
	texts := map[string]string{
		"Go":       file(t, "encoding.go") + file(t, "texts_test.go"),
		"Markdown": file(t, "../../docs/counting-tokens.md"),
		"YAML":     file(t, "../../builder-config.yaml"),
	}
	for _, k := range usual {
		text := k.make(40_000)
		texts[k.name] = strings.ToValidUTF8(text, "")
	}
	for name, text := range texts {
		require.Greater(t, len(text), 4*MaxPiece, name)
		for e := range numEncodings {
			require.EqualValues(t, len(whole(t, e, text)), count(t, e, text), "%s %s", e, name)
		}
	}
}

// TestCutsOfRunsChangeLessThanATokenEach compares runs without a border.
func TestCutsOfRunsChangeLessThanATokenEach(t *testing.T) {
	for e := range numEncodings {
		for _, k := range hostile {
			text := strings.ToValidUTF8(k.make(8<<10), "?")
			cuts := int64(-1)
			for range pieces(text) {
				cuts++
			}
			want, got := int64(len(whole(t, e, text))), count(t, e, text)
			t.Logf("%-12s %-22s %6d tokens, %6d without cuts: %+.2f%%", e, k.name, got, want, 100*float64(got-want)/float64(want))
			require.Less(t, max(got-want, want-got), max(cuts, 1), "%s %s", e, k.name)
		}
	}
}

// TestPiecesAreBoundedWhateverTheText counts what the library is given, which
// bounds its work: it is linear but for the length of a piece.
func TestPiecesAreBoundedWhateverTheText(t *testing.T) {
	for _, k := range append(usual, hostile...) {
		some := k.make(1_000_000)
		for _, text := range []string{k.make(1), k.make(MaxPiece), some[:10_000], some, strings.Repeat(some, 10)} {
			given, number, longest := 0, 0, 0
			for piece := range pieces(text) {
				if !strings.HasPrefix(text[given:], piece) {
					t.Fatalf("%s: %q does not follow the pieces before it", k.name, piece)
				}
				given += len(piece)
				number++
				longest = max(longest, len(piece))
			}
			require.Len(t, text, given, "%s: nothing is lost", k.name)
			require.LessOrEqual(t, longest, MaxPiece, k.name)
			require.LessOrEqual(t, number, 2*len(text)/MaxPiece+1, k.name)
		}
	}
}

// TestPiecesKeepCharactersWhole holds for a run of characters of every length.
func TestPiecesKeepCharactersWhole(t *testing.T) {
	for _, run := range []string{"a", "é", "今", "😀"} {
		for offset := range utf8.UTFMax {
			text := strings.Repeat("a", offset) + strings.Repeat(run, 2_000)
			for piece := range pieces(text) {
				require.True(t, utf8.ValidString(piece), "%q", piece)
			}
		}
	}
}

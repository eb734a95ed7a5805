package tokencount

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// kind makes a text of about n bytes.
type kind struct {
	name string
	make func(n int) string
}

// usual are the kinds of text that calls have. Cutting them changes no count.
var usual = []kind{
	{"prose", words},
	{"JSON", func(n int) string {
		rng := rand.New(rand.NewPCG(5, 6))
		var b strings.Builder
		for b.Len() < n {
			row, _ := json.Marshal(map[string]any{"id": rng.IntN(1e6), "name": words(12), "price": rng.Float64(), "tags": []string{"new", "sale"}, "in_stock": true})
			b.Write(row)
			b.WriteByte('\n')
		}
		return b.String()[:n]
	}},
	{"Chinese", repeat("今天天气很好，我们去公园吧。价格是每百万个词元三美元，其中缓存的部分便宜得多！你觉得怎么样？")},
	{"Japanese", repeat("呼び出しの価格は、それぞれのメーターの合計です。分からないものは「分からない」と言います。")},
	{"Korean", repeat("호출의 가격은 모든 계량기의 합계입니다. 알 수 없는 것은 알 수 없다고 말합니다.\n")},
	{"Russian", repeat("Цена вызова — это сумма по всем счётчикам; неизвестное остаётся неизвестным. ")},
	{"Hindi", repeat("नमस्ते दुनिया, कॉल की कीमत सभी मीटरों का योग है। ")},
	{"emoji in prose", repeat("Great news! 🎉🎉 The build is green ✅, see you tomorrow 👩‍👩‍👧 🏽 🇨🇭 👍🏽\n")},
	{"digits and words", repeat("id=4711, 2026-11-23T10:11:12.123456Z 0x1f2e3d 1,234,567.89 v1.2.3-rc4\n")},
	{"hex", func(n int) string { return random(n, "0123456789abcdef") }},
}

// hostile are kinds of text that cost the most, and have long runs without a border.
var hostile = []kind{
	{"one letter", repeat("a")},
	{"random letters", func(n int) string { return random(n, "abcdefghijklmnopqrstuvwxyz") }},
	{"CJK", func(n int) string { return randomOf(n, func(r *rand.Rand) rune { return rune(0x4e00 + r.IntN(3000)) }) }},
	{"emoji", func(n int) string { return randomOf(n, func(r *rand.Rand) rune { return rune(0x1f600 + r.IntN(80)) }) }},
	{"white space", repeat(" ")},
	{"line ends and spaces", func(n int) string { return random(n, " \n\t") }},
	{"signs", func(n int) string { return random(n, "!#$%&()*+,-.:;<=>?@[]^_`{|}~") }},
	{"digits", func(n int) string { return random(n, "0123456789") }},
	{"digits and spaces", repeat("1 ")}, // a token a byte
	{"capitals and marks", func(n int) string {
		return randomOf(n, func(r *rand.Rand) rune { return []rune("AB\u0301今'sS.")[r.IntN(8)] })
	}},
	{"bytes", func(n int) string {
		rng := rand.New(rand.NewPCG(7, 8))
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return string(b)
	}},
	{"characters without a first byte", repeat("\x80")},
}

func repeat(s string) func(int) string {
	return func(n int) string { return strings.Repeat(s, n/len(s)+1)[:n] }
}

func random(n int, alphabet string) string {
	return randomOf(n, func(r *rand.Rand) rune { return rune(alphabet[r.IntN(len(alphabet))]) })
}

func randomOf(n int, next func(*rand.Rand) rune) string {
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.Grow(n + utf8.UTFMax)
	for b.Len() < n {
		b.WriteRune(next(rng))
	}
	return b.String()
}

func words(n int) string {
	return repeat("The price of a call is the sum over its meters, each of which has a rate. It isn't guessed: whatever wasn't told is said so, and \"unknown\" stays unknown (see chapter 12).\n")(n)
}

// file returns a file of the repository: code, or documentation in Markdown.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// characters are what the patterns tell apart, with some that they do not.
var characters = []string{
	"a", "b", "the", "é", "ß", "A", "ZB", "Ǆ", "ǅ", "ʰ", "今", "天", "の", "ا", "\u0301", "\u0903", "1", "22", "3456", "½", "Ⅷ", "٣",
	" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\u0085", "\u00a0", "\u3000", "\u2028", "'", "'s", "'S", "'ll", "'Re", "'x", ".", "//", "/", "_", "-", "\"", "{", "€", "👩‍👩‍👧", "🏽", "\x00",
	"<|endoftext|>", "http://", "I'm", " don't",
}

// jumble is a random text of at most n characters.
func jumble(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range rng.IntN(n) {
		b.WriteString(characters[rng.IntN(len(characters))])
	}
	return b.String()
}

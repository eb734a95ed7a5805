package tokencount

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func count(t testing.TB, e Encoding, text string) int64 {
	t.Helper()
	n, err := new(Counter).Count(e, text)
	require.NoError(t, err)
	return n
}

// TestKnownCounts holds counts that js-tiktoken 1.0.21 gives, with vocabularies of its own.
func TestKnownCounts(t *testing.T) {
	for _, c := range []struct {
		text          string
		o200k, cl100k int64
	}{
		{"", 0, 0},
		{"hello world", 2, 2},
		{"tiktoken is great!", 6, 6},
		{"antidisestablishmentarianism", 6, 6},
		{"2 + 2 = 4", 7, 7},
		{"お誕生日おめでとう", 8, 9},
		{"<|endoftext|>", 7, 7},
		{"The price wasn't told: it's unknown (see §12).", 12, 14},
		{"func main() {\n\tfmt.Println(\"hi\")\n}\n", 10, 10},
		{"{\"city\": \"Bern\", \"temperature\": -3.5, \"ok\": true}", 19, 19},
		{"   \n\n  x  \t\ty", 5, 5},
		{"Größe – 5 €", 6, 6},
		{"Привет, как дела?", 6, 8},
		{"今天天气很好，我们去公园吧。", 10, 17},
		{"안녕하세요 세계", 3, 9},
		{"مرحبا بالعالم", 4, 10},
		{"नमस्ते दुनिया", 5, 13},
		{"👩\u200d👩\u200d👧 🏽 🇨🇭", 15, 22},
		{"HTTPServerError CamelCaseString snake_case", 8, 7},
		{"https://example.com/a/b?c=d&e=12345", 13, 13},
		{"I'LL they've DON'T O'Neil", 8, 10},
		{strings.Repeat("a", 40), 5, 5},
		{strings.Repeat(" ", 81), 2, 1},
		{"1234567890", 4, 4},
		{"x\u0301\u0302y Ǆ ʰ", 10, 11},
	} {
		require.Equal(t, c.o200k, count(t, O200K, c.text), "o200k_base of %q", c.text)
		require.Equal(t, c.cl100k, count(t, CL100K, c.text), "cl100k_base of %q", c.text)
	}
}

func TestEncodingOfModels(t *testing.T) {
	for name, want := range map[string]Model{
		"gpt-4o-mini-2024-07-18":       {O200K, true, 4, 3, false},
		"openai/GPT-4o":                {O200K, true, 4, 3, false},
		"ft:gpt-4o:acme:x:1":           {O200K, true, 4, 3, false},
		"gpt-4-0613":                   {CL100K, true, 4, 3, false},
		"gpt-4.1-nano":                 {O200K, true, 0, 0, false},
		"gpt-3.5-turbo-instruct":       {CL100K, true, 0, 0, false},
		"gpt-3.5-turbo-0125":           {CL100K, true, 4, 3, false},
		"gpt-35-turbo":                 {CL100K, true, 4, 3, false},
		"o3-mini":                      {O200K, true, 0, 0, true},
		"gpt-5-mini":                   {O200K, true, 0, 0, true},
		"text-embedding-3-large":       {CL100K, true, 0, 0, false},
		"gpt-4oo":                      {O200K, false, 0, 0, true},
		"claude-sonnet-4-5":            {O200K, false, 0, 0, true},
		"publishers/google/gemini-2.5": {O200K, false, 0, 0, true},
		"anthropic.claude-opus-4-v1:0": {O200K, false, 0, 0, true},
		"meta-llama/llama-3.3-70b":     {O200K, false, 0, 0, true},
		"":                             {O200K, false, 0, 0, true},
	} {
		require.Equal(t, want, Of(name), name)
	}
}

// texts are what the growth of work and time is measured with: functions that
// make a text of about n bytes.
var texts = []struct {
	name string
	make func(n int) string
}{
	{"one letter", repeat("a")},
	{"random letters", func(n int) string { return random(n, "abcdefghijklmnopqrstuvwxyz") }},
	{"prose", func(n int) string { return words(n) }},
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
	{"CJK", func(n int) string { return randomOf(n, func(r *rand.Rand) rune { return rune(0x4e00 + r.IntN(3000)) }) }},
	{"emoji", func(n int) string { return randomOf(n, func(r *rand.Rand) rune { return rune(0x1f600 + r.IntN(80)) }) }},
	{"white space", repeat(" ")},
	{"line ends and spaces", func(n int) string { return random(n, " \n\t") }},
	{"digits", func(n int) string { return random(n, "0123456789") }},
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
}

func repeat(s string) func(int) string {
	return func(n int) string { return strings.Repeat(s, n/len(s)) }
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
	const some = "The price of a call is the sum over its meters, each of which has a rate. It isn't guessed: whatever wasn't told is said so, and \"unknown\" stays unknown (see chapter 12).\n"
	return strings.Repeat(some, n/len(some)+1)[:n]
}

// TestWorkGrowsWithTheLengthOfTheText counts bytes that the splitter looks at,
// and pairs that the merger looks up and orders.
func TestWorkGrowsWithTheLengthOfTheText(t *testing.T) {
	for e := range numEncodings {
		for _, text := range texts {
			sizes := []int{10_000, 1_000_000, 10_000_000}
			if testing.Short() || e != O200K {
				sizes = sizes[:2]
			}
			var perByte []float64
			for _, n := range sizes {
				c := new(Counter)
				s := text.make(n)
				tokens, err := c.Count(e, s)
				require.NoError(t, err)
				require.LessOrEqual(t, tokens, int64(len(s)))
				require.Positive(t, tokens)
				perByte = append(perByte, float64(c.splitter.work+c.merger.work)/float64(len(s)))
				require.Less(t, cap(c.merger.heap), 8*MaxPiece, "memory is that of one piece")
			}
			t.Logf("%-12s %-22s operations a byte at %d bytes: %.2f", e, text.name, sizes, perByte)
			last := perByte[len(perByte)-1]
			require.Less(t, last, 1.1*perByte[0]+0.1, "%s %s", e, text.name)
			require.Less(t, last, 10.0, "%s %s", e, text.name)
		}
	}
}

// TestCutsAddLessThanATokenEach compares texts whose pieces are cut with the
// reference, which does not cut.
func TestCutsAddLessThanATokenEach(t *testing.T) {
	for e := range numEncodings {
		ref := reference(t, e)
		for _, text := range texts {
			s := strings.ToValidUTF8(text.make(8<<10), "?")
			want := int64(len(ref.EncodeOrdinary(s)))
			got := count(t, e, s)
			t.Logf("%-12s %-22s %6d tokens, the reference has %6d: %+.2f%%", e, text.name, got, want, 100*float64(got-want)/float64(want))
			require.LessOrEqual(t, max(got-want, want-got), int64(len(s)/MaxPiece), "%s %s", e, text.name)
		}
	}
}

func TestCountersShareVocabularies(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for e := range numEncodings {
				if n, err := new(Counter).Count(e, "hello world"); n != 2 || err != nil {
					t.Errorf("%d tokens, %v", n, err)
				}
			}
		})
	}
	wg.Wait()
}

// FuzzCount counts any text: nothing panics, no token is shorter than a byte,
// and valid text without long pieces counts as the reference counts it.
func FuzzCount(f *testing.F) {
	for _, text := range texts {
		f.Add(text.make(300))
	}
	f.Add("it's 12345  \r\n\tÀÉ'LL don't\u0301 <|endoftext|> \xff\xfe")
	ref := reference(f, O200K)
	f.Fuzz(func(t *testing.T, text string) {
		for e := range numEncodings {
			n := count(t, e, text)
			if n < 0 || n > int64(len(text)) || n == 0 && text != "" {
				t.Fatalf("%s has %d tokens for %d bytes", e, n, len(text))
			}
		}
		if utf8.ValidString(text) && len(text) < MaxPiece {
			if got, want := count(t, O200K, text), int64(len(ref.EncodeOrdinary(text))); got != want {
				t.Fatalf("%q has %d tokens, the reference %d", text, got, want)
			}
		}
	})
}

func BenchmarkCount(b *testing.B) {
	for _, text := range texts {
		for _, n := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(text.name, " ", "_"), n), func(b *testing.B) {
				s := text.make(n)
				c := new(Counter)
				count(b, O200K, "loads the vocabulary")
				b.SetBytes(int64(len(s)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Count(O200K, s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkLoad shows what a vocabulary takes: time, and memory that stays.
func BenchmarkLoad(b *testing.B) {
	for e := range numEncodings {
		b.Run(e.String(), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var v *vocabulary
			var err error
			for b.Loop() {
				v, err = load(e)
			}
			require.NoError(b, err)
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
			runtime.KeepAlive(v)
		})
	}
}

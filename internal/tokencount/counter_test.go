package tokencount

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func count(t testing.TB, e Encoding, text string) int64 {
	t.Helper()
	n, err := Count(e, text)
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

// TestBytesThatAreNoTextCountAsASign: the library would read three bytes for each.
func TestBytesThatAreNoTextCountAsASign(t *testing.T) {
	for e := range numEncodings {
		require.Equal(t, count(t, e, "Gr?e"), count(t, e, "Gr\xf6\xdfe"))
		require.Equal(t, count(t, e, "cut off: ?"), count(t, e, "cut off: \xe4\xbb"))
		require.EqualValues(t, 1, count(t, e, strings.Repeat("\xff", 100)))
	}
}

// TestCountIsBoundedByTheLength holds for any text: no token is shorter than a byte.
func TestCountIsBoundedByTheLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, k := range append(usual, hostile...) {
		for range 8 {
			requireBounds(t, k.make(1+rng.IntN(4*MaxPiece)))
		}
	}
}

func requireBounds(t *testing.T, text string) {
	t.Helper()
	for e := range numEncodings {
		if n := count(t, e, text); n < 0 || n > int64(len(text)) || n == 0 && text != "" {
			t.Fatalf("%s has %d tokens for %d bytes", e, n, len(text))
		}
	}
}

// TestCountingIsForAnyNumberOfGoroutines is for the race detector.
func TestCountingIsForAnyNumberOfGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for e := range numEncodings {
				for range 20 {
					if n, err := Count(e, "hello world"); n != 2 || err != nil {
						t.Errorf("%d tokens, %v", n, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestVocabulariesAreMadeOnce: an encoder takes megabytes.
func TestVocabulariesAreMadeOnce(t *testing.T) {
	for e := range numEncodings {
		a, err := encoders[e]()
		require.NoError(t, err)
		b, err := encoders[e]()
		require.NoError(t, err)
		require.Same(t, a, b)
	}
}

// FuzzCount counts any text: nothing panics, counts are bounded, and valid text
// that is not cut, or is cut at borders only, counts as the library counts it.
func FuzzCount(f *testing.F) {
	for _, k := range append(usual, hostile...) {
		f.Add(k.make(300))
		f.Add(k.make(3 * MaxPiece))
	}
	f.Add("it's 12345  \r\n\tÀÉ'LL don't\u0301 <|endoftext|> \xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 16*MaxPiece {
			return // cost is bounded by the test of pieces
		}
		requireBounds(t, text)
		at := 0
		for piece := range pieces(text) {
			if at > 0 && !border(text, at) {
				return
			}
			at += len(piece)
		}
		if utf8.ValidString(text) {
			for e := range numEncodings {
				if got, want := count(t, e, text), int64(len(whole(t, e, text))); got != want {
					t.Fatalf("%s: %q has %d tokens, without cuts %d", e, text, got, want)
				}
			}
		}
	})
}

func BenchmarkCount(b *testing.B) {
	for _, k := range append(usual[:3:3], hostile...) {
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(k.name, " ", "_"), n), func(b *testing.B) {
				s := k.make(n)
				count(b, O200K, "loads the vocabulary")
				b.SetBytes(int64(len(s)))
				b.ReportAllocs()
				began := processorTime(b)
				for b.Loop() {
					if _, err := Count(O200K, s); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processorTime(b)-began).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// BenchmarkLoad shows what the first use of a vocabulary takes: time, and memory
// that stays. The library keeps what it has read, so that it is to be run alone
// and with -benchtime 1x.
func BenchmarkLoad(b *testing.B) {
	for e := range numEncodings {
		b.Run(e.String(), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := processorTime(b)
			for b.Loop() {
				count(b, e, "a")
			}
			b.ReportMetric(float64((processorTime(b) - began).Milliseconds()), "cpu-ms")
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6, "MB-allocated")
		})
	}
}

// processorTime is that of the process, its garbage collection included.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

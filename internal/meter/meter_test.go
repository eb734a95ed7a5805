package meter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseReadsTheNamesOfPriceBooks(t *testing.T) {
	for name, want := range map[string]Meter{
		"input": AllInput, "output": AllOutput, "cache_read": CacheReads, "cache_write": CacheWrites, "tool_prompt": ToolPrompts,
		"reasoning": AllReasoning, "citation": Citations,
		"input.audio":          New(Input, Plain, 0, Audio),
		"output.image":         New(Output, Plain, 0, Image),
		"cache_read.video":     New(Input, CacheRead, 0, Video),
		"reasoning.text":       New(Output, Reasoning, 0, Text),
		"cache_write.5m":       New(Input, CacheWrite, 5, AnyModality),
		"cache_write.1h":       New(Input, CacheWrite, 60, AnyModality),
		"cache_write.12h.text": New(Input, CacheWrite, 720, Text),
	} {
		m, err := Parse(name)
		require.NoError(t, err, name)
		assert.Equal(t, want, m, name)
		assert.Equal(t, name, m.String())
	}
	for written, canonical := range map[string]string{"cache_write.60m": "cache_write.1h", "cache_write.1d": "cache_write.24h", "cache_write.90m.audio": "cache_write.90m.audio"} {
		m, err := Parse(written)
		require.NoError(t, err)
		assert.Equal(t, canonical, m.String())
	}
}

func TestParseRefusesWhatIsNoMeter(t *testing.T) {
	for _, name := range []string{
		"", ".", "inputs", "Input", "input.", "input..audio", ".input", "input.smell", "input.audio.", "input.audio.text", "input.5m", "cache_read.1h", "cache",
		"cache_write.", "cache_write.0m", "cache_write.5", "cache_write.m", "cache_write.-5m", "cache_write.+5m", "cache_write.5s", "cache_write.5m.", "cache_write.audio.5m",
		"cache_write.5m.5m", "cache_write.999999d", "cache_write.1048576m", "tokens", "web_search", "input\x00", " input",
	} {
		_, err := Parse(name)
		assert.ErrorIs(t, err, ErrUnknown, name)
	}
}

func TestParseTTL(t *testing.T) {
	m, ok := ParseTTL("1h")
	assert.True(t, ok)
	assert.Equal(t, "cache_write.1h", m.String())
	_, ok = ParseTTL("soon")
	assert.False(t, ok)
}

func TestDirectionFollowsFromClass(t *testing.T) {
	assert.Equal(t, Input, New(Output, CacheRead, 0, AnyModality).Direction())
	assert.Equal(t, Output, New(Input, Reasoning, 0, AnyModality).Direction())
	assert.Equal(t, Output, New(Output, Plain, 0, Text).Direction())
}

func TestWithModality(t *testing.T) {
	m := New(Input, CacheWrite, 60, AnyModality)
	assert.Equal(t, "cache_write.1h.audio", m.WithModality(Audio).String())
	assert.Equal(t, m, m.WithModality(Audio).WithModality(AnyModality))
}

// all lists every meter of two retentions.
func all() (out []Meter) {
	for _, d := range []Direction{Input, Output} {
		for c := Plain; c <= Citation; c++ {
			for m := AnyModality; m <= Video; m++ {
				if n := New(d, c, 0, m); n.Direction() == d {
					out = append(out, n)
				}
			}
		}
	}
	for _, ttl := range []int{5, 60} {
		for m := AnyModality; m <= Video; m++ {
			out = append(out, New(Input, CacheWrite, ttl, m))
		}
	}
	return out
}

func TestContainmentIsAPartialOrderWithOneNearest(t *testing.T) {
	ms := all()
	for _, a := range ms {
		parsed, err := Parse(a.String())
		require.NoError(t, err)
		require.Equal(t, a, parsed, "String and Parse round-trip")
		require.True(t, a.Contains(a))
		for _, b := range ms {
			if a != b && a.Contains(b) {
				require.False(t, b.Contains(a), "%s %s", a, b)
				require.Less(t, a.Depth(), b.Depth())
				require.Less(t, a.Rank(), b.Rank())
			}
			for _, c := range ms {
				if a.Contains(b) && b.Contains(c) {
					require.True(t, a.Contains(c))
				}
				if a.Contains(c) && b.Contains(c) && a != b {
					require.NotEqual(t, a.Rank(), b.Rank(), "%s and %s contain %s: one is the nearest", a, b, c)
				}
			}
		}
	}
}

func TestRankPutsClassBeforeRetentionBeforeModality(t *testing.T) {
	rank := func(name string) int {
		m, err := Parse(name)
		require.NoError(t, err)
		return m.Rank()
	}
	assert.Greater(t, rank("cache_read"), rank("input.audio"))
	assert.Greater(t, rank("cache_write.1h"), rank("cache_write.audio"))
	assert.Greater(t, rank("cache_read.audio"), rank("cache_read"))
}

func TestFeesRoundTrip(t *testing.T) {
	names := FeeNames()
	assert.Len(t, names, NumFees)
	for i, name := range names {
		f, err := ParseFee(name)
		require.NoError(t, err)
		assert.Equal(t, Fee(i), f)
		assert.Equal(t, name, f.String())
		_, err = Parse(name)
		assert.ErrorIs(t, err, ErrUnknown, "no fee is a meter")
	}
	names[0] = "changed"
	assert.Equal(t, "request", FeeNames()[0], "the list is the caller's own")
	_, err := ParseFee("web search")
	assert.ErrorIs(t, err, ErrUnknown)
	assert.Equal(t, "unknown", Fee(200).String())
}

// FuzzParse reads anything: what is a meter is written back as it was read, but
// for its retention's unit, and what is none gives an error.
func FuzzParse(f *testing.F) {
	for _, m := range all() {
		f.Add(m.String())
	}
	for _, s := range []string{"cache_write.60m", "cache_write.1d.audio", "cache_write.0012m", "input.", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		m, err := Parse(name)
		if err != nil {
			return
		}
		again, err := Parse(m.String())
		if err != nil || again != m {
			t.Fatalf("%q is %s, which is %v, %v", name, m, again, err)
		}
		if m.TTLMinutes() == 0 && m.String() != name {
			t.Fatalf("%q is written %q", name, m)
		}
		if head, _, _ := strings.Cut(name, "."); !strings.HasPrefix(m.String(), head) {
			t.Fatalf("%q is written %q", name, m)
		}
		if m.TTLMinutes() < 0 || m.TTLMinutes() >= maxTTLMinutes {
			t.Fatalf("%q has retention %d", name, m.TTLMinutes())
		}
	})
}

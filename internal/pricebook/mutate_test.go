package pricebook

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// richBook uses every key of a price book.
const richBook = `
version: "1"
currency: USD
fx: {CNY: [{from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, per_usd: 7.25, source: {url: "https://example.com", checked: 2026-11-23}}]}
calendars: {days: {2026: [2026-01-01, 2026-02-16]}}
providers:
  p:
    names: [p, other]
    hosts: [api.example.com, "*.api.example.com"]
    host_geo: {api.example.com: global, "*.api.example.com": "*"}
    grammar: openai
    currency: CNY
    infer: true
    fees: {web_search: 0.01}
    adjust: {geo: {eu: {times: {tokens: 1.1}}, "*": {times: {tokens: 1.2}}, "?": {}}}
    models:
      m:
        aliases: [alias]
        dated: true
        prices:
          - {until: 2026-01-01T00:00:00Z, rates: {input: 1, output: 2}}
          - from: 2026-01-01T00:00:00Z
            source: {url: "https://example.com", checked: 2026-11-23, note: seen}
            unconfirmed: true
            currency: USD
            rates: {input: 2.50, cache_read: 1.25, cache_write: 3, cache_write.1h: 5, output: 10, input.audio: 40}
            fees: {web_search: 0.010, request: 0.5}
            adjust:
              context: [{input: {over: 272000}, name: long, contested: true, times: {input: 2, cache: 2, output: 1.5}}, {output: {at_least: 9}, set: {output: 3}}]
              mode: {batch: {times: {tokens: 0.5}}, priority: {names: [fast], times: {tokens: 2}}, x: [{until: 2026-06-01T00:00:00Z, times: {fees: 2}}, {from: 2026-06-01T00:00:00Z}]}
              schedule: [{tz: UTC, days: mon-fri, hours: ["01:00-04:00", "22:00-02:00"], except: days, name: peak, times: {tokens: 2}}, {tz: Asia/Shanghai, days: sun, from: 2026-01-01T00:00:00Z, set: {input: 4}}]
              overrides: [{when: {mode: priority, geo: eu}, set: {cache_read: 0.05}}, {when: {context: long, schedule: peak, mode: batch}, set: {input: 1, web_search: 2}}]
      heir: {base: p/m, times: {tokens: 2, cache_write.5m: 3}, rates: {output: 7}, fees: {image: 1}, adjust: {mode: {}}}
      reserved: {billing: provisioned}
contracts: [{name: c, provider: p, models: [m], from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.92}, set: {cache_read: 1}}]
`

var scalar = regexp.MustCompile(`[A-Za-z0-9_.*?:/"+-]+`)

// TestMutatedBooksLoadOrTellWhy changes a few words of good books at random.
// What comes of it never panics: it is refused with its place, or every price
// of it computes.
func TestMutatedBooksLoadOrTellWhy(t *testing.T) {
	load(t, richBook)
	rng := rand.New(rand.NewPCG(11, 23))
	texts := []string{richBook, nameBook, inheriting, contracted}
	var words []string
	for _, text := range texts {
		words = append(words, scalar.FindAllString(text, -1)...)
	}
	words = append(words, "", "{}", "[]", "~", "0", "-1", ".inf", "true", "x", "[x]", "{x: 1}", "99999999999", "2026-13-01", "24:00-24:00", "cache_write.1h.audio", "reasoning", "tokens")
	loaded := 0
	for range 4000 {
		text := texts[rng.IntN(len(texts))]
		for range 1 + rng.IntN(3) {
			at := scalar.FindAllStringIndex(text, -1)
			if len(at) == 0 {
				break
			}
			word, by := at[rng.IntN(len(at))], words[rng.IntN(len(words))]
			switch rng.IntN(4) {
			case 0:
				lines := strings.SplitAfter(text, "\n")
				i := rng.IntN(len(lines))
				lines[i] = strings.Repeat(lines[i], 2*rng.IntN(2)) // delete or double a line
				text = strings.Join(lines, "")
			default:
				text = text[:word[0]] + by + text[word[1]:]
			}
		}
		b, err := tryLoad(text)
		if err != nil {
			var mistake *Error
			require.ErrorAs(t, err, &mistake, text)
			require.Equal(t, "1.yaml", mistake.File)
			require.NotZero(t, mistake.Line, "%v\n%s", err, text)
			continue
		}
		loaded++
		computeAll(t, b)
	}
	assert.Greater(t, loaded, 300)
	assert.Less(t, loaded, 3500)
}

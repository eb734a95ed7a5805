package pricebook

import (
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// adjusted is a book of one model with rates and adjustments in flow style.
func adjusted(t testing.TB, rates, adjust string) *Book {
	t.Helper()
	return load(t, "providers: {p: {models: {m: {prices: [{"+rates+", adjust: {"+adjust+"}}]}}}}")
}

func TestRatesAxisByAxis(t *testing.T) {
	const base = "rates: {input: 10, cache_read: 1, output: 20}, fees: {web_search: 1}"
	for _, tc := range []struct {
		name, adjust string
		conditions   conditions
		want         string
	}{
		{"no rule holds", "context: [{input: {over: 5}, times: {tokens: 2}}]", conditions{input: 5}, "input 10, cache_read 1, output 20, web_search 1"},
		{"tokens scales every token meter and no fee", "mode: {x: {times: {tokens: 2}}}", conditions{mode: "x"}, "input 20, cache_read 2, output 40, web_search 1"},
		{"input scales input but for cache", "mode: {x: {times: {input: 2}}}", conditions{mode: "x"}, "input 20, cache_read 1, output 20, web_search 1"},
		{"cache scales cache alone", "mode: {x: {times: {cache: 2}}}", conditions{mode: "x"}, "input 10, cache_read 2, output 20, web_search 1"},
		{"output scales output alone", "mode: {x: {times: {output: 2}}}", conditions{mode: "x"}, "input 10, cache_read 1, output 40, web_search 1"},
		{"fees scales fees alone", "mode: {x: {times: {fees: 2}}}", conditions{mode: "x"}, "input 10, cache_read 1, output 20, web_search 2"},
		{"a fee by name beats fees", "mode: {x: {times: {fees: 2, web_search: 3}}}", conditions{mode: "x"}, "input 10, cache_read 1, output 20, web_search 3"},
		{"the narrowest selector counts, alone", "mode: {x: {times: {tokens: 2, cache: 3, cache_read: 5}}}", conditions{mode: "x"}, "input 20, cache_read 5, output 40, web_search 1"},
		{"cache beats tokens", "mode: {x: {times: {cache: 3, tokens: 2}}}", conditions{mode: "x"}, "input 20, cache_read 3, output 40, web_search 1"},
		{"set replaces the base price", "mode: {x: {set: {input: 7, web_search: 0}}}", conditions{mode: "x"}, "input 7, cache_read 1, output 20, web_search 0"},
		{"set and times in one rule: what is set is not scaled", "mode: {x: {set: {input: 7}, times: {tokens: 2}}}", conditions{mode: "x"}, "input 7, cache_read 2, output 40, web_search 1"},
		{
			"axes multiply", "context: [{input: {at_least: 5}, times: {input: 2, cache: 2, output: 1.5}}], mode: {x: {times: {tokens: 0.5}}}, geo: {eu: {times: {tokens: 1.1}}}, schedule: [{times: {tokens: 3}}]",
			conditions{input: 5, mode: "x", geo: "eu"},
			"input 33, cache_read 3.3, output 49.5, web_search 1",
		},
		{
			"a set price is scaled by the other axes", "mode: {x: {set: {input: 7}}}, geo: {eu: {times: {tokens: 2}}}, context: [{input: {over: 4}, times: {tokens: 10}}]",
			conditions{input: 5, mode: "x", geo: "eu"},
			"input 140, cache_read 20, output 400, web_search 1",
		},
		{"of two axes that set a price the later counts", "context: [{input: {over: 4}, set: {input: 3}}], mode: {x: {set: {input: 7}}}", conditions{input: 5, mode: "x"}, "input 7, cache_read 1, output 20, web_search 1"},
		{
			"an override sets the final price", "mode: {x: {times: {tokens: 2}}}, geo: {eu: {times: {tokens: 3}}}, overrides: [{when: {mode: x}, set: {cache_read: 0.05, web_search: 9}}]",
			conditions{mode: "x", geo: "eu"},
			"input 60, cache_read 0.05, output 120, web_search 9",
		},
		{
			"the override that matches on most axes wins", "mode: {x: {}}, geo: {eu: {}}, overrides: [{when: {mode: x}, set: {input: 1}}, {when: {mode: x, geo: eu}, set: {input: 2}}]",
			conditions{mode: "x", geo: "eu"},
			"input 2, cache_read 1, output 20, web_search 1",
		},
		{
			"an override of fewer axes sets what the other does not", "mode: {x: {}}, geo: {eu: {}}, overrides: [{when: {mode: x, geo: eu}, set: {input: 2}}, {when: {mode: x}, set: {input: 1, output: 3}}]",
			conditions{mode: "x", geo: "eu"},
			"input 2, cache_read 1, output 3, web_search 1",
		},
		{
			"an override that does not match leaves prices alone", "mode: {x: {}}, geo: {eu: {}}, overrides: [{when: {mode: x, geo: eu}, set: {input: 2}}]",
			conditions{mode: "x"},
			"input 10, cache_read 1, output 20, web_search 1",
		},
		{
			"overrides match context and schedule by name", "context: [{name: Long, input: {over: 4}}], schedule: [{name: Peak}], overrides: [{when: {context: LONG, schedule: peak}, set: {input: 2}}]",
			conditions{input: 5},
			"input 2, cache_read 1, output 20, web_search 1",
		},
		{
			"a tier without name matches no override", "context: [{input: {over: 4}}, {name: long, input: {over: 9}}], overrides: [{when: {context: long}, set: {input: 2}}]",
			conditions{input: 5},
			"input 10, cache_read 1, output 20, web_search 1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			assert.Equal(t, tc.want, rates(t, adjusted(t, base, tc.adjust), "p/m", tc.conditions))
		})
	}
}

func TestMetersWithoutPriceOfTheirOwn(t *testing.T) {
	for _, tc := range []struct {
		name, rates, adjust string
		conditions          conditions
		want                string
	}{
		{"a meter that only a rule sets has the price of its whole without it", "input: 10", "mode: {x: {set: {cache_read: 1}}}", conditions{}, "input 10, cache_read 10"},
		{"and the rule's with it", "input: 10", "mode: {x: {set: {cache_read: 1}}}", conditions{mode: "x"}, "input 10, cache_read 1"},
		{"a factor for a finer meter prices it apart", "input: 10, cache_write: 12", "geo: {eu: {times: {cache_write.1h: 2, input.audio: 3}}}", conditions{geo: "eu"}, "input 10, input.audio 30, cache_write 12, cache_write.1h 24"},
		{"a set price holds for the parts that have none of their own", "input: 10", "mode: {x: {set: {input: 4}}}, geo: {eu: {times: {cache_read: 2}}}", conditions{mode: "x", geo: "eu"}, "input 4, cache_read 8"},
		{"and not for those that have", "input: 10, cache_read: 1", "mode: {x: {set: {input: 4}}}", conditions{mode: "x"}, "input 4, cache_read 1"},
		{"a narrower set price stays when a wider one comes later", "input: 10", "context: [{input: {at_least: 1}, set: {cache_read: 1}}], mode: {x: {set: {input: 4}}}", conditions{input: 1, mode: "x"}, "input 4, cache_read 1"},
		{"also when the wider one is an override", "input: 10", "mode: {x: {set: {cache_read: 1}}}, overrides: [{when: {mode: x}, set: {input: 4}}]", conditions{mode: "x"}, "input 4, cache_read 1"},
		{"the class comes before the modality: factors", "input: 10, cache_read: 1, cache_read.audio: 2", "mode: {x: {times: {input.audio: 3, cache_read: 5}}}", conditions{mode: "x"}, "input 10, input.audio 30, cache_read 5, cache_read.audio 10"},
		{"the class comes before the modality: base prices", "input: 10, cache_read: 1, input.audio: 20", "mode: {x: {set: {cache_read.audio: 3}}}", conditions{}, "input 10, input.audio 20, cache_read 1, cache_read.audio 1"},
		{"the retention comes before the modality", "input: 10, cache_write: 12, cache_write.1h: 20, cache_write.audio: 30", "mode: {x: {set: {cache_write.1h.audio: 3}}}", conditions{}, "input 10, cache_write 12, cache_write.audio 30, cache_write.1h 20, cache_write.1h.audio 20"},
		{"tool prompts are input", "input: 10, tool_prompt: 8", "mode: {x: {times: {input: 2}}}", conditions{mode: "x"}, "input 20, tool_prompt 16"},
		{"reasoning and citations are output", "output: 10, reasoning: 8, citation: 2", "mode: {x: {times: {output: 2}}}", conditions{mode: "x"}, "output 20, reasoning 16, citation 4"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for range 10 { // what depends on the order of a map shows
				assert.Equal(t, tc.want, rates(t, adjusted(t, "rates: {"+tc.rates+"}", tc.adjust), "p/m", tc.conditions))
			}
		})
	}
}

func TestDerivationTellsBaseAndSteps(t *testing.T) {
	b := load(t, `
fx: {CNY: [{per_usd: 7.25}]}
providers:
  p:
    currency: CNY
    models:
      m:
        prices:
          - rates: {input: 29}
            adjust:
              context: [{input: {over: 4}, output: {at_least: 2}, times: {tokens: 2}}]
              mode: {x: {set: {cache_read: 1}}}
              geo: {eu: {times: {tokens: 1}}}
              schedule: [{tz: Asia/Shanghai, days: "sun,mon-tue", hours: ["16:30-00:30", "01:00-02:00"], times: {tokens: 3}}]
              overrides: [{when: {mode: x, geo: eu}, set: {input: 58}}]
contracts: [{name: c, provider: p, times: {input: 0.5}}]
`)
	c := conditions{input: 5, output: 2, mode: "x", geo: "eu", at: "2026-11-23T09:00:00Z"}
	p := priceOf(t, b, "p/m", c.at)
	d := p.Rate(meter.CacheReads, c.choose(t, p))
	assert.Equal(t, meter.AllInput, d.From)
	steps := func(d Derived) []string {
		var out []string
		for _, s := range d.Steps {
			if s.Times != nil {
				out = append(out, s.Rule+" x"+Decimal(s.Times))
			} else {
				out = append(out, s.Rule+" ="+Decimal(s.Set))
			}
		}
		return out
	}
	assert.Equal(t, []string{
		"mode x =1", "context input over 4 and output at least 2 x2",
		"schedule sun,mon,tue 16:30-00:30,01:00-02:00 Asia/Shanghai x3", "exchange 7.25 CNY per USD x4/29",
	}, steps(d))
	assert.Equal(t, big.NewRat(6*4, 29), d.Value, "an exchange rate is exact also where its inverse has no finite decimal")
	d = p.Rate(meter.AllInput, c.choose(t, p))
	assert.Equal(t, []string{
		"context input over 4 and output at least 2 x2", "schedule sun,mon,tue 16:30-00:30,01:00-02:00 Asia/Shanghai x3",
		"override geo eu, mode x =58", "contract c x0.5", "exchange 7.25 CNY per USD x4/29",
	}, steps(d))
	assert.Equal(t, "4", Decimal(d.Value))
	assert.Nil(t, p.Rate(meter.AllOutput, Choice{}).Value)
	assert.Nil(t, p.FeeRate(meter.Page, Choice{}).Value)
}

func TestContextTiers(t *testing.T) {
	b := adjusted(t, "rates: {input: 1}", `context: [
      {name: mid, input: {over: 32}, times: {input: 2}}, {name: high, input: {at_least: 128}, times: {input: 3}},
      {name: wordy, input: {over: 32}, output: {at_least: 4}, times: {input: 5}}, {name: long answer, output: {over: 100}, times: {input: 7}}]`)
	p := priceOf(t, b, "p/m", "2026-11-23T00:00:00Z")
	for _, tc := range []struct {
		input, output int64
		want          string
	}{
		{0, 0, ""},
		{32, 0, ""},
		{32, 99, ""},
		{33, 0, "mid"},
		{33, 3, "mid"},
		{33, 4, "wordy"},
		{127, 5, "wordy"},
		{128, 5, "high"},
		{128, 1000, "high"},
		{5, 101, "long answer"},
		{5, 100, ""},
		{50, 101, "wordy"},
	} {
		tier, contested := p.Context(tc.input, tc.output)
		got := ""
		if tier > 0 {
			got = p.adjust.context[tier-1].name
		}
		assert.Equal(t, tc.want, got, "%+v", tc)
		assert.False(t, contested)
	}
}

func TestContestedBoundaryIsExactlyTheDeclaredSize(t *testing.T) {
	b := adjusted(t, "rates: {input: 1}", `context: [{input: {over: 272000}, contested: true, times: {input: 2}}, {input: {at_least: 500000}, output: {over: 10}, contested: true}]`)
	p := priceOf(t, b, "p/m", "2026-11-23T00:00:00Z")
	contested := func(in, out int64) bool { _, c := p.Context(in, out); return c }
	assert.False(t, contested(271_999, 0))
	assert.True(t, contested(272_000, 0))
	assert.False(t, contested(272_001, 0))
	assert.True(t, contested(500_000, 11))
	assert.True(t, contested(500_000, 10))
	assert.False(t, contested(500_000, 9), "the rule does not hold either way")
	assert.True(t, contested(600_000, 10))
}

func TestServiceTiers(t *testing.T) {
	b := adjusted(t, "rates: {input: 1}", `mode: {
      Priority: {names: [Fast, turbo], times: {tokens: 2}},
      ultra: [{until: 2027-03-01T00:00:00Z, times: {tokens: 3}}, {from: 2027-03-01T00:00:00Z, times: {tokens: 6}}],
      promo: {from: 2026-01-01T00:00:00Z, until: 2026-02-01T00:00:00Z, times: {tokens: 0.1}}}`)
	p := priceOf(t, b, "p/m", "2026-11-23T00:00:00Z")
	mode := func(tier, instant string) string {
		rule, known := p.Mode(tier, at(t, instant))
		switch {
		case rule > 0:
			return p.adjust.mode[rule-1].key + " " + Decimal(p.adjust.mode[rule-1].times[0].by)
		case known:
			return "none"
		}
		return "unknown"
	}
	now := "2026-11-23T00:00:00Z"
	assert.Equal(t, "priority 2", mode("priority", now))
	assert.Equal(t, "priority 2", mode("fast", now))
	assert.Equal(t, "priority 2", mode("turbo", now))
	assert.Equal(t, "ultra 3", mode("ultra", "2027-02-28T23:59:59Z"))
	assert.Equal(t, "ultra 6", mode("ultra", "2027-03-01T00:00:00Z"))
	assert.Equal(t, "none", mode("promo", now), "the tier is known also outside of the rule's period")
	for _, tier := range []string{"", "standard", "default", "auto", "on_demand", "on-demand", "normal", "standard_only"} {
		assert.Equal(t, "none", mode(tier, now), tier)
	}
	for _, tier := range []string{"batch", "fas", "fastest", "ultra ", "*", "?"} {
		assert.Equal(t, "unknown", mode(tier, now), tier)
	}
}

func TestDefaultTierCanBeDeclared(t *testing.T) {
	b := adjusted(t, "rates: {input: 1}", `mode: {default: {times: {tokens: 2}}}`)
	assert.Equal(t, "input 2", rates(t, b, "p/m", conditions{mode: "default"}))
	assert.Equal(t, "input 1", rates(t, b, "p/m", conditions{}))
}

func TestRegions(t *testing.T) {
	region := func(b *Book, told, instant string) string {
		p := priceOf(t, b, "p/m", "2026-11-23T00:00:00Z")
		rule, known := p.Geo(told, at(t, instant))
		switch {
		case rule > 0:
			return p.adjust.geo[rule-1].key
		case known:
			return "none"
		}
		return "unknown"
	}
	now := "2026-11-23T00:00:00Z"
	all := adjusted(t, "rates: {input: 1}", `geo: {eu: {names: [Europe]}, us: {until: 2026-01-01T00:00:00Z}, "*": {times: {tokens: 2}}, "?": {times: {tokens: 3}}}`)
	assert.Equal(t, "eu", region(all, "eu", now))
	assert.Equal(t, "eu", region(all, "europe", now))
	assert.Equal(t, "*", region(all, "jp", now), "any other region that was told")
	assert.Equal(t, "?", region(all, "", now), "none was told")
	assert.Equal(t, "us", region(all, "us", "2025-12-31T23:59:59Z"))
	assert.Equal(t, "none", region(all, "us", now), "a region that has rules is none of the others")
	assert.Equal(t, "none", region(all, "global", now), "global without a rule means the base price")
	assert.Equal(t, "*", region(all, "*", now), "what telemetry tells is never the key itself")
	assert.Equal(t, "*", region(all, "?", now))

	some := adjusted(t, "rates: {input: 1}", `geo: {eu: {}, global: {times: {tokens: 2}}}`)
	assert.Equal(t, "unknown", region(some, "jp", now))
	assert.Equal(t, "unknown", region(some, "*", now))
	assert.Equal(t, "none", region(some, "", now))
	assert.Equal(t, "global", region(some, "global", now))
}

func TestExchange(t *testing.T) {
	prices := "providers: {p: {currency: CNY, models: {m: {prices: [{rates: {input: 1}}]}}}}\n"
	exchange := func(b *Book, instant string) (string, bool) {
		_, currency, ok := priceOf(t, b, "p/m", instant).Exchange(at(t, instant))
		return currency, ok
	}
	currency, ok := exchange(load(t, prices), "2026-11-23T00:00:00Z")
	assert.True(t, ok)
	assert.Equal(t, "CNY", currency, "without a table amounts stay in their currency")

	table := load(t, prices+"fx: {CNY: [{from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, per_usd: 7.25}]}\n")
	currency, ok = exchange(table, "2026-11-23T00:00:00Z")
	assert.True(t, ok)
	assert.Equal(t, "USD", currency)
	for _, gap := range []string{"2025-12-31T23:59:59Z", "2027-01-01T00:00:00Z"} {
		_, ok = exchange(table, gap)
		assert.False(t, ok, gap)
	}
	_, ok = exchange(load(t, prices+"fx: {CNY: []}\n"), "2026-11-23T00:00:00Z")
	assert.False(t, ok, "an empty table covers no time")
}

func TestFactsThatMoveAPrice(t *testing.T) {
	for _, tc := range []struct {
		name, price string
		want        call.Facts
	}{
		{"flat", "rates: {input: 1, output: 2}", 0},
		{"equal cache price", "rates: {input: 1, cache_read: 1, cache_write: 1, output: 2}", 0},
		{"cache", "rates: {input: 1, cache_read: 0.1, cache_write: 1.25}", call.CacheReads | call.CacheWrites},
		{"retention", "rates: {input: 1, cache_write: 1.25, cache_write.1h: 2}", call.CacheWrites | call.CacheTTL},
		{"retention without a price of all writes", "rates: {input: 1, cache_write.1h: 2}", call.CacheWrites | call.CacheTTL},
		{"two retentions of one price", "rates: {input: 1, cache_write: 1.25, cache_write.5m: 1.25}", call.CacheWrites},
		{"modality", "rates: {input: 1, input.audio: 3}", call.Modalities},
		{"modality alone", "rates: {input.audio: 3}", call.Modalities},
		{"cached modality", "rates: {input: 1, input.audio: 3, cache_read: 0.1, cache_read.audio: 0.1}", call.CacheReads | call.Modalities},
		{"reasoning", "rates: {output: 2, reasoning: 3}", call.Reasoning},
		{"tool prompts", "rates: {input: 2, tool_prompt: 3}", call.ToolPrompt},
		{"a rule that scales cache alone", "rates: {input: 1, cache_read: 1}, adjust: {context: [{input: {over: 5}, times: {cache: 2}}]}", call.CacheReads},
		{"a rule that sets a finer meter", "rates: {input: 1}, adjust: {context: [{input: {over: 5}, set: {cache_read: 2}}]}", call.CacheReads},
		{"an override that does", "rates: {input: 1}, adjust: {mode: {batch: {}}, overrides: [{when: {mode: batch}, set: {input.image: 2}}]}", call.Modalities},
		{"a rule that scales all alike", "rates: {input: 1, cache_read: 1}, adjust: {context: [{input: {over: 5}, times: {tokens: 2}}]}", 0},
		{"tier", "rates: {input: 1}, adjust: {mode: {flex: {times: {tokens: 0.5}}}}", call.ServiceTier},
		{"batch is no tier that must be told", "rates: {input: 1}, adjust: {mode: {batch: {times: {tokens: 0.5}}}}", 0},
		{"a tier that changes nothing", "rates: {input: 1}, adjust: {mode: {flex: {times: {tokens: 1}}}}", 0},
		{"a tier of another time", "from: 2026-01-01T00:00:00Z, rates: {input: 1}, adjust: {mode: {flex: {until: 2026-01-01T00:00:00Z, times: {tokens: 0.5}}}}", 0},
		{"region", "rates: {input: 1}, adjust: {geo: {eu: {times: {tokens: 1.1}}}}", call.Region},
		{"override of tier and region", "rates: {input: 1}, adjust: {mode: {flex: {}}, geo: {eu: {}}, overrides: [{when: {mode: flex, geo: eu}, set: {input: 2}}]}", call.ServiceTier | call.Region},
		{"override of batch", "rates: {input: 1}, adjust: {mode: {batch: {}}, overrides: [{when: {mode: batch}, set: {input: 2}}]}", 0},
		{"tools", "fees: {web_search: 0.01}", call.ToolUse},
		{"tools for nothing", "fees: {web_search: 0, image: 1, request: 1}", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := load(t, "providers: {p: {models: {m: {prices: [{"+tc.price+"}]}}}}")
			assert.Equal(t, tc.want, modelOf(t, b, "p/m").Prices[0].Moves)
		})
	}
	b := load(t, contracted+"contracts: [{name: c, provider: p, models: [n], times: {cache_read: 0.5}}]\n")
	assert.Equal(t, call.CacheReads, modelOf(t, b, "p/n").Prices[0].Moves, "a contract can make a fact move a price too")
}

func TestCellsAreBilledByTheNarrowestMeter(t *testing.T) {
	b := load(t, "providers: {p: {models: {m: {prices: [{rates: {input: 1, input.audio: 2, cache_read: 3, cache_write: 4, cache_write.1h: 5, cache_write.audio: 6, output.image: 7}}]}}}}")
	p := modelOf(t, b, "p/m").Prices[0]
	name := func(c Cell) string {
		out := "none"
		if c.Meter >= 0 {
			out = p.Meters[c.Meter].String()
		}
		if c.Contested {
			out += "!"
		}
		return out
	}
	row := func(r *Row) string {
		var out []string
		for _, c := range r {
			out = append(out, name(c))
		}
		return strings.Join(out, " ")
	}
	in, out := &p.Cells.Rows[meter.Input], &p.Cells.Rows[meter.Output]
	assert.Equal(t, "input input input.audio input input", row(&in[RowPlain]))
	assert.Equal(t, "cache_read cache_read cache_read! cache_read cache_read", row(&in[RowCacheRead]))
	assert.Equal(t, "cache_write cache_write cache_write.audio cache_write cache_write", row(&in[RowCacheWrite]))
	assert.Equal(t, "input input input.audio input input", row(&in[RowToolPrompt]))
	assert.Equal(t, "cache_write.1h cache_write.1h cache_write.1h! cache_write.1h cache_write.1h", row(p.Cells.TTL(60)))
	assert.Nil(t, p.Cells.TTL(5))
	assert.Equal(t, "none none none output.image none", row(&out[RowPlain]))
	assert.Equal(t, "none none none output.image none", row(&out[RowReasoning]))
}

func TestRatesAreKeptForABoundedNumberOfChoices(t *testing.T) {
	var geos []string
	for i := range 3 * maxKept {
		geos = append(geos, "g"+string(rune('a'+i/26))+string(rune('a'+i%26))+": {times: {tokens: 2}}")
	}
	b := adjusted(t, "rates: {input: 1}", "geo: {"+strings.Join(geos, ", ")+"}")
	p := modelOf(t, b, "p/m").Prices[0]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 3 * maxKept {
				r := p.Rates(Choice{Geo: uint8(i)})
				want := big.NewRat(2, 1_000_000)
				if i == 0 {
					want = big.NewRat(1, 1_000_000)
				}
				if r.PerItem(0).Cmp(want) != 0 {
					t.Errorf("choice %d: %v", i, r.PerItem(0))
				}
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, len(*p.computed.all.Load()), maxKept)
	require.Same(t, p.Rates((*p.computed.all.Load())[0].choice), (*p.computed.all.Load())[0].value)
}

package pricebook

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

const oneModel = `
providers:
  p:
    models:
      m:
        aliases: [old-name]
        prices:
          - {rates: {input: 1}}
          - {from: 2026-01-01T00:00:00Z, rates: {input: 2}}
`

func TestLaterLayerReplacesTheTimeThatItsPeriodsCover(t *testing.T) {
	over := func(prices string) []string {
		return timelineOf(t, load(t, oneModel, "providers: {p: {models: {m: {prices: ["+prices+"]}}}}"), "p/m")
	}
	assert.Equal(t, []string{"open..open 9"}, over("{rates: {input: 9}}"), "an open period replaces all")
	assert.Equal(t, []string{"open..2026-01-01 1", "2026-01-01..2026-03-01 2", "2026-03-01..open 9"},
		over("{from: 2026-03-01T00:00:00Z, rates: {input: 9}}"), "from here on")
	assert.Equal(t, []string{"open..2026-02-01 9", "2026-02-01..open 2"},
		over("{until: 2026-02-01T00:00:00Z, rates: {input: 9}}"), "up to here")
	assert.Equal(t, []string{"open..2025-12-01 1", "2025-12-01..2026-02-01 9", "2026-02-01..open 2"},
		over("{from: 2025-12-01T00:00:00Z, until: 2026-02-01T00:00:00Z, rates: {input: 9}}"), "across a boundary")
	assert.Equal(t, []string{"open..2026-01-01 1", "2026-01-01..2026-02-01 2", "2026-02-01..2026-03-01 9", "2026-03-01..open 2"},
		over("{from: 2026-02-01T00:00:00Z, until: 2026-03-01T00:00:00Z, rates: {input: 9}}"), "in the middle of one")
	assert.Equal(t, []string{"open..2026-01-01 1", "2026-01-01..2026-02-01 7", "2026-02-01..open 9"},
		over("{from: 2026-01-01T00:00:00Z, rates: {input: 7}}, {from: 2026-02-01T00:00:00Z, rates: {input: 9}}"), "several periods")
}

func TestWhatIsLeftOfACutPeriodNamesItsNewStart(t *testing.T) {
	b := load(t, oneModel, "providers: {p: {models: {m: {prices: [{until: 2026-02-01T00:00:00Z, rates: {input: 9}}]}}}}")
	assert.Equal(t, "p/m@2026-02-01T00:00:00Z", priceOf(t, b, "p/m", "2026-02-01T00:00:00Z").ID)
}

func TestThirdLayerWinsOverSecond(t *testing.T) {
	b := load(t, oneModel, "providers: {p: {models: {m: {prices: [{rates: {input: 8}}]}}}}", "providers: {P: {models: {M: {prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 9}}]}}}}")
	assert.Equal(t, []string{"open..2026-01-01 8", "2026-01-01..open 9"}, timelineOf(t, b, "p/m"))
}

func TestLayerWithoutPricesKeepsThem(t *testing.T) {
	b := load(t, oneModel, "providers: {p: {names: [other], models: {m: {aliases: [new-name]}}}}")
	assert.Equal(t, []string{"open..2026-01-01 1", "2026-01-01..open 2"}, timelineOf(t, b, "p/m"))
	for _, name := range []string{"m", "old-name", "new-name"} {
		res, _ := b.Resolve(&Query{Provider: "other", Response: name})
		require.NotNil(t, res.Model, name)
	}
}

func TestNameMovesToTheLayerThatClaimsItLast(t *testing.T) {
	b := load(t, oneModel, `
providers:
  p: {models: {new: {aliases: [m, old-name], prices: [{rates: {input: 3}}]}}}
`)
	assert.Equal(t, "new", b.Provider("p").Find("m").ID, "an id can be taken over by an alias")
	assert.Equal(t, "new", b.Provider("p").Find("old-name").ID)
	assert.Equal(t, []string{"m", "old-name"}, b.Provider("p").Find("new").Aliases)
}

func TestProviderNameAndHostMoveToTheLayerThatClaimsThemLast(t *testing.T) {
	b := load(t, "providers: {a: {names: [x], hosts: [api.example.com]}}", "providers: {b: {names: [X], hosts: [api.example.com]}}")
	assert.Equal(t, "b", b.Provider("x").ID)
	res, _ := b.Resolve(&Query{Host: "api.example.com", Response: "m"})
	assert.Equal(t, "b", res.Provider.ID)
	assert.Equal(t, "a", b.Provider("a").ID, "the id stays")
}

func TestNameBelongsToALaterLayerThatDeclaresTheIDAgain(t *testing.T) {
	b := load(t, "providers: {a: {}}", "providers: {b: {names: [a]}}", "providers: {a: {}}")
	assert.Equal(t, "a", b.Provider("a").ID)
}

func TestSettingsOfAProviderAreKeptUnlessALaterLayerStatesThem(t *testing.T) {
	low := "providers: {p: {grammar: hosted, infer: true, host_geo: {a.example.com: eu, b.example.com: us}, models: {m: {dated: true, billing: provisioned}}}}"
	b := load(t, low, "providers: {p: {host_geo: {a.example.com: jp}}}")
	p := b.Provider("p")
	assert.Equal(t, "hosted", p.Grammar.String())
	assert.Equal(t, []*Provider{p}, b.infers)
	assert.Equal(t, "jp", p.regionOf("a.example.com"))
	assert.Equal(t, "us", p.regionOf("b.example.com"))
	assert.True(t, p.models[0].Dated)
	assert.True(t, p.models[0].Provisioned)
	b = load(t, low, "providers: {p: {grammar: openai, infer: false, models: {m: {dated: false, billing: usage}}}}")
	p = b.Provider("p")
	assert.Equal(t, "openai", p.Grammar.String())
	assert.Empty(t, b.infers)
	assert.False(t, p.models[0].Dated)
	assert.False(t, p.models[0].Provisioned)
}

func TestGrammarOfAProviderIsByDefaultItsOwn(t *testing.T) {
	b := load(t, "providers: {anthropic: {}, acme: {}}")
	assert.Equal(t, "anthropic", b.Provider("anthropic").Grammar.String())
	assert.Equal(t, "generic", b.Provider("acme").Grammar.String())
}

func TestDefaultsComeFromTheNearestThatStatesThem(t *testing.T) {
	book := `
providers:
  p:
    fees: {web_search: 1}
    adjust: {mode: {batch: {times: {tokens: 0.5}}}, geo: {eu: {times: {tokens: 2}}}}
    models:
      plain: {prices: [{rates: {input: 10}}]}
      model: {fees: {file_search: 2}, adjust: {geo: {eu: {times: {tokens: 3}}}}, prices: [{rates: {input: 10}}]}
      period: {fees: {file_search: 2}, prices: [{rates: {input: 10}, fees: {image: 3}, adjust: {geo: {eu: {times: {tokens: 4}}}, mode: {}}}]}
      none: {fees: {}, adjust: {mode: {}, geo: {}}, prices: [{rates: {input: 10}}]}
`
	b := load(t, book)
	eu := conditions{geo: "eu", mode: "batch"}
	assert.Equal(t, "input 10, web_search 1", rates(t, b, "p/plain", eu), "2 x 0.5")
	assert.Equal(t, "input 15, file_search 2", rates(t, b, "p/model", eu), "3 x 0.5: the mode is the provider's")
	assert.Equal(t, "input 40, image 3", rates(t, b, "p/period", eu), "an empty axis of its own drops the default")
	assert.Equal(t, "input 10", rates(t, b, "p/none", eu))
}

func TestDefaultsOfALaterLayerHoldForPeriodsOfEarlierOnes(t *testing.T) {
	b := load(t, oneModel, "providers: {p: {models: {m: {fees: {image: 2}, adjust: {mode: {flex: {times: {tokens: 0.5}}}}}}}}")
	assert.Equal(t, "input 1, image 2", rates(t, b, "p/m", conditions{mode: "flex"}))
	b = load(t, oneModel, "providers: {p: {adjust: {mode: {flex: {times: {tokens: 0.25}}}}}}")
	assert.Equal(t, "input 0.5", rates(t, b, "p/m", conditions{mode: "flex"}))
}

func TestCurrencyComesFromPeriodThenProviderThenFile(t *testing.T) {
	b := load(t, `
currency: EUR
providers:
  a: {models: {m: {prices: [{rates: {input: 1}}]}}}
  b: {currency: CNY, models: {m: {prices: [{rates: {input: 1}}, {from: 2026-01-01T00:00:00Z, currency: GBP, rates: {input: 1}}]}}}
`, "providers: {a: {models: {m: {prices: [{from: 2026-01-01T00:00:00Z, rates: {input: 1}}]}}}}")
	currency := func(name, instant string) string { return priceOf(t, b, name, instant).Currency }
	assert.Equal(t, "EUR", currency("a/m", "2025-01-01T00:00:00Z"))
	assert.Equal(t, "USD", currency("a/m", "2026-01-01T00:00:00Z"), "another file has its own currency")
	assert.Equal(t, "CNY", currency("b/m", "2025-01-01T00:00:00Z"))
	assert.Equal(t, "GBP", currency("b/m", "2026-01-01T00:00:00Z"))
}

const inheriting = `
providers:
  anthropic:
    fees: {web_search: 0.01}
    models:
      opus:
        fees: {code_execution: 0.05}
        adjust: {mode: {batch: {times: {tokens: 0.5}}}}
        prices:
          - {rates: {input: 10, output: 50}}
          - from: 2026-01-01T00:00:00Z
            rates: {input: 5, cache_read: 0.5, output: 25}
            adjust:
              geo: {us: {times: {tokens: 1.1}}}
              context: [{input: {over: 200}, set: {input: 8, web_search: 0.02}}]
            fees: {web_search: 0.01}
  vertex:
    fees: {maps_search: 7}
    adjust: {geo: {eu: {times: {tokens: 3}}}}
    models:
      same: {base: anthropic/opus}
      dearer: {base: anthropic/opus, times: {tokens: 2, cache_read: 3, web_search: 10}, rates: {output: 1}, fees: {image: 4}}
      axes: {base: anthropic/OPUS, adjust: {mode: {}, geo: {"*": {times: {tokens: 1.2}}}}}
      own: {base: same-provider, prices: [{from: 2026-06-01T00:00:00Z, rates: {input: 99}}]}
      same-provider: {prices: [{rates: {input: 4}}, {from: 2026-09-01T00:00:00Z, rates: {input: 3}}]}
      audio: {base: anthropic/opus, times: {input.audio: 4}}
      alone: {prices: [{rates: {input: 77}}]}
`

func TestModelInheritsEveryPeriodOfAnother(t *testing.T) {
	b := load(t, inheriting)
	assert.Equal(t, []string{"open..2026-01-01 10", "2026-01-01..open 5"}, timelineOf(t, b, "vertex/same"))
	assert.Equal(t, "input 5, cache_read 0.5, output 25, web_search 0.01", rates(t, b, "vertex/same", conditions{}))
	assert.Equal(t, "input 5, output 25, code_execution 0.05", rates(t, b, "vertex/same", conditions{at: "2025-06-01T00:00:00Z", mode: "batch"}), "its model's defaults too, and the fees of the base's provider not")
	assert.Equal(t, "input 8.8, cache_read 0.55, output 27.5, web_search 0.02", rates(t, b, "vertex/same", conditions{input: 201, geo: "us"}), "the rules too")
	assert.Equal(t, "input 5, cache_read 0.5, output 25, web_search 0.01", rates(t, b, "vertex/same", conditions{geo: "eu"}), "an inherited axis stands over the provider's")
	assert.Equal(t, "input 30, output 150, code_execution 0.05", rates(t, b, "vertex/same", conditions{at: "2025-06-01T00:00:00Z", geo: "eu"}), "an axis that is not inherited is the own provider's")
	assert.Equal(t, "vertex/same@2026-01-01T00:00:00Z", priceOf(t, b, "vertex/same", "2026-11-23T00:00:00Z").ID)
}

func TestTimesOfAnInheritingModelScaleRatesFeesAndWhatRulesSet(t *testing.T) {
	b := load(t, inheriting)
	assert.Equal(t, "input 10, cache_read 1.5, output 1, web_search 0.1, image 4", rates(t, b, "vertex/dearer", conditions{}))
	assert.Equal(t, "input 16, cache_read 1.5, output 1, web_search 0.2, image 4", rates(t, b, "vertex/dearer", conditions{input: 201}))
	assert.Equal(t, "input 5, cache_read 0.5, output 25, web_search 0.01", rates(t, b, "anthropic/opus", conditions{}), "the base keeps its own")
}

func TestTimesForAMeterWithoutPriceGiveItOne(t *testing.T) {
	b := load(t, inheriting)
	assert.Equal(t, "input 5, input.audio 20, cache_read 0.5, output 25, web_search 0.01", rates(t, b, "vertex/audio", conditions{}))
	assert.Equal(t, "input 8, input.audio 32, cache_read 0.5, output 25, web_search 0.02", rates(t, b, "vertex/audio", conditions{input: 201}))
}

func TestAdjustOfAnInheritingModelReplacesWholeAxes(t *testing.T) {
	b := load(t, inheriting)
	assert.Equal(t, "input 6, cache_read 0.6, output 30, web_search 0.01", rates(t, b, "vertex/axes", conditions{geo: "us", mode: "batch"}))
	assert.Equal(t, "input 9.6, cache_read 0.6, output 30, web_search 0.02", rates(t, b, "vertex/axes", conditions{geo: "us", input: 201}), "context is inherited")
}

func TestOverrideOfADroppedAxisIsDroppedToo(t *testing.T) {
	b := load(t, `
providers:
  p:
    adjust: {mode: {batch: {}}, overrides: [{when: {mode: batch}, set: {input: 1}}]}
    models:
      m: {prices: [{rates: {input: 10}, adjust: {mode: {batch: {}, flex: {}}, geo: {eu: {}}, overrides: [{when: {mode: flex, geo: eu}, set: {input: 2}}, {when: {geo: eu}, set: {input: 3}}]}}]}
      heir: {base: m, adjust: {mode: {}}}
      own: {prices: [{rates: {input: 10}, adjust: {mode: {flex: {}}}}]}
`)
	assert.Equal(t, "input 2", rates(t, b, "p/m", conditions{mode: "flex", geo: "eu"}))
	assert.Equal(t, "input 3", rates(t, b, "p/heir", conditions{mode: "flex", geo: "eu"}))
	assert.Equal(t, "input 10", rates(t, b, "p/own", conditions{mode: "batch"}))
}

func TestOwnPricesStandOverInheritedOnes(t *testing.T) {
	b := load(t, inheriting)
	assert.Equal(t, []string{"open..2026-06-01 4", "2026-06-01..open 99"}, timelineOf(t, b, "vertex/own"))
}

func TestBaseInALaterLayerStandsOverPricesOfEarlierOnes(t *testing.T) {
	b := load(t, inheriting, "providers: {vertex: {models: {alone: {base: anthropic/opus}}}}")
	assert.Equal(t, []string{"open..2026-01-01 10", "2026-01-01..open 5"}, timelineOf(t, b, "vertex/alone"))
	b = load(t, inheriting, "providers: {anthropic: {models: {opus: {prices: [{from: 2026-03-01T00:00:00Z, rates: {input: 7}}]}}}}")
	assert.Equal(t, []string{"open..2026-01-01 10", "2026-01-01..2026-03-01 5", "2026-03-01..open 7"}, timelineOf(t, b, "vertex/same"), "what a later layer says of the base is inherited too")
}

func TestBaseOfTheSameProviderComesBeforeOneOfAnother(t *testing.T) {
	b := load(t, `
providers:
  openai: {models: {gpt: {prices: [{rates: {input: 1}}]}}}
  router:
    models:
      openai/gpt: {base: openai/gpt}
      b: {base: openai/gpt2}
      openai/gpt2: {prices: [{rates: {input: 3}}]}
`)
	assert.Equal(t, []string{"open..open 1"}, timelineOf(t, b, "router/openai/gpt"), "but no model is its own base")
	assert.Equal(t, []string{"open..open 3"}, timelineOf(t, b, "router/b"))
}

const contracted = `
providers:
  p:
    models:
      m: {prices: [{rates: {input: 10, cache_read: 1, output: 20}, fees: {web_search: 1}, adjust: {mode: {batch: {times: {tokens: 0.5}}}}}]}
      n: {prices: [{rates: {input: 10}}]}
`

func TestContractAppliesToTheListPriceInItsPeriod(t *testing.T) {
	b := load(t, contracted+"contracts: [{name: c, provider: P, models: [M], from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}, set: {output: 4, web_search: 0.5}}]\n")
	assert.Equal(t, "input 4.5, cache_read 0.45, output 4, web_search 0.5", rates(t, b, "p/m", conditions{mode: "batch"}), "after the mode; what it sets is final")
	assert.Equal(t, "input 10, cache_read 1, output 20, web_search 1", rates(t, b, "p/m", conditions{at: "2025-12-31T23:59:59Z"}))
	assert.Equal(t, "input 10, cache_read 1, output 20, web_search 1", rates(t, b, "p/m", conditions{at: "2027-01-01T00:00:00Z"}))
	assert.Equal(t, "input 10", rates(t, b, "p/n", conditions{}), "another model")
}

func TestContractWithoutModelsCoversTheProvider(t *testing.T) {
	b := load(t, contracted+"contracts: [{name: c, provider: p, times: {tokens: 0.9, fees: 0.5}}]\n")
	assert.Equal(t, "input 9, cache_read 0.9, output 18, web_search 0.5", rates(t, b, "p/m", conditions{}))
	assert.Equal(t, "input 9", rates(t, b, "p/n", conditions{}))
}

func TestContractOfALaterLayerWins(t *testing.T) {
	low := contracted + "contracts: [{name: c, provider: p, times: {tokens: 0.9}}]\n"
	b := load(t, low, "contracts: [{name: d, provider: p, models: [m], from: 2026-06-01T00:00:00Z, times: {tokens: 0.5}}]\n")
	assert.Equal(t, "input 5, cache_read 0.5, output 10, web_search 1", rates(t, b, "p/m", conditions{}))
	assert.Equal(t, "input 9, cache_read 0.9, output 18, web_search 1", rates(t, b, "p/m", conditions{at: "2026-01-01T00:00:00Z"}), "outside of its period the earlier one")
	assert.Equal(t, "input 9", rates(t, b, "p/n", conditions{}))
}

func TestContractsOfOneModelMayFollowOneAnother(t *testing.T) {
	b := load(t, contracted+`contracts:
  - {name: c, provider: p, models: [n, n, N], until: 2026-06-01T00:00:00Z, times: {tokens: 0.9}}
  - {name: d, provider: p, models: [n], from: 2026-06-01T00:00:00Z, times: {tokens: 0.8}}
  - {name: e, provider: p, models: [m], times: {tokens: 0.7}}
`)
	assert.Equal(t, "input 9", rates(t, b, "p/n", conditions{at: "2026-05-31T23:59:59Z"}))
	assert.Equal(t, "input 8", rates(t, b, "p/n", conditions{at: "2026-06-01T00:00:00Z"}))
}

func TestContractPricesAFinerMeterApart(t *testing.T) {
	b := load(t, contracted+"contracts: [{name: c, provider: p, set: {cache_write.1h: 7, input.audio: 3}, times: {reasoning: 0.5}}]\n")
	assert.Equal(t, "input 10, input.audio 3, cache_read 1, cache_write.1h 7, output 20, reasoning 10, web_search 1", rates(t, b, "p/m", conditions{}))
	p := priceOf(t, b, "p/n", "2026-11-23T00:00:00Z")
	assert.NotContains(t, p.Meters, meter.AllReasoning, "there is no output price that it could be a part of")
}

func TestContractNamesTheProviderByIDBeforeItsOtherNames(t *testing.T) {
	b := load(t, contracted, "providers: {q: {names: [p, x]}}\ncontracts: [{name: c, provider: p, times: {tokens: 0.9}}]\n")
	assert.Equal(t, "q", b.Provider("p").ID)
	i := slices.IndexFunc(b.Providers(), func(p *Provider) bool { return p.ID == "p" })
	assert.NotEmpty(t, b.Providers()[i].ids["m"].contracts)
}

func TestContractDoesNotPriceWhatHasNoListPrice(t *testing.T) {
	b := load(t, contracted+"contracts: [{name: c, provider: p, set: {file_search: 7, output: 3}}]\n")
	assert.Equal(t, "input 10", rates(t, b, "p/n", conditions{}))
}

func TestExchangeRatesOfALaterLayerReplaceTheTimeTheyCover(t *testing.T) {
	low := "currency: CNY\nproviders: {p: {models: {m: {prices: [{rates: {input: 29}}]}}}}\nfx: {CNY: [{per_usd: 7.25}, {from: 2026-01-01T00:00:00Z, until: 2026-12-01T00:00:00Z, per_usd: 5}]}\n"
	b := load(t, low, "fx: {CNY: [{from: 2026-06-01T00:00:00Z, until: 2026-07-01T00:00:00Z, per_usd: 2}]}\n")
	rate := func(instant string) string { return rates(t, b, "p/m", conditions{at: instant}) }
	assert.Equal(t, "input 4", rate("2025-06-01T00:00:00Z"))
	assert.Equal(t, "input 5.8", rate("2026-01-01T00:00:00Z"))
	assert.Equal(t, "input 14.5", rate("2026-06-01T00:00:00Z"))
	assert.Equal(t, "input 5.8", rate("2026-07-01T00:00:00Z"))
	p := priceOf(t, b, "p/m", "2026-12-01T00:00:00Z")
	_, _, ok := p.Exchange(at(t, "2026-12-01T00:00:00Z"))
	assert.False(t, ok, "a time that no layer covers has no rate")
}

func TestCalendarOfALaterLayerReplacesItsYears(t *testing.T) {
	low := `
calendars: {c: {2025: [2025-01-01], 2026: [2026-01-01]}}
providers: {p: {models: {m: {prices: [{rates: {input: 1}, adjust: {schedule: [{except: c, times: {tokens: 2}}]}}]}}}}
`
	b := load(t, low, "calendars: {c: {2026: [2026-01-02], 2027: []}}\n")
	rate := func(instant string) string { return rates(t, b, "p/m", conditions{at: instant}) }
	assert.Equal(t, "input 1", rate("2025-01-01T12:00:00Z"))
	assert.Equal(t, "input 2", rate("2026-01-01T12:00:00Z"))
	assert.Equal(t, "input 1", rate("2026-01-02T12:00:00Z"))
	_, unknown := priceOf(t, b, "p/m", "2027-01-01T00:00:00Z").Schedule(at(t, "2027-01-01T12:00:00Z"))
	assert.False(t, unknown)
}

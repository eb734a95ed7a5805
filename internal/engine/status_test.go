package engine_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/engine"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/usage"
)

const statusBook = `
fx: {CNY: [{until: 2026-06-01T00:00:00Z, per_usd: 7.25}]}
calendars: {days: {2025: []}}
providers:
  p:
    hosts: [api.example.com, eu.example.com]
    host_geo: {eu.example.com: eu}
    infer: true
    models:
      m: {prices: [{rates: {input: 1, output: 2}}]}
      past: {prices: [{until: 2026-01-01T00:00:00Z, rates: {input: 1, output: 2}}]}
      none: {}
      cached: {prices: [{rates: {input: 1, cache_read: 0.1, cache_write: 1.25, cache_write.1h: 2, output: 2}}]}
      written: {prices: [{rates: {input: 1, cache_write: 1.25, output: 2}}]}
      tiers: {prices: [{rates: {input: 1, output: 2}, adjust: {mode: {flex: {times: {tokens: 0.5}}}}}]}
      regions: {prices: [{rates: {input: 1, output: 2}, adjust: {geo: {eu: {times: {tokens: 1.1}}}}}]}
      fallback: {prices: [{rates: {input: 1, output: 2}, adjust: {geo: {eu: {}, "?": {times: {tokens: 3}}}}}]}
      audio: {prices: [{rates: {input: 1, input.audio: 8, output: 2}}]}
      overlap: {prices: [{rates: {input: 1, input.audio: 8, cache_read: 0.1, output: 2}}]}
      reasoning: {prices: [{rates: {input: 1, output: 2, reasoning: 3}}]}
      tools: {prices: [{rates: {input: 1, tool_prompt: 2, output: 2}, fees: {web_search: 0.01}}]}
      input-only: {prices: [{rates: {input: 1}}]}
      output-only: {prices: [{rates: {output: 1}}]}
      rerank: {prices: [{fees: {search_unit: 0.002}}]}
      per-call: {prices: [{fees: {request: 0.005}}]}
      call-and-page: {prices: [{fees: {request: 0.005, page: 0.001}}]}
      contested: {prices: [{rates: {input: 1, output: 2}, adjust: {context: [{input: {over: 100}, contested: true, times: {tokens: 2}}]}}]}
      holidays: {prices: [{rates: {input: 1, output: 2}, adjust: {schedule: [{except: days, times: {tokens: 2}}]}}]}
      unconfirmed: {prices: [{unconfirmed: true, rates: {input: 1, output: 2}}]}
      yuan: {prices: [{currency: CNY, rates: {input: 29, output: 2}}]}
      euro: {prices: [{currency: EUR, rates: {input: 1, output: 2}}]}
      reserved: {billing: provisioned, prices: [{rates: {input: 1}}]}
      free: {prices: [{rates: {input: 0, output: 0}}]}
      vast: {prices: [{rates: {input: 999999999999}, adjust: {mode: {x: {times: {tokens: 999999999999}}}, geo: {eu: {times: {tokens: 999999999999}}}}}]}
`

// told makes a call of a model that tells every fact.
func told(model string, c counts) func(testing.TB) call.Call {
	return func(t testing.TB) call.Call {
		out := c.call(t)
		out.ResponseModel = model
		return out
	}
}

func TestEveryReasonAndItsStatus(t *testing.T) {
	plain := counts{"input": 100, "output": 10}
	book := mustLoad(t, statusBook)
	for _, tc := range []struct {
		name    string
		call    func(testing.TB) call.Call
		change  func(*call.Call)
		status  status.Status
		reasons string
		total   string // empty if there is none
	}{
		{"all is told", told("m", plain), nil, status.Exact, "", "0.00012"},
		{"free of charge", told("free", plain), nil, status.Exact, "", "0"},

		{"model unknown", told("x", plain), nil, status.Unpriced, "model_unknown", ""},
		{"model not reported", told("", plain), nil, status.Unpriced, "model_not_reported", ""},
		{"provider unknown", told("m", plain), func(c *call.Call) { c.Provider = "x" }, status.Unpriced, "provider_unknown", ""},
		{"provider not reported", told("x", plain), func(c *call.Call) { c.Provider = "" }, status.Unpriced, "provider_not_reported", ""},
		{"no price at that time", told("past", plain), nil, status.Unpriced, "no_price_at_time", ""},
		{"a time beyond all prices", told("m", plain), func(c *call.Call) { c.StartUnixNano = math.MaxUint64 }, status.Unpriced, "no_price_at_time", ""},
		{"no price at all", told("none", plain), nil, status.Unpriced, "no_price_at_time", ""},
		{"no exchange rate at that time", told("yuan", plain), nil, status.Unpriced, "no_exchange_rate", ""},
		{"no usage", told("m", counts{}), nil, status.Unpriced, "usage_missing", ""},
		{"usage of nothing", told("m", counts{"input": 0, "output": 0, "web_search": 0}), nil, status.Unpriced, "usage_missing", ""},
		{"no usage of an unknown model", told("x", counts{}), nil, status.Unpriced, "model_unknown,usage_missing", ""},
		{"negative count", told("m", counts{"input": 100, "output": -1}), nil, status.Unpriced, "usage_invalid", ""},
		{"absurd count", told("m", counts{"input": usage.MaxCount + 1}), nil, status.Unpriced, "usage_invalid", ""},
		{"as many as an int64 holds", told("m", counts{"input": math.MaxInt64, "cache_read": math.MaxInt64, "output": math.MaxInt64}), nil, status.Unpriced, "usage_invalid", ""},
		{"as few as an int64 holds", told("m", counts{"input": math.MinInt64}), nil, status.Unpriced, "usage_invalid", ""},
		{"negative fee", told("tools", counts{"input": 1, "web_search": -1}), nil, status.Unpriced, "usage_invalid", ""},
		{"absurd fee", told("tools", counts{"input": 1, "web_search": math.MaxInt64}), nil, status.Unpriced, "usage_invalid", ""},
		{"invalid usage of an unknown model", told("x", counts{"input": -1}), nil, status.Unpriced, "model_unknown,usage_invalid", ""},
		{"unreadable usage", told("m", counts{}), func(c *call.Call) { c.Reasons.Add(status.UsageInvalid) }, status.Unpriced, "usage_invalid", ""},
		{"a sum that no amount holds", told("vast", counts{"input": usage.MaxCount}), func(c *call.Call) { c.Mode, c.Geo = "x", "eu" }, status.Unpriced, "usage_invalid", ""},
		{"no part of the usage has a price", told("output-only", counts{"input": 100}), nil, status.Unpriced, "usage_not_priced", ""},
		{"an item that has no price, alone", told("m", counts{"image": 1}), nil, status.Unpriced, "usage_not_priced", ""},
		{"a price of items and only tokens are told", told("rerank", counts{"input": 100}), nil, status.Unpriced, "usage_missing", ""},
		{"a price of items and another item is told", told("rerank", counts{"image": 1}), nil, status.Unpriced, "usage_missing", ""},
		{"a price of items and of calls, and no item is told", told("call-and-page", plain), nil, status.Unpriced, "usage_missing", ""},
		{"operation unknown", told("m", plain), func(c *call.Call) { c.Kind = call.Unclear }, status.Unpriced, "operation_unknown", ""},

		{"some usage has no price", told("input-only", plain), nil, status.Partial, "meter_not_priced", "0.0001"},
		{"an item has no price", told("m", counts{"input": 100, "image": 1}), nil, status.Partial, "meter_not_priced", "0.0001"},
		{"zero of an item without price", told("m", counts{"input": 100, "image": 0}), nil, status.Exact, "", "0.0001"},
		{"items alone are billed, not tokens", told("rerank", counts{"input": 100, "search_unit": 3}), nil, status.Exact, "", "0.006"},
		{"the call itself is billed", told("per-call", plain), nil, status.Exact, "", "0.005"},
		{"several requests were told", told("per-call", counts{"input": 1, "request": 3}), nil, status.Exact, "", "0.015"},
		{"a told request that is free", told("m", counts{"input": 100, "request": 1}), nil, status.Exact, "", "0.0001"},

		{"cache larger than input", told("cached", counts{"input": 10, "cache_read": 40, "output": 1}), nil, status.Estimated, "usage_contradictory", "0.000006"},
		{"a part without its total", told("cached", counts{"cache_read": 40, "output": 1}), nil, status.Estimated, "total_not_reported", "0.000006"},
		{"cache not reported", told("cached", plain), func(c *call.Call) { c.Told &^= call.CacheReads | call.CacheWrites }, status.Estimated, "cache_not_reported", "0.00012"},
		{"cache writes not reported", told("cached", plain), func(c *call.Call) { c.Told &^= call.CacheWrites }, status.Estimated, "cache_write_not_reported", "0.00012"},
		{"cache writes do not matter", told("m", plain), func(c *call.Call) { c.Told &^= call.CacheWrites | call.CacheReads | call.CacheTTL }, status.Exact, "", "0.00012"},
		{"no input, no cache", told("cached", counts{"output": 10}), func(c *call.Call) { c.Told &^= call.CacheReads | call.CacheWrites | call.CacheTTL }, status.Exact, "", "0.00002"},
		{"retention not reported", told("cached", counts{"input": 100, "cache_write": 40}), func(c *call.Call) { c.Told &^= call.CacheTTL }, status.Estimated, "cache_ttl_not_reported", "0.00011"},
		{"retention reported", told("cached", counts{"input": 100, "cache_write": 40, "cache_write.5m": 40}), func(c *call.Call) { c.Told &^= call.CacheTTL }, status.Exact, "", "0.00011"},
		{"retention of a part reported", told("cached", counts{"input": 100, "cache_write": 40, "cache_write.1h": 10}), func(c *call.Call) { c.Told &^= call.CacheTTL }, status.Estimated, "cache_ttl_not_reported", "0.0001175"},
		{"nothing written, no retention", told("cached", plain), func(c *call.Call) { c.Told &^= call.CacheTTL }, status.Exact, "", "0.00012"},
		{"retentions of one price", told("written", counts{"input": 100, "cache_write": 40}), func(c *call.Call) { c.Told &^= call.CacheTTL }, status.Exact, "", "0.00011"},
		{"service tier not reported", told("tiers", plain), func(c *call.Call) { c.Told &^= call.ServiceTier }, status.Estimated, "service_tier_not_reported", "0.00012"},
		{"service tier asked for and not told", told("tiers", plain), func(c *call.Call) { c.Told &^= call.ServiceTier; c.Mode = "flex" }, status.Estimated, "service_tier_not_reported", "0.00006"},
		{"service tier does not matter", told("m", plain), func(c *call.Call) { c.Told &^= call.ServiceTier }, status.Exact, "", "0.00012"},
		{"service tier told", told("tiers", plain), func(c *call.Call) { c.Mode = " FLEX " }, status.Exact, "", "0.00006"},
		{"service tier unknown", told("tiers", plain), func(c *call.Call) { c.Mode = "warp" }, status.Estimated, "service_tier_unknown", "0.00012"},
		{"service tier unknown where there are none", told("m", plain), func(c *call.Call) { c.Mode = "warp" }, status.Estimated, "service_tier_unknown", "0.00012"},
		{"region not reported", told("regions", plain), func(c *call.Call) { c.Told &^= call.Region }, status.Estimated, "region_not_reported", "0.00012"},
		{"region told", told("regions", plain), func(c *call.Call) { c.Geo = "EU" }, status.Exact, "", "0.000132"},
		{"region assumed", told("regions", plain), func(c *call.Call) { c.AssumedGeo = "EU" }, status.Exact, "", "0.000132"},
		{"region told, and another assumed", told("regions", plain), func(c *call.Call) { c.Geo, c.AssumedGeo = "EU", "mars" }, status.Exact, "", "0.000132"},
		{"region of the host, and another assumed", told("regions", plain), func(c *call.Call) { c.Host, c.AssumedGeo = "eu.example.com", "mars" }, status.Exact, "", "0.000132"},
		{"region unknown", told("regions", plain), func(c *call.Call) { c.Geo = "mars" }, status.Estimated, "region_unknown", "0.00012"},
		{"region does not matter", told("m", plain), func(c *call.Call) { c.Geo = "mars"; c.Told &^= call.Region }, status.Exact, "", "0.00012"},
		{"the price for an untold region", told("fallback", plain), func(c *call.Call) { c.Told &^= call.Region }, status.Estimated, "region_not_reported", "0.00036"},
		{"modality not reported", told("audio", plain), func(c *call.Call) { c.Told &^= call.Modalities }, status.Estimated, "modality_not_reported", "0.00012"},
		{"overlap not reported", told("overlap", counts{"input": 100, "cache_read": 50, "input.audio": 50}), nil, status.Estimated, "overlap_not_reported", "0.000405"},
		{"overlap not priced", told("overlap", counts{"input": 100, "cache_read": 50, "input.audio": 50, "cache_read.audio": 50}), nil, status.Estimated, "overlap_not_priced", "0.000055"},
		{"reasoning not reported", told("reasoning", plain), func(c *call.Call) { c.Told &^= call.Reasoning }, status.Estimated, "reasoning_not_reported", "0.00012"},
		{"no output, no reasoning", told("reasoning", counts{"input": 100}), func(c *call.Call) { c.Told &^= call.Reasoning }, status.Exact, "", "0.0001"},
		{"tool use not reported", told("tools", plain), func(c *call.Call) { c.Told &^= call.ToolUse }, status.Estimated, "tool_use_not_reported", "0.00012"},
		{"tool use reported", told("tools", counts{"input": 100, "web_search": 2}), func(c *call.Call) { c.Told &^= call.ToolUse }, status.Exact, "", "0.0201"},
		{"tool prompts not reported", told("tools", plain), func(c *call.Call) { c.Told &^= call.ToolPrompt }, status.Estimated, "tool_prompt_not_reported", "0.00012"},
		{"response model not reported", told("", plain), func(c *call.Call) { c.RequestModel = "m" }, status.Estimated, "response_model_not_reported", "0.00012"},
		{"response model may be the one asked for", told("m", plain), func(c *call.Call) { c.Told &^= call.ServedModel }, status.Estimated, "response_model_not_reported", "0.00012"},
		{"response model unknown", told("x", plain), func(c *call.Call) { c.RequestModel = "m" }, status.Estimated, "response_model_unknown", "0.00012"},
		{"provider inferred", told("m", plain), func(c *call.Call) { c.Provider = "" }, status.Estimated, "provider_inferred", "0.00012"},
		{"price unconfirmed", told("unconfirmed", plain), nil, status.Estimated, "price_unconfirmed", "0.00012"},
		{"contested boundary", told("contested", plain), nil, status.Estimated, "context_boundary_contested", "0.00012"},
		{"holidays unknown", told("holidays", plain), nil, status.Estimated, "holidays_unknown", "0.00024"},
		{"what the reader found stays", told("m", plain), func(c *call.Call) { c.Reasons = status.Of(status.UsageContradictory, status.FactUnknown) }, status.Estimated, "fact_unknown,usage_contradictory", "0.00012"},

		{"provisioned by the book", told("reserved", plain), nil, status.NotMetered, "provisioned_throughput", ""},
		{"provisioned by the span", told("m", plain), func(c *call.Call) { c.Billing = attrkey.BillingProvisioned }, status.NotMetered, "provisioned_throughput", ""},
		{"roll-up", told("m", plain), func(c *call.Call) { c.Kind = call.RollUp }, status.NotBillable, "roll_up", ""},
		{"no inference", told("m", plain), func(c *call.Call) { c.Kind = call.Other }, status.NotBillable, "no_inference", ""},
		{"failed call", told("m", counts{}), func(c *call.Call) { c.Failed = true }, status.NotBillable, "failed_call", ""},
		{"failed call that used something", told("m", plain), func(c *call.Call) { c.Failed = true }, status.Exact, "", "0.00012"},
		{"duplicate", told("m", plain), func(c *call.Call) { c.Reasons = status.Of(status.DuplicateCall, status.FactUnknown) }, status.NotBillable, "duplicate_call", ""},
		{"cache of a gateway", told("m", plain), func(c *call.Call) { c.Reasons.Add(status.CacheReplay) }, status.NotBillable, "cache_replay", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := tc.call(t)
			if tc.change != nil {
				tc.change(&c)
			}
			before := c
			var r engine.Result
			engine.Price(book, &c, &r)
			assert.Equal(t, tc.status.String(), r.Status.String())
			assert.Equal(t, tc.reasons, r.Reasons.String())
			assert.Equal(t, before, c, "the call is not changed")
			if tc.total == "" {
				assert.False(t, r.Status.Priced())
				assert.True(t, r.Total.IsZero())
				assert.Nil(t, r.Price, "there is nothing that a zero could be taken for a cost by")
				return
			}
			assert.True(t, r.Status.Priced())
			assert.Equal(t, tc.total, r.Total.String())
			assert.Equal(t, "USD", r.Currency)
		})
	}
}

func TestAmountsWithoutExchangeTableStayInTheirCurrency(t *testing.T) {
	c := told("euro", counts{"input": 1_000_000})(t)
	var r engine.Result
	engine.Price(mustLoad(t, statusBook), &c, &r)
	assert.Equal(t, status.Exact, r.Status)
	assert.Equal(t, "EUR", r.Currency)
	assert.Equal(t, "1", r.Total.String())
}

func TestAmountsAreExchangedAtTheRateOfTheTime(t *testing.T) {
	c := told("yuan", counts{"input": 1_000_000})(t)
	c.StartUnixNano = 1_770_000_000_000_000_000 // February 2026
	var r engine.Result
	engine.Price(mustLoad(t, statusBook), &c, &r)
	assert.Equal(t, status.Exact, r.Status)
	assert.Equal(t, "USD", r.Currency)
	assert.Equal(t, "4", r.Total.String(), "29 / 7.25")
}

func TestRegionOfTheNameHoldsUnlessTheCallTellsOne(t *testing.T) {
	b := mustLoad(t, `providers: {p: {host_geo: {h.example.com: EU}, models: {m: {prices: [{rates: {input: 1}, adjust: {geo: {eu: {times: {tokens: 2}}, us: {times: {tokens: 3}}}}}]}}}}`)
	c := told("m", counts{"input": 1_000_000})(t)
	c.Host = "h.example.com"
	c.Told &^= call.Region
	var r engine.Result
	engine.Price(b, &c, &r)
	assert.Equal(t, "2", r.Total.String())
	assert.Equal(t, status.Exact, r.Status)
	c.Geo = "us"
	engine.Price(b, &c, &r)
	assert.Equal(t, "3", r.Total.String())
}

func TestLoadedCostIsRoundedOnce(t *testing.T) {
	// A third of a quantum a token: rounding the total first would lose it.
	b := mustLoad(t, "fx: {CNY: [{per_usd: 3}]}\nproviders: {p: {currency: CNY, models: {m: {prices: [{rates: {input: 0.000001}}]}}}}\n")
	c := told("m", counts{"input": 1})(t)
	var r engine.Result
	engine.Price(b, &c, &r)
	assert.Equal(t, "0", r.Total.String())
	assert.Equal(t, status.Exact, r.Status)
	three, err := money.ParseFactor("3")
	require.NoError(t, err)
	assert.Equal(t, "0.000000000001", r.Loaded(three).String())
}

func TestReplacedTotalIsEstimatedAndHasNoParts(t *testing.T) {
	c := told("tools", counts{"input": 100, "output": 10})(t)
	var r engine.Result
	engine.Price(mustLoad(t, statusBook), &c, &r)
	total, err := money.Parse("1.5")
	require.NoError(t, err)
	r.Replace(total)
	assert.Equal(t, status.Estimated, r.Status)
	assert.Equal(t, "reported_cost_used", r.Reasons.String())
	assert.Equal(t, total, r.Total)
	assert.Equal(t, [engine.NumParts]bool{}, r.HasPart)
	assert.Nil(t, r.Price)
	assert.NotNil(t, r.Resolution)
	half, err := money.ParseFactor("0.5")
	require.NoError(t, err)
	assert.Equal(t, "0.75", r.Loaded(half).String())
}

func TestPartsAreNamedAndHoldTheirMeters(t *testing.T) {
	for name, want := range map[string]string{
		"input": "input", "input.audio": "input", "tool_prompt": "input", "cache_read": "cache_read", "cache_read.audio": "cache_read",
		"cache_write.1h": "cache_write", "output": "output", "reasoning": "output", "citation": "output",
	} {
		m, err := meter.Parse(name)
		require.NoError(t, err)
		assert.Equal(t, want, engine.PartOf(m).String(), name)
	}
	assert.Equal(t, "fees", engine.PartFees.String())
}

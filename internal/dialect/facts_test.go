package dialect

import (
	"math"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// A count is an int, a double without a fraction, or digits; nothing else.
func TestCountsAreReadStrictly(t *testing.T) {
	num := func(f func(v pcommon.Value)) pcommon.Value { v := pcommon.NewValueEmpty(); f(v); return v }
	for name, c := range map[string]struct {
		v    pcommon.Value
		want int64
		how  reading
	}{
		"int":                 {pcommon.NewValueInt(12), 12, valid},
		"zero":                {pcommon.NewValueInt(0), 0, valid},
		"the largest":         {pcommon.NewValueInt(1_000_000_000), 1_000_000_000, valid},
		"beyond belief":       {pcommon.NewValueInt(1_000_000_001), 0, invalid},
		"negative":            {pcommon.NewValueInt(-1), 0, negative},
		"smallest":            {pcommon.NewValueInt(math.MinInt64), 0, negative},
		"double":              {pcommon.NewValueDouble(12.0), 12, valid},
		"double below zero":   {pcommon.NewValueDouble(-0.5), 0, negative},
		"digits below zero":   {pcommon.NewValueStr("-12"), 0, negative},
		"zero below zero":     {pcommon.NewValueStr("-0"), 0, invalid},
		"a sign alone":        {pcommon.NewValueStr("-"), 0, invalid},
		"two signs":           {pcommon.NewValueStr("--1"), 0, invalid},
		"fraction":            {pcommon.NewValueDouble(12.5), 0, invalid},
		"not a number":        {pcommon.NewValueDouble(math.NaN()), 0, invalid},
		"infinite":            {pcommon.NewValueDouble(math.Inf(1)), 0, invalid},
		"2^63":                {pcommon.NewValueDouble(1 << 63), 0, invalid},
		"negative zero":       {pcommon.NewValueDouble(math.Copysign(0, -1)), 0, valid},
		"digits":              {pcommon.NewValueStr("12"), 12, valid},
		"digits, zeros first": {pcommon.NewValueStr("0012"), 12, valid},
		"no digits":           {pcommon.NewValueStr(""), 0, invalid},
		"space":               {pcommon.NewValueStr(" 12"), 0, invalid},
		"sign":                {pcommon.NewValueStr("+12"), 0, invalid},
		"exponent":            {pcommon.NewValueStr("1e3"), 0, invalid},
		"decimal string":      {pcommon.NewValueStr("12.5"), 0, invalid},
		"9223372036854775808": {pcommon.NewValueStr("9223372036854775808"), 0, invalid},
		"truth":               {pcommon.NewValueBool(true), 0, invalid},
		"list":                {pcommon.NewValueSlice(), 0, invalid},
		"bytes":               {num(func(v pcommon.Value) { v.SetEmptyBytes() }), 0, invalid},
		"no value":            {pcommon.NewValueEmpty(), 0, absent},
	} {
		if got, how := toCount(c.v); got != c.want || how != c.how {
			t.Errorf("%s: %d, %d; want %d, %d", name, got, how, c.want, c.how)
		}
	}
}

// A count that cannot be read makes the call invalid, not a guess.
func TestInvalidCounts(t *testing.T) {
	for name, c := range map[string]struct {
		attrs []any
		want  string
	}{
		"input":                            {[]any{"gen_ai.usage.input_tokens", "12.5", "gen_ai.usage.output_tokens", 5}, "inference output=5 [usage_invalid]"},
		"cache":                            {[]any{"gen_ai.usage.input_tokens", 12, "gen_ai.usage.output_tokens", 5, "gen_ai.usage.cache_read.input_tokens", -1}, "inference inclusive:default input=12 output=5 [usage_invalid]"},
		"a total is not needed":            {[]any{"gen_ai.usage.input_tokens", 12, "gen_ai.usage.output_tokens", 5, "gen_ai.usage.total_tokens", "many"}, "inference inclusive:default input=12 output=5"},
		"the better spelling counts":       {[]any{"gen_ai.usage.prompt_tokens", "x", "gen_ai.usage.input_tokens", "12", "gen_ai.usage.output_tokens", 5.0}, "inference inclusive:default input=12 output=5"},
		"the worse spelling does not help": {[]any{"gen_ai.usage.input_tokens", "x", "gen_ai.usage.prompt_tokens", 12, "gen_ai.usage.output_tokens", 5}, "inference output=5 [usage_invalid]"},
		"spellings that disagree":          {[]any{"gen_ai.usage.prompt_tokens", 11, "gen_ai.usage.input_tokens", 12, "gen_ai.usage.output_tokens", 5}, "inference inclusive:default input=12 output=5 [usage_contradictory]"},
		"sums beyond belief":               {[]any{"gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5, "gen_ai.usage.cache_read.input_tokens", 999_999_999}, "inference exclusive:arithmetic input=1000000009 output=5 cache_read=999999999 [usage_invalid]"},
	} {
		attrs := append([]any{"gen_ai.operation.name", "chat"}, c.attrs...)
		if _, got := describe(t, Options{}, 0, "x", "", attrs...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Facts on the span or resource win over what is inferred.
func TestFactsWin(t *testing.T) {
	base := []any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20}
	for name, c := range map[string]struct {
		scope    string
		span     []any
		resource []any
		want     string
		told     call.Facts
		mode     string
	}{
		"a meter that nobody tells": {"x", []any{"token_usage.input.audio", 30}, nil, "inference inclusive:default input=100 output=20 input.audio=30", call.Modalities, ""},
		"the input itself":          {"x", []any{"token_usage.input", 90}, nil, "inference inclusive:rule input=90 output=20", 0, ""},
		"cache of an exclusive emitter adds to its input": {
			"@opentelemetry/instrumentation-aws-sdk 0.79.0",
			[]any{"token_usage.cache_read", 50, "token_usage.cache_write.1h", 7},
			nil,
			"inference exclusive:rule input=157 output=20 cache_read=50 cache_write=7 cache_write.1h=7", call.CacheReads | call.CacheWrites | call.CacheTTL, "",
		},
		"reasoning of an emitter that leaves it out": {"gemini-cli", []any{"token_usage.reasoning", 40, "token_usage.tool_prompt", 0}, nil, "inference inclusive:rule input=100 output=60 reasoning=40 tool_prompt=0", call.Reasoning | call.ToolPrompt, ""},
		"fees":                        {"x", []any{"token_usage.web_search", "3"}, nil, "inference inclusive:default input=100 output=20 web_search=3", call.ToolUse, ""},
		"mode":                        {"x", []any{"token_usage.mode", "batch", "openai.response.service_tier", "default"}, nil, "inference inclusive:default input=100 output=20", call.ServiceTier, "batch"},
		"mode of the resource":        {"x", nil, []any{"token_usage.mode", "flex"}, "inference inclusive:default input=100 output=20", call.ServiceTier, "flex"},
		"the span's mode comes first": {"x", []any{"token_usage.mode", "batch"}, []any{"token_usage.mode", "flex"}, "inference inclusive:default input=100 output=20", call.ServiceTier, "batch"},
		"region":                      {"x", nil, []any{"token_usage.geo", "eu"}, "inference inclusive:default input=100 output=20", call.Region, ""},
		"a name that is no meter":     {"x", []any{"token_usage.inputs", 3}, nil, "inference inclusive:default input=100 output=20 [fact_unknown]", 0, ""},
		"a value that is no count":    {"x", []any{"token_usage.input.audio", "some"}, nil, "inference inclusive:default input=100 output=20 [fact_unknown]", 0, ""},
		"billing that nobody knows":   {"x", []any{"token_usage.billing", "free"}, nil, "inference inclusive:default input=100 output=20 [fact_unknown]", 0, ""},
		"a very long name":            {"x", []any{"token_usage.cache_write.1h.and_much_more_that_makes_the_name_very_long_indeed", 3}, nil, "inference inclusive:default input=100 output=20 [fact_unknown]", 0, ""},
	} {
		scope, version, _ := strings.Cut(c.scope, " ")
		res, sc, sp := span(scope, version, append(slices.Clone(base), c.span...)...)
		put(res.Attributes(), c.resource...)
		got, line := describeSpan(t, Options{}, res, sc, sp)
		if line != c.want || got.Mode != c.mode {
			t.Errorf("%s:\n got %s, mode %q\nwant %s, mode %q", name, line, got.Mode, c.want, c.mode)
		}
		if !got.Told.Has(c.told) {
			t.Errorf("%s: %s are not told", name, factNames(got.Told))
		}
	}
	res, sc, sp := span("x", "", append(slices.Clone(base), "token_usage.billing", "provisioned")...)
	if c, _ := describeSpan(t, Options{}, res, sc, sp); c.Billing != "provisioned" {
		t.Errorf("billing is %q", c.Billing)
	}
}

// What a span tells, and no more.
func TestToldFacts(t *testing.T) {
	base := []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20}
	for name, c := range map[string]struct {
		scope, version string
		attrs          []any
		want           call.Facts
	}{
		"nothing":                          {"x", "", nil, 0},
		"a cache key, even zero":           {"x", "", []any{"gen_ai.usage.cache_read.input_tokens", 0}, call.CacheReads},
		"no writes need no retention":      {"x", "", []any{"gen_ai.usage.cache_write.input_tokens", 0}, call.CacheWrites | call.CacheTTL},
		"writes without retention":         {"x", "", []any{"gen_ai.usage.cache_write.input_tokens", 5}, call.CacheWrites},
		"the served tier":                  {"x", "", []any{"openai.response.service_tier", "default"}, call.ServiceTier},
		"a served tier that says nothing":  {"x", "", []any{"openai.response.service_tier", "auto"}, 0},
		"priority asked may not be served": {"x", "", []any{"openai.request.service_tier", "priority"}, 0},
		"default asked is served":          {"x", "", []any{"openai.request.service_tier", "default"}, call.ServiceTier},
		"the served model":                 {"x", "", []any{"gen_ai.response.model", "m"}, call.ServedModel},
		"an emitter that copies the model": {"@traceloop/instrumentation-langchain", "0.27.0", []any{"gen_ai.provider.name", "openai", "gen_ai.response.model", "m"}, 0},
		"keys that are left out when zero": {"@openlit/instrumentation-anthropic", "1.0.0", []any{"gen_ai.provider.name", "anthropic"}, call.CacheReads | call.CacheWrites},
		"a stream that may be estimated":   {"@openlit/instrumentation-openai", "1.0.0", []any{"gen_ai.request.is_stream", true}, 0},
		"audio":                            {"x", "", []any{"gen_ai.usage.audio.input_tokens", 5}, call.Modalities},
		"searches":                         {"ai", "", []any{"ai.response.providerMetadata", `{"anthropic":{"usage":{"input_tokens":100,"output_tokens":20,"server_tool_use":{"web_search_requests":2}}}}`}, call.ToolUse | call.CacheReads | call.CacheWrites},
		"fast was asked for":               {"com.anthropic.sdk.typescript", "1", []any{"anthropic.response.service_tier", "standard"}, call.ServiceTier},
	} {
		got, line := describe(t, Options{}, 0, c.scope, c.version, append(slices.Clone(base), c.attrs...)...)
		if got.Told != c.want {
			t.Errorf("%s: told all but %s; %s", name, factNames(got.Told), line)
		}
	}
	for fact, want := range map[string]call.Facts{"request": 0, "file_search": 0, "session": 0, "web_search": call.ToolUse} {
		if got, _ := describe(t, Options{}, 0, "x", "", append(slices.Clone(base), "token_usage."+fact, 1)...); got.Told != want {
			t.Errorf("the fee %s tells all but %s", fact, factNames(got.Told))
		}
	}
	res, sc, sp := span("com.anthropic.sdk.typescript", "1", append(slices.Clone(base), "anthropic.response.service_tier", "standard")...)
	sp.Attributes().PutEmptySlice("anthropic.beta").AppendEmpty().SetStr("fast-mode-2026-02-01")
	if c, _ := describeSpan(t, Options{}, res, sc, sp); c.Told.Has(call.ServiceTier) {
		t.Error("a standard tier is told though a fast mode was asked for")
	}
}

// The cache of a compaction is not told, whatever is told of the message's, so
// the call is never certain; a fact that somebody states holds for all.
func TestCompactionsAreNotCertain(t *testing.T) {
	base := []any{
		"gen_ai.operation.name", "chat", "gen_ai.provider.name", "anthropic", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20,
		"gen_ai.usage.cache_read.input_tokens", 30, "gen_ai.usage.cache_write.input_tokens", 0,
	}
	const cache = call.CacheReads | call.CacheWrites
	for name, c := range map[string]struct {
		attrs []any
		want  string
		told  call.Facts
	}{
		"none":           {nil, "inference inclusive:rule input=100 output=20 cache_read=30 cache_write=0", cache},
		"of nothing":     {[]any{"anthropic.usage.compaction.input_tokens", 0}, "inference inclusive:rule input=100 output=20 cache_read=30 cache_write=0", cache},
		"input":          {[]any{"anthropic.usage.compaction.input_tokens", 5000}, "inference inclusive:rule input=5100 output=20 cache_read=30 cache_write=0 [cache_not_reported]", 0},
		"output only":    {[]any{"anthropic.usage.compaction.output_tokens", 50}, "inference inclusive:rule input=100 output=70 cache_read=30 cache_write=0 [cache_not_reported]", 0},
		"reads stated":   {[]any{"anthropic.usage.compaction.input_tokens", 5000, "token_usage.cache_read", 30}, "inference inclusive:rule input=5100 output=20 cache_read=30 cache_write=0 [cache_not_reported]", call.CacheReads},
		"cache stated":   {[]any{"anthropic.usage.compaction.input_tokens", 5000, "token_usage.cache_read", 30, "token_usage.cache_write", 0}, "inference inclusive:rule input=5100 output=20 cache_read=30 cache_write=0", cache},
		"that is absurd": {[]any{"anthropic.usage.compaction.input_tokens", -5}, "inference inclusive:rule input=100 output=20 cache_read=30 cache_write=0 [usage_invalid]", cache},
	} {
		got, line := describe(t, Options{}, 0, "com.anthropic.sdk.typescript", "1.12.0", append(slices.Clone(base), c.attrs...)...)
		if line != c.want || got.Told&cache != c.told {
			t.Errorf("%s:\n got %s, told all but %s\nwant %s", name, line, factNames(got.Told), c.want)
		}
	}
}

package importer

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// known stands for the built-in book.
func known(name string) (string, bool) {
	id, ok := map[string]string{
		"openai": "openai", "anthropic": "anthropic", "bedrock": "aws.bedrock", "azure": "azure", "vertex_ai": "google.vertex",
		"deepseek": "deepseek", "google": "google.gemini",
	}[strings.ToLower(name)]
	return id, ok
}

// imported imports a table and loads the book that it makes.
func imported(t *testing.T, format, table, provider string) (*pricebook.Book, map[string]int) {
	t.Helper()
	r, err := Import(format, []byte(table), Options{Known: known, Provider: provider})
	require.NoError(t, err)
	b, err := pricebook.Load(pricebook.Layer{{Name: "imported", Data: r.Book}})
	require.NoError(t, err, "%s", r.Book)
	assert.Equal(t, b.NumModels(), r.Models)
	lost := map[string]int{}
	for _, l := range r.Losses {
		lost[l.What] = l.Count
	}
	again, err := Import(format, []byte(table), Options{Known: known, Provider: provider})
	require.NoError(t, err)
	assert.Equal(t, string(r.Book), string(again.Book), "the same table makes the same book")
	return b, lost
}

// conditions are what a rate is asked for.
type conditions struct {
	input     int64
	mode, geo string
	at        int64 // hour of the day on 2026-11-02
	day       int64 // nanoseconds to use instead
}

func model(t *testing.T, b *pricebook.Book, provider, name string) *pricebook.Model {
	t.Helper()
	p := b.Provider(provider)
	require.NotNil(t, p, provider)
	m := p.Find(name)
	require.NotNil(t, m, name)
	return m
}

const monday = 1793577600_000_000_000 // 2026-11-02T00:00:00Z

func rate(t *testing.T, m *pricebook.Model, name string, c conditions) string {
	t.Helper()
	at := c.day
	if at == 0 {
		at = monday + c.at*3600_000_000_000
	}
	p := m.At(at)
	require.NotNil(t, p)
	var choice pricebook.Choice
	choice.Context, _ = p.Context(c.input, 0)
	choice.Mode, _ = p.Mode(c.mode, at)
	choice.Geo, _ = p.Geo(c.geo, at)
	choice.Schedule, _ = p.Schedule(at)
	if f, err := meter.ParseFee(name); err == nil {
		d := p.FeeRate(f, choice)
		return pricebook.Decimal(d.Value)
	}
	mt, err := meter.Parse(name)
	require.NoError(t, err)
	d := p.Rate(mt, choice)
	return pricebook.Decimal(d.Value)
}

const liteLLMTable = `{
 "sample_spec": {"input_cost_per_token": 1, "litellm_provider": "one of https://docs.litellm.ai/docs/providers"},
 "gpt-x": {"litellm_provider": "openai", "mode": "chat", "source": "https://example.com/prices",
   "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 2.5e-07,
   "input_cost_per_token_batches": 1.25e-06, "output_cost_per_token_batches": 7.5e-06,
   "input_cost_per_token_flex": 1.25e-06, "output_cost_per_token_flex": 7.5e-06, "cache_read_input_token_cost_flex": 1.3e-07,
   "input_cost_per_token_priority": 5e-06, "output_cost_per_token_priority": 3e-05, "cache_read_input_token_cost_priority": 5e-07,
   "input_cost_per_token_above_272k_tokens": 5e-06, "output_cost_per_token_above_272k_tokens": 2.25e-05, "cache_read_input_token_cost_above_272k_tokens": 5e-07,
   "input_cost_per_token_above_272k_tokens_priority": 1e-05, "output_cost_per_token_above_272k_tokens_priority": 4.6e-05,
   "regional_processing_uplift_multiplier_eu": 1.1,
   "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.01, "search_context_size_high": 0.01},
   "max_tokens": 1000, "supports_vision": true},
 "claude-x": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
   "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06, "cache_read_input_token_cost": 3e-07,
   "provider_specific_entry": {"us": 1.1, "fast": 6.0},
   "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.02, "search_context_size_high": 0.03}},
 "anthropic.claude-x-v1:0": {"litellm_provider": "bedrock_converse", "mode": "chat", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05},
 "us.anthropic.claude-x-v1:0": {"litellm_provider": "bedrock_converse", "mode": "chat", "input_cost_per_token": 3.3e-06, "output_cost_per_token": 1.65e-05},
 "bedrock/us-gov-west-1/anthropic.claude-x-v1:0": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 3.6e-06, "output_cost_per_token": 1.8e-05},
 "bedrock/us-east-1/1-month-commitment/anthropic.claude-x": {"litellm_provider": "bedrock", "input_cost_per_second": 0.011},
 "azure/gpt-x": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06},
 "azure/eu/gpt-x": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2.2e-06, "output_cost_per_token": 8e-06},
 "vertex_ai/gemini-x": {"litellm_provider": "vertex_ai-language-models", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
   "input_cost_per_audio_token": 3e-06, "input_cost_per_token_above_200k_tokens": 2e-06, "input_cost_per_image": 0.01},
 "dashscope/qwen-x": {"litellm_provider": "dashscope", "mode": "chat",
   "tiered_pricing": [{"input_cost_per_token": 4e-07, "output_cost_per_token": 1.2e-06, "output_cost_per_reasoning_token": 4e-06, "range": [0, 256000]},
     {"input_cost_per_token": 1.2e-06, "output_cost_per_token": 3.6e-06, "output_cost_per_reasoning_token": 1.2e-05, "range": [256000, 1000000]}]},
 "rerank-x": {"litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0},
 "whisper-x": {"litellm_provider": "openai", "mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0001},
 "free/x": {"litellm_provider": "free", "mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 0},
 "noisy-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1.5000000000000002e-07, "output_cost_per_token": 6e-07},
 "no names": {"litellm_provider": "openai", "input_cost_per_token": 1e-06},
 "nowhere/x": {"litellm_provider": "no/where @ all", "input_cost_per_token": 1e-06}
}`

func TestLiteLLM(t *testing.T) {
	b, lost := imported(t, "litellm", liteLLMTable, "")
	for _, c := range []struct {
		provider, model, meter string
		conditions             conditions
		want                   string
	}{
		{"openai", "gpt-x", "input", conditions{}, "2.5"},
		{"openai", "gpt-x", "cache_read", conditions{}, "0.25"},
		{"openai", "gpt-x", "output", conditions{mode: "batch"}, "7.5"},
		{"openai", "gpt-x", "cache_read", conditions{mode: "batch"}, "0.25"}, // not stated: as at standard service
		{"openai", "gpt-x", "cache_read", conditions{mode: "flex"}, "0.13"},
		{"openai", "gpt-x", "input", conditions{input: 272_000}, "2.5"},
		{"openai", "gpt-x", "input", conditions{input: 272_001}, "5"},
		{"openai", "gpt-x", "output", conditions{input: 272_001}, "22.5"},
		{"openai", "gpt-x", "input", conditions{input: 272_001, mode: "priority"}, "10"},
		{"openai", "gpt-x", "output", conditions{input: 272_001, mode: "priority"}, "46"}, // stated, and not the product of 1.5 and 2
		{"openai", "gpt-x", "cache_read", conditions{mode: "priority", geo: "eu"}, "0.55"},
		{"openai", "gpt-x", "web_search", conditions{mode: "priority", geo: "eu"}, "0.01"},
		{"anthropic", "claude-x", "cache_write.1h", conditions{}, "6"},
		{"anthropic", "claude-x", "cache_write.5m", conditions{geo: "us"}, "4.125"},
		{"anthropic", "claude-x", "output", conditions{mode: "fast"}, "90"},
		{"aws.bedrock", "anthropic.claude-x-v1:0", "input", conditions{}, "3"},
		{"aws.bedrock", "us.anthropic.claude-x-v1:0", "input", conditions{geo: "us"}, "3.3"},
		{"aws.bedrock", "anthropic.claude-x-v1:0", "output", conditions{geo: "us-gov-west-1"}, "18"},
		{"azure", "gpt-x", "input", conditions{geo: "eu"}, "2.2"},
		{"azure", "gpt-x", "output", conditions{geo: "eu"}, "8"},
		{"google.vertex", "gemini-x", "input", conditions{input: 200_001}, "2"},
		{"google.vertex", "gemini-x", "input.audio", conditions{input: 200_001}, "3"}, // not stated above 200k
		{"dashscope", "qwen-x", "reasoning", conditions{input: 256_000}, "4"},
		{"dashscope", "qwen-x", "reasoning", conditions{input: 256_001}, "12"},
		{"cohere", "rerank-x", "search_unit", conditions{}, "0.002"},
		{"openai", "whisper-x", "audio_second", conditions{}, "0.0001"},
		{"openai", "noisy-x", "input", conditions{}, "0.15"},
		{"no-where---all", "nowhere/x", "input", conditions{}, "1"},
	} {
		assert.Equal(t, c.want, rate(t, model(t, b, c.provider, c.model), c.meter, c.conditions), "%s/%s %s %+v", c.provider, c.model, c.meter, c.conditions)
	}
	assert.Nil(t, b.Provider("free"), "zero is not a price that the table states")
	assert.Equal(t, map[string]int{
		"prices of zero, which say that something is free or that its price is not known": 4,
		"prices by size, quality or commitment":                                           1,
		"web searches priced by context size":                                             1,
		"LiteLLM's input_cost_per_image":                                                  1,
		"LiteLLM's output_cost_per_second":                                                1,
		"numbers with the tail of a float, rounded to 12 digits":                          1,
		"models whose name is no id":                                                      1,
	}, lost)
}

func TestLiteLLMNamesOtherProvidersOnlyOnce(t *testing.T) {
	b, _ := imported(t, "litellm", liteLLMTable, "")
	assert.NotNil(t, b.Provider("no/where @ all"), "the table's own name finds the provider")
}

const genaiTable = `[
 {"id": "openai", "pricing_urls": ["https://example.com/openai"], "models": [
  {"id": "gpt-y", "match": {"or": [{"equals": "gpt-y"}, {"equals": "gpt-y-2026-01-01"}, {"equals": "gpt-y-mini"}, {"starts_with": "gpt-y-2027"}]},
   "prices": {"input_mtok": {"base": 2, "tiers": [{"start": 272000, "price": 4}]}, "output_mtok": {"base": 10, "tiers": [{"start": 272000, "price": 15}]}, "cache_read_mtok": 0.2, "web_searches_kcount": 10}},
  {"id": "gpt-y-mini", "match": {"equals": "gpt-y-mini"}, "prices": [
    {"prices": {"input_mtok": 0.4, "output_mtok": 1.6}},
    {"constraint": {"start_date": "2026-03-13", "type": "start_date"}, "prices": {"input_mtok": 0.3, "output_mtok": 1.2}}]},
  {"id": "whisper-y", "match": {"contains": "whisper"}, "prices": {"input_audio_hours": 0.36}}]},
 {"id": "deepseek", "models": [
  {"id": "deepseek-y", "match": {"equals": "deepseek-y"}, "prices": [
    {"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
    {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z", "type": "time_of_date"}, "prices": {"input_mtok": 0.27, "output_mtok": 1.1}}]},
  {"id": "deepseek-z", "match": {"equals": "deepseek-z"}, "prices": [
    {"prices": {"input_mtok": 0.14, "output_mtok": 0.28}},
    {"constraint": {"start_date": "2026-08-17", "type": "start_date"}, "prices": {"input_mtok": 0.22, "output_mtok": 0.66}},
    {"constraint": {"start_time": "01:00:00Z", "end_time": "04:00:00Z", "type": "time_of_date"}, "prices": {"input_mtok": 0.44, "output_mtok": 1.32}}]}]}
]`

func TestGenaiPrices(t *testing.T) {
	b, lost := imported(t, "genai-prices", genaiTable, "")
	y := model(t, b, "openai", "gpt-y-2026-01-01")
	assert.Equal(t, "gpt-y", y.ID)
	assert.Equal(t, "https://example.com/openai", y.Prices[0].Source.URL)
	assert.Equal(t, "2", rate(t, y, "input", conditions{input: 272_000}))
	assert.Equal(t, "4", rate(t, y, "input", conditions{input: 272_001}))
	assert.Equal(t, "0.2", rate(t, y, "cache_read", conditions{input: 272_001}))
	assert.Equal(t, "0.01", rate(t, y, "web_search", conditions{}))

	mini := model(t, b, "openai", "gpt-y-mini")
	assert.Equal(t, "gpt-y-mini", mini.ID, "an id wins over the alias of another model")
	const day = 24 * 3600_000_000_000
	start := int64(1773360000_000_000_000) // 2026-03-13
	assert.Equal(t, "0.4", rate(t, mini, "input", conditions{day: start - day}))
	assert.Equal(t, "0.3", rate(t, mini, "input", conditions{day: start}))

	peak := model(t, b, "deepseek", "deepseek-y")
	assert.Equal(t, "0.135", rate(t, peak, "input", conditions{at: 0}))
	assert.Equal(t, "0.27", rate(t, peak, "input", conditions{at: 1}))
	assert.Equal(t, "0.55", rate(t, peak, "output", conditions{at: 17}))

	assert.Nil(t, b.Provider("openai").Find("gpt-y-2027-01-01"), "prefixes are not guessed")
	assert.Equal(t, map[string]int{
		"names matched by prefix, substring or pattern":                                     2,
		"genai-prices' input_audio_hours":                                                   1,
		"prices by time of day beside prices by date, which do not say from when they hold": 1,
	}, lost)
}

const modelsDevTable = `{
 "openai": {"models": {
  "gpt-w": {"cost": {"input": 2.5, "output": 15, "cache_read": 0.25, "tiers": [{"tier": {"size": 272000}, "input": 5, "output": 22.5, "cache_read": 0.5}]},
    "experimental": {"modes": {"fast": {"cost": {"input": 5, "output": 30, "cache_read": 0.5}, "provider": {"body": {"service_tier": "priority"}}}}}},
  "gpt-v": {"cost": {"input": 1, "output": 2, "context_over_200k": {"input": 2, "output": 3}, "image": 0.1}},
  "free": {"cost": {"input": 0, "output": 0}},
  "unpriced": {}}},
 "anthropic": {"models": {
  "claude-w": {"cost": {"input": 5, "output": 25, "cache_read": 0.5, "cache_write": 6.25},
    "experimental": {"modes": {"fast": {"cost": {"input": 30, "output": 150, "cache_read": 3, "cache_write": 37.5}, "provider": {"body": {"speed": "fast"}}}}}}}}
}`

func TestModelsDev(t *testing.T) {
	b, lost := imported(t, "models.dev", modelsDevTable, "")
	w := model(t, b, "openai", "gpt-w")
	assert.Equal(t, "5", rate(t, w, "input", conditions{input: 272_001}))
	assert.Equal(t, "22.5", rate(t, w, "output", conditions{input: 272_001}))
	assert.Equal(t, "30", rate(t, w, "output", conditions{mode: "priority"}), "the mode is called what telemetry shows")
	assert.Equal(t, "3", rate(t, model(t, b, "openai", "gpt-v"), "output", conditions{input: 200_001}))
	assert.Equal(t, "37.5", rate(t, model(t, b, "anthropic", "claude-w"), "cache_write", conditions{mode: "fast"}))
	assert.Nil(t, b.Provider("openai").Find("free"))
	assert.Equal(t, map[string]int{
		"prices of zero, which say that something is free or that its price is not known": 2, "models.dev's image": 1,
	}, lost)
}

func TestOneProviderIsImportedByAnyOfItsNames(t *testing.T) {
	for format, table := range map[string]string{"litellm": liteLLMTable, "genai-prices": genaiTable, "models.dev": modelsDevTable} {
		b, _ := imported(t, format, table, "OpenAI")
		require.Len(t, b.Providers(), 1, format)
		assert.Equal(t, "openai", b.Providers()[0].ID)
	}
	b, _ := imported(t, "litellm", liteLLMTable, "vertex_ai-language-models")
	assert.Equal(t, "google.vertex", b.Providers()[0].ID)
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	for format, table := range map[string]string{"litellm": "[]", "genai-prices": "{}", "models.dev": "nonsense"} {
		_, err := Import(format, []byte(table), Options{})
		assert.ErrorContains(t, err, "is not the table of "+format)
		assert.NotContains(t, err.Error(), "Go value")
	}
	for table, want := range map[string]string{"": "it is empty", `{"a": {`: "it is cut off", "nonsense": "it is no JSON from byte 2 on", "[1]": "a value that ends with byte 1 is not of the kind that stands there"} {
		_, err := Import("models.dev", []byte(table), Options{})
		assert.EqualError(t, err, "is not the table of models.dev: "+want)
	}
	_, err := Import("litellm", []byte("{}"), Options{})
	assert.ErrorContains(t, err, "holds no price")
	_, err = Import("litellm", []byte(liteLLMTable), Options{Provider: "nobody"})
	assert.ErrorContains(t, err, `holds no price of provider "nobody"`)
	_, err = Import("catwalk", nil, Options{})
	assert.ErrorContains(t, err, `format "catwalk" is not known; use litellm, genai-prices, models.dev`)
	assert.Equal(t, slices.Sorted(maps.Keys(formats)), slices.Sorted(slices.Values(Formats())))
}

func TestNumbersBeyondAnyPriceAreLeftOut(t *testing.T) {
	table := `{"openai": {"models": {"m": {"cost": {"input": 1, "output": 1e999999999, "cache_read": 1e-999999999, "cache_write": 123456789012, "reasoning": -1}}}}}`
	b, lost := imported(t, "models.dev", table, "")
	rates, _ := model(t, b, "openai", "m").Prices[0].Declared()
	assert.Len(t, rates, 1)
	assert.Equal(t, map[string]int{"numbers that cannot be read": 3, "numbers beyond any price": 1}, lost)
}

func FuzzImport(f *testing.F) {
	f.Add("litellm", liteLLMTable)
	f.Add("genai-prices", genaiTable)
	f.Add("models.dev", modelsDevTable)
	f.Fuzz(func(t *testing.T, format, table string) {
		r, err := Import(format, []byte(table), Options{Known: known})
		if err != nil {
			return
		}
		if _, err := pricebook.Load(pricebook.Layer{{Name: "imported", Data: r.Book}}); err != nil {
			t.Fatalf("the book does not load: %v\n%s", err, r.Book)
		}
	})
}

package datasets

import (
	"bytes"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// rows reads a data set and returns its rows as evidence files spell them.
func rows(t *testing.T, read func([]byte, map[string][]string) ([]evidence.Row, error), data string, spellings map[string][]string) []string {
	t.Helper()
	got, err := read([]byte(data), spellings)
	if err != nil {
		t.Fatal(err)
	}
	s := &evidence.Set{Name: "x", State: "2026-01-01", Rows: got}
	s.Sort()
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := evidence.Read(bytes.NewReader(b.Bytes()))
	if err != nil || len(again.Rows) != len(s.Rows) {
		t.Fatalf("evidence does not read back: %v", err)
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n")[5:] {
		fields := strings.Split(line, "\t")
		for i, f := range fields {
			if f == "" {
				fields[i] = "-"
			}
		}
		out = append(out, strings.Join(fields, " "))
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func find(t *testing.T, rows []evidence.Row, model, cell, meter string) string {
	t.Helper()
	for _, r := range rows {
		if r.Model == model && r.Cell.String() == cell && r.Meter == meter {
			return string(r.Rate)
		}
	}
	return ""
}

func TestLiteLLMKeysAreTakenApart(t *testing.T) {
	got, err := readLiteLLM([]byte(`{
		"gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1.5e-05,
			"cache_read_input_token_cost_above_272k_tokens_priority": 1e-06, "input_cost_per_token_batches": 1.25e-06,
			"cache_creation_input_token_cost_above_1hr": 5e-06, "output_cost_per_image": 0,
			"regional_processing_uplift_multiplier_eu": 1.1,
			"search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.01, "search_context_size_high": 0.01}},
		"bedrock/us-gov-west-1/amazon.nova-pro-v1:0": {"litellm_provider": "bedrock", "input_cost_per_token": 9.6e-07},
		"eu.amazon.nova-pro-v1:0": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 1.05e-06},
		"bedrock/us-east-1/6-month-commitment/anthropic.claude-v1": {"litellm_provider": "bedrock", "input_cost_per_second": 0.0067},
		"azure/eu/gpt-x": {"litellm_provider": "azure", "input_cost_per_token": 2.75e-06},
		"dashscope/qwen-x": {"litellm_provider": "dashscope", "tiered_pricing": [{"range": [0, 256000.0], "input_cost_per_token": 5e-08}, {"range": [256000.0, 1000000.0], "input_cost_per_token": 2.5e-07}]},
		"whisper-x": {"litellm_provider": "openai", "mode": "audio_transcription", "input_cost_per_second": 0.0001, "output_cost_per_second": 0.0},
		"tts-x": {"litellm_provider": "openai", "mode": "audio_speech", "input_cost_per_character": 1.5e-05},
		"dall-x": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.04},
		"rerank-x": {"litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0}
	}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][4]string{
		{"gpt-x", "", "input", "2.5"},
		{"gpt-x", "mode=priority,over=272000", "cache_read", "1"},
		{"gpt-x", "mode=batch", "input", "1.25"},
		{"gpt-x", "", "cache_write.1h", "5"},
		{"gpt-x", "", "image", ""},
		{"gpt-x", "geo=eu", "times", "1.1"},
		{"gpt-x", "", "web_search", "0.01"},
		{"amazon.nova-pro-v1:0", "geo=us-gov-west-1", "input", "0.96"},
		{"amazon.nova-pro-v1:0", "geo=eu", "input", "1.05"},
		{"gpt-x", "geo=eu", "input", "2.75"},
		{"qwen-x", "", "input", "0.05"},
		{"qwen-x", "over=256000", "input", "0.25"},
		{"whisper-x", "", "audio_second", "0.0001"},
		{"tts-x", "", "character", "0.000015"},
		{"dall-x", "", "image", "0.04"},
		{"rerank-x", "", "search_unit", "0.002"},
		{"rerank-x", "", "input", ""},
	} {
		if rate := find(t, got, c[0], c[1], c[2]); rate != c[3] {
			t.Errorf("%s [%s] %s is %q, want %q", c[0], c[1], c[2], rate, c[3])
		}
	}
	for _, r := range got {
		if strings.Contains(r.Model, "commitment") || strings.HasPrefix(r.Model, "anthropic.claude-v1") {
			t.Errorf("a price by commitment is no price of the model: %v", r)
		}
	}
}

func TestModelsDevTiersAndFastMode(t *testing.T) {
	expect(t, rows(t, readModelsDev, `{"openai": {"models": {"m": {
		"cost": {"input": 2.5, "output": 15.0, "cached_input": 9, "tiers": [{"tier": {"size": 272000}, "input": 5.0}]},
		"experimental": {"modes": {"fast": {"cost": {"input": 5.0}}}}}}}}`, nil),
		"openai m - - input 2.5", "openai m - - output 15", "openai m - mode=priority input 5", "openai m - over=272000 input 5")
}

func TestLangfuseConditionsAreCells(t *testing.T) {
	expect(t, rows(t, readLangfuse, `[{"modelName": "gpt-x", "pricingTiers": [
		{"conditions": [], "prices": {"input": 2.5e-06, "input_cached_tokens": 2.5e-07, "output": 1e-05, "output_reasoning_tokens": 1e-05}},
		{"conditions": [{"source": "model_parameters", "key": "service_tier", "operator": "in", "values": ["fast", "priority"]},
			{"usageDetailPattern": "(input)", "operator": "gt", "value": 272000}], "prices": {"input": 1e-05}}]},
		{"modelName": "chat-bison", "pricingTiers": [{"conditions": [], "prices": {"input": 1}}]}]`, nil),
		"openai gpt-x - - cache_read 0.25", "openai gpt-x - - input 2.5", "openai gpt-x - - output 10", "openai gpt-x - - reasoning 10",
		"openai gpt-x - mode=priority,over=272000 input 10")
}

func TestOpenRouterStringsAndOverrides(t *testing.T) {
	expect(t, rows(t, readOpenRouter, `{"data": [
		{"id": "a/b", "pricing": {"prompt": "0.0000006000000000000001", "completion": "0", "overrides": [{"min_prompt_tokens": 32000, "prompt": "0.000001"}]}},
		{"id": "a/b:free", "pricing": {"prompt": "0", "completion": "0"}},
		{"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}}]}`, nil),
		"openrouter a/b - - input 0.6", "openrouter a/b - over=31999 input 1", "openrouter a/b:free - - input 0", "openrouter a/b:free - - output 0")
}

func TestPortkeyRerankIsPerSearchAndUpperGeminiTiersAreLeftOut(t *testing.T) {
	expect(t, rows(t, readPortkey, `{
		"cohere|rerank-v3.5": {"request_token": 2000.0, "response_token": 0},
		"google|gemini-x-lte-128k": {"request_token": 1.25}, "google|gemini-x-gt-128k": {"request_token": 2.5},
		"bedrock|eu.amazon.nova-x": {"request_token": 1}}`, nil),
		"aws.bedrock amazon.nova-x - geo=eu input 1", "cohere rerank-v3.5 - - search_unit 0.002", "google.gemini gemini-x - - input 1.25")
}

func TestGenaiPricesMatchRulesAreAppliedToTheNamesOfOthers(t *testing.T) {
	got, err := readGenaiPrices([]byte(`[{"id": "openai", "models": [
		{"id": "invented", "match": {"or": [{"equals": "gpt-x"}, {"starts_with": "gpt-x-2026"}]}, "prices": [
			{"prices": {"input_mtok": {"base": 5, "tiers": [{"start": 271999, "price": 10}]}}},
			{"constraint": {"type": "start_date", "start_date": "2026-08-21"}, "prices": {"input_mtok": 4, "web_searches_kcount": 10}},
			{"constraint": {"type": "time_of_date", "start_time": "01:00:00Z"}, "prices": {"input_mtok": 99}}]}]}]`),
		map[string][]string{"openai": {"gpt-x-2026-07-09", "gpt-y"}})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range got {
		names[r.Model] = true
		if r.Rate == "99" {
			t.Error("a price for a time of day has no first day")
		}
	}
	if !names["gpt-x"] || !names["gpt-x-2026-07-09"] || names["gpt-y"] || names["invented"] {
		t.Errorf("names are %v", names)
	}
	if find(t, got, "gpt-x", "over=271999", "input") != "10" || find(t, got, "gpt-x", "", "web_search") != "0.01" {
		t.Errorf("got %v", got)
	}
}

func TestGenaiMatchClauses(t *testing.T) {
	var table []genaiProvider
	err := decode([]byte(`[{"models": [{"id": "a", "match": {"and": [{"contains": "x"}, {"regex": "\\d$"}]}}, {"id": "b", "match": {"ends_with": "y"}}]}]`), &table)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"ax1": "a", "ax": "", "zY": "b", "": ""} {
		got := ""
		if m := table[0].find(name); m != nil {
			got = m.ID
		}
		if got != want {
			t.Errorf("%q matches %q, want %q", name, got, want)
		}
	}
}

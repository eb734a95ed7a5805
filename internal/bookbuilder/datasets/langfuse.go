package datasets

import (
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// Langfuse states USD per token, by aliases of usage keys; the first alias that
// is present stands for the meter.
var langfuseMeters = []struct {
	meter   string
	aliases []string
}{
	{"input", []string{"input", "input_tokens", "input_text", "input_text_tokens", "prompt_token_count"}},
	{"output", []string{"output", "output_tokens", "output_text", "output_text_tokens"}},
	{"cache_read", []string{"input_cached_tokens", "input_cache_read", "cache_read_input_tokens", "input_cached_text_tokens"}},
	{"cache_write", []string{"input_cache_creation", "cache_creation_input_tokens", "cache_write_tokens"}},
	{"cache_write.1h", []string{"input_cache_creation_1h"}},
	{"reasoning", []string{"output_reasoning_tokens"}},
	{"input.audio", []string{"input_audio_tokens", "input_audio"}},
	{"output.audio", []string{"output_audio_tokens", "output_audio"}},
	{"cache_read.audio", []string{"input_cached_audio_tokens"}},
	{"input.image", []string{"input_image"}},
}

type langfuseTier struct {
	Conditions []struct {
		Source   string   `json:"source"`
		Key      string   `json:"key"`
		Values   []string `json:"values"`
		Operator string   `json:"operator"`
		Value    any      `json:"value"`
	} `json:"conditions"`
	Prices map[string]any `json:"prices"`
}

func readLangfuse(data []byte, _ map[string][]string) ([]evidence.Row, error) {
	var table []struct {
		ModelName string         `json:"modelName"`
		Tiers     []langfuseTier `json:"pricingTiers"`
	}
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, entry := range table {
		id := langfuseProvider(entry.ModelName)
		if id == "" {
			continue
		}
		s := sheet{rows: &rows, provider: id, model: entry.ModelName}
		for _, tier := range entry.Tiers {
			if err := readLangfuseTier(s, tier); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// langfuseProvider tells whose price list a row quotes: Langfuse has no
// provider, and describes the owner's own prices.
func langfuseProvider(model string) string {
	for prefix, id := range map[string]string{
		"gpt-": "openai", "chatgpt-": "openai", "o1": "openai", "o3": "openai", "o4": "openai",
		"text-embedding-": "openai", "ft:": "openai", "text-davinci": "openai", "text-ada": "openai", "text-babbage": "openai",
		"text-curie": "openai", "babbage": "openai", "davinci": "openai", "claude-": "anthropic", "gemini-": "google.gemini",
	} {
		if strings.HasPrefix(model, prefix) {
			return id
		}
	}
	return ""
}

func readLangfuseTier(s sheet, tier langfuseTier) error {
	var cell evidence.Cell
	for _, c := range tier.Conditions {
		switch {
		case c.Source == "model_parameters" && len(c.Values) > 0:
			cell.Mode = c.Values[len(c.Values)-1] // fast, priority: the older name stands for both
		case c.Operator == "gt":
			n, err := strconv.Atoi(numberText(c.Value))
			if err != nil {
				return err
			}
			cell.Over = n
		}
	}
	for _, m := range langfuseMeters {
		for _, alias := range m.aliases {
			if v, ok := tier.Prices[alias]; ok {
				if err := s.add(cell, m.meter, v, 6); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

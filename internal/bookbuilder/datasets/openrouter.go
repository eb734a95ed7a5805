package datasets

import (
	"maps"
	"slices"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// OpenRouter states USD per token as decimal strings, and per item for searches.
var openRouterMeters = map[string]string{
	"prompt": "input", "completion": "output", "input_cache_read": "cache_read", "input_cache_write": "cache_write",
	"input_cache_write_1h": "cache_write.1h", "internal_reasoning": "reasoning", "audio": "input.audio",
	"input_audio_cache": "cache_read.audio", "audio_output": "output.audio", "image_output": "output.image",
}

func readOpenRouter(data []byte, _ map[string][]string) ([]evidence.Row, error) {
	var table struct {
		Data []struct {
			ID      string         `json:"id"`
			Pricing map[string]any `json:"pricing"`
		} `json:"data"`
	}
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, entry := range table.Data {
		if entry.Pricing["prompt"] == "-1" { // a router: the price is that of the model it picks
			continue
		}
		s := sheet{rows: &rows, provider: "openrouter", model: entry.ID}
		if err := readOpenRouterPrices(s, evidence.Cell{}, entry.Pricing); err != nil {
			return nil, err
		}
		if err := s.add(evidence.Cell{}, "web_search", entry.Pricing["web_search"], 0); err != nil {
			return nil, err
		}
		overrides, _ := entry.Pricing["overrides"].([]any)
		for _, o := range overrides {
			override, _ := o.(map[string]any)
			n, err := strconv.Atoi(numberText(override["min_prompt_tokens"]))
			if err != nil {
				return nil, err
			}
			// "At least n" is "over n-1".
			if err := readOpenRouterPrices(s, evidence.Cell{Over: n - 1}, override); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

func readOpenRouterPrices(s sheet, cell evidence.Cell, prices map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(prices)) {
		if meter := openRouterMeters[key]; meter != "" {
			if err := s.add(cell, meter, prices[key], 6); err != nil {
				return err
			}
		}
	}
	return nil
}

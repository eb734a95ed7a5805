package datasets

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// models.dev states USD per million tokens. Its schema drops the misspelt keys
// cache_input, cached_input and cached_write silently; so do we.
var modelsDevMeters = map[string]string{
	"input": "input", "output": "output", "reasoning": "reasoning", "cache_read": "cache_read", "cache_write": "cache_write",
	"input_audio": "input.audio", "output_audio": "output.audio", "citation": "citation",
}

func readModelsDev(data []byte, _ map[string][]string) ([]evidence.Row, error) {
	var table map[string]struct {
		Models map[string]struct {
			Cost         map[string]any `json:"cost"`
			Experimental struct {
				Modes map[string]struct {
					Cost map[string]any `json:"cost"`
				} `json:"modes"`
			} `json:"experimental"`
		} `json:"models"`
	}
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, name := range slices.Sorted(maps.Keys(table)) {
		for _, id := range ours(name, func(p provider) []string { return p.modelsDev }) {
			for _, key := range slices.Sorted(maps.Keys(table[name].Models)) {
				model, geo := key, ""
				if id == "aws.bedrock" {
					model, geo = bedrockModel(key)
				}
				s := sheet{rows: &rows, provider: id, model: model, geo: geo}
				entry := table[name].Models[key]
				if err := readModelsDevCost(s, evidence.Cell{}, entry.Cost); err != nil {
					return nil, err
				}
				if err := readModelsDevCost(s, evidence.Cell{Mode: fastOf(id)}, entry.Experimental.Modes["fast"].Cost); err != nil {
					return nil, err
				}
			}
		}
	}
	return rows, nil
}

// fastOf says what a provider's fast mode is called in evidence: OpenAI renamed
// its priority tier to fast, Anthropic's fast mode is a mode of its own.
func fastOf(provider string) string {
	if provider == "openai" || provider == "azure" {
		return "priority"
	}
	return "fast"
}

func readModelsDevCost(s sheet, cell evidence.Cell, cost map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(cost)) {
		if meter := modelsDevMeters[key]; meter != "" {
			if err := s.add(cell, meter, cost[key], 0); err != nil {
				return err
			}
		}
	}
	tiers, _ := cost["tiers"].([]any)
	for _, t := range tiers {
		tier, _ := t.(map[string]any)
		bound, _ := tier["tier"].(map[string]any)
		size, err := strconv.Atoi(numberText(bound["size"]))
		if err != nil {
			return err
		}
		above := cell
		above.Over = size
		delete(tier, "tier")
		if err := readModelsDevCost(s, above, tier); err != nil {
			return err
		}
	}
	return nil
}

func numberText(v any) string {
	n, _ := v.(json.Number)
	return n.String()
}

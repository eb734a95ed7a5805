package datasets

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/decimal"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// The flattened Portkey table states USD per million tokens, standard service only.
var portkeyMeters = map[string]string{
	"request_token": "input", "response_token": "output", "cache_read_input_token": "cache_read", "cache_write_input_token": "cache_write",
	"request_audio_token": "input.audio", "response_audio_token": "output.audio", "cache_read_audio_input_token": "cache_read.audio",
	"request_image_token": "input.image", "response_image_token": "output.image", "cache_read_image_input_token": "cache_read.image",
	"reasoning_token": "reasoning",
}

func readPortkey(data []byte, _ map[string][]string) ([]evidence.Row, error) {
	var table map[string]map[string]any
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, key := range slices.Sorted(maps.Keys(table)) {
		name, full, _ := strings.Cut(key, "|")
		for _, id := range ours(name, func(p provider) []string { return p.portkey }) {
			model, geo, ok := portkeyModel(id, full)
			if !ok {
				continue
			}
			s := sheet{rows: &rows, provider: id, model: model, geo: geo}
			if err := readPortkeyEntry(s, table[key]); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// portkeyModel takes Portkey's own additions out of a name. On the Gemini list
// the context tier is part of the name, with a boundary of 128k even where
// Google's is 200k, so the upper tier is left to the other data sets.
func portkeyModel(provider, name string) (model, geo string, ok bool) {
	switch provider {
	case "google.gemini":
		if strings.HasSuffix(name, "-gt-128k") || strings.HasSuffix(name, "-gt-200k") {
			return "", "", false
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, "-lte-128k"), "-lte-200k")
	case "aws.bedrock":
		model, geo = bedrockModel(name)
		return model, geo, true
	case "fireworks":
		name = strings.TrimPrefix(name, "fireworks-ai/")
	}
	return name, "", !strings.HasSuffix(name, ".ft")
}

func readPortkeyEntry(s sheet, entry map[string]any) error {
	if strings.Contains(strings.ToLower(s.model), "rerank") {
		// Rerank prices are cents per search that the flattening took for cents per token.
		price, err := decimal.Parse(numberText(entry["request_token"]))
		if err == nil && price.Cmp("100") > 0 {
			return s.add(evidence.Cell{}, "search_unit", string(price), -6)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		if err := s.add(evidence.Cell{}, portkeyMeters[key], entry[key], 0); err != nil {
			return err
		}
	}
	return nil
}

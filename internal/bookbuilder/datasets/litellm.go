package datasets

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// LiteLLM states prices per single token, second, page and so on, in one flat
// key for each combination of meter, context size and tier.
var liteLLMMeters = map[string]string{
	"input_cost_per_token": "input", "output_cost_per_token": "output", "output_cost_per_reasoning_token": "reasoning",
	"cache_read_input_token_cost": "cache_read", "cache_creation_input_token_cost": "cache_write",
	"input_cost_per_audio_token": "input.audio", "output_cost_per_audio_token": "output.audio",
	"cache_read_input_audio_token_cost": "cache_read.audio", "input_cost_per_image_token": "input.image",
	"output_cost_per_image_token": "output.image", "citation_cost_per_token": "citation",
}

var liteLLMFees = map[string]string{
	"input_cost_per_query": "search_unit", "ocr_cost_per_page": "page", "annotation_cost_per_page": "annotated_page",
	"input_cost_per_request": "request",
}

var (
	liteLLMOver = regexp.MustCompile(`_above_(\d+)k_tokens`)
	// Keys whose first part is an image size, quality or a commitment are prices by request parameters, not of a model.
	liteLLMVariant = regexp.MustCompile(`(^|/)(\d+-x-\d+|max-x-max|low|medium|high|hd|standard|\d+-month-commitment)/`)
)

func readLiteLLM(data []byte, _ map[string][]string) ([]evidence.Row, error) {
	var table map[string]map[string]any
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, key := range slices.Sorted(maps.Keys(table)) {
		entry := table[key]
		name, _ := entry["litellm_provider"].(string)
		for _, id := range ours(name, func(p provider) []string { return p.litellm }) {
			model, geo, ok := liteLLMModel(id, key)
			if !ok {
				continue
			}
			if err := readLiteLLMEntry(sheet{rows: &rows, provider: id, model: model, geo: geo}, entry); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// liteLLMModel takes LiteLLM's own routing out of a key.
func liteLLMModel(provider, key string) (model, geo string, ok bool) {
	if liteLLMVariant.MatchString(key) {
		return "", "", false
	}
	switch provider {
	case "aws.bedrock":
		key = strings.TrimPrefix(strings.TrimPrefix(key, "bedrock_mantle/"), "bedrock/invoke/")
		model, geo = bedrockModel(key)
		return model, geo, model != ""
	case "azure":
		key = strings.TrimPrefix(strings.TrimPrefix(key, "azure/"), "azure_ai/")
		for _, zone := range []string{"us", "eu", "global", "global-standard"} {
			if rest, found := strings.CutPrefix(key, zone+"/"); found {
				return rest, strings.TrimSuffix(zone, "-standard"), true
			}
		}
		return key, "", !strings.Contains(key, "/")
	case "openai", "anthropic":
		return strings.TrimPrefix(key, "openai/"), "", true
	case "fireworks":
		key = strings.TrimPrefix(key, "fireworks_ai/")
	case "google.vertex":
		return strings.TrimPrefix(key, "vertex_ai/"), "", true
	case "google.gemini":
		return strings.TrimPrefix(key, "gemini/"), "", true
	default:
		for _, p := range providers {
			if p.id == provider {
				return withoutRouter(key, p.litellm)
			}
		}
	}
	return key, "", key != "" && !strings.HasSuffix(key, "/")
}

// withoutRouter takes the name of the provider off a key. Keys without it are
// model names, unless they are paths or prices by model size.
func withoutRouter(key string, names []string) (model, geo string, ok bool) {
	for _, name := range names {
		for _, prefix := range []string{name, strings.TrimSuffix(name, "_chat")} {
			if rest, found := strings.CutPrefix(key, prefix+"/"); found {
				return rest, "", rest != ""
			}
		}
	}
	return key, "", !strings.Contains(key, "/") && !strings.HasPrefix(key, "together-ai-")
}

func readLiteLLMEntry(s sheet, entry map[string]any) error {
	mode, _ := entry["mode"].(string)
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		cell, meter, shift := liteLLMKey(key)
		switch {
		case key == "input_cost_per_second" && mode == "audio_transcription":
			meter, shift = "audio_second", 0
		case key == "input_cost_per_character" && mode == "audio_speech":
			meter, shift = "character", 0
		case key == "output_cost_per_image" && mode == "image_generation" && entry["output_cost_per_image_token"] == nil:
			meter, shift = "image", 0
		case meter == "search_unit" && mode != "rerank":
			continue
		}
		if err := s.add(cell, meter, entry[key], shift); err != nil {
			return err
		}
	}
	return readLiteLLMRest(s, entry)
}

// liteLLMKey takes a key such as cache_read_input_token_cost_above_272k_tokens_priority apart.
func liteLLMKey(key string) (cell evidence.Cell, meter string, shift int) {
	if fee := liteLLMFees[key]; fee != "" {
		return cell, fee, 0
	}
	for suffix, mode := range map[string]string{"_batches": "batch", "_priority": "priority", "_flex": "flex"} {
		if rest, ok := strings.CutSuffix(key, suffix); ok {
			key, cell.Mode = rest, mode
		}
	}
	if m := liteLLMOver.FindStringSubmatch(key); m != nil {
		n, _ := strconv.Atoi(m[1])
		key, cell.Over = strings.Replace(key, m[0], "", 1), n*1000
	}
	if rest, ok := strings.CutSuffix(key, "_above_1hr"); ok && rest == "cache_creation_input_token_cost" {
		return cell, "cache_write.1h", 6
	}
	return cell, liteLLMMeters[key], 6
}

// readLiteLLMRest reads what is not one number under one key.
func readLiteLLMRest(s sheet, entry map[string]any) error {
	if sizes, ok := entry["search_context_cost_per_query"].(map[string]any); ok {
		low, high := sizes["search_context_size_low"], sizes["search_context_size_high"]
		if low == high && low == sizes["search_context_size_medium"] {
			if err := s.add(evidence.Cell{}, "web_search", low, 0); err != nil {
				return err
			}
		}
	}
	for _, geo := range []string{"eu", "us"} {
		if err := s.add(evidence.Cell{Geo: geo}, evidence.Times, entry["regional_processing_uplift_multiplier_"+geo], 0); err != nil {
			return err
		}
	}
	if special, ok := entry["provider_specific_entry"].(map[string]any); ok {
		if err := s.add(evidence.Cell{Geo: "us"}, evidence.Times, special["us"], 0); err != nil {
			return err
		}
		if err := s.add(evidence.Cell{Mode: "fast"}, evidence.Times, special["fast"], 0); err != nil {
			return err
		}
	}
	bands, _ := entry["tiered_pricing"].([]any)
	for _, b := range bands {
		band, _ := b.(map[string]any)
		limits, _ := band["range"].([]any)
		if len(limits) != 2 {
			continue
		}
		low, err := strconv.ParseFloat(numberText(limits[0]), 64)
		if err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(band)) {
			if _, meter, shift := liteLLMKey(key); meter != "" {
				if err := s.add(evidence.Cell{Over: int(low)}, meter, band[key], shift); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

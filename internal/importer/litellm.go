package importer

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/modelname"
)

// LiteLLM states prices per single token, second, page and so on, in one flat
// key for each combination of meter, context length and tier. Source:
// BerriAI/litellm, model_prices_and_context_window.json.
var liteLLMMeters = map[string]string{
	"input_cost_per_token": "input", "output_cost_per_token": "output", "output_cost_per_reasoning_token": "reasoning",
	"cache_read_input_token_cost": "cache_read", "cache_creation_input_token_cost": "cache_write",
	"cache_creation_input_token_cost_above_1hr": "cache_write.1h", "cache_creation_input_audio_token_cost": "cache_write.audio",
	"input_cost_per_audio_token": "input.audio", "output_cost_per_audio_token": "output.audio",
	"cache_read_input_audio_token_cost": "cache_read.audio", "input_cost_per_image_token": "input.image",
	"output_cost_per_image_token": "output.image", "output_cost_per_video_token": "output.video", "citation_cost_per_token": "citation",
}

// liteLLMFees are prices per item, by the modes of models that they mean something for.
var liteLLMFees = []struct{ key, fee, mode string }{
	{"input_cost_per_query", "search_unit", "rerank"},
	{"input_cost_per_query", "request", "search"},
	{"ocr_cost_per_page", "page", ""},
	{"annotation_cost_per_page", "annotated_page", ""},
	{"input_cost_per_request", "request", ""},
	{"code_interpreter_cost_per_session", "session", ""},
	{"input_cost_per_second", "audio_second", "audio_transcription"},
	{"input_cost_per_character", "character", "audio_speech"},
	{"output_cost_per_image", "image", "image_generation"},
	{"output_cost_per_second", "video_second", "video_generation"},
	{"output_cost_per_video_per_second", "video_second", "video_generation"},
}

var (
	liteLLMOver   = regexp.MustCompile(`_above_(\d+)k_tokens`)
	liteLLMModes  = map[string]string{"_batches": "batch", "_priority": "priority", "_flex": "flex", "_ultrafast": "ultrafast"}
	liteLLMRoutes = map[string]string{
		"bedrock_converse": "bedrock", "bedrock_mantle": "bedrock", "azure_ai": "azure", "azure_text": "azure",
		"cohere_chat": "cohere", "text-completion-openai": "openai", "text-completion-codestral": "codestral", "text-completion-inception": "inception",
		"fireworks_ai-embedding-models": "fireworks_ai",
	}
	// Keys that begin with an image size, a quality or a commitment are prices
	// by request parameters, and not of a model.
	liteLLMVariant = regexp.MustCompile(`(^|/)(\d+-x-\d+|max-x-max|low|medium|high|hd|standard|\d+-month-commitment)/`)
)

func readLiteLLM(data []byte, t *table) error {
	var entries map[string]map[string]any
	if err := decode(data, &entries); err != nil {
		return err
	}
	models := map[string]*liteLLM{}
	var order []string
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[key]
		name, _ := entry["litellm_provider"].(string)
		if key == "sample_spec" || name == "" {
			continue
		}
		route := liteLLMRoute(name)
		id := t.id(route, name)
		if !t.wanted(id, name) {
			continue
		}
		if liteLLMVariant.MatchString(key) {
			t.losses.add("prices by size, quality or commitment", key)
			continue
		}
		model, geo := liteLLMModel(key, name, route)
		where := id + "/" + model
		m := models[where]
		if m == nil {
			m = &liteLLM{sheet: t.sheet(where), id: id, route: route, model: model}
			models[where] = m
			order = append(order, where)
		}
		m.geo = geo
		m.read(entry)
	}
	for _, where := range order {
		m := models[where]
		if p, ok := m.price(); ok {
			p.Source.URL = m.url
			t.add(m.id, m.route, m.model, nil, one(p))
		}
	}
	return nil
}

// liteLLM is a model in LiteLLM's table, which has an entry for each region.
type liteLLM struct {
	*sheet
	id, route, model string
	geo              string // of the entry that is being read
	url              string
}

// liteLLMRoute returns the provider behind one of LiteLLM's names for it.
func liteLLMRoute(name string) string {
	if route := liteLLMRoutes[name]; route != "" {
		return route
	}
	if strings.HasPrefix(name, "vertex_ai-") {
		return "vertex_ai"
	}
	return name
}

// azureZones are how LiteLLM spells deployment types of Azure before a model.
var azureZones = map[string]string{"us": "us", "eu": "eu", "global": "global", "global-standard": "global"}

// liteLLMModel takes the route and the region off a key.
func liteLLMModel(key, name, route string) (model, geo string) {
	model = key
	for _, prefix := range []string{name, route} {
		if rest, ok := strings.CutPrefix(key, prefix+"/"); ok && rest != "" {
			model = rest
			break
		}
	}
	switch route {
	case "bedrock":
		if n, ok := modelname.Parse(modelname.Bedrock, key); ok && n.Geo != "" {
			return n.ID, n.Geo
		}
	case "azure":
		zone, rest, found := strings.Cut(model, "/")
		if found && azureZones[zone] != "" {
			return rest, azureZones[zone]
		}
	}
	return model, ""
}

func (m *liteLLM) read(entry map[string]any) {
	mode, _ := entry["mode"].(string)
	if url, _ := entry["source"].(string); m.url == "" && len(url) < 300 && strings.HasPrefix(url, "http") {
		m.url = url
	}
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		value := entry[key]
		if !strings.Contains(key, "cost") && !strings.Contains(key, "pricing") && !strings.Contains(key, "uplift") && key != "provider_specific_entry" {
			continue
		}
		if _, number := value.(json.Number); number {
			m.number(key, mode, value)
			continue
		}
		switch key {
		case "tiered_pricing":
			m.bands(value)
		case "search_context_cost_per_query":
			m.search(value)
		case "provider_specific_entry":
			m.special(value)
		default:
			if value != nil {
				m.table.losses.add("LiteLLM's "+key, m.name)
			}
		}
	}
	if base := m.cells[cell{geo: m.geo}]; base["cache_read"] == "" && base != nil {
		m.set(cell{geo: m.geo}, "cache_read", literal(entry["input_cost_per_token_cache_hit"]), 6) // DeepSeek's older spelling
	}
}

func (m *liteLLM) number(key, mode string, value any) {
	if geo, ok := strings.CutPrefix(key, "regional_processing_uplift_multiplier_"); ok {
		m.factor(cell{geo: geo}, literal(value))
		return
	}
	if c, name := liteLLMKey(key); name != "" {
		c.geo = m.geo
		m.set(c, name, literal(value), 6)
		return
	}
	for _, f := range liteLLMFees {
		if f.key == key && (f.mode == "" || f.mode == mode) {
			m.set(cell{geo: m.geo}, f.fee, literal(value), 0)
			return
		}
	}
	if n := literal(value); strings.Trim(n, "0.") != "" && key != "input_cost_per_token_cache_hit" {
		m.table.losses.add("LiteLLM's "+key, m.name)
	}
}

// liteLLMKey takes a key such as cache_read_input_token_cost_above_272k_tokens_priority apart.
func liteLLMKey(key string) (c cell, name string) {
	for suffix, mode := range liteLLMModes {
		if rest, ok := strings.CutSuffix(key, suffix); ok {
			key, c.mode = rest, mode
			break
		}
	}
	if m := liteLLMOver.FindStringSubmatch(key); m != nil {
		thousands, err := strconv.Atoi(m[1])
		if err != nil || thousands > maxTier/1000 {
			return c, ""
		}
		key, c.over = strings.Replace(key, m[0], "", 1), thousands*1000
	}
	return c, liteLLMMeters[key]
}

// bands reads prices by range of input.
func (m *liteLLM) bands(value any) {
	bands, _ := value.([]any)
	for _, b := range bands {
		band, _ := b.(map[string]any)
		limits, _ := band["range"].([]any)
		var low float64
		if len(limits) == 2 {
			low, _ = strconv.ParseFloat(literal(limits[0]), 64)
		}
		if len(limits) != 2 || low < 0 || low > maxTier || low != float64(int(low)) {
			m.table.losses.add("LiteLLM's tiered_pricing by something else than input", m.name)
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(band)) {
			if _, name := liteLLMKey(key); name != "" {
				m.set(cell{over: int(low), geo: m.geo}, name, literal(band[key]), 6)
			} else if key != "range" {
				m.table.losses.add("LiteLLM's tiered_pricing: "+key, m.name)
			}
		}
	}
}

// search reads the price of a web search, if it does not depend on how
// much context the search takes.
func (m *liteLLM) search(value any) {
	sizes, _ := value.(map[string]any)
	prices := map[string]bool{}
	for _, v := range sizes {
		prices[literal(v)] = true
	}
	if len(prices) != 1 {
		m.table.losses.add("web searches priced by context size", m.name)
		return
	}
	for price := range prices {
		m.set(cell{geo: m.geo}, "web_search", price, 0)
	}
}

// special reads factors of providers: regions and fast modes.
func (m *liteLLM) special(value any) {
	factors, _ := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(factors)) {
		switch key {
		case "us", "eu", "global":
			m.factor(cell{geo: key}, literal(factors[key]))
		case "fast":
			m.factor(cell{mode: key}, literal(factors[key]))
		default:
			m.table.losses.add("LiteLLM's provider_specific_entry "+key, m.name)
		}
	}
}

package datasets

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/evidence"
)

// genai-prices states USD per million tokens, per thousand calls or pages and
// per hour of audio.
var genaiMeters = map[string]struct {
	meter string
	shift int
}{
	"input_mtok": {"input", 0}, "output_mtok": {"output", 0}, "cache_read_mtok": {"cache_read", 0}, "cache_write_mtok": {"cache_write", 0},
	"cache_write_1h_mtok": {"cache_write.1h", 0}, "input_audio_mtok": {"input.audio", 0}, "output_audio_mtok": {"output.audio", 0},
	"cache_audio_read_mtok": {"cache_read.audio", 0}, "input_image_mtok": {"input.image", 0}, "output_image_mtok": {"output.image", 0},
	"cache_image_read_mtok": {"cache_read.image", 0}, "input_video_mtok": {"input.video", 0}, "output_video_mtok": {"output.video", 0},
	"output_reasoning_mtok": {"reasoning", 0}, "output_citation_mtok": {"citation", 0},
	"web_searches_kcount": {"web_search", -3}, "storage_searches_kcount": {"file_search", -3}, "requests_kcount": {"request", -3},
	"input_document_kpages": {"page", -3}, "input_annotated_document_kpages": {"annotated_page", -3},
}

// genaiProvider is one of genai-prices' lists; its models are in the order in
// which their rules are tried.
type genaiProvider struct {
	ID     string       `json:"id"`
	Models []genaiModel `json:"models"`
}

type genaiModel struct {
	ID     string      `json:"id"`
	Match  *genaiMatch `json:"match"`
	Prices any         `json:"prices"`
}

// Names that genai-prices 0.1.8 resolves to another model than they name.
var genaiMisread = map[string]bool{
	"google.gemini gemini-1.5-flash-8b": true, "google.vertex gemini-1.5-flash-8b": true, "groq openai/gpt-oss-safeguard-20b": true,
	"azure o4-mini-deep-research": true, "mistral mistral-large-latest": true,
}

func readGenaiPrices(data []byte, spellings map[string][]string) ([]evidence.Row, error) {
	var table []genaiProvider
	if err := decode(data, &table); err != nil {
		return nil, err
	}
	var rows []evidence.Row
	for _, p := range table {
		for _, id := range ours(p.ID, func(p provider) []string { return p.genai }) {
			for _, name := range genaiNames(p, spellings[id]) {
				m := p.find(name)
				if m == nil || genaiMisread[id+" "+name] || id == "google.gemini" && vertexOnly(name) {
					continue
				}
				model, geo := name, ""
				if id == "aws.bedrock" {
					model, geo = bedrockModel(name)
				}
				if err := readGenaiPeriods(sheet{rows: &rows, provider: id, model: model, geo: geo}, m.Prices); err != nil {
					return nil, err
				}
			}
		}
	}
	return rows, nil
}

// vertexOnly tells names that genai-prices' one list for Google has and the
// Gemini API does not sell.
func vertexOnly(name string) bool {
	return strings.HasPrefix(name, "claude") || strings.HasSuffix(name, "-maas")
}

// genaiNames lists the names to look up: what the other data sets call the
// provider's models, and the ids, or where an id is genai-prices' own invention
// the strings that its match rule names outright.
func genaiNames(p genaiProvider, spellings []string) []string {
	names := map[string]bool{}
	for _, m := range p.Models {
		if m.Match.matches(strings.ToLower(m.ID)) {
			names[m.ID] = true
		} else {
			m.Match.literals(names)
		}
	}
	for _, s := range spellings {
		names[s] = true
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool { return strings.HasSuffix(name, "-") }) // the start of a name
	return slices.Sorted(maps.Keys(names))
}

// find applies the match rules in their order; the first model that matches wins.
func (p genaiProvider) find(name string) *genaiModel {
	lower := strings.ToLower(name)
	for i, m := range p.Models {
		if m.Match.matches(lower) {
			return &p.Models[i]
		}
	}
	return nil
}

// readGenaiPeriods reads one price, or several with the day each starts. Prices
// for a time of day are left out: they cannot say from which day they hold.
func readGenaiPeriods(s sheet, prices any) error {
	switch p := prices.(type) {
	case map[string]any:
		return readGenaiPrice(s, p)
	case []any:
		for _, item := range p {
			conditional, _ := item.(map[string]any)
			constraint, _ := conditional["constraint"].(map[string]any)
			if constraint != nil && constraint["type"] != "start_date" {
				continue
			}
			s.from, _ = constraint["start_date"].(string)
			price, _ := conditional["prices"].(map[string]any)
			if err := readGenaiPrice(s, price); err != nil {
				return err
			}
		}
	}
	return nil
}

func readGenaiPrice(s sheet, price map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(price)) {
		m, ok := genaiMeters[key]
		if !ok {
			continue
		}
		tiered, isTiered := price[key].(map[string]any)
		if !isTiered {
			if err := s.add(evidence.Cell{}, m.meter, price[key], m.shift); err != nil {
				return err
			}
			continue
		}
		if err := s.add(evidence.Cell{}, m.meter, tiered["base"], m.shift); err != nil {
			return err
		}
		tiers, _ := tiered["tiers"].([]any)
		for _, t := range tiers {
			tier, _ := t.(map[string]any)
			over, err := atoi(tier["start"])
			if err != nil {
				return err
			}
			if err := s.add(evidence.Cell{Over: over}, m.meter, tier["price"], m.shift); err != nil {
				return err
			}
		}
	}
	return nil
}

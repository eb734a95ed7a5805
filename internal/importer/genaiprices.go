package importer

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookbuilder/book"
)

// genai-prices states USD per million tokens, and per thousand calls or pages.
// Source: pydantic/genai-prices, data of the npm package.
var genaiMeters = map[string]struct {
	name  string
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

type genaiProvider struct {
	ID     string `json:"id"`
	Models []struct {
		ID     string      `json:"id"`
		Match  *genaiMatch `json:"match"`
		Prices any         `json:"prices"`
	} `json:"models"`
	URLs []string `json:"pricing_urls"`
}

// genaiMatch is a clause of model matching. Only equality can be said in a book.
type genaiMatch struct {
	Equals *string       `json:"equals"`
	Or     []*genaiMatch `json:"or"`

	StartsWith *string       `json:"starts_with"`
	EndsWith   *string       `json:"ends_with"`
	Contains   *string       `json:"contains"`
	Regex      *string       `json:"regex"`
	And        []*genaiMatch `json:"and"`
}

func readGenaiPrices(data []byte, t *table) error {
	var providers []genaiProvider
	if err := decode(data, &providers); err != nil {
		return err
	}
	for _, p := range providers {
		id := t.id(p.ID)
		if !t.wanted(id, p.ID) {
			continue
		}
		var names []string // of all models: an id wins over another's alias
		for _, m := range p.Models {
			names = append(names, strings.ToLower(m.ID))
		}
		for _, m := range p.Models {
			where := id + "/" + m.ID
			var aliases []string
			t.literals(m.Match, where, &aliases)
			aliases = slices.DeleteFunc(aliases, func(a string) bool {
				return !strings.EqualFold(a, m.ID) && slices.Contains(names, strings.ToLower(a))
			})
			prices := t.genaiPeriods(where, m.Prices)
			if len(p.URLs) > 0 {
				for i := range prices {
					prices[i].Source.URL = p.URLs[0]
				}
			}
			t.add(id, p.ID, m.ID, aliases, prices)
		}
	}
	return nil
}

// literals collects the names that a clause accepts by equality.
func (t *table) literals(m *genaiMatch, where string, into *[]string) {
	switch {
	case m == nil:
	case m.Equals != nil:
		*into = append(*into, *m.Equals)
	case m.Or != nil:
		for _, c := range m.Or {
			t.literals(c, where, into)
		}
	default:
		t.losses.add("names matched by prefix, substring or pattern", where)
	}
}

// genaiPeriods reads one price, or several with conditions, of which the last
// that holds counts.
func (t *table) genaiPeriods(where string, prices any) []book.Price {
	periods := []*sheet{t.sheet(where)}
	starts := []string{""}
	var windows []map[string]any
	switch p := prices.(type) {
	case map[string]any:
		periods[0].genaiPrice(cell{}, p)
	case []any:
		for _, item := range p {
			conditional, _ := item.(map[string]any)
			price, _ := conditional["prices"].(map[string]any)
			constraint, _ := conditional["constraint"].(map[string]any)
			start, dated := constraint["start_date"].(string)
			switch {
			case constraint == nil:
				periods[0].genaiPrice(cell{}, price)
			case dated && day.MatchString(start):
				s := t.sheet(where)
				s.genaiPrice(cell{}, price)
				periods, starts = append(periods, s), append(starts, start+"T00:00:00Z")
			case constraint["type"] == "time_of_date":
				windows = append(windows, conditional)
			default:
				t.losses.add("prices under conditions of another kind", where)
			}
		}
	}
	if len(windows) > 0 && len(periods) > 1 {
		t.losses.add("prices by time of day beside prices by date, which do not say from when they hold", where)
		windows = nil
	}
	for _, w := range windows {
		periods[0].genaiWindow(w)
	}
	var out []book.Price
	for i, s := range periods {
		if p, ok := s.price(); ok {
			p.From = starts[i]
			out = append(out, p)
		}
	}
	return out
}

var (
	day   = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	clock = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d:00Z$`)
)

// genaiWindow reads a price for a time of day in UTC.
func (s *sheet) genaiWindow(conditional map[string]any) {
	constraint, _ := conditional["constraint"].(map[string]any)
	from, _ := constraint["start_time"].(string)
	until, _ := constraint["end_time"].(string)
	price, _ := conditional["prices"].(map[string]any)
	if !clock.MatchString(from) || !clock.MatchString(until) || from == until {
		s.table.losses.add("prices by a time of day that is not whole minutes in UTC", s.name)
		return
	}
	s.genaiPrice(cell{window: window{from[:5], until[:5]}}, price)
}

func (s *sheet) genaiPrice(c cell, price map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(price)) {
		m, known := genaiMeters[key]
		if !known {
			s.table.losses.add("genai-prices' "+key, s.name)
			continue
		}
		tiered, isTiered := price[key].(map[string]any)
		if !isTiered {
			s.set(c, m.name, literal(price[key]), m.shift)
			continue
		}
		s.set(c, m.name, literal(tiered["base"]), m.shift)
		tiers, _ := tiered["tiers"].([]any)
		for _, t := range tiers {
			tier, _ := t.(map[string]any)
			over, err := strconv.Atoi(literal(tier["start"]))
			if err != nil || over <= 0 || over > maxTier {
				s.table.losses.add("tiers without a whole number where they start", s.name)
				continue
			}
			above := c
			above.over = over
			s.set(above, m.name, literal(tier["price"]), m.shift)
		}
	}
}

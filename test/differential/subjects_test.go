package differential

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// providers pairs the book's providers with those of the other implementation
// that bill the same. Vertex AI lists its prices with Google's own.
var providers = []struct{ ours, theirs string }{
	{"openai", "openai"},
	{"anthropic", "anthropic"},
	{"aws.bedrock", "aws"},
	{"google.gemini", "google"},
	{"google.vertex", "google"},
	{"azure", "azure"},
	{"deepseek", "deepseek"},
	{"xai", "x-ai"},
	{"mistral", "mistral"},
	{"cohere", "cohere"},
	{"groq", "groq"},
	{"together", "together"},
	{"fireworks", "fireworks"},
	{"openrouter", "openrouter"},
	{"perplexity", "perplexity"},
	{"moonshot", "moonshotai"},
	{"minimax", "minimax"},
	{"zhipu", "zai"},
	{"novita", "novita"},
	{"cerebras", "cerebras"},
	{"cloudflare", "cloudflare"},
	{"baseten", "baseten"},
	{"voyage", "voyageai"},
	{"ovhcloud", "ovhcloud"},
}

// metered pairs the meters. The price keys are in the order in which the other
// implementation would bill a token of the meter: its own rate, or that of the
// nearest unit around it.
var metered = []struct {
	meter  string
	usage  string
	prices []string
}{
	{"input", "input_tokens", []string{"input_mtok"}},
	{"cache_read", "cache_read_tokens", []string{"cache_read_mtok", "input_mtok"}},
	{"cache_write", "cache_write_tokens", []string{"cache_write_mtok", "input_mtok"}},
	{"cache_write.5m", "cache_write_5m_tokens", []string{"cache_write_5m_mtok", "cache_write_mtok", "input_mtok"}},
	{"cache_write.1h", "cache_write_1h_tokens", []string{"cache_write_1h_mtok", "cache_write_mtok", "input_mtok"}},
	{"input.audio", "input_audio_tokens", []string{"input_audio_mtok", "input_mtok"}},
	{"cache_read.audio", "cache_audio_read_tokens", []string{"cache_audio_read_mtok", "cache_read_mtok", "input_audio_mtok", "input_mtok"}},
	{"input.image", "input_image_tokens", []string{"input_image_mtok", "input_mtok"}},
	{"cache_read.image", "cache_image_read_tokens", []string{"cache_image_read_mtok", "cache_read_mtok", "input_image_mtok", "input_mtok"}},
	{"output", "output_tokens", []string{"output_mtok"}},
	{"output.audio", "output_audio_tokens", []string{"output_audio_mtok", "output_mtok"}},
	{"output.image", "output_image_tokens", []string{"output_image_mtok", "output_mtok"}},
	{"reasoning", "output_reasoning_tokens", []string{"output_reasoning_mtok", "output_mtok"}},
}

// subject is a model by a name that both know.
type subject struct {
	ours, theirs string // providers
	name         string
	res          *pricebook.Resolution
	geo          string
}

// onDay is a subject on a day on which both have the same base rates.
type onDay struct {
	*subject
	day    time.Time
	agreed map[string]bool // meters, and "web_search"
	tiers  []int64         // sizes at which the other implementation changes tiers
}

// subjects finds the names that both may know: the ids of both, and for Bedrock
// the profiles.
func subjects(t *testing.T, book *pricebook.Book, p *peer) []*subject {
	t.Helper()
	var out []*subject
	for _, pair := range providers {
		a := p.ask(t, []question{{Op: "models", Provider: pair.theirs}})[0]
		require.Empty(t, a.Error)
		names := slices.Clone(a.Models)
		for _, provider := range book.Providers() {
			if provider.ID != pair.ours {
				continue
			}
			for _, m := range provider.Models() {
				names = append(names, m.ID)
				if pair.ours == "aws.bedrock" && strings.Contains(m.ID, "anthropic.") {
					names = append(names, "global."+m.ID, "us."+m.ID, "eu."+m.ID)
				}
			}
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			res, _ := book.Resolve(&pricebook.Query{Provider: pair.ours, Response: name})
			if res.Model == nil || res.Provider.ID != pair.ours {
				continue
			}
			s := &subject{ours: pair.ours, theirs: pair.theirs, name: name, res: res, geo: res.Geo}
			if s.geo == "" {
				s.geo = "global"
			}
			out = append(out, s)
		}
	}
	return out
}

// The days of the comparison: random ones in this period, those around every
// change of the book, and some on which schedules differ.
var (
	firstDay = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
)

const randomDays = 8

// scheduled are a weekend and a Chinese public holiday, with their neighbours.
var scheduled = []time.Time{
	time.Date(2026, 8, 21, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 8, 23, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 9, 24, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 9, 25, 0, 0, 0, 0, time.UTC),
}

func (s *subject) days(r *rand.Rand) []time.Time {
	out := slices.Clone(scheduled)
	span := int(lastDay.Sub(firstDay) / (24 * time.Hour))
	for range randomDays {
		out = append(out, firstDay.AddDate(0, 0, r.IntN(span)))
	}
	for _, price := range s.res.Model.Prices {
		if from, ok := price.From(); ok {
			day := time.Unix(0, from).UTC().Truncate(24 * time.Hour)
			out = append(out, day.AddDate(0, 0, -1), day, day.AddDate(0, 0, 1))
		}
	}
	return out
}

// agreements asks for the other implementation's rates on every day of every
// subject, at noon, and keeps the days on which both have the same rates for
// input, output and the request itself.
func agreements(t *testing.T, p *peer, all []*subject, r *rand.Rand) (kept []*onDay, drifted map[*subject]int) {
	t.Helper()
	var days []*onDay
	var questions []question
	for _, s := range all {
		for _, day := range s.days(r) {
			days = append(days, &onDay{subject: s, day: day})
			questions = append(questions, question{Op: "rates", Provider: s.theirs, Model: s.name, At: day.Add(12 * time.Hour).UnixMilli()})
		}
	}
	drifted = map[*subject]int{}
	for i, a := range p.ask(t, questions) {
		d := days[i]
		if a.Error != "" {
			continue
		}
		d.tiers = a.Tiers
		switch same := d.agree(&a); {
		case !same:
			drifted[d.subject]++
		case d.agreed["input"] || d.agreed["output"]:
			kept = append(kept, d)
		}
	}
	return kept, drifted
}

// agree finds the meters whose base rates are the same. It reports false if
// those of input, output or the request differ; a model that one side does not
// bill by tokens has no meters.
func (d *onDay) agree(a *answer) bool {
	at := d.day.Add(12 * time.Hour).UnixNano()
	price := d.res.Model.At(at)
	if price == nil || price.Currency != "USD" {
		return true
	}
	geo, _ := price.Geo(d.geo, at)
	choice := pricebook.Choice{Geo: geo}
	d.agreed = map[string]bool{}
	for _, m := range metered {
		ours, has := 0.0, false
		parsed, _ := meter.Parse(m.meter)
		if rate := price.Rate(parsed, choice).Value; rate != nil {
			ours, _ = rate.Float64()
			has = true
		}
		theirs, known := nearestRate(a.Rates, m.prices)
		switch {
		case has && known && near(ours, theirs):
			d.agreed[m.meter] = true
		case has && known && (m.meter == "input" || m.meter == "output"):
			return false
		}
	}
	fee := func(f meter.Fee) float64 {
		if v := price.FeeRate(f, choice).Value; v != nil {
			per, _ := v.Float64()
			return per
		}
		return 0
	}
	if !near(fee(meter.Request), a.Rates["requests_kcount"]/1000) {
		return false
	}
	if search := fee(meter.WebSearch); search > 0 && near(search, a.Rates["web_searches_kcount"]/1000) {
		d.agreed["web_search"] = true
	}
	return true
}

func nearestRate(rates map[string]float64, keys []string) (float64, bool) {
	for _, k := range keys {
		if v, ok := rates[k]; ok {
			return v, true
		}
	}
	return 0, false
}

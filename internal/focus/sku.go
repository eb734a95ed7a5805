package focus

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// sku describes one item of a card as a SKU and a SKU price. SKU and SKU price
// leave out contract, currency and validity, as the specification demands of
// both (SkuId and SkuPriceId, 1.2 to 1.4): they stay the same when a price changes.
type sku struct {
	ID, PriceID  string
	Meter        string // what is metered, in words
	ConsumedUnit string
	PricingUnit  string
	tokens       bool
	meter        meter.Meter
}

// feeUnits are what fees are counted in. Requests and Units are the
// specification's own; it allows other capitalised nouns.
var feeUnits = map[meter.Fee]string{
	meter.Request: "Requests", meter.WebSearch: "Searches", meter.FileSearch: "Searches", meter.CodeExecution: "Executions",
	meter.MapsSearch: "Searches", meter.XSearch: "Searches", meter.Attachment: "Searches", meter.Collection: "Searches",
	meter.SearchUnit: "Units", meter.ImageItem: "Images", meter.Page: "Pages", meter.AnnotatedPage: "Pages",
	meter.AudioSecond: "Seconds", meter.VideoSecond: "Seconds", meter.Character: "Characters", meter.Session: "Sessions",
}

var feeMeters = map[meter.Fee]string{
	meter.Request: "Requests", meter.WebSearch: "Web Searches", meter.FileSearch: "File Searches", meter.CodeExecution: "Code Executions",
	meter.MapsSearch: "Maps Searches", meter.XSearch: "X Searches", meter.Attachment: "Attachment Searches", meter.Collection: "Collection Searches",
	meter.SearchUnit: "Search Units", meter.ImageItem: "Generated Images", meter.Page: "Document Pages", meter.AnnotatedPage: "Annotated Document Pages",
	meter.AudioSecond: "Audio Seconds", meter.VideoSecond: "Video Seconds", meter.Character: "Characters", meter.Session: "Tool Sessions",
}

// describeSku names item i of a card.
func describeSku(provider, model string, rules []string, item *pricebook.CardItem) (*sku, error) {
	s := &sku{ID: provider + "/" + model + "/" + item.Meter}
	s.PriceID = s.ID + ruleSuffix(rules)
	if item.Per <= 0 || 1_000_000%item.Per != 0 {
		return nil, fmt.Errorf("%s: price is per %d, which quantities of %d decimal places do not hold", s.ID, item.Per, quantityScale)
	}
	if m, err := meter.Parse(item.Meter); err == nil {
		s.tokens, s.meter, s.ConsumedUnit, s.Meter = true, m, "Tokens", tokenMeter(m)
	} else {
		f, err := meter.ParseFee(item.Meter)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		}
		s.ConsumedUnit, s.Meter = feeUnits[f], feeMeters[f]
	}
	s.PricingUnit = s.ConsumedUnit
	if item.Per != 1 {
		s.PricingUnit = strconv.FormatInt(item.Per, 10) + " " + s.ConsumedUnit
	}
	return s, nil
}

// ruleSuffix writes rules such as "mode batch" as ";mode=batch".
func ruleSuffix(rules []string) string {
	var b strings.Builder
	for _, rule := range rules {
		axis, value, _ := strings.Cut(rule, " ")
		b.WriteString(";" + axis + "=" + strings.ReplaceAll(value, " ", "_"))
	}
	return b.String()
}

// tokenMeter writes a meter such as "Cache Write Input Tokens (1h)". The words
// are those of the examples of the specification's draft where it has any.
func tokenMeter(m meter.Meter) string {
	words := map[meter.Class]string{
		meter.CacheRead: "Cache Read ", meter.CacheWrite: "Cache Write ", meter.ToolPrompt: "Tool Prompt ",
		meter.Reasoning: "Reasoning ", meter.Citation: "Citation ",
	}[m.Class()]
	words += map[meter.Modality]string{
		meter.Text: "Text ", meter.Audio: "Audio ", meter.Image: "Image ", meter.Video: "Video ",
	}[m.Modality()]
	words += direction(m) + " Tokens"
	if m.TTLMinutes() != 0 {
		_, ttl, _ := strings.Cut(m.WithModality(meter.AnyModality).String(), ".")
		words += " (" + ttl + ")"
	}
	return words
}

func direction(m meter.Meter) string {
	if m.Direction() == meter.Output {
		return "Output"
	}
	return "Input"
}

// details writes SkuPriceDetails. Keys that only the draft of 1.5 defines are
// custom keys, with x_, unless bare is set.
func (s *sku) details(card *pricebook.Card, names *ModelNames, bare bool) string {
	out := map[string]string{}
	draft := func(key, value string) {
		if !bare {
			key = "x_" + key
		}
		if value != "" {
			out[key] = value
		}
	}
	draft("ModelId", card.Model)
	draft("ModelDeveloper", names.Developer)
	draft("ModelFamily", names.Family)
	draft("ModelVersion", names.Version)
	if s.tokens {
		draft("TokenDirection", direction(s.meter))
		draft("TokenCacheAction", s.cacheAction(card))
		if s.meter.Modality() != meter.AnyModality {
			name := s.meter.String()
			out["x_TokenModality"] = name[strings.LastIndexByte(name, '.')+1:]
		}
		if s.meter.TTLMinutes() != 0 {
			out["x_CacheRetentionMinutes"] = strconv.Itoa(s.meter.TTLMinutes())
		}
	}
	for _, rule := range card.Rules {
		axis, value, _ := strings.Cut(rule, " ")
		switch axis {
		case "mode":
			out["x_ServiceTier"] = value
		case "geo":
			out["x_ServingScope"] = servingScope(value)
			out["x_PricingRegion"] = value
		case "context":
			out["x_ContextTier"] = value
		case "schedule":
			out["x_Schedule"] = value
		}
	}
	text, _ := json.Marshal(out) // strings always have JSON; keys are sorted
	return string(text)
}

// cacheAction is the draft's TokenCacheAction, empty where it is to be left
// out: of output, and of input whose price may also meter tokens that a cache
// was written with or read from.
func (s *sku) cacheAction(card *pricebook.Card) string {
	switch {
	case s.meter.Direction() == meter.Output:
		return ""
	case s.meter.Class() == meter.CacheRead:
		return "Read"
	case s.meter.Class() == meter.CacheWrite:
		return "Write"
	}
	var reads, writes bool
	for i := range card.Items {
		if m, err := meter.Parse(card.Items[i].Meter); err == nil {
			reads = reads || m == meter.CacheReads
			writes = writes || m == meter.CacheWrites
		}
	}
	if reads && writes {
		return "Uncached"
	}
	return ""
}

// servingScope is how broadly a model is served, in the words of the draft's
// examples: a region of a cloud has a number or a dash in its name, a zone of
// several regions has not.
func servingScope(geo string) string {
	switch {
	case geo == "global":
		return "Global"
	case strings.ContainsAny(geo, "-0123456789"):
		return "Regional"
	}
	return "DataZone"
}

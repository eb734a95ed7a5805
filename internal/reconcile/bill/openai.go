package bill

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// openaiResult is a result of /v1/organization/costs or
// /v1/organization/usage/completions (OpenAI's API reference, Usage; the fields
// of cache writes and quantity are those of August 2026). Counts of input include
// cached tokens and those written to the cache.
type openaiResult struct {
	Object string `json:"object"`

	Amount *struct {
		Value    decimal `json:"value"`
		Currency string  `json:"currency"`
	} `json:"amount"`
	LineItem     *string `json:"line_item"`
	Quantity     decimal `json:"quantity"`
	QuantityUnit *string `json:"quantity_unit"`

	Model       *string `json:"model"`
	Batch       *bool   `json:"batch"`
	ServiceTier *string `json:"service_tier"`
	Input       decimal `json:"input_tokens"`
	Cached      decimal `json:"input_cached_tokens"`
	CacheWrites decimal `json:"input_cache_write_tokens"`
	Output      decimal `json:"output_tokens"`
}

func (b *Bill) openai(start, end int64, raw json.RawMessage) error {
	var r openaiResult
	if err := json.Unmarshal(raw, &r); err != nil {
		return err
	}
	switch r.Object {
	case "organization.costs.result":
		return b.openaiCost(start, end, &r)
	case "organization.usage.completions.result", "organization.usage.embeddings.result":
		return b.openaiUsage(start, end, &r)
	}
	return fmt.Errorf("object %q is not read; organization.costs.result, organization.usage.completions.result and organization.usage.embeddings.result are", cut(r.Object))
}

func (b *Bill) openaiUsage(start, end int64, r *openaiResult) error {
	b.usage = true
	line := Line{Start: start, End: end, Model: text(r.Model), Tier: Tier(text(r.ServiceTier))}
	if r.Batch != nil && *r.Batch {
		line.Tier = "batch"
	}
	input := new(big.Rat)
	if r.Input.Rat != nil {
		input.Set(r.Input.Rat)
	}
	for _, part := range []decimal{r.Cached, r.CacheWrites} {
		if part.Rat != nil {
			input.Sub(input, part.Rat)
		}
	}
	if input.Sign() < 0 {
		return fmt.Errorf("input_tokens is less than its cached and cache-write tokens")
	}
	for _, count := range []struct {
		meter Meter
		n     *big.Rat
	}{{Input, decimal{input}.positive()}, {CacheRead, r.Cached.positive()}, {CacheWrite, r.CacheWrites.positive()}, {Output, r.Output.positive()}} {
		if count.n == nil {
			continue
		}
		line.Meter, line.Quantity = count.meter, count.n
		if err := b.add(line); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bill) openaiCost(start, end int64, r *openaiResult) error {
	b.cost = true
	if r.Amount == nil || r.Amount.Value.Rat == nil {
		return fmt.Errorf("a cost has no amount.value")
	}
	line := Line{Start: start, End: end, Cost: r.Amount.Value.Rat, Currency: strings.ToUpper(cut(r.Amount.Currency))}
	if !money.IsCurrency(line.Currency) {
		return fmt.Errorf("amount.currency %q is no currency such as usd", cut(r.Amount.Currency))
	}
	line.openaiItem(text(r.LineItem))
	if unit := text(r.QuantityUnit); line.Meter != Fees && line.Meter != Unsplit && (unit == "" || unit == "tokens") {
		line.Quantity = r.Quantity.Rat
	}
	return b.add(line)
}

// lineItem is how costs name tokens: "gpt-4o-2024-08-06, cached input",
// "gpt-image-1 image, output" or "priority | gpt-5.4, input, long context". The
// form is not documented; these were seen until September 2026.
var lineItem = regexp.MustCompile(`^(?:([a-z]+) \| )?([^,|]+?)(?: (text|audio|image))?, (input|cached input|cache writes?|output)(?:, long context)?$`)

var openaiDirections = map[string]Meter{"input": Input, "cached input": CacheRead, "cache write": CacheWrite, "cache writes": CacheWrite, "output": Output}

// openaiItem reads what a cost is for. What is not tokens of a model is a fee.
func (l *Line) openaiItem(item string) {
	l.Item = item
	if item == "" {
		return
	}
	m := lineItem.FindStringSubmatch(item)
	if m == nil {
		l.Meter = Fees
		return
	}
	l.Model, l.Meter, l.Tier = m[2], openaiDirections[m[4]], Tier(m[1])
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return cut(strings.TrimSpace(*s))
}

// Tier brings the names of the tier without surcharge or discount together.
func Tier(s string) string {
	switch s = strings.ToLower(s); s {
	case "default", "standard", "on_demand", "auto":
		return "standard"
	}
	return s
}

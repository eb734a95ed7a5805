package bill

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// anthropicResult is a result of /v1/organizations/usage_report/messages or
// /v1/organizations/cost_report (Claude API reference, Usage Report and Cost
// Report, read in November 2026). Counts are disjoint. Amounts are decimal
// strings in the lowest unit of the currency, which is cents of USD.
type anthropicResult struct {
	Amount      decimal `json:"amount"`
	Currency    string  `json:"currency"`
	CostType    *string `json:"cost_type"`
	Description *string `json:"description"`
	TokenType   *string `json:"token_type"`

	Model       *string `json:"model"`
	ServiceTier *string `json:"service_tier"`
	Uncached    decimal `json:"uncached_input_tokens"`
	CacheRead   decimal `json:"cache_read_input_tokens"`
	Output      decimal `json:"output_tokens"`
	Creation    *struct {
		OneHour     decimal `json:"ephemeral_1h_input_tokens"`
		FiveMinutes decimal `json:"ephemeral_5m_input_tokens"`
	} `json:"cache_creation"`
}

func (b *Bill) anthropic(start, end int64, raw json.RawMessage) error {
	var r anthropicResult
	if err := json.Unmarshal(raw, &r); err != nil {
		return err
	}
	line := Line{Start: start, End: end, Model: text(r.Model), Tier: Tier(text(r.ServiceTier))}
	switch {
	case r.Amount.Rat != nil:
		b.cost = true
		return b.anthropicCost(&line, &r)
	case r.Uncached.Rat != nil || r.Output.Rat != nil:
		b.usage = true
		return b.anthropicUsage(&line, &r)
	}
	return errors.New("has neither amount, as cost_report, nor uncached_input_tokens, as usage_report/messages")
}

func (b *Bill) anthropicUsage(line *Line, r *anthropicResult) error {
	counts := []struct {
		meter   Meter
		oneHour bool
		n       decimal
	}{{Input, false, r.Uncached}, {CacheRead, false, r.CacheRead}, {Output, false, r.Output}}
	if r.Creation != nil {
		counts = append(counts, counts[0], counts[0])
		counts[3].meter, counts[3].n = CacheWrite, r.Creation.FiveMinutes
		counts[4].meter, counts[4].n, counts[4].oneHour = CacheWrite, r.Creation.OneHour, true
	}
	for _, c := range counts {
		if c.n.positive() == nil {
			continue
		}
		line.Meter, line.OneHour, line.Quantity = c.meter, c.oneHour, c.n.Rat
		if err := b.add(*line); err != nil {
			return err
		}
	}
	return nil
}

var anthropicTokenTypes = map[string]Meter{
	"uncached_input_tokens": Input, "output_tokens": Output, "cache_read_input_tokens": CacheRead,
	"cache_creation.ephemeral_5m_input_tokens": CacheWrite, "cache_creation.ephemeral_1h_input_tokens": CacheWrite,
}

func (b *Bill) anthropicCost(line *Line, r *anthropicResult) error {
	if r.Currency != "USD" {
		return fmt.Errorf("currency %q is not USD, whose lowest unit is the only one that is known", cut(r.Currency))
	}
	line.Cost, line.Currency = new(big.Rat).Quo(r.Amount.Rat, big.NewRat(100, 1)), r.Currency
	line.Item = text(r.Description)
	kind, token := text(r.CostType), text(r.TokenType)
	switch meter, known := anthropicTokenTypes[token]; {
	case known:
		line.Meter, line.OneHour = meter, strings.Contains(token, "_1h_")
	case kind == "tokens" || kind == "":
		line.Meter = meterOf(line.Item)
	default:
		line.Meter = Fees
		if line.Item == "" {
			line.Item = kind
		}
	}
	return b.add(*line)
}

package pricer

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// assumption is a compiled rule of assume:. It declares facts of calls that
// tell none; a fact that was told always wins.
type assumption struct {
	condition
	config AssumeConfig
	ttl    meter.Meter
}

func (a *assumption) apply(c *call.Call) {
	cfg := &a.config
	if cfg.Provider != "" && c.Provider == "" && c.Host == "" {
		c.Provider = cfg.Provider
	}
	if cfg.ServiceTier != "" && c.Mode == "" && !c.Told.Has(call.ServiceTier) {
		c.Mode = cfg.ServiceTier
		c.Told |= call.ServiceTier
	}
	if cfg.Geo != "" && c.Geo == "" && !c.Told.Has(call.Region) {
		c.AssumedGeo = cfg.Geo // the model's name or the host may tell one
		c.Told |= call.Region
	}
	if cfg.Billing != "" && c.Billing == "" {
		c.Billing = cfg.Billing
	}
	if cfg.CacheTTL != "" && !c.Told.Has(call.CacheTTL) {
		a.retention(c)
	}
	if cfg.Cache != "" {
		c.Told |= call.CacheReads | call.CacheWrites
		c.Reasons &^= status.Of(status.CacheNotReported, status.CacheWriteNotReported)
	}
	if cfg.ToolUse != "" {
		c.Told |= call.ToolUse | call.ToolPrompt // tools that the provider does not run make no prompts
		c.Reasons &^= status.Of(status.ToolPromptNotReported)
	}
	if cfg.Modality != "" {
		c.Told |= call.Modalities
	}
	if cfg.Reasoning != "" {
		c.Told |= call.Reasoning
		c.Reasons &^= status.Of(status.ReasoningNotReported)
	}
	if cfg.Model != "" && !c.Told.Has(call.ServedModel) {
		if c.ResponseModel == "" {
			c.ResponseModel = c.RequestModel
		}
		c.Told |= call.ServedModel
	}
}

// retention declares how long the cache writes are kept that do not tell it.
func (a *assumption) retention(c *call.Call) {
	c.Told |= call.CacheTTL
	rest, _ := c.Usage.Get(meter.CacheWrites)
	for _, n := range c.Usage.Tokens() {
		if n.Meter.TTLMinutes() != 0 && n.Meter.Modality() == meter.AnyModality {
			rest -= n.Tokens
		}
	}
	if rest > 0 {
		same, _ := c.Usage.Get(a.ttl)
		c.Usage.Set(a.ttl, same+rest)
	}
}

// compileAssumptions returns the rules in order; several can match one call,
// and each adds only what is still untold.
func compileAssumptions(configs []AssumeConfig) ([]assumption, error) {
	out := make([]assumption, 0, len(configs))
	for _, cfg := range configs {
		cond, err := parseConditions(cfg.Conditions)
		if err != nil {
			return nil, err
		}
		a := assumption{condition: cond, config: cfg}
		if cfg.CacheTTL != "" {
			a.ttl, _ = meter.ParseTTL(cfg.CacheTTL)
		}
		out = append(out, a)
	}
	return out, nil
}

package pricer

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// AssumeConfig declares facts that the telemetry of some calls cannot tell.
type AssumeConfig struct {
	// Conditions are OTTL conditions on the span; any that holds selects it. Without conditions every call is meant.
	Conditions []string `mapstructure:"conditions"`
	// ServiceTier is the tier of calls that tell none, such as default, priority or batch.
	ServiceTier string `mapstructure:"service_tier"`
	// CacheTTL is the retention of cache writes that tell none, such as 5m.
	CacheTTL string `mapstructure:"cache_ttl"`
	// Geo is the region of calls that tell none, such as global or eu.
	Geo string `mapstructure:"geo"`
	// Cache: none declares that calls that tell no cache counts used no cache.
	Cache string `mapstructure:"cache"`
	// ToolUse: none declares that calls that tell no tool use had none.
	ToolUse string `mapstructure:"tool_use"`
	// Modality: text declares that tokens that tell no modality are text.
	Modality string `mapstructure:"modality"`
	// Reasoning: none declares that calls that tell no reasoning tokens had none outside of the output count.
	Reasoning string `mapstructure:"reasoning"`
	// Model: requested declares that the model that was asked for is the one that served.
	Model string `mapstructure:"model"`
	// Provider is that of calls that tell neither a provider nor a host.
	Provider string `mapstructure:"provider"`
	// Billing is usage or provisioned, for calls that tell none.
	Billing string `mapstructure:"billing"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ confmap.Validator = (*AssumeConfig)(nil)

// Validate checks the facts and that there is one.
func (c *AssumeConfig) Validate() error {
	errs := []error{
		optional("cache", c.Cache, none),
		optional("tool_use", c.ToolUse, none),
		optional("modality", c.Modality, "text"),
		optional("reasoning", c.Reasoning, none),
		optional("model", c.Model, "requested"),
		optional("billing", c.Billing, "usage", attrkey.BillingProvisioned),
	}
	if c.CacheTTL != "" {
		if _, ok := meter.ParseTTL(c.CacheTTL); !ok {
			errs = append(errs, fmt.Errorf("cache_ttl: %q is not a retention such as 5m, 1h or 1d", c.CacheTTL))
		}
	}
	if c.Provider+c.ServiceTier+c.CacheTTL+c.Geo+c.Cache+c.ToolUse+c.Modality+c.Reasoning+c.Model+c.Billing == "" {
		errs = append(errs, errors.New("assumes nothing; give at least one of provider, service_tier, cache_ttl, geo, cache, tool_use, modality, reasoning, model, billing"))
	}
	if _, err := parseConditions(c.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("conditions: %w", err))
	}
	return errors.Join(errs...)
}

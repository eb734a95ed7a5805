package tokencostconnector

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// PolicyConfig says what calls are to be like.
type PolicyConfig struct {
	// Name of the policy, unique.
	Name string `mapstructure:"name"`
	// Conditions are OTTL conditions on the call's span or log record; any that holds selects it. Without conditions it is about every call.
	Conditions []string `mapstructure:"conditions"`
	// AllowedModels and DeniedModels are patterns in which * stands for any run of characters; upper and lower case are the same.
	AllowedModels []string `mapstructure:"allowed_models"`
	DeniedModels  []string `mapstructure:"denied_models"`
	// AllowedProviders and DeniedProviders are patterns likewise.
	AllowedProviders []string `mapstructure:"allowed_providers"`
	DeniedProviders  []string `mapstructure:"denied_providers"`
	// MaxInputTokens and MaxOutputTokens are those of one call; zero is no bound.
	MaxInputTokens  int64 `mapstructure:"max_input_tokens"`
	MaxOutputTokens int64 `mapstructure:"max_output_tokens"`
	// MaxCost is that of one call; zero is no bound.
	MaxCost float64 `mapstructure:"max_cost"`
	// MaxInteractionCost and MaxInteractionCalls are those of a whole interaction; zero is no bound.
	MaxInteractionCost  float64 `mapstructure:"max_interaction_cost"`
	MaxInteractionCalls int64   `mapstructure:"max_interaction_calls"`
	// Currency of MaxCost and MaxInteractionCost; the cost of calls in another is not judged.
	Currency string `mapstructure:"currency"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ confmap.Validator = (*PolicyConfig)(nil)

const maxPolicies = 100

// Validate checks all settings of a policy.
func (c *PolicyConfig) Validate() error {
	if c.Name == "" || len(c.Name) > maxBudgetName {
		return fmt.Errorf("name: %q is not allowed; use 1 to %d bytes", c.Name, maxBudgetName)
	}
	var errs []error
	patterns := slices.Concat(c.AllowedModels, c.DeniedModels, c.AllowedProviders, c.DeniedProviders)
	if slices.Contains(patterns, "") {
		errs = append(errs, errors.New(`a pattern of models or providers is ""; use names in which * may stand for any characters`))
	}
	for key, n := range map[string]int64{"max_input_tokens": c.MaxInputTokens, "max_output_tokens": c.MaxOutputTokens, "max_interaction_calls": c.MaxInteractionCalls} {
		if n < 0 {
			errs = append(errs, fmt.Errorf("%s: %d is not allowed; use 1 or more, or 0 for no bound", key, n))
		}
	}
	for key, amount := range map[string]float64{"max_cost": c.MaxCost, "max_interaction_cost": c.MaxInteractionCost} {
		if _, ok := money.FromFloat(amount); !ok {
			errs = append(errs, fmt.Errorf("%s: %v is not allowed; use an amount such as 0.5, or 0 for no bound", key, amount))
		}
	}
	if len(patterns) == 0 && c.MaxInputTokens == 0 && c.MaxOutputTokens == 0 && c.MaxCost == 0 && !c.ofInteractions() {
		errs = append(errs, errors.New("nothing is allowed, denied or bounded; set one of allowed_models, denied_models, allowed_providers, denied_providers, max_input_tokens, max_output_tokens, max_cost, max_interaction_cost, max_interaction_calls"))
	}
	errs = append(errs, checkCurrency(c.Currency))
	if _, err := pricer.NewSelector(c.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("conditions: %w", err))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("policy %q: %w", c.Name, err)
	}
	return nil
}

// ofInteractions tells whether the policy bounds whole interactions.
func (c *PolicyConfig) ofInteractions() bool {
	return c.MaxInteractionCost > 0 || c.MaxInteractionCalls > 0
}

// validatePolicies checks what no policy can check alone.
func (c *Config) validatePolicies() error {
	var errs []error
	if len(c.Policies) > maxPolicies {
		errs = append(errs, fmt.Errorf("policies: %d are too many; use %d at most", len(c.Policies), maxPolicies))
	}
	taken := map[string]bool{}
	for _, p := range c.Policies {
		if taken[p.Name] {
			errs = append(errs, fmt.Errorf("policies: the name %q is there twice; give each policy a name of its own", p.Name))
		}
		taken[p.Name] = true
		if p.ofInteractions() && !c.Interactions.Enabled {
			errs = append(errs, fmt.Errorf("policies: %q has max_interaction_cost or max_interaction_calls, and interactions.enabled is false; use true", p.Name))
		}
	}
	return errors.Join(errs...)
}

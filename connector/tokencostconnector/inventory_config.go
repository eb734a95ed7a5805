package tokencostconnector

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/inventory"
)

// InventoryConfig is about the list of who calls which models.
type InventoryConfig struct {
	// Approved are the calls that are approved; without any, approval is unknown.
	Approved []ApprovedConfig `mapstructure:"approved"`
	// Limit is the number of entries; calls beyond it go to an overflow entry.
	Limit int `mapstructure:"limit"`
	// Expiration is after how long without a call an entry is forgotten; zero is never.
	Expiration time.Duration `mapstructure:"expiration"`
	// Hosts are further hosts of AI APIs, tried before those that are known.
	Hosts []HostConfig `mapstructure:"hosts"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// ApprovedConfig approves calls. In each pattern "*" stands for any run of
// characters, and a pattern that is left out is for all.
type ApprovedConfig struct {
	// Provider as the telemetry or the price book names it.
	Provider string `mapstructure:"provider"`
	// Model as the telemetry names it.
	Model string `mapstructure:"model"`
	// Service is the service.name.
	Service string `mapstructure:"service"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// HostConfig is a host of an AI API.
type HostConfig struct {
	// Host is a name, in which "*" stands for any run of characters.
	Host string `mapstructure:"host"`
	// Provider is who answers there.
	Provider string `mapstructure:"provider"`
	// Path must be part of a request's path, for hosts that serve more than models.
	Path string `mapstructure:"path"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var (
	_ confmap.Validator = (*InventoryConfig)(nil)
	_ confmap.Validator = (*HostConfig)(nil)
)

func defaultInventory() InventoryConfig {
	return InventoryConfig{Limit: 10_000, Expiration: 30 * 24 * time.Hour}
}

const (
	maxEntries       = 100_000 // they are stored in one record
	maxInventoryList = 10_000
)

// Validate checks the bounds.
func (c *InventoryConfig) Validate() error {
	var errs []error
	if c.Limit < 1 || c.Limit > maxEntries {
		errs = append(errs, fmt.Errorf("limit: %d is not allowed; use 1 to %d", c.Limit, maxEntries))
	}
	if c.Expiration < 0 {
		errs = append(errs, fmt.Errorf("expiration: %s is not allowed; use 0 for never", c.Expiration))
	}
	for key, n := range map[string]int{"approved": len(c.Approved), "hosts": len(c.Hosts)} {
		if n > maxInventoryList {
			errs = append(errs, fmt.Errorf("%s: %d are too many; use %d at most", key, n, maxInventoryList))
		}
	}
	return errors.Join(errs...)
}

// Validate checks that a host can be found by its name.
func (c *HostConfig) Validate() error {
	if !inventory.ValidPattern(c.Host) {
		return fmt.Errorf("host: %q is not allowed; use a host name without scheme, port or path, in which * stands for any run of characters, such as *.llm.example.com", c.Host)
	}
	if c.Provider == "" {
		return fmt.Errorf("provider: of host %q is empty; use a name, such as openai", c.Host)
	}
	return nil
}

func (c *InventoryConfig) rules() (rules []inventory.Rule) {
	for _, r := range c.Approved {
		rules = append(rules, inventory.Rule{Provider: r.Provider, Model: r.Model, Service: r.Service})
	}
	return rules
}

// Package pricer prices batches of telemetry: it reads calls with the dialects,
// applies what the configuration declares, computes cost with the engine, and
// writes the results. The Collector's processor and the command line share it,
// so that both give the same result for the same input.
package pricer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/configkeys"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
)

// Config is what stands under token_cost: in a Collector's configuration.
type Config struct {
	PriceBook PriceBookConfig `mapstructure:"price_book"`
	// Incoming says what happens to spans that already carry results: keep or replace.
	Incoming string `mapstructure:"incoming"`
	// ReportedCost says what happens to a cost that the telemetry carries: annotate, prefer or ignore.
	ReportedCost string `mapstructure:"reported_cost"`
	// EstimateTokens says whether tokens of recorded content are counted when usage is absent: off or missing.
	EstimateTokens string           `mapstructure:"estimate_tokens"`
	Attributes     AttributesConfig `mapstructure:"attributes"`
	Usage          UsageConfig      `mapstructure:"usage"`
	// Signals says in which signal the calls of a source are priced; the first that fits counts.
	Signals  []SignalConfig   `mapstructure:"signals"`
	Assume   []AssumeConfig   `mapstructure:"assume"`
	Overhead []OverheadConfig `mapstructure:"overhead"`
	// Attribution says what calls are attributed to.
	Attribution AttributionConfig `mapstructure:"attribution"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// PriceBookConfig names the layers of the price book.
type PriceBookConfig struct {
	// Builtin is whether the built-in book is the lowest layer.
	Builtin bool `mapstructure:"builtin"`
	// Files are further layers, of which the later win.
	Files []string `mapstructure:"files"`
	// ReloadInterval is how often files are looked at; zero is never.
	ReloadInterval time.Duration `mapstructure:"reload_interval"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// AttributesConfig says under which names results are written.
type AttributesConfig struct {
	// Prefix begins the names of results.
	Prefix string `mapstructure:"prefix"`
	// Breakdown is whether the parts of the total are written.
	Breakdown bool `mapstructure:"breakdown"`
	// Calculation is whether what the cost was calculated from is written, for the cost ledger.
	Calculation bool `mapstructure:"calculation"`
	// AlsoWrite lists presets of names that backends read.
	AlsoWrite []string `mapstructure:"also_write"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// UsageConfig says how counts are read where telemetry is ambiguous.
type UsageConfig struct {
	// AmbiguousInput is the side of input counts that nothing decides: inclusive, exclusive or unpriced.
	AmbiguousInput string `mapstructure:"ambiguous_input"`
	// Blobs says which JSON blobs may be scanned for usage: dialect, content or off.
	Blobs string `mapstructure:"blobs"`
	// Rules describe emitters that the built-in dialects do not know.
	Rules []RuleConfig `mapstructure:"rules"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// RuleConfig describes an emitter.
type RuleConfig struct {
	// Scope is the name of the instrumentation scope; * stands for any text.
	Scope string `mapstructure:"scope"`
	// Versions is a range of scope versions, such as "<2.0.0" or ">=1.2.0 <2.0.0".
	Versions string `mapstructure:"versions"`
	// Provider limits the rule to a provider.
	Provider string `mapstructure:"provider"`
	// Input tells whether input counts include cached tokens: inclusive or exclusive.
	Input string `mapstructure:"input"`
	// Output tells whether output counts include reasoning tokens: inclusive or exclusive.
	Output string `mapstructure:"output"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// SignalConfig says in which signal some calls are priced.
type SignalConfig struct {
	// Dialect limits the entry to a dialect, such as claude-code; * stands for any text.
	Dialect string `mapstructure:"dialect"`
	// Scope limits it to instrumentation scopes; * stands for any text.
	Scope string `mapstructure:"scope"`
	// Service limits it to resources by service.name; * stands for any text.
	Service string `mapstructure:"service"`
	// Signal is traces, logs or metrics.
	Signal string `mapstructure:"signal"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// OverheadConfig is a multiplier for what a call costs beyond its tokens.
type OverheadConfig struct {
	// Name is for people who read the configuration.
	Name string `mapstructure:"name"`
	// Conditions are OTTL conditions on the span; any that holds selects it. Without conditions every call is meant.
	Conditions []string `mapstructure:"conditions"`
	// Multiplier is alpha: loaded cost over cost.
	Multiplier float64 `mapstructure:"multiplier"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// The values of the settings that have a closed list.
const (
	Keep      = "keep"
	Replace   = "replace"
	Annotate  = "annotate"
	Prefer    = "prefer"
	Ignore    = "ignore"
	Off       = "off"
	Missing   = "missing"
	Inclusive = "inclusive"
	Exclusive = "exclusive"
	none      = "none"
)

// DefaultConfig prices every known model.
func DefaultConfig() *Config {
	return &Config{
		PriceBook:      PriceBookConfig{Builtin: true, ReloadInterval: 30 * time.Second},
		Incoming:       Keep,
		ReportedCost:   Annotate,
		EstimateTokens: Off,
		Attributes:     AttributesConfig{Prefix: attrkey.DefaultPrefix, Breakdown: true},
		Usage:          UsageConfig{AmbiguousInput: Inclusive, Blobs: "dialect"},
		Attribution:    defaultAttribution(),
	}
}

var (
	_ confmap.Validator = (*Config)(nil)
	_ confmap.Validator = (*PriceBookConfig)(nil)
	_ confmap.Validator = (*AttributesConfig)(nil)
	_ confmap.Validator = (*UsageConfig)(nil)
	_ confmap.Validator = (*RuleConfig)(nil)
	_ confmap.Validator = (*SignalConfig)(nil)
	_ confmap.Validator = (*OverheadConfig)(nil)
)

// Unmarshal decodes a configuration. What is no key of it, or no value of the kind
// that a key has, is refused with what is allowed.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	return configkeys.Decode(conf, c)
}

// Validate checks the top-level settings; sections check themselves.
func (c *Config) Validate() error {
	_, attributionErr := c.Attribution.reader(attrkey.Under(c.Attributes.Prefix))
	return errors.Join(
		oneOf("incoming", c.Incoming, Keep, Replace),
		oneOf("reported_cost", c.ReportedCost, Annotate, Prefer, Ignore),
		oneOf("estimate_tokens", c.EstimateTokens, Off, Missing),
		attributionErr,
	)
}

// Validate checks that there is a book.
func (c *PriceBookConfig) Validate() error {
	var errs []error
	if !c.Builtin && len(c.Files) == 0 {
		errs = append(errs, errors.New("builtin: false without files leaves no price book; set builtin: true or name files"))
	}
	if slices.Contains(c.Files, "") {
		errs = append(errs, errors.New("files: has an empty name"))
	}
	if c.ReloadInterval < 0 || c.ReloadInterval > 0 && c.ReloadInterval < 100*time.Millisecond {
		errs = append(errs, fmt.Errorf("reload_interval: %s is not allowed; use 100ms or more, or 0 to read files once", c.ReloadInterval))
	}
	return errors.Join(errs...)
}

// Validate checks the prefix and the presets.
func (c *AttributesConfig) Validate() error {
	errs := []error{attrkey.CheckPrefix(c.Prefix)}
	for _, p := range c.AlsoWrite {
		errs = append(errs, oneOf("also_write", p, presetNames()...))
	}
	return errors.Join(errs...)
}

// Validate checks the settings; rules are checked where they are compiled.
func (c *UsageConfig) Validate() error {
	errs := []error{
		oneOf("ambiguous_input", c.AmbiguousInput, Inclusive, Exclusive, "unpriced"),
		oneOf("blobs", c.Blobs, "dialect", "content", Off),
	}
	if _, err := dialect.NewReader(c.options()); err != nil {
		errs = append(errs, fmt.Errorf("rules: %w", err))
	}
	return errors.Join(errs...)
}

// Validate checks the signal and the dialect.
func (c *SignalConfig) Validate() error {
	errs := []error{oneOf("signal", c.Signal, signalNames...)}
	if c.Dialect != "" && !dialect.Known(c.Dialect) {
		errs = append(errs, fmt.Errorf("dialect: %q is not known; use %s", c.Dialect, strings.Join(dialect.Names(), ", ")))
	}
	return errors.Join(errs...)
}

var signalNames = []string{dialect.Traces.String(), dialect.Logs.String(), dialect.Metrics.String()}

// Validate checks the sides.
func (c *RuleConfig) Validate() error {
	return errors.Join(optional("input", c.Input, Inclusive, Exclusive), optional("output", c.Output, Inclusive, Exclusive))
}

// Validate checks the multiplier and the conditions.
func (c *OverheadConfig) Validate() error {
	var errs []error
	if _, err := c.factor(); err != nil {
		errs = append(errs, fmt.Errorf("multiplier: %w", err))
	}
	if _, err := parseConditions(c.Conditions); err != nil {
		errs = append(errs, fmt.Errorf("conditions: %w", err))
	}
	return errors.Join(errs...)
}

func optional(key, value string, allowed ...string) error {
	if value == "" {
		return nil
	}
	return oneOf(key, value, allowed...)
}

func oneOf(key, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is not allowed; use %s", key, value, strings.Join(allowed, ", "))
}

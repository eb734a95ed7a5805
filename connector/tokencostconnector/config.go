package tokencostconnector

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/configkeys"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Config is what stands under token_cost: among the connectors.
type Config struct {
	// Prefix is that of the results to read, as configured in the processor, and of the metrics to write.
	Prefix string `mapstructure:"prefix"`
	// Dimensions are further attributes of every metric.
	Dimensions []DimensionConfig `mapstructure:"dimensions"`
	// Model is reported, the model that the telemetry names, or price_book, the model that was priced.
	Model string `mapstructure:"model"`
	// Temporality of the sums: cumulative or delta.
	Temporality string `mapstructure:"temporality"`
	// MetricsFlushInterval is how often metrics are sent on.
	MetricsFlushInterval time.Duration `mapstructure:"metrics_flush_interval"`
	Series               SeriesConfig  `mapstructure:"series"`
	// Breakdown adds spend by part: input, cache_read, cache_write, output, fees.
	Breakdown bool            `mapstructure:"breakdown"`
	Histogram HistogramConfig `mapstructure:"histogram"`
	// Sampling is about spans that were sampled before they came here.
	Sampling SamplingConfig `mapstructure:"sampling"`
	// Interactions is about the cost of whole user actions.
	Interactions InteractionsConfig `mapstructure:"interactions"`
	// Budgets are amounts for calendar periods, all of which count the calls they match.
	Budgets []BudgetConfig `mapstructure:"budgets"`
	// Policies say what calls are to be like; those that are not are counted and told.
	Policies []PolicyConfig `mapstructure:"policies"`
	// Storage is the extension that keeps budgets and the inventory across restarts.
	Storage *component.ID `mapstructure:"storage"`
	// Inventory is about the list of who calls which models; there is none unless the section is there.
	Inventory configoptional.Optional[InventoryConfig] `mapstructure:"inventory"`
	// Usage says how counts are read, as in the processor.
	Usage pricer.UsageConfig `mapstructure:"usage"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DimensionConfig is an attribute of every metric.
type DimensionConfig struct {
	// Name of the attribute on the metrics.
	Name string `mapstructure:"name"`
	// From lists the attributes it is read from, the first that is there counts; the name itself by default.
	From []string `mapstructure:"from"`
	// Default is the value for calls that have none; without it such calls lack the attribute.
	Default *string `mapstructure:"default"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// SeriesConfig bounds memory.
type SeriesConfig struct {
	// Limit is the number of series; calls beyond it go to an overflow series.
	Limit int `mapstructure:"limit"`
	// Expiration is after how long without a call a series is dropped; zero is never.
	Expiration time.Duration `mapstructure:"expiration"`
	// StartAtZero tells each new sum as zero once, one flush before its value, for backends that scrape.
	StartAtZero bool `mapstructure:"start_at_zero"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// HistogramConfig is about the distribution of cost per call.
type HistogramConfig struct {
	// Type is exponential, or explicit for backends that know fixed buckets only.
	Type string `mapstructure:"type"`
	// Buckets are the bounds of explicit buckets.
	Buckets []float64 `mapstructure:"buckets"`
	// MaxSize is the number of buckets of an exponential histogram; zero leaves histograms out.
	MaxSize int32 `mapstructure:"max_size"`
	// Exemplars is how many calls each histogram names between two flushes, the dearest ones.
	Exemplars int `mapstructure:"exemplars"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// The values of the settings that have a closed list.
const (
	reported   = "reported"
	priceBook  = "price_book"
	cumulative = "cumulative"
	delta      = "delta"

	exponential = "exponential"
	explicit    = "explicit"
)

var (
	_ confmap.Validator = (*Config)(nil)
	_ confmap.Validator = (*DimensionConfig)(nil)
	_ confmap.Validator = (*SeriesConfig)(nil)
	_ confmap.Validator = (*HistogramConfig)(nil)
)

func createDefaultConfig() component.Config {
	return &Config{
		Prefix:               attrkey.DefaultPrefix,
		Dimensions:           []DimensionConfig{{Name: attrkey.ServiceName}},
		Model:                reported,
		Temporality:          cumulative,
		MetricsFlushInterval: 15 * time.Second,
		Series:               SeriesConfig{Limit: 10_000, Expiration: time.Hour},
		Breakdown:            true,
		Histogram:            HistogramConfig{Type: exponential, Buckets: defaultBuckets(), MaxSize: 160, Exemplars: 1},
		Interactions:         defaultInteractions(),
		Inventory:            configoptional.Default(defaultInventory()),
		Usage:                pricer.DefaultConfig().Usage,
	}
}

const (
	maxDimensions = 32
	maxSeries     = 10_000_000
	maxBuckets    = 256
)

// defaultBuckets are 1, 2 and 5 of every power of ten from what an embedding
// costs to what the dearest call costs.
func defaultBuckets() []float64 {
	return []float64{
		1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3,
		0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
	}
}

// Unmarshal decodes a configuration. What is no key of it, or no value of the kind
// that a key has, is refused with what is allowed.
func (c *Config) Unmarshal(conf *confmap.Conf) error { return configkeys.Decode(conf, c) }

// Validate checks the top-level settings; sections check themselves.
func (c *Config) Validate() error {
	errs := []error{
		oneOf("model", c.Model, reported, priceBook),
		oneOf("temporality", c.Temporality, cumulative, delta),
		attrkey.CheckPrefix(c.Prefix),
		c.validateBudgets(),
		c.validatePolicies(),
	}
	if c.MetricsFlushInterval < 100*time.Millisecond {
		errs = append(errs, fmt.Errorf("metrics_flush_interval: %s is not allowed; use 100ms or more", c.MetricsFlushInterval))
	}
	if c.Series.StartAtZero && c.Temporality == delta {
		errs = append(errs, fmt.Errorf("series.start_at_zero: true is not allowed with temporality %s, whose sums always start at zero", delta))
	}
	if len(c.Dimensions) > maxDimensions {
		errs = append(errs, fmt.Errorf("dimensions: %d are too many; use %d at most", len(c.Dimensions), maxDimensions))
	}
	errs = append(errs, c.Interactions.checkNames(c.Prefix))
	taken := []string{attrkey.ProviderName, attrkey.ResponseModel}
	for _, d := range c.Dimensions {
		if slices.Contains(taken, d.Name) || strings.HasPrefix(d.Name, c.Prefix+".") && slices.Contains(ownAttributes, d.Name[len(c.Prefix)+1:]) {
			errs = append(errs, fmt.Errorf("dimensions: %q is there already", d.Name))
		}
		taken = append(taken, d.Name)
	}
	return errors.Join(errs...)
}

// ownAttributes are those that the metrics have besides provider and model.
var ownAttributes = []string{attrkey.Status, attrkey.Currency, meterAttribute, reasonAttribute, partAttribute, weightedAttribute}

// Validate checks that there is a name.
func (c *DimensionConfig) Validate() error {
	if c.Name == "" {
		return errors.New("name: is empty; use the name of an attribute, such as service.name")
	}
	if slices.Contains(c.From, "") {
		return fmt.Errorf("from: of %q has an empty name", c.Name)
	}
	return nil
}

// Validate checks the bounds.
func (c *SeriesConfig) Validate() error {
	var errs []error
	if c.Limit < 1 || c.Limit > maxSeries {
		errs = append(errs, fmt.Errorf("limit: %d is not allowed; use 1 to %d", c.Limit, maxSeries))
	}
	if c.Expiration < 0 {
		errs = append(errs, fmt.Errorf("expiration: %s is not allowed; use 0 for never", c.Expiration))
	}
	return errors.Join(errs...)
}

// bounds are those of explicit buckets, if there are any.
func (c *HistogramConfig) bounds() []float64 {
	if c.Type == explicit {
		return c.Buckets
	}
	return nil
}

// Validate checks the bounds.
func (c *HistogramConfig) Validate() error {
	errs := []error{oneOf("type", c.Type, exponential, explicit)}
	if n := len(c.Buckets); n == 0 || n > maxBuckets {
		errs = append(errs, fmt.Errorf("buckets: %d bounds are not allowed; use 1 to %d", n, maxBuckets))
	}
	for i, bound := range c.Buckets {
		if !(bound > 0) || math.IsInf(bound, 1) || i > 0 && bound <= c.Buckets[i-1] {
			errs = append(errs, fmt.Errorf("buckets: %v is not allowed; use amounts above zero, in ascending order", bound))
		}
	}
	if c.MaxSize != 0 && (c.MaxSize < 2 || c.MaxSize > 16384) {
		errs = append(errs, fmt.Errorf("max_size: %d is not allowed; use 2 to 16384, or 0 for no histograms", c.MaxSize))
	}
	if c.Exemplars < 0 || c.Exemplars > 16 {
		errs = append(errs, fmt.Errorf("exemplars: %d is not allowed; use 0 to 16", c.Exemplars))
	}
	return errors.Join(errs...)
}

func oneOf(key, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s: %q is not allowed; use %s", key, value, strings.Join(allowed, ", "))
}

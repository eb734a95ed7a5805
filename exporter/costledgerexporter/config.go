package costledgerexporter

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// Config is what stands under cost_ledger: among the exporters.
type Config struct {
	// DSN names the ledger: sqlite:///path/ledger.db, postgres://… or clickhouse://…. It is never printed.
	DSN configopaque.String `mapstructure:"dsn"`
	// Prefix is that of the results to read, as configured in the processor.
	Prefix string `mapstructure:"prefix"`
	// Tags are attributes of the span or log record, scope or resource to keep with each call.
	Tags []string `mapstructure:"tags"`
	// Contexts bounds what spend can be grouped by.
	Contexts ContextsConfig `mapstructure:"contexts"`
	// Usage says how counts are read of calls whose calculation the processor did not write, as in the processor.
	Usage     pricer.UsageConfig `mapstructure:"usage"`
	Periods   PeriodsConfig      `mapstructure:"periods"`
	Retention RetentionConfig    `mapstructure:"retention"`
	// Focus is about files of FOCUS rows; there are none unless the section is there.
	Focus configoptional.Optional[FocusConfig] `mapstructure:"focus"`

	Timeout exporterhelper.TimeoutConfig                             `mapstructure:",squash"`
	Queue   configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	Retry   configretry.BackOffConfig                                `mapstructure:"retry_on_failure"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// ContextsConfig bounds the combinations of what calls have in common.
type ContextsConfig struct {
	// Limit is how many contexts a day may have; calls of further ones keep their cost, under an overflow context.
	Limit int `mapstructure:"limit"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// PeriodsConfig is about billing periods, which are UTC months.
type PeriodsConfig struct {
	// CloseAfter is how long after its end a billing period is closed; zero is never. What
	// belongs to a closed one and comes later is booked in the first open one, as a correction.
	CloseAfter time.Duration `mapstructure:"close_after"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// RetentionConfig says how long the ledger keeps what. Zero is for ever.
type RetentionConfig struct {
	// Calls and hourly sums that are older are removed.
	Calls time.Duration `mapstructure:"calls"`
	// Sums by day that are older are removed.
	Sums time.Duration `mapstructure:"sums"`
	// MaxSize is how many bytes the ledger may take; beyond it the oldest days of calls are removed. Zero is any.
	MaxSize int64 `mapstructure:"max_size"`

	// prevent unkeyed literal initialization
	_ struct{}
}

const maxTags = 32

func createDefaultConfig() component.Config {
	queue := exporterhelper.NewDefaultQueueConfig()
	batch := *queue.Batch.GetOrInsertDefault()
	queue.Batch = configoptional.Some(batch)
	retry := configretry.NewDefaultBackOffConfig()
	retry.MaxElapsedTime = 0 // a record is not given up
	return &Config{
		DSN: "sqlite://ledger.db", Prefix: attrkey.DefaultPrefix, Usage: pricer.DefaultConfig().Usage,
		Timeout: exporterhelper.TimeoutConfig{Timeout: time.Minute}, Queue: configoptional.Some(queue), Retry: retry,
		Contexts: ContextsConfig{Limit: 10_000}, Focus: configoptional.Default(defaultFocus()),
	}
}

var (
	_ confmap.Validator = (*Config)(nil)
	_ confmap.Validator = (*ContextsConfig)(nil)
	_ confmap.Validator = (*RetentionConfig)(nil)
	_ confmap.Validator = (*PeriodsConfig)(nil)
)

// Validate checks the top-level settings; sections check themselves.
func (c *Config) Validate() error {
	errs := []error{open.CheckWritable(string(c.DSN))}
	if c.Prefix == "" {
		errs = append(errs, errors.New("prefix: must not be empty; it is that of the processor, token_cost by default"))
	}
	if len(c.Tags) > maxTags {
		errs = append(errs, fmt.Errorf("tags: has %d attributes; at most %d are allowed", len(c.Tags), maxTags))
	}
	for _, tag := range c.Tags {
		if tag == "" || len(tag) > 256 {
			errs = append(errs, fmt.Errorf("tags: %q is not allowed; name an attribute, of at most 256 bytes", tag))
		}
	}
	return errors.Join(errs...)
}

// day is the shortest retention, because days are removed whole.
const day = 24 * time.Hour

// Validate checks that nothing is removed at once by mistake.
func (c *RetentionConfig) Validate() error {
	var errs []error
	for name, d := range map[string]time.Duration{"calls": c.Calls, "sums": c.Sums} {
		if d != 0 && d < 2*day {
			errs = append(errs, fmt.Errorf("%s: %s is not allowed; use 48h or more, or 0 to keep everything", name, d))
		}
	}
	if c.Sums != 0 && (c.Calls == 0 || c.Calls > c.Sums) {
		errs = append(errs, fmt.Errorf("sums: %s is shorter than calls are kept; calls cannot outlive their sums", c.Sums))
	}
	if c.MaxSize != 0 && c.MaxSize < 16<<20 {
		errs = append(errs, fmt.Errorf("max_size: %d is not allowed; use 16777216 (16 MiB) or more, or 0 for any size", c.MaxSize))
	}
	return errors.Join(errs...)
}

// Validate checks the limit.
func (c *ContextsConfig) Validate() error {
	if c.Limit < 1 || c.Limit > 100_000 {
		return fmt.Errorf("limit: %d is not allowed; use 1 to 100000", c.Limit)
	}
	return nil
}

// Validate checks the time.
func (c *PeriodsConfig) Validate() error {
	if c.CloseAfter < 0 {
		return fmt.Errorf("close_after: %s is not allowed; use a time such as 72h, or 0 to close no period", c.CloseAfter)
	}
	return nil
}

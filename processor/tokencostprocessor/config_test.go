package tokencostprocessor

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadata"
)

func load(t *testing.T, name string) (*Config, error) {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(component.NewIDWithName(metadata.Type, name).String())
	require.NoError(t, err)
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	if err := sub.Unmarshal(cfg); err != nil {
		return nil, err
	}
	return cfg, confmap.Validate(cfg)
}

func TestDefaultsPriceEveryKnownModel(t *testing.T) {
	cfg, err := load(t, "")
	require.NoError(t, err)
	require.Equal(t, pricer.DefaultConfig(), cfg)
	require.True(t, cfg.PriceBook.Builtin)
	require.Equal(t, 30*time.Second, cfg.PriceBook.ReloadInterval)
}

func TestEverySettingCanBeGiven(t *testing.T) {
	cfg, err := load(t, "everything")
	require.NoError(t, err)
	require.Equal(t, []string{"/etc/otelcol-tokencost/prices.yaml"}, cfg.PriceBook.Files)
	require.Equal(t, time.Minute, cfg.PriceBook.ReloadInterval)
	require.Equal(t, "replace", cfg.Incoming)
	require.Equal(t, "prefer", cfg.ReportedCost)
	require.Equal(t, []string{"semconv", "openlit"}, cfg.Attributes.AlsoWrite)
	require.Equal(t, "exclusive", cfg.Usage.AmbiguousInput)
	require.Len(t, cfg.Usage.Rules, 1)
	require.Len(t, cfg.Assume, 1)
	require.Equal(t, []string{"app.team"}, cfg.Attribution.Team.Get().From)
	require.True(t, cfg.Attribution.User.Get().Hash)
	require.NotNil(t, cfg.Attribution.Session.Get(), "a section without content reads the default keys")
	require.Nil(t, cfg.Attribution.Customer.Get())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg), "never to be printed")
	require.InDelta(t, 1.85, cfg.Overhead[0].Multiplier, 0)
}

func TestMistakesNameTheKeyAndTheValue(t *testing.T) {
	for name, want := range map[string]string{
		"unknown_key":        `"price_boook" is no key of the configuration; allowed: assume, attributes, attribution,`,
		"incoming":           `incoming: "drop" is not allowed; use keep, replace`,
		"reported_cost":      `reported_cost: "trust" is not allowed; use annotate, prefer, ignore`,
		"estimate_tokens":    `estimate_tokens: "always" is not allowed; use off, missing`,
		"no_book":            "price_book: builtin: false without files leaves no price book",
		"reload_interval":    "price_book: reload_interval: 1ms is not allowed; use 100ms or more, or 0 to read files once",
		"reload_never":       `price_book.reload_interval: "never" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"breakdown_maybe":    `attributes.breakdown: "maybe" is not allowed; use true or false`,
		"overhead_double":    `overhead[0].multiplier: "double" is not allowed; use a number such as 1.85`,
		"prefix":             `attributes: prefix: "token cost" is not allowed`,
		"prefix_of_facts":    `attributes: prefix: "token_usage" is, or lies within, a name space that telemetry uses`,
		"prefix_of_usage":    `attributes: prefix: "gen_ai.usage" is, or lies within, a name space that telemetry uses`,
		"overhead_missing":   "overhead::0: multiplier: 0 is not allowed; use a number above 0",
		"also_write":         `attributes: also_write: "newrelic" is not allowed; use semconv, openlit, openinference, langfuse, sentry, signoz`,
		"ambiguous_input":    `usage: ambiguous_input: "guess" is not allowed; use inclusive, exclusive, unpriced`,
		"blobs":              `usage: blobs: "all" is not allowed; use dialect, content, off`,
		"rule_versions":      `versions of scope "my.instrumentation"`,
		"rule_side":          `usage::rules::0: input: "both" is not allowed; use inclusive, exclusive`,
		"assume_nothing":     "assume::0: assumes nothing; give at least one of provider, service_tier",
		"assume_ttl":         `assume::0: cache_ttl: "soon" is not a retention such as 5m, 1h or 1d`,
		"assume_condition":   `assume::0: conditions: "instrumentation_scope.name = 3" is not valid OTTL`,
		"overhead_negative":  "overhead::0: multiplier: -1 is not allowed; use a number above 0, up to 1000, such as 1.85",
		"overhead_condition": "overhead::0: conditions:",

		"attribution_dimension": `attribution: "tema" is no key of the configuration; allowed: agent, customer, feature, hash_key, session, team, user`,
		"attribution_source":    `attribution: team: from: "attributes[\"a\"]" is not allowed; use an attribute key such as app.team, app.metadata["team"] for a field`,
		"attribution_content":   `attribution: feature: from: "gen_ai.input.messages" is recorded content`,
		"attribution_result":    `attribution: team: from: "acme.cost.team" is a result`,
		"attribution_no_key":    "attribution: hash_key: has 0 bytes; use at least 16",
		"attribution_short_key": "attribution: hash_key: has 5 bytes; use at least 16",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, name)
			require.ErrorContains(t, err, want)
		})
	}
}

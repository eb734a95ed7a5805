package tokencostconnector

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

func TestMistakesInTheConfigurationNameKeyValueAndWhatIsAllowed(t *testing.T) {
	for text, want := range map[string]string{
		"series: {limits: 5}":                  `series: "limits" is no key of the configuration; allowed: expiration, limit, start_at_zero`,
		"series: {limit: x}":                   `series.limit: "x" is not allowed; use a whole number`,
		"metrics_flush_interval: soon":         `metrics_flush_interval: "soon" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"inventory: {expiration: 30d}":         `inventory.expiration: "30d" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"budgets: [{name: a}, {nam: b}]":       `budgets[1]: "nam" is no key of the configuration; allowed: amount, conditions, currency, name, period, projected_thresholds, thresholds, time_zone, tokens`,
		"budgets: {name: a}":                   "budgets: must be a list of mappings with keys among amount, conditions, currency, name, period, projected_thresholds, thresholds, time_zone, tokens, not a mapping",
		"budgets: [{name: 3}]":                 "budgets[0].name: must be a text; put it in quotes if it looks like something else",
		"interactions: {without_trace: 1}":     "interactions.without_trace: must be a list of texts, not a single value",
		"interactions: {roles: [{rol: tool}]}": `interactions.roles[0]: "rol" is no key of the configuration; allowed: conditions, role`,
	} {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		err = createDefaultConfig().(*Config).Unmarshal(conf)
		assert.EqualError(t, err, want)
	}
}

func TestThePrefixIsOneThatTheProcessorMayWrite(t *testing.T) {
	for _, prefix := range []string{"", "a b", "gen_ai.cost", "token_cost."} {
		assert.ErrorContains(t, configuredBadly(func(c *Config) { c.Prefix = prefix }), "prefix: ")
	}
	assert.NoError(t, configuredBadly(func(c *Config) { c.Prefix = "my.cost" }))
}

package configkeys

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.yaml.in/yaml/v3"
)

type section struct {
	On     bool          `mapstructure:"on"`
	Every  time.Duration `mapstructure:"every"`
	Factor float64       `mapstructure:"factor"`
	Name   string        `mapstructure:"name"`
	Parts  []part        `mapstructure:"parts"`
	Below  part          `mapstructure:"below"`
	Limit  int           `mapstructure:"limit"`
	Tokens uint32        `mapstructure:"tokens"`
	Names  []string      `mapstructure:"names"`
	Shares []float64     `mapstructure:"shares"`
	ID     *component.ID `mapstructure:"id"`
	Within within        `mapstructure:",squash"`
}

type within struct {
	Timeout time.Duration `mapstructure:"timeout"`
}

type part struct {
	Scope string `mapstructure:"scope"`
	On    bool   `mapstructure:"on"`
}

func check(t *testing.T, text string) error {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	return Check("", value, reflect.TypeFor[section]())
}

func TestWhatCanBeDecodedIsAccepted(t *testing.T) {
	for _, text := range []string{
		"",
		"{on: true, every: 1m30s, factor: 1.5, name: a, parts: [{scope: a}, {on: false}], below: {on: true}}",
		"{on: , every: , factor: , name: , parts: , below: }",
		"{limit: 1e3, tokens: 4294967295, names: [a, b], shares: [0.5, 1], id: file_storage/a, timeout: 1s}",
		"{limit: -1, names: 'a,b', shares: []}",
		"{every: 30, factor: 2, name: 7}", // a text in an environment variable may look like a number
	} {
		assert.NoError(t, check(t, text), text)
	}
}

func TestAMistakeNamesKeyValueAndWhatIsAllowed(t *testing.T) {
	for text, want := range map[string]string{
		"onn: true":                   `"onn" is no key of the configuration; allowed: below, every, factor, id, limit, name, names, on, parts, shares, timeout, tokens`,
		"below: {scop: a}":            `below: "scop" is no key of the configuration; allowed: on, scope`,
		"parts: [{scope: a}, {a: b}]": `parts[1]: "a" is no key of the configuration; allowed: on, scope`,
		"parts: {scope: a}":           "parts: must be a list of mappings with keys among on, scope, not a mapping",
		"below: 3":                    "below: must be a mapping with keys among on, scope, not a single value",
		"[1]":                         "must be a mapping with keys among below, every, factor, id, limit, name, names, on, parts, shares, timeout, tokens, not a list",
		"on: maybe":                   `on: "maybe" is not allowed; use true or false`,
		"on: 1":                       "on: 1 is not allowed; use true or false",
		"parts: [{on: [x]}]":          "parts[0].on: a list is not allowed; use true or false",
		"every: soon":                 `every: "soon" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		`every: ""`:                   `every: "" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"factor: double":              `factor: "double" is not allowed; use a number such as 1.85`,
		"every: [1]":                  "every: a list is not allowed; use a number with a unit, such as 30s, 10m or 1h",
		"limit: many":                 `limit: "many" is not allowed; use a whole number`,
		"limit: 1.5":                  "limit: 1.5 is not allowed; use a whole number",
		"limit: 18446744073709551615": "limit: 18446744073709551615 is not allowed; use a whole number",
		"limit: true":                 "limit: true is not allowed; use a whole number",
		"tokens: -1":                  "tokens: -1 is not allowed; use a whole number, not below 0",
		"tokens: 4294967296":          "tokens: 4294967296 is not allowed; use a whole number, not below 0",
		"name: [a]":                   "name: a list is not allowed; use a text",
		"names: 3":                    "names: must be a list of texts, not a single value",
		"names: {a: b}":               "names: must be a list of texts, not a mapping",
		"names: [a, [b]]":             "names[1]: a list is not allowed; use a text",
		"shares: 0.5":                 "shares: must be a list of numbers, not a single value",
		"shares: [0.5, half]":         `shares[1]: "half" is not allowed; use a number such as 1.85`,
		"id: [a]":                     "id: a list is not allowed; use a text",
		"timeout: soon":               `timeout: "soon" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"factor: true":                "factor: true is not allowed; use a number such as 1.85",
	} {
		assert.EqualError(t, check(t, text), want, text)
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	assert.EqualError(t, check(t, "{on: 1, factor: x}"), "factor: \"x\" is not allowed; use a number such as 1.85\non: 1 is not allowed; use true or false")
}

func TestANumberIsATextOnlyWhereTheDecoderTakesItForOne(t *testing.T) {
	decode := func(text string) (s section, err error) {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		return s, Decode(conf, &s)
	}
	s, err := decode("{name: seven, limit: 3, timeout: 2s}")
	require.NoError(t, err)
	assert.Equal(t, section{Name: "seven", Limit: 3, Within: within{Timeout: 2 * time.Second}}, s)
	for text, want := range map[string]string{
		"name: 7":               "name: must be a text; put it in quotes if it looks like something else",
		"names: [a, true]":      "names[1]: must be a text; put it in quotes if it looks like something else",
		"parts: [{scope: 1}]":   "parts[0].scope: must be a text; put it in quotes if it looks like something else",
		"{name: a, limit: ten}": `limit: "ten" is not allowed; use a whole number`,
	} {
		_, err := decode(text)
		assert.EqualError(t, err, want, text)
	}
}

func TestATextOfTheEnvironmentMayLookLikeANumber(t *testing.T) {
	t.Setenv("TEST_NAME", "007")
	var s section
	require.NoError(t, Decode(resolved(t, "name: ${env:TEST_NAME}"), &s))
	assert.Equal(t, "007", s.Name)

	// Neither is one blamed for another's mistake, nor is it written: it can be a secret.
	err := Decode(resolved(t, "{name: '${env:TEST_NAME}', names: [a, true]}"), &s)
	assert.EqualError(t, err, "names[1]: must be a text; put it in quotes if it looks like something else")
}

// resolved reads a configuration as a Collector does.
func resolved(t *testing.T, text string) *confmap.Conf {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"file:" + file},
		ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()},
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	return conf
}

package configkeys

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type section struct {
	On     bool          `mapstructure:"on"`
	Every  time.Duration `mapstructure:"every"`
	Factor float64       `mapstructure:"factor"`
	Name   string        `mapstructure:"name"`
	Parts  []part        `mapstructure:"parts"`
	Below  part          `mapstructure:"below"`
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
		"{every: 30, factor: 2, name: 7}", // a text in an environment variable may look like a number
	} {
		assert.NoError(t, check(t, text), text)
	}
}

func TestAMistakeNamesKeyValueAndWhatIsAllowed(t *testing.T) {
	for text, want := range map[string]string{
		"onn: true":                   `"onn" is no key of the configuration; allowed: below, every, factor, name, on, parts`,
		"below: {scop: a}":            `below: "scop" is no key of the configuration; allowed: on, scope`,
		"parts: [{scope: a}, {a: b}]": `parts[1]: "a" is no key of the configuration; allowed: on, scope`,
		"parts: {scope: a}":           "parts: must be a list of mappings with keys among on, scope, not a mapping",
		"below: 3":                    "below: must be a mapping with keys among on, scope, not a single value",
		"[1]":                         "must be a mapping with keys among below, every, factor, name, on, parts, not a list",
		"on: maybe":                   `on: "maybe" is not allowed; use true or false`,
		"on: 1":                       "on: 1 is not allowed; use true or false",
		"parts: [{on: [x]}]":          "parts[0].on: a list is not allowed; use true or false",
		"every: soon":                 `every: "soon" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		`every: ""`:                   `every: "" is not allowed; use a number with a unit, such as 30s, 10m or 1h`,
		"factor: double":              `factor: "double" is not allowed; use a number such as 1.85`,
		"factor: true":                "factor: true is not allowed; use a number such as 1.85",
	} {
		assert.EqualError(t, check(t, text), want, text)
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	assert.EqualError(t, check(t, "{on: 1, factor: x}"), "factor: \"x\" is not allowed; use a number such as 1.85\non: 1 is not allowed; use true or false")
}

package booklint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func check(t *testing.T, models string) []string {
	t.Helper()
	layer := pricebook.Layer{{Name: "book", Data: []byte("schema: tokencost.pricebook/v1\nproviders: {openai: {models: {" + models + "}}}\n")}}
	b, err := pricebook.Load(layer)
	require.NoError(t, err)
	var out []string
	for _, w := range Check(b, pricebook.Declarations(layer)) {
		out = append(out, w.String())
	}
	return out
}

func TestCheckWarnsOfWhatIsProbablyWrong(t *testing.T) {
	for name, c := range map[string]struct {
		models string
		want   []string
	}{
		"a usual model":            {"m: {dated: true, aliases: [m-latest], prices: [{rates: {input: 2, cache_read: 0.2, cache_write: 2.5, output: 10}}]}", nil},
		"provisioned needs none":   {"m: {billing: provisioned}", nil},
		"no price":                 {"m: {}", []string{"book:2: openai/m: has no price: its calls will be unpriced; give it prices, a base, or billing: provisioned"}},
		"a dear cache":             {"m: {prices: [{rates: {input: 2, cache_read: 20}}]}", []string{"book:2: openai/m: cache_read is 10, a ratio that is not usual; see whether a number is misread"}},
		"a dear batch":             {"m: {prices: [{rates: {input: 2}, adjust: {mode: {batch: {times: {tokens: 5}}}}}]}", []string{"book:2: openai/m: batch is 5, a ratio that is not usual; see whether a number is misread"}},
		"an absolute batch":        {"m: {prices: [{rates: {input: 2}, adjust: {mode: {batch: {set: {input: 1}}}}}]}", nil},
		"an unusual context tier":  {"m: {prices: [{rates: {input: 2, output: 4}, adjust: {context: [{input: {over: 9}, times: {tokens: 7}}]}}]}", []string{"book:2: openai/m: context is 7/7, a ratio that is not usual; see whether a number is misread"}},
		"a declared neighbour":     {"m: {aliases: [m-mini], prices: [{rates: {input: 2}}]}", nil},
		"a neighbour of its own":   {"m: {prices: [{rates: {input: 2}}]}, m-mini: {prices: [{rates: {input: 1}}]}", nil},
		"inherited prices are one": {"m: {prices: [{rates: {input: 2}}]}, n: {base: m, rates: {cache_read: 20}}", []string{"book:2: openai/n: cache_read is 10, a ratio that is not usual; see whether a number is misread"}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, check(t, c.models)) })
	}
}

func TestRatiosThatTheBuiltInBookExplainsAreNoWarnings(t *testing.T) {
	layer := pricebook.Layer{{Name: "book", Data: []byte(`schema: tokencost.pricebook/v1
providers:
  anthropic:
    models:
      claude-3-haiku: {prices: [{rates: {input: 0.25, cache_read: 0.03, cache_write: 0.3, output: 1.25}}]}
      claude-3-haiku-2: {prices: [{rates: {input: 0.25, cache_read: 0.03, cache_write: 0.3, output: 1.25}}]}
  acme:
    models:
      resold: {base: anthropic/claude-3-haiku, times: {tokens: 2}}
      changed: {base: anthropic/claude-3-haiku, rates: {cache_write: 3}}
`)}}
	b, err := pricebook.Load(layer)
	require.NoError(t, err)
	got := Check(b, pricebook.Declarations(layer))
	require.Len(t, got, 2, "the exception is for one model, and for who inherits just that ratio")
	assert.Equal(t, "book:10: acme/changed: cache_write is 12, a ratio that is not usual; see whether a number is misread", got[1].String())
	assert.Equal(t, "book:6: anthropic/claude-3-haiku-2: cache_write is 1.2, a ratio that is not usual; see whether a number is misread", got[0].String())
}

func TestANameThatMeansAnotherModelIsTold(t *testing.T) {
	layers := []pricebook.Layer{
		{{Name: "first", Data: []byte("schema: tokencost.pricebook/v1\nproviders: {openai: {models: {m: {aliases: [x], prices: [{rates: {input: 2}}]}}}}\n")}},
		{{Name: "second", Data: []byte("schema: tokencost.pricebook/v1\nproviders: {openai: {models: {n: {aliases: [m], prices: [{rates: {input: 3}}]}}}}\n")}},
	}
	b, err := pricebook.Load(layers...)
	require.NoError(t, err)
	got := Check(b, pricebook.Declarations(layers...))
	require.Len(t, got, 1)
	assert.Equal(t, `first:2: openai/m: its name "m" means openai/n`, got[0].String())
}

package bookdiff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// load makes a book of models, and what stands after a # of other sections.
func load(t *testing.T, model string) *pricebook.Book {
	t.Helper()
	model, rest, _ := strings.Cut(model, "#")
	text := "schema: tokencost.pricebook/v1\nproviders: {acme: {models: {" + model + "}}}\n" + rest + "\n"
	b, err := pricebook.Load(pricebook.Layer{{Name: "book", Data: []byte(text)}})
	require.NoError(t, err)
	return b
}

func compare(t *testing.T, a, b string) []string {
	t.Helper()
	var out []string
	for _, c := range Compare(load(t, a), load(t, b)) {
		line := fmt.Sprintf("%s %s", c.Kind, c.Model)
		if c.Period.HasFrom {
			line += " from " + pricebook.Instant(c.Period.From)[:10]
		}
		if c.Period.HasUntil {
			line += " until " + pricebook.Instant(c.Period.Until)[:10]
		}
		line += fmt.Sprintf(" %s: %q -> %q", c.What, c.Old, c.New)
		if c.Percent != nil {
			line += " " + c.Percent.FloatString(1)
		}
		out = append(out, line)
	}
	return out
}

func TestCompareTellsWhatChangedForWhichTime(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want []string
	}{
		"nothing": {"m: {prices: [{rates: {input: 1.0}}]}", "m: {prices: [{rates: {input: 1}}]}", nil},
		"a rate":  {"m: {prices: [{rates: {input: 1}}]}", "m: {prices: [{rates: {input: 1.5}}]}", []string{`changed m input: "1" -> "1.5" 50.0`}},
		"a rate from zero has no percentage": {
			"m: {prices: [{rates: {input: 0}}]}", "m: {prices: [{rates: {input: 1}}]}", []string{`changed m input: "0" -> "1"`},
		},
		"a new period changes only its time": {
			"m: {prices: [{rates: {input: 2}}]}",
			"m: {prices: [{rates: {input: 2}}, {from: 2026-09-01T00:00:00Z, rates: {input: 1}}]}",
			[]string{`changed m from 2026-09-01 input: "2" -> "1" -50.0`},
		},
		"a period cut in two with equal prices is no change": {
			"m: {prices: [{rates: {input: 2}}]}",
			"m: {prices: [{rates: {input: 2}}, {from: 2026-09-01T00:00:00Z, rates: {input: 2}}]}",
			nil,
		},
		"the same change before and after a cut is told once": {
			"m: {prices: [{rates: {input: 2}}, {from: 2026-09-01T00:00:00Z, rates: {input: 2}}]}",
			"m: {prices: [{rates: {input: 4}}]}",
			[]string{`changed m input: "2" -> "4" 100.0`},
		},
		"an end": {
			"m: {prices: [{rates: {input: 2, output: 3}}]}",
			"m: {prices: [{until: 2026-09-01T00:00:00Z, rates: {input: 2, output: 3}}]}",
			[]string{`changed m from 2026-09-01 price: "acme/m@open" -> "none"`},
		},
		"a meter that comes": {
			"m: {prices: [{rates: {input: 2}}]}", "m: {prices: [{rates: {input: 2, cache_read: 1}}]}", []string{`changed m cache_read: "" -> "1"`},
		},
		"a rule": {
			"m: {prices: [{rates: {input: 2}, adjust: {mode: {batch: {times: {tokens: 0.5}}}}}]}",
			"m: {prices: [{rates: {input: 2}, adjust: {mode: {batch: {times: {tokens: 0.4}}, flex: {set: {input: 1}}}}}]}",
			[]string{`changed m mode batch: input: "1" -> "0.8" -20.0`, `changed m mode flex: input: "" -> "1"`},
		},
		"a rule that is only written in another way is no change": {
			"m: {prices: [{rates: {input: 2, cache_read: 1}, adjust: {context: [{name: long, input: {over: 9}, times: {tokens: 2}}], geo: {us: {names: [eu], times: {tokens: 1.5}}}}}]}",
			"m: {prices: [{rates: {input: 2, cache_read: 1}, adjust: {context: [{input: {over: 9}, times: {input: 2, cache: 2}}], geo: {eu: {set: {input: 3, cache_read: 1.5}}, us: {times: {input: 1.5, cache_read: 1.5}}}}}]}",
			nil,
		},
		"regions that change alike are told once": {
			"m: {prices: [{rates: {input: 2}, adjust: {geo: {us: {names: [eu], times: {tokens: 1.5}}}}}]}",
			"m: {prices: [{rates: {input: 2}, adjust: {geo: {us: {names: [eu], times: {tokens: 2}}}}}]}",
			[]string{`changed m geo us, eu: input: "3" -> "4" 33.3`},
		},
		"an override, and a rule without effect": {
			"m: {prices: [{rates: {input: 2}, adjust: {mode: {fast: {times: {tokens: 2}}}, geo: {eu: {}}}}]}",
			"m: {prices: [{rates: {input: 2}, adjust: {mode: {fast: {times: {tokens: 2}}}, geo: {eu: {}, us: {}}, overrides: [{when: {mode: fast, geo: eu}, set: {input: 5}}]}}]}",
			[]string{`changed m geo us: price: "" -> "as the base price"`, `changed m override geo eu, mode fast: input: "" -> "5"`},
		},
		"a contract": {
			"m: {prices: [{rates: {input: 2}}]}#contracts: [{name: c, provider: acme, times: {tokens: 0.9}}]",
			"m: {prices: [{rates: {input: 2}}]}#contracts: [{name: c, provider: acme, times: {tokens: 0.8}}]",
			[]string{`changed m contract c: × tokens: "0.9" -> "0.8" -11.1`},
		},
		"names and billing": {
			"m: {aliases: [x], prices: [{rates: {input: 2}}]}", "m: {dated: true, billing: provisioned, prices: [{rates: {input: 2}}]}",
			[]string{`changed m aliases: "x" -> ""`, `changed m dated: "" -> "true"`, `changed m billing: "" -> "provisioned"`},
		},
		"models": {
			"old: {prices: [{rates: {input: 2}}]}", "new: {prices: [{rates: {input: 3}}]}",
			[]string{`added new model: "" -> ""`, `added new input: "" -> "3"`, `removed old model: "" -> ""`},
		},
		"what changes for all models of a provider is told once": {
			"a: {prices: [{rates: {input: 2}}]}, b: {prices: [{rates: {input: 2}}]}",
			"a: {prices: [{rates: {input: 3}}]}, b: {prices: [{rates: {input: 3}}]}",
			[]string{`changed * input: "2" -> "3" 50.0`},
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, compare(t, c.a, c.b)) })
	}
}

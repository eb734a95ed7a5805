package pricebook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const describedBook = `schema: tokencost.pricebook/v1
providers:
  acme:
    names: [acme-ai]
    hosts: [api.acme.example]
    infer: true
    models:
      m:
        aliases: [alias-of-m]
        dated: true
        prices:
          - until: 2026-06-01T00:00:00Z
            rates: {output: 10, cache_write.1h: 6, input: 3, input.audio: 9, cache_read: 0.3}
            fees: {web_search: 0.01, request: 0.001}
            adjust:
              context: [{name: long, input: {over: 200000}, times: {input: 2, cache: 2, output: 1.5}}, {input: {at_least: 32000}, contested: true, set: {input: 4}}]
              mode:
                priority: {names: [fast], times: {tokens: 2}}
                batch: [{until: 2026-02-01T00:00:00Z, times: {input.audio: 0.4, fees: 0.9}}, {from: 2026-02-01T00:00:00Z, times: {web_search: 0.5}}]
              geo: {eu: {times: {tokens: 1.1}}, "*": {}}
              schedule: [{name: night, tz: UTC, days: mon-fri, hours: ["01:00-04:00"], times: {tokens: 0.5}}]
              overrides: [{when: {mode: priority, geo: eu}, set: {cache_read: 0.7}}]
          - from: 2026-06-01T00:00:00Z
            rates: {input: 1}
      heir: {base: m, times: {tokens: 1.2}, rates: {input: 5}, adjust: {context: []}}
contracts:
  - {name: deal, provider: acme, models: [m], from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}
`

func described(t *testing.T) (*Book, Layer) {
	t.Helper()
	layer := Layer{{Name: "book", Data: []byte(describedBook)}}
	b, err := Load(layer)
	require.NoError(t, err)
	return b, layer
}

func joined(named []Named) string {
	var out []string
	for _, n := range named {
		out = append(out, n.Name+"="+Decimal(n.Value))
	}
	return strings.Join(out, " ")
}

func TestDeclaredListsNumbersInReadingOrder(t *testing.T) {
	b, _ := described(t)
	rates, fees := b.Provider("ACME-ai").Find("m").Prices[0].Declared()
	assert.Equal(t, "input=3 input.audio=9 cache_read=0.3 cache_write.1h=6 output=10", joined(rates))
	assert.Equal(t, "request=0.001 web_search=0.01", joined(fees))
}

func TestRulesDescribeEveryAxis(t *testing.T) {
	b, _ := described(t)
	m := b.Provider("acme").Find("m")
	var got []string
	for _, r := range append(m.Prices[0].Rules(), m.Contracts()...) {
		line := r.String() + ": " + joined(r.Times) + "|" + joined(r.Set)
		if len(r.Names) > 0 {
			line += fmt.Sprint(" ", r.Names)
		}
		if r.Period.HasFrom {
			line += " from " + Instant(r.Period.From)
		}
		if r.Period.HasUntil {
			line += " until " + Instant(r.Period.Until)
		}
		if r.Contested {
			line += " contested"
		}
		got = append(got, line)
	}
	assert.Equal(t, []string{
		"context input over 200000: input=2 cache=2 output=1.5| [long]",
		"context input at least 32000: |input=4 contested",
		"mode batch: input.audio=0.4 fees=0.9| until 2026-02-01T00:00:00Z",
		"mode batch: web_search=0.5| from 2026-02-01T00:00:00Z",
		"mode priority: tokens=2| [fast]",
		"geo *: |",
		"geo eu: tokens=1.1|",
		"schedule mon,tue,wed,thu,fri 01:00-04:00 UTC: tokens=0.5| [night]",
		"override geo eu, mode priority: |cache_read=0.7",
		"contract deal: tokens=0.9| from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z",
	}, got)
	assert.Equal(t, Span{Until: 1780272000_000_000_000, HasUntil: true, From: OpenStart}, m.Prices[0].Period())
}

func TestDeclarationsTellPlacesAndInheritance(t *testing.T) {
	_, layer := described(t)
	got := Declarations(layer)
	require.Len(t, got, 2)
	assert.Equal(t, Declaration{Provider: "acme", Model: "m", File: "book", Line: 9}, got[0])
	assert.Equal(t, "heir", got[1].Model)
	require.NotNil(t, got[1].Base)
	assert.Equal(t, "m", got[1].Base.Of)
	assert.Equal(t, "tokens=1.2", joined(got[1].Base.Times))
	assert.Equal(t, "input=5", joined(got[1].Base.Rates))
	assert.Equal(t, []string{"context"}, got[1].Base.Axes)
	assert.Empty(t, Declarations(Layer{{Name: "broken", Data: []byte("\t")}}), "what cannot be loaded declares nothing")
}

func TestRecogniseTellsByWhatAQueryWasResolved(t *testing.T) {
	b, _ := described(t)
	for name, c := range map[string]struct {
		query Query
		want  Recognition
	}{
		"exact id":              {Query{Provider: "acme", Response: "M"}, Recognition{`name "acme"`, "exact id", "M"}},
		"alias":                 {Query{Provider: "acme-ai", Response: "alias-of-m"}, Recognition{`name "acme-ai"`, `alias "alias-of-m"`, "alias-of-m"}},
		"dated":                 {Query{Provider: "acme", Response: "m-2026-01-01"}, Recognition{`name "acme"`, `dated form "m-2026-01-01"`, "m-2026-01-01"}},
		"dated alias":           {Query{Provider: "acme", Response: "alias-of-m-2026-01-01"}, Recognition{`name "acme"`, `dated form "alias-of-m-2026-01-01" of alias "alias-of-m"`, "alias-of-m-2026-01-01"}},
		"within a path":         {Query{Provider: "acme", Response: "models/m"}, Recognition{`name "acme"`, `id "m" within "models/m"`, "models/m"}},
		"host":                  {Query{Provider: "openai", Host: "api.acme.example", Response: "m"}, Recognition{`host "api.acme.example"`, "exact id", "m"}},
		"inferred":              {Query{Response: "alias-of-m"}, Recognition{"the model's name", `alias "alias-of-m"`, "alias-of-m"}},
		"request after unknown": {Query{Provider: "acme", Response: "nope", Request: "m"}, Recognition{`name "acme"`, "exact id", "m"}},
		"unknown model":         {Query{Provider: "acme", Response: "nope"}, Recognition{ProviderBy: `name "acme"`}},
		"unknown provider":      {Query{Provider: "nope", Response: "m"}, Recognition{}},
	} {
		t.Run(name, func(t *testing.T) {
			res, _ := b.Resolve(&c.query)
			got := b.Recognise(&c.query, res)
			assert.Equal(t, c.want, got)
			assert.Equal(t, res.Model != nil, got.ModelBy != "", "what was resolved is explained")
		})
	}
}

package pricebook

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// load compiles texts as layers, each without its schema line.
func load(t testing.TB, layers ...string) *Book {
	t.Helper()
	b, err := tryLoad(layers...)
	require.NoError(t, err)
	return b
}

func tryLoad(layers ...string) (*Book, error) {
	var ls []Layer
	for i, text := range layers {
		ls = append(ls, Layer{{Name: fmt.Sprintf("%d.yaml", i+1), Data: []byte("schema: " + SchemaV1 + "\n" + text)}})
	}
	return Load(ls...)
}

// at reads an instant.
func at(t testing.TB, s string) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return v.UnixNano()
}

// modelOf returns "provider/model".
func modelOf(t testing.TB, b *Book, name string) *Model {
	t.Helper()
	provider, model, _ := strings.Cut(name, "/")
	p := b.Provider(provider)
	require.NotNil(t, p, provider)
	m := p.ids[modelKey(model)]
	require.NotNil(t, m, name)
	return m
}

// priceOf returns the price of "provider/model" at an instant.
func priceOf(t testing.TB, b *Book, name, instant string) *Price {
	t.Helper()
	p := modelOf(t, b, name).At(at(t, instant))
	require.NotNil(t, p, "%s at %s", name, instant)
	return p
}

// conditions are what a call says that chooses rules.
type conditions struct {
	input, output int64
	mode, geo, at string
}

func (c conditions) choose(t testing.TB, p *Price) Choice {
	t.Helper()
	instant := at(t, c.instant())
	var choice Choice
	choice.Context, _ = p.Context(c.input, c.output)
	choice.Mode, _ = p.Mode(c.mode, instant)
	choice.Geo, _ = p.Geo(c.geo, instant)
	choice.Schedule, _ = p.Schedule(instant)
	choice.Contract = p.Model.Contract(instant)
	choice.Exchange, _, _ = p.Exchange(instant)
	return choice
}

func (c conditions) instant() string {
	if c.at == "" {
		return "2026-11-23T12:00:00Z"
	}
	return c.at
}

// rates lists the rates of a price as people read them, such as
// "input 2.5, cache_read 1.25, output 10, web_search 0.01".
func rates(t testing.TB, b *Book, name string, c conditions) string {
	t.Helper()
	p := priceOf(t, b, name, c.instant())
	choice := c.choose(t, p)
	var out []string
	for _, m := range slices.SortedFunc(slices.Values(p.Meters), CompareMeters) {
		out = append(out, m.String()+" "+Decimal(p.Rate(m, choice).Value))
	}
	for _, f := range p.Fees {
		out = append(out, f.String()+" "+Decimal(p.FeeRate(f, choice).Value))
	}
	exact := p.Rates(choice)
	require.Equal(t, len(p.Meters)+len(p.Fees), exact.Len())
	for i, m := range p.Meters {
		perMillion := new(big.Rat).Mul(exact.PerItem(i), big.NewRat(1_000_000, 1))
		require.Zero(t, p.Rate(m, choice).Value.Cmp(perMillion), "the compiled rates are those that are explained")
	}
	return strings.Join(out, ", ")
}

// timelineOf lists the periods of a model and the base rate of their input.
func timelineOf(t testing.TB, b *Book, name string) []string {
	t.Helper()
	var out []string
	for _, p := range modelOf(t, b, name).Prices {
		from, until := "open", "open"
		if v, ok := p.From(); ok {
			from = time.Unix(0, v).UTC().Format(time.DateOnly)
		}
		if v, ok := p.Until(); ok {
			until = time.Unix(0, v).UTC().Format(time.DateOnly)
		}
		out = append(out, from+".."+until+" "+Decimal(p.rates[meter.AllInput]))
	}
	return out
}

func TestLoadWithoutLayersFails(t *testing.T) {
	_, err := Load()
	assert.ErrorIs(t, err, ErrNoBook)
}

func TestBookOfSchemaAloneIsEmpty(t *testing.T) {
	b := load(t, "")
	assert.Empty(t, b.Providers())
	assert.Zero(t, b.NumModels())
	assert.Equal(t, b.Hash, b.Label)
}

func TestLabelIsTheVersionOfTheTopmostLayerAndAHashOfAllContent(t *testing.T) {
	low, high := "version: low\n", "version: high\n"
	one, two := load(t, low), load(t, low, high)
	assert.Equal(t, "low+"+one.Hash, one.Label)
	assert.Equal(t, "high+"+two.Hash, two.Label)
	assert.Len(t, two.Hash, 12)
	assert.NotEqual(t, one.Hash, two.Hash)
	assert.Equal(t, two.Hash, load(t, low, high).Hash)
	assert.True(t, strings.HasPrefix(load(t, low, "").Label, "low+"), "a layer without version does not take it away")
}

func TestOverlongFileIsRefused(t *testing.T) {
	_, err := tryLoad("# " + strings.Repeat("x", MaxFileBytes))
	assert.ErrorContains(t, err, "1.yaml: is 16777")
	assert.ErrorContains(t, err, "at most 16777216 are allowed")
}

func TestErrorsAreJoinedUpToALimit(t *testing.T) {
	_, err := tryLoad(strings.Repeat("x: 1\n", 1) + "providers:\n  p:\n    names: [" + strings.Repeat("'',", 100) + "]\n")
	var mistake *Error
	require.ErrorAs(t, err, &mistake)
	assert.Equal(t, "1.yaml", mistake.File)
	assert.Equal(t, 2, mistake.Line)
	lines := messages(err)
	assert.Len(t, lines, maxErrors+1)
	assert.Equal(t, "and 51 more errors", lines[maxErrors])
}

func TestQuotedNumbersAndNumbersOfAllDigitsAreExact(t *testing.T) {
	b := load(t, `providers: {p: {models: {m: {prices: [{rates: {input: "2.50", output: 123456789012.123456789012345678901234567}}]}}}}`)
	assert.Equal(t, "input 2.5, output 123456789012.123456789012345678901234567", rates(t, b, "p/m", conditions{}))
}

func TestPriceNamesWhatAndWhen(t *testing.T) {
	b := load(t, `
providers:
  openai:
    models:
      GPT-4o:
        prices:
          - {rates: {input: 5}}
          - {from: 2024-10-02T02:00:00+02:00, source: {url: "https://example.com", checked: 2026-11-23, note: seen}, unconfirmed: true, rates: {input: 2.5}}
`)
	p := priceOf(t, b, "openai/gpt-4o", "2024-10-01T23:59:59Z")
	assert.Equal(t, "openai/GPT-4o@open", p.ID)
	assert.False(t, p.Unconfirmed)
	p = priceOf(t, b, "openai/gpt-4o", "2024-10-02T00:00:00Z")
	assert.Equal(t, "openai/GPT-4o@2024-10-02T00:00:00Z", p.ID)
	assert.True(t, p.Unconfirmed)
	assert.Equal(t, Source{"https://example.com", "2026-11-23", "seen"}, p.Source)
	assert.Equal(t, "USD", p.Currency)
}

func TestPeriodIsHalfOpen(t *testing.T) {
	b := load(t, `providers: {p: {models: {m: {prices: [{from: 2026-01-01T00:00:00Z, until: 2026-02-01T00:00:00Z, rates: {input: 1}}]}}}}`)
	m := modelOf(t, b, "p/m")
	first, end := at(t, "2026-01-01T00:00:00Z"), at(t, "2026-02-01T00:00:00Z")
	assert.Nil(t, m.At(first-1))
	assert.NotNil(t, m.At(first))
	assert.NotNil(t, m.At(end-1))
	assert.Nil(t, m.At(end))
}

func TestPeriodWithoutUntilEndsWhereTheNextStartsInAnyOrder(t *testing.T) {
	b := load(t, `
providers:
  p:
    models:
      m:
        prices:
          - {from: 2026-03-01T00:00:00Z, rates: {input: 3}}
          - {rates: {input: 1}}
          - {from: 2026-02-01T00:00:00Z, rates: {input: 2}}
          - {from: 2026-05-01T00:00:00Z, until: 2026-06-01T00:00:00Z, rates: {input: 4}}
`)
	assert.Equal(t, []string{"open..2026-02-01 1", "2026-02-01..2026-03-01 2", "2026-03-01..2026-05-01 3", "2026-05-01..2026-06-01 4"}, timelineOf(t, b, "p/m"))
}

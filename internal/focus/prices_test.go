package focus_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

const priceBook = `
schema: tokencost.pricebook/v1
version: "test"
providers:
  openai:
    names: [openai]
    models:
      gpt-test:
        prices:
          - until: 2026-06-01T00:00:00Z
            rates: {input: 2.5, output: 10}
          - from: 2026-06-01T00:00:00Z
            source: {url: "https://example.com/gpt", checked: 2026-11-01}
            rates: {input: 2, output: 8}
            fees: {web_search: 0.01}
            adjust:
              mode: {batch: {times: {tokens: 0.5}}}
              geo: {eu: {times: {tokens: 1.1}}}
contracts:
  - {name: acme-2026, provider: openai, models: [gpt-test], from: 2026-07-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.9}}
`

var captured = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func prices(t testing.TB, book *pricebook.Book, which focus.Combinations) []focus.PriceRecord {
	t.Helper()
	var out []focus.PriceRecord
	require.NoError(t, focus.Prices(book, &focus.Config{}, which, captured, func(r *focus.PriceRecord) error {
		out = append(out, *r)
		return nil
	}))
	return out
}

func TestPricesAreRecordsOfMetersPeriodsRulesAndContracts(t *testing.T) {
	book, err := pricebook.Load(pricebook.Layer{{Name: "test.yaml", Data: []byte(priceBook)}})
	require.NoError(t, err)
	var got []string
	for _, r := range prices(t, book, focus.Combined) {
		if strings.HasPrefix(r.SkuID, "openai/gpt-test/input") || r.SkuID == "openai/gpt-test/web_search" && r.ContractID == "" {
			got = append(got, strings.Join([]string{r.SkuPriceID, r.UnitPrice, r.PricingUnit, r.UnitPriceType, r.ContractID, r.SkuPriceEffectiveStart, r.SkuPriceEffectiveEnd}, " "))
		}
	}
	assert.ElementsMatch(t, []string{
		"openai/gpt-test/input 2.5 1000000 Tokens List   2026-06-01T00:00:00Z",
		"openai/gpt-test/input 2 1000000 Tokens List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/input 1.8 1000000 Tokens Contracted acme-2026 2026-07-01T00:00:00Z 2027-01-01T00:00:00Z",
		"openai/gpt-test/input;mode=batch 1 1000000 Tokens List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/input;mode=batch 0.9 1000000 Tokens Contracted acme-2026 2026-07-01T00:00:00Z 2027-01-01T00:00:00Z",
		"openai/gpt-test/input;geo=eu 2.2 1000000 Tokens List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/input;geo=eu 1.98 1000000 Tokens Contracted acme-2026 2026-07-01T00:00:00Z 2027-01-01T00:00:00Z",
		"openai/gpt-test/input;mode=batch;geo=eu 1.1 1000000 Tokens List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/input;mode=batch;geo=eu 0.99 1000000 Tokens Contracted acme-2026 2026-07-01T00:00:00Z 2027-01-01T00:00:00Z",
		"openai/gpt-test/web_search 0.01 Searches List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/web_search;mode=batch 0.01 Searches List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/web_search;geo=eu 0.01 Searches List  2026-06-01T00:00:00Z ",
		"openai/gpt-test/web_search;mode=batch;geo=eu 0.01 Searches List  2026-06-01T00:00:00Z ",
	}, got)
}

// TestPricesOfTheBuiltInBookDoNotOverlap holds the draft's two rules on records:
// one for each provider, SKU price, contract, start, currency and type, and no
// two of equal ones in force at once.
func TestPricesOfTheBuiltInBookDoNotOverlap(t *testing.T) {
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	type key struct{ provider, price, contract, currency, kind string }
	seen := map[key][]focus.PriceRecord{}
	all := prices(t, store.Book(), focus.Combined)
	for _, r := range all {
		k := key{r.ServiceProviderName, r.SkuPriceID, r.ContractID, r.PricingCurrency, r.UnitPriceType}
		for _, s := range seen[k] {
			before := s.SkuPriceEffectiveEnd != "" && s.SkuPriceEffectiveEnd <= r.SkuPriceEffectiveStart
			after := r.SkuPriceEffectiveEnd != "" && r.SkuPriceEffectiveEnd <= s.SkuPriceEffectiveStart
			assert.True(t, before || after, "%s: %s–%s and %s–%s", r.SkuPriceID, s.SkuPriceEffectiveStart, s.SkuPriceEffectiveEnd, r.SkuPriceEffectiveStart, r.SkuPriceEffectiveEnd)
		}
		seen[k] = append(seen[k], r)
	}
	assert.Greater(t, len(all), 10_000)
}

func TestPricesAreWrittenAsCSVAndJSON(t *testing.T) {
	book, err := pricebook.Load(pricebook.Layer{{Name: "test.yaml", Data: []byte(priceBook)}})
	require.NoError(t, err)
	each := func(f func(*focus.PriceRecord) error) error {
		return focus.Prices(book, &focus.Config{}, focus.NoRules, captured, f)
	}
	var out bytes.Buffer
	require.NoError(t, focus.WritePrices(&out, false, each))
	records, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 1+2+3+3)
	out.Reset()
	require.NoError(t, focus.WritePrices(&out, true, each))
	var first map[string]any
	require.NoError(t, json.NewDecoder(&out).Decode(&first))
	assert.Nil(t, first["ContractId"])
	assert.Nil(t, first["SkuPriceEffectiveStart"])
	assert.Equal(t, 2.5, first["UnitPrice"])
	assert.Equal(t, map[string]any{"IsGlobalScope": true}, first["SkuPriceEligibility"])
	assert.Equal(t, "2026-11-23T12:00:00Z", first["SkuPriceCreated"], "the moment of the capture where no source was checked")
}

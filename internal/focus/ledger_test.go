package focus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/calculation"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

// usd is a card of prices per 1,000,000 tokens.
func usd(model string, items ...pricebook.CardItem) *pricebook.Card {
	return &pricebook.Card{Price: "solora/" + model + "@2025-01-01", Provider: "solora", Model: model, Currency: "USD", Items: items}
}

func tokens(meter, price string) pricebook.CardItem {
	return pricebook.CardItem{Meter: meter, Per: 1_000_000, Price: price}
}

var numbered byte

// call makes a row of a ledger. Its cost is rounded to quanta, as the engine does.
func call(t testing.TB, at string, card *pricebook.Card, quantities ...int64) *ledger.Row {
	t.Helper()
	start, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	by, err := json.Marshal(calculation.By{Call: calculation.Facts{Kind: "inference"}, Card: card})
	require.NoError(t, err)
	numbered++
	r := &ledger.Row{
		Key: ledger.Key{Start: start.UnixNano(), Trace: [16]byte{numbered, 1}, Span: [8]byte{1}}, Signal: ledger.Traces, End: start.UnixNano() + 1,
		Quantities: quantities, Usage: ledger.FormatQuantities(quantities),
		Context: &ledger.Context{Service: "assistant", Team: "search", Provider: card.Provider, Model: card.Model, Status: "exact", Currency: card.Currency, Price: card.Price, By: string(by)},
	}
	sum := new(big.Rat)
	for i, q := range quantities {
		price, ok := new(big.Rat).SetString(card.Items[i].Price)
		require.True(t, ok)
		sum.Add(sum, price.Mul(price, big.NewRat(q, card.Items[i].Per)))
	}
	r.Amounts[ledger.Total] = quanta(sum)
	return seal(r)
}

func quanta(r *big.Rat) int64 {
	n, err := strconv.ParseInt(strings.Replace(r.FloatString(12), ".", "", 1), 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func seal(r *ledger.Row) *ledger.Row {
	r.ContextID = r.Context.ID()
	r.Seal()
	return r
}

func ledgerOf(t testing.TB, rows ...*ledger.Row) *memory.Store {
	t.Helper()
	s := memory.New()
	_, err := s.Write(context.Background(), rows)
	require.NoError(t, err)
	return s
}

// rowsOf writes what a test asks of the rows of a period, one line a row.
func rowsOf(t testing.TB, r ledger.Reader, o *focus.Options, p focus.Period, columns ...string) ([]string, *focus.Summary) {
	t.Helper()
	var out []string
	byName := map[string]focus.Column{}
	for _, c := range o.Columns() {
		byName[c.Name] = c
	}
	s, err := focus.Rows(context.Background(), r, o, p, func(row *focus.Row) error {
		var parts []string
		for _, name := range columns {
			c, ok := byName[name]
			require.True(t, ok, name)
			v := c.Of(row)
			switch {
			case v.Num != nil:
				parts = append(parts, pricebook.Decimal(v.Num))
			case c.Kind == focus.Instant:
				parts = append(parts, time.Unix(v.Time, 0).UTC().Format("01-02T15"))
			case v.Text == "":
				parts = append(parts, "-")
			default:
				parts = append(parts, v.Text)
			}
		}
		out = append(out, strings.Join(parts, " "))
		return nil
	})
	require.NoError(t, err)
	return out, s
}

func month(year int, m time.Month) focus.Period {
	return focus.PeriodOf(time.Date(year, m, 1, 0, 0, 0, 0, time.UTC))
}

func TestUsageOfEqualTermsIsOneRowOfAPeriod(t *testing.T) {
	card := usd("m", tokens("input", "3"), tokens("output", "15"))
	other := call(t, "2025-05-02T09:30:00Z", card, 1, 0)
	other.Context.RequestModel, other.Context.Book = "alias", "another book" // of the context, not of the charge
	seal(other)
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", card, 10, 1), other, call(t, "2025-05-02T10:00:00Z", card, 100, 0))
	o := draftOptions(t)
	got, sum := rowsOf(t, s, o, may2025, "SkuId", "ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity", "PricingQuantity", "EffectiveCost")
	assert.Equal(t, []string{
		"solora/m/input 05-02T00 05-03T00 111 0.000111 0.000333",
		"solora/m/output 05-02T00 05-03T00 1 0.000001 0.000015",
	}, got)
	assert.Equal(t, int64(3), sum.Calls)
	o.Grain = ledger.Hourly
	got, _ = rowsOf(t, s, o, may2025, "SkuId", "ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity")
	assert.Equal(t, []string{
		"solora/m/input 05-02T09 05-02T10 11",
		"solora/m/output 05-02T09 05-02T10 1",
		"solora/m/input 05-02T10 05-02T11 100",
	}, got)
}

func TestWhatComesLateIsACorrectionInTheFirstOpenPeriod(t *testing.T) {
	card := usd("m", tokens("input", "2"))
	s := ledgerOf(t, call(t, "2025-05-30T09:00:00Z", card, 1_000_000))
	require.NoError(t, s.ClosePeriods(context.Background(), int64(month(2025, 6))))
	_, err := s.Write(context.Background(), []*ledger.Row{call(t, "2025-05-31T09:00:00Z", card, 500_000), call(t, "2025-06-01T09:00:00Z", card, 7)})
	require.NoError(t, err)
	o := draftOptions(t)
	columns := []string{"ChargeClass", "BillingPeriodStart", "ChargePeriodStart", "ConsumedQuantity", "BilledCost"}
	got, _ := rowsOf(t, s, o, may2025, columns...)
	assert.Equal(t, []string{"- 05-01T00 05-30T00 1000000 2"}, got, "a closed period stays as it was")
	got, sum := rowsOf(t, s, o, month(2025, 6), columns...)
	assert.Equal(t, []string{"Correction 06-01T00 05-31T00 500000 1", "- 06-01T00 06-01T00 7 0.000014"}, got)
	assert.Equal(t, 1, sum.Corrections)
	assert.True(t, sum.Consistent)
	_, err = focus.Export(context.Background(), s, o, month(2025, 6))
	require.NoError(t, err)
	requireConform(t, o, month(2025, 6))
}

func TestARepricedCallOfAClosedPeriodIsReversedAndBookedAnew(t *testing.T) {
	before, after := usd("m", tokens("input", "2")), usd("m", tokens("input", "1.5"))
	first := call(t, "2025-05-30T09:00:00Z", before, 1_000_000)
	s := ledgerOf(t, first)
	require.NoError(t, s.ClosePeriods(context.Background(), int64(month(2025, 6))))
	again := call(t, "2025-05-30T09:00:00Z", after, 1_000_000)
	again.Key, again.Origin = first.Key, ledger.Repriced
	_, err := s.Amend(context.Background(), &ledger.Run{At: time.Now()}, []*ledger.Row{again})
	require.NoError(t, err)
	o := draftOptions(t)
	got, sum := rowsOf(t, s, o, month(2025, 6), "ChargeClass", "ListUnitPrice", "ConsumedQuantity", "EffectiveCost")
	assert.Equal(t, []string{"Correction 1.5 1000000 1.5", "Correction 2 -1000000 -2"}, got)
	assert.Equal(t, "-0.5", pricebook.Decimal(sum.EffectiveCost["USD"]))
	assert.True(t, sum.Consistent)
	_, err = focus.Export(context.Background(), s, o, month(2025, 6))
	require.NoError(t, err)
	requireConform(t, o, month(2025, 6))
}

func TestContractsShowInContractedPricesAndContractApplied(t *testing.T) {
	card := usd("m", pricebook.CardItem{Meter: "input", Per: 1_000_000, Price: "1.8", List: "2"})
	card.Contract = "acme-2025"
	s := ledgerOf(t, call(t, "2025-05-30T09:00:00Z", card, 1_000_000))
	for version, want := range map[focus.Version]string{
		focus.V13: `{"Elements":[{"ContractCommitmentAppliedCost":1.8,"ContractCommitmentID":"acme-2025","ContractID":"acme-2025"}]}`,
		focus.V14: `{"Elements":[{"ContractCommitmentAppliedCost":1.8,"ContractCommitmentId":"acme-2025","ContractId":"acme-2025"}]}`,
	} {
		o := draftOptions(t)
		o.Version = version
		got, _ := rowsOf(t, s, o, may2025, "ListUnitPrice", "ContractedUnitPrice", "ListCost", "ContractedCost", "EffectiveCost", "SkuPriceId", "ContractApplied")
		assert.Equal(t, []string{"2 1.8 2 1.8 1.8 solora/m/input " + want}, got, "a SKU price is the same in all contracts")
	}
}

func TestConvertedPricesAreRoundedOnceAndNativeOnesKept(t *testing.T) {
	card := usd("m", pricebook.CardItem{Meter: "input", Per: 1_000_000, Price: "4/29", List: "8/29", Native: "1"})
	card.NativeCurrency = "CNY"
	s := ledgerOf(t, call(t, "2025-05-30T09:00:00Z", card, 2_000_001))
	o := draftOptions(t)
	got, sum := rowsOf(t, s, o, may2025, "ContractedUnitPrice", "ContractedCost", "BillingCurrency", "PricingCurrency",
		"PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost")
	assert.Equal(t, []string{"0.137931034482758621 0.275862206896551724758621 USD CNY 2 1 2.000001"}, got)
	assert.Equal(t, 1, sum.RoundedUnitPrices)
	assert.True(t, sum.Consistent, "the difference is rounding: %s", sum.Difference["USD"].FloatString(30))
}

func TestWhatRowsCannotSayIsCounted(t *testing.T) {
	card := usd("m", tokens("input", "2"))
	change := func(f func(*ledger.Context)) *ledger.Row {
		r := call(t, "2025-05-02T09:00:00Z", card, 1_000_000)
		f(r.Context)
		return seal(r)
	}
	s := ledgerOf(
		t, call(t, "2025-05-02T09:00:00Z", card, 1_000_000),
		change(func(c *ledger.Context) { c.By = "" }),
		change(func(c *ledger.Context) { c.By = `{"call":{"kind":"inference"}}` }),
		change(func(c *ledger.Context) { c.By = `{` }),
		change(func(c *ledger.Context) { c.By = strings.Replace(c.By, `"price":"2"`, `"price":"1e999999999"`, 1) }),
		change(func(c *ledger.Context) { c.By = strings.Replace(c.By, `"per":1000000`, `"per":0`, 1) }),
		change(func(c *ledger.Context) { c.By = strings.Replace(c.By, `"meter":"input"`, `"meter":"soup"`, 1) }),
		change(func(c *ledger.Context) { c.By = strings.Replace(c.By, `"currency":"USD"`, `"currency":"EUR"`, 1) }),
		change(func(c *ledger.Context) { c.Currency, c.Status = "", "unpriced" }),
		change(func(c *ledger.Context) { c.Currency, c.Status = "", "not_metered" }),
		change(func(c *ledger.Context) { c.Currency = "" }),
	)
	got, sum := rowsOf(t, s, draftOptions(t), may2025, "BilledCost")
	assert.Equal(t, []string{"2"}, got)
	var excluded []string
	for _, x := range sum.Excluded {
		text, err := json.Marshal(x)
		require.NoError(t, err)
		excluded = append(excluded, string(text))
	}
	assert.Equal(t, []string{
		`{"Reason":"calculation_unreadable","Calls":5,"Cost":{"USD":"10"}}`,
		`{"Reason":"no_cost","Calls":1}`,
		`{"Reason":"no_unit_price","Calls":2,"Cost":{"USD":"4"}}`,
		`{"Reason":"not_metered","Calls":1}`,
		`{"Reason":"unpriced","Calls":1}`,
	}, excluded)
	assert.True(t, sum.Consistent)
}

func TestARowThatTheLedgerContradictsIsTold(t *testing.T) {
	card := usd("m", tokens("input", "2"))
	r := call(t, "2025-05-02T09:00:00Z", card, 1_000_000)
	r.Amounts[ledger.Total]++ // one quantum more than rounding explains with one row and call: 2 halves
	_, sum := rowsOf(t, ledgerOf(t, seal(r)), draftOptions(t), may2025, "BilledCost")
	assert.True(t, sum.Consistent)
	r = call(t, "2025-05-02T09:00:00Z", card, 1_000_000)
	r.Amounts[ledger.Total] += 2
	_, sum = rowsOf(t, ledgerOf(t, seal(r)), draftOptions(t), may2025, "BilledCost")
	assert.False(t, sum.Consistent)
	assert.Equal(t, "-0.000000000002", pricebook.Decimal(sum.Difference["USD"]))
}

// TestRowsAddUpToTheLedger holds rows of random calls, by hour and by day, to the
// exact sum of quantities times prices.
func TestRowsAddUpToTheLedger(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	want := new(big.Rat)
	var rows []*ledger.Row
	for i := range 3000 {
		card := usd(fmt.Sprintf("m%d", rng.IntN(5)), tokens("cache_read", "0.3125"), tokens("input", "3.123456789"), tokens("output", "2/3"))
		at := time.Date(2025, 5, 1, rng.IntN(31*24), rng.IntN(60), 0, 0, time.UTC).Format(time.RFC3339)
		q := []int64{rng.Int64N(1e6), rng.Int64N(1e6), rng.Int64N(1e6)}
		r := call(t, at, card, q...)
		r.Trace = [16]byte{byte(i), byte(i >> 8), 2}
		r.Context.Team = fmt.Sprint("team", rng.IntN(3))
		rows = append(rows, seal(r))
		for j, price := range []string{"0.3125", "3.123456789", "0.666666666666666667"} {
			p, _ := new(big.Rat).SetString(price)
			want.Add(want, p.Mul(p, big.NewRat(q[j], 1_000_000)))
		}
	}
	s := ledgerOf(t, rows...)
	for _, grain := range []ledger.Grain{ledger.Hourly, ledger.Daily} {
		o := draftOptions(t)
		o.Grain = grain
		_, sum := rowsOf(t, s, o, may2025, "BilledCost")
		assert.Equal(t, want, sum.EffectiveCost["USD"])
		assert.True(t, sum.Consistent)
		assert.Equal(t, int64(3000), sum.Calls)
		assert.Greater(t, sum.Rows, 5*3*3*20)
	}
}

func TestAllocationFillsTagsSubAccountAndColumns(t *testing.T) {
	card := usd("m", tokens("input", "2"))
	r := call(t, "2025-05-02T09:00:00Z", card, 1)
	r.Context.Environment, r.Context.Tags = "prod", `{"cost_center":"42","shared":true,"team":"of the tags"}`
	s := ledgerOf(t, seal(r))
	o := draftOptions(t)
	got, _ := rowsOf(t, s, o, may2025, "Tags")
	assert.Equal(t, []string{`{"cost_center":"42","environment":"prod","service":"assistant","shared":"true","team":"search"}`}, got)
	o.Config.Allocation = focus.Allocation{
		Tags: map[string]string{"app": "service_name"}, SubAccount: focus.SubAccount{From: "team", Type: "Team"},
		Columns: map[string]string{"x_CostCenter": "tags.cost_center", "x_Customer": "customer"},
	}
	got, _ = rowsOf(t, s, o, may2025, "Tags", "SubAccountId", "SubAccountName", "SubAccountType", "x_CostCenter", "x_Customer")
	assert.Equal(t, []string{`{"app":"assistant"} search search Team 42 -`}, got)
}

func TestVersion12BillsNothingThatAThirdPartyInvoices(t *testing.T) {
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", usd("m", tokens("input", "2")), 1_000_000))
	o := draftOptions(t)
	o.Config.Providers["solora"] = focus.ProviderNames{Name: "Solora AI", Issuer: "Reseller"}
	for version, want := range map[focus.Version]string{focus.V12: "0 2", focus.V13: "2 2", focus.V14: "2 2"} {
		o.Version = version
		got, _ := rowsOf(t, s, o, may2025, "BilledCost", "EffectiveCost")
		assert.Equal(t, []string{want}, got)
	}
}

func TestBilledCostCanBeLeftToWhoInvoices(t *testing.T) {
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", usd("m", tokens("input", "2")), 1_000_000))
	o := draftOptions(t)
	o.Config.BilledCost = focus.BilledZero
	got, _ := rowsOf(t, s, o, may2025, "BilledCost", "EffectiveCost")
	assert.Equal(t, []string{"0 2"}, got)
}

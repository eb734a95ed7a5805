package focus_test

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
)

func commitments(t testing.TB, list string) []*focus.Commitment {
	t.Helper()
	c, err := focus.ParseCommitments([]byte("schema: tokencost.commitments/v1\ncommitments:\n" + list))
	require.NoError(t, err)
	return c
}

const (
	spend  = "  - {id: c1, name: Prepaid, type: Token Spend Commitment, provider: solora, from: 2025-05-01, until: 2025-07-01, currency: USD, amount: \"10\", discount: \"0.5\"}\n"
	bought = "  - {id: c2, name: Tokens, type: Token Bundle, provider: solora, from: 2025-05-01, until: 2025-06-01, currency: USD, amount: \"7\", tokens: 3000000}\n"
)

// drawnBy returns options whose clock is after all commitments of the tests.
func drawnBy(t testing.TB, list string) *focus.Options {
	o := draftOptions(t)
	o.Commitments = commitments(t, list)
	o.Now = func() time.Time { return time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC) }
	return o
}

var drawColumns = []string{"ChargeCategory", "CommitmentDiscountStatus", "PricingCategory", "ChargePeriodStart", "ConsumedQuantity", "ContractedCost", "EffectiveCost", "BilledCost", "CommitmentDiscountQuantity"}

func TestUsageDrawsACommitmentUntilItIsUsedUp(t *testing.T) {
	card := usd("m", tokens("input", "4"))
	s := ledgerOf(
		t, call(t, "2025-05-02T09:00:00Z", card, 3_000_000), call(t, "2025-06-02T09:00:00Z", card, 1_000_000),
		call(t, "2025-06-03T09:00:00Z", card, 2_000_000), call(t, "2025-06-04T09:00:00Z", card, 1_000_000),
	)
	o := drawnBy(t, spend)
	may, _ := rowsOf(t, s, o, may2025, drawColumns...)
	assert.Equal(t, []string{
		"Purchase - Standard 05-01T00 - 10 0 10 10",
		"Usage Used Committed 05-02T00 3000000 12 6 0 6",
	}, may)
	june, _ := rowsOf(t, s, o, month(2025, 6), drawColumns...)
	assert.Equal(t, []string{
		"Usage Used Committed 06-02T00 1000000 4 2 0 2",
		"Usage Used Committed 06-03T00 1000000 4 2 0 2",
		"Usage - Standard 06-03T00 1000000 4 4 4 -",
		"Usage - Standard 06-04T00 1000000 4 4 4 -",
	}, june, "what is left is known from the periods before")
	for _, p := range []focus.Period{may2025, month(2025, 6)} {
		_, err := focus.Export(context.Background(), s, o, p)
		require.NoError(t, err)
		requireConform(t, o, p)
	}
}

func TestWhatExpiresUnusedIsEffectiveCostOfItsLastPeriod(t *testing.T) {
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", usd("m", tokens("input", "4")), 3_000_000))
	o := drawnBy(t, spend)
	june, sum := rowsOf(t, s, o, month(2025, 6), append(drawColumns, "PricingUnit", "ListUnitPrice")...)
	assert.Equal(t, []string{"Usage Unused Committed 06-30T00 - 4 4 0 4 Units 4"}, june)
	assert.True(t, sum.Consistent)
	july, _ := rowsOf(t, s, o, month(2025, 7), drawColumns...)
	assert.Empty(t, july, "it expires once")
	o.Now = func() time.Time { return time.Date(2025, 6, 15, 0, 0, 0, 0, time.UTC) }
	june, _ = rowsOf(t, s, o, month(2025, 6), drawColumns...)
	assert.Empty(t, june, "it has not expired yet")
	_, err := focus.Export(context.Background(), s, drawnBy(t, spend), month(2025, 6))
	require.NoError(t, err)
}

func TestTokensThatWereBoughtCostTheirPartOfThePrice(t *testing.T) {
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", usd("m", tokens("input", "4"), tokens("output", "20")), 2_000_000, 500_000))
	o := drawnBy(t, bought)
	got, _ := rowsOf(t, s, o, may2025, append(drawColumns, "CommitmentDiscountUnit", "PricingUnit", "ContractApplied")...)
	applied := func(q int) string {
		return fmt.Sprintf(`{"Elements":[{"ContractCommitmentAppliedQuantity":%d,"ContractCommitmentAppliedUnit":"Tokens","ContractCommitmentId":"c2","ContractId":"c2"}]}`, q)
	}
	assert.Equal(t, []string{
		"Purchase - Standard 05-01T00 - 7 0 7 3000000 Tokens Units " + applied(3_000_000),
		"Usage Used Committed 05-02T00 2000000 8 4.666666666666 0 2000000 Tokens 1000000 Tokens " + applied(2_000_000),
		"Usage Used Committed 05-02T00 500000 10 1.1666666666665 0 500000 Tokens 1000000 Tokens " + applied(500_000),
		"Usage Unused Committed 05-31T00 - 1.1666666666675 1.1666666666675 0 500000 Tokens Units " + applied(500_000),
	}, got)
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	requireConform(t, o, may2025)
}

// TestACommitmentCostsItsUsageAsMuchAsItsPurchase sums over all its periods.
func TestACommitmentCostsItsUsageAsMuchAsItsPurchase(t *testing.T) {
	var rows []*ledger.Row
	for day := range 60 {
		at := time.Date(2025, 5, 1+day, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
		rows = append(rows, call(t, at, usd("m", tokens("input", "4.7"), tokens("output", "20/3")), int64(10_007*day), int64(3_001*day)))
	}
	s := ledgerOf(t, rows...)
	for _, list := range []string{spend, bought, spend + bought, strings.Replace(spend, `"10"`, `"2"`, 1)} {
		o := drawnBy(t, list)
		purchased, effective := new(big.Rat), new(big.Rat)
		for _, p := range []focus.Period{may2025, month(2025, 6), month(2025, 7)} {
			_, err := focus.Rows(context.Background(), s, o, p, func(r *focus.Row) error {
				switch {
				case r.Commitment == nil:
				case r.Category == "Purchase":
					purchased.Add(purchased, r.BilledCost)
				default:
					effective.Add(effective, r.EffectiveCost)
				}
				return nil
			})
			require.NoError(t, err)
		}
		assert.Equal(t, purchased, effective, list)
	}
}

func TestCorrectionsGiveBackWhatTheyDrew(t *testing.T) {
	card := usd("m", tokens("input", "4"))
	first := call(t, "2025-05-02T09:00:00Z", card, 3_000_000)
	s := ledgerOf(t, first)
	require.NoError(t, s.ClosePeriods(context.Background(), int64(month(2025, 6))))
	again := call(t, "2025-05-02T09:00:00Z", card, 1_000_000)
	again.Key, again.Origin = first.Key, ledger.Repriced
	_, err := s.Amend(context.Background(), &ledger.Run{At: time.Now()}, []*ledger.Row{again})
	require.NoError(t, err)
	_, err = s.Write(context.Background(), []*ledger.Row{call(t, "2025-06-03T09:00:00Z", card, 4_000_000)})
	require.NoError(t, err)
	got, _ := rowsOf(t, s, drawnBy(t, spend), month(2025, 6), drawColumns...)
	assert.Equal(t, []string{
		"Usage Used Committed 05-02T00 -2000000 -8 -4 0 -4",
		"Usage Used Committed 06-03T00 4000000 16 8 0 8",
	}, got, "6 of 10 were drawn, 4 of them come back")
}

func TestCommitmentsCoverWhatTheySay(t *testing.T) {
	s := ledgerOf(
		t, call(t, "2025-05-02T09:00:00Z", usd("m-large", tokens("input", "4"), tokens("output", "8"), pricebook.CardItem{Meter: "web_search", Per: 1, Price: "0.01"}), 1_000_000, 1_000_000, 1),
		call(t, "2025-05-02T09:00:00Z", usd("n", tokens("input", "4")), 1_000_000),
		call(t, "2025-04-30T09:00:00Z", usd("m-large", tokens("input", "4")), 1_000_000),
	)
	columns := []string{"SkuId", "PricingCategory", "EffectiveCost"}
	used := func(list string) []string {
		got, _ := rowsOf(t, s, drawnBy(t, list), may2025, columns...)
		return got[1:] // without the purchase
	}
	const other = "  - {id: c, name: N, type: T, provider: solora, from: 2025-05-01, until: 2026-05-01, currency: USD, amount: \"100\", "
	assert.Equal(t, []string{
		"solora/m-large/input Committed 4", "solora/m-large/output Committed 8", "solora/m-large/web_search Committed 0.01", "solora/n/input Committed 4",
	}, used(other+"}\n"), "a prepayment without a discount")
	assert.Equal(t, []string{
		"solora/m-large/input Committed 4", "solora/m-large/output Committed 8", "solora/m-large/web_search Committed 0.01", "solora/n/input Standard 4",
	}, used(other+"models: [\"m-*\"]}\n"))
	assert.Equal(t, []string{
		"solora/m-large/input Committed 3", "solora/m-large/output Standard 8", "solora/m-large/web_search Standard 0.01", "solora/n/input Committed 2.5",
	}, used(other+"unit_prices: {input: \"3\", n/input: \"2.5\"}}\n"))
	assert.Equal(t, []string{
		"solora/m-large/input Committed 0.1", "solora/m-large/output Committed 0.1", "solora/m-large/web_search Standard 0.01", "solora/n/input Committed 0.1",
	}, used(other+"tokens: 1000000000}\n"))
	got, _ := rowsOf(t, s, drawnBy(t, strings.Replace(other, "solora", "auraweb", 1)+"}\n"), may2025, columns...)
	assert.NotContains(t, strings.Join(got, "\n"), "Committed")
}

func TestCallsThatAreGoneMakeNeitherRowsNorABalance(t *testing.T) {
	card := usd("m", tokens("input", "4"))
	s := ledgerOf(t, call(t, "2025-05-02T09:00:00Z", card, 1_000_000), call(t, "2025-06-02T09:00:00Z", card, 1_000_000))
	o := drawnBy(t, spend)
	rows := func(p focus.Period) error {
		_, err := focus.Rows(context.Background(), s, o, p, func(*focus.Row) error { return nil })
		return err
	}
	require.NoError(t, rows(month(2025, 6)))
	_, err := s.Expire(context.Background(), int64(month(2025, 6))*int64(time.Second), 0)
	require.NoError(t, err)
	for _, o.Grain = range []ledger.Grain{ledger.Hourly, ledger.Daily} {
		assert.ErrorContains(t, rows(month(2025, 6)), "calls of what is booked in 2025-05 are expired")
		commitments := o.Commitments
		o.Commitments = nil
		assert.ErrorContains(t, rows(may2025), "hourly sums have 0 calls, daily ones 1")
		require.NoError(t, rows(month(2025, 6)), "what was before does not matter without commitments")
		o.Commitments = commitments
	}
}

func TestMistakesInCommitmentsAreTold(t *testing.T) {
	for list, want := range map[string][]string{
		"  - {}\n":         {"id is missing", "name is missing", "type is missing", "provider is missing", "currency is missing", `from "" is no time`, "amount: "},
		spend + spend:      {`id "c1" is used twice`},
		"  -\n":            {"commitments[0]: is empty"},
		"  - {price: 1}\n": {`"price" is not a known key`},
		strings.Replace(spend, "until: 2025-07-01", "until: 2025-04-01", 1):               {`until "2025-04-01" is not after from "2025-05-01"`},
		strings.Replace(spend, `"0.5"`, `"1.5"`, 1):                                       {`discount "1.5" is more than 1`},
		strings.Replace(spend, `"10"`, `"1e9"`, 1):                                        {`amount: price "1e9" is no decimal`},
		strings.Replace(spend, `"10"`, `"0.0000000000000000001"`, 1):                      {"has more than 6 decimal places"},
		strings.Replace(spend, "amount:", "tokens: 5, amount:", 1):                        {"discount stands beside tokens or unit_prices"},
		strings.Replace(bought, "3000000", "-3", 1):                                       {"tokens -3 is negative"},
		strings.Replace(spend, "from: 2025-05-01", "from: 2025-05-01T00:30:00Z", 1):       {`from "2025-05-01T00:30:00Z" is no full hour`},
		strings.Repeat("  - {id: x}\n", 1001):                                             {"1001 are more than 1000"},
		strings.Replace(spend, "discount: \"0.5\"", "unit_prices: {input: free}", 1):      {`unit_prices: input: price "free"`},
		strings.Replace(spend, "currency: USD", "currency: USD, purchased: yesterday", 1): {`purchased "yesterday" is no time`},
	} {
		_, err := focus.ParseCommitments([]byte("schema: tokencost.commitments/v1\ncommitments:\n" + list))
		require.Error(t, err, list)
		for _, w := range want {
			assert.ErrorContains(t, err, w)
		}
	}
	_, err := focus.ParseCommitments([]byte("commitments: []"))
	assert.ErrorContains(t, err, "use tokencost.commitments/v1")
}

package reprice_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder/recordertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reprice"
)

// recorded is a ledger of generated calls in every dialect, as a Collector with
// these price books makes it.
func recorded(t *testing.T, calculation bool, files ...string) (*memory.Store, *bookstore.Store) {
	t.Helper()
	pipeline := recordertest.New(t, bookstore.Source{Builtin: true, Files: files}, func(c *pricer.Config) {
		c.Attributes.Calculation = calculation
		c.Overhead = []pricer.OverheadConfig{{Name: "all", Multiplier: 1.85}}
	})
	g, err := genai.New(genai.Options{Seed: 11, Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Step: time.Hour})
	require.NoError(t, err)
	store := memory.New()
	for range 600 {
		_, err := store.Write(context.Background(), pipeline.Rows(g.Next().Traces))
		require.NoError(t, err)
	}
	return store, pipeline.Books
}

// amended is the contract that a ledger gets afterwards.
const amended = `schema: tokencost.pricebook/v1
contracts: [{name: acme-2026, provider: openai, from: 2026-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z, times: {tokens: 0.92}}]
`

func TestPricingGeneratedTrafficAgainWithItsOwnBookChangesNothing(t *testing.T) {
	contract := filepath.Join(t.TempDir(), "contract.yaml")
	require.NoError(t, os.WriteFile(contract, []byte(amended), 0o600))
	for name, files := range map[string][]string{"list prices": nil, "a contract": {contract}} {
		t.Run(name, func(t *testing.T) {
			store, books := recorded(t, true, files...)
			r, err := reprice.Run(context.Background(), store, books.Book(), reprice.Options{Span: ledger.Span{Until: math.MaxInt64}})
			require.NoError(t, err)
			assert.Greater(t, r.Calls, int64(500))
			assert.Zero(t, r.Changed, r.Effects())
			assert.Empty(t, r.Left())
		})
	}
}

func TestWithoutCalculationPricedCallsAreLeft(t *testing.T) {
	store, books := recorded(t, false)
	r, err := reprice.Run(context.Background(), store, books.Book(), reprice.Options{Span: ledger.Span{Until: math.MaxInt64}})
	require.NoError(t, err)
	assert.Zero(t, r.Changed, r.Effects())
	require.Len(t, r.Left(), 1)
	assert.Equal(t, reprice.NoCalculation, r.Left()[0].Why)
	assert.Greater(t, r.Left()[0].Calls, int64(500))
}

func TestWithoutCalculationCallsOfAnUnknownModelAreStillPriced(t *testing.T) {
	known := filepath.Join(t.TempDir(), "known.yaml")
	require.NoError(t, os.WriteFile(known, []byte("schema: tokencost.pricebook/v1\nproviders: {anthropic: {models: {claude-internal-preview: {prices: [{rates: {input: 3, output: 15}}]}}}}\n"), 0o600))
	store, _ := recorded(t, false)
	books, err := bookstore.Open(bookstore.Source{Builtin: true, Files: []string{known}})
	require.NoError(t, err)
	r, err := reprice.Run(context.Background(), store, books.Book(), reprice.Options{Span: ledger.Span{Until: math.MaxInt64}})
	require.NoError(t, err)
	assert.Positive(t, r.Changed)
	for _, e := range r.Effects() {
		assert.Equal(t, reprice.ModelKnown, e.Cause)
		assert.Equal(t, "claude-internal-preview", e.Model)
		assert.Positive(t, e.Difference.Sign())
	}
}

func TestPricingAgainGivesWhatTheOtherBookWouldHaveGiven(t *testing.T) {
	contract := filepath.Join(t.TempDir(), "contract.yaml")
	require.NoError(t, os.WriteFile(contract, []byte(amended), 0o600))
	store, _ := recorded(t, true)
	want, books := recorded(t, true, contract)
	r, err := reprice.Run(context.Background(), store, books.Book(), reprice.Options{Span: ledger.Span{Until: math.MaxInt64}, Chunk: 7})
	require.NoError(t, err)
	assert.Greater(t, r.Changed, int64(50))
	for _, e := range r.Effects() {
		assert.Equal(t, reprice.ContractChanged, e.Cause)
		assert.Equal(t, "openai", e.Provider)
		assert.Negative(t, e.Difference.Sign())
	}
	got := rowsOf(t, store)
	require.Len(t, got, len(rowsOf(t, want)))
	for key, row := range rowsOf(t, want) {
		require.Equal(t, row, got[key], "amounts, quantities and contexts are as if the book had been there from the start")
	}
}

// said is what a row says of money.
type said struct {
	Amounts    [ledger.NumAmounts]int64
	Tokens     [ledger.NumTokens]int64
	Quantities string
	Context    ledger.Context
}

func rowsOf(t *testing.T, store *memory.Store) map[ledger.Key]said {
	t.Helper()
	contexts := map[int64]ledger.Context{}
	require.NoError(t, store.Contexts(context.Background(), func(id int64, c *ledger.Context) error { contexts[id] = *c; return nil }))
	out := map[ledger.Key]said{}
	require.NoError(t, store.Calls(context.Background(), ledger.Span{Until: math.MaxInt64}, false, func(r *ledger.Row) error {
		c := contexts[r.ContextID]
		c.Book = "" // rows that the contract does not touch keep theirs
		out[r.Key] = said{r.Amounts, r.Tokens, ledger.FormatQuantities(r.Quantities), c}
		return nil
	}))
	return out
}

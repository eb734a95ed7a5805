package focus_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder/recordertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// record prices a file of OTLP JSON with a price book and writes its calls to a
// ledger in memory.
func record(t testing.TB, book, file string, calculation bool) *memory.Store {
	t.Helper()
	pipeline := recordertest.New(t, bookstore.Source{Files: []string{book}}, func(c *pricer.Config) { c.Attributes.Calculation = calculation })
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	requests, err := otlpfile.NewReader(f)
	require.NoError(t, err)
	out := memory.New()
	for {
		r, err := requests.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		_, err = out.Write(context.Background(), pipeline.Rows(r.Traces))
		require.NoError(t, err)
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return data
}

func parseConfig(data []byte) (*focus.Config, error) {
	c, err := focus.ReadConfig(data)
	if err != nil {
		return nil, err
	}
	return c, c.Validate()
}

func draftOptions(t testing.TB) *focus.Options {
	t.Helper()
	c, err := parseConfig(read(t, "testdata/draft/config.yaml"))
	require.NoError(t, err)
	return &focus.Options{
		Dir: t.TempDir(), Version: focus.V14, Format: focus.CSV, Grain: ledger.Daily, Config: c, Generator: "tokencost test",
		Now: func() time.Time { return time.Date(2025, 6, 3, 0, 0, 0, 0, time.UTC) },
	}
}

var may2025 = focus.PeriodOf(time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC))

// table reads the CSV file of a partition as one map of columns a row.
func table(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		out = append(out, row)
	}
	return out
}

// The columns of draft files that hold figures, and those that tell rows apart.
var (
	figures = []string{"ConsumedQuantity", "PricingQuantity", "ListCost", "ContractedCost", "EffectiveCost", "BilledCost"}
	facts   = []string{"ChargeCategory", "PricingCategory", "CommitmentDiscountStatus", "ModelId", "SkuMeter", "TokenDirection", "TokenCacheAction", "RegionId", "x_ServingScope", "ListUnitPrice", "ContractedUnitPrice"}
)

// byFacts adds up the figures of rows that say the same: the draft's rows are of
// months, ours of days.
func byFacts(t testing.TB, rows []map[string]string) []string {
	t.Helper()
	sums := map[string][]*big.Rat{}
	for _, row := range rows {
		var details map[string]string
		if row["SkuPriceDetails"] != "" {
			require.NoError(t, json.Unmarshal([]byte(row["SkuPriceDetails"]), &details))
		}
		key := ""
		for _, name := range facts {
			value, ok := row[name]
			if !ok {
				value = details[name]
			}
			if n, ok := new(big.Rat).SetString(value); ok {
				value = n.RatString()
			}
			key += name + "=" + value + " "
		}
		if sums[key] == nil {
			sums[key] = make([]*big.Rat, len(figures))
			for i := range figures {
				sums[key][i] = new(big.Rat)
			}
		}
		for i, name := range figures {
			if row[name] != "" {
				n, ok := new(big.Rat).SetString(row[name])
				require.True(t, ok, row[name])
				sums[key][i].Add(sums[key][i], n)
			}
		}
	}
	var out []string
	for key, sum := range sums {
		for i, name := range figures {
			key += name + "=" + sum[i].RatString() + " "
		}
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// TestSpansBecomeTheRowsOfTheDraftsExamples exports spans with the token counts
// of the examples of the FOCUS 1.5 draft, priced with their prices.
func TestSpansBecomeTheRowsOfTheDraftsExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/draft/*.want.csv")
	require.NoError(t, err)
	require.Len(t, files, 7)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want.csv")
		t.Run(name, func(t *testing.T) {
			s := record(t, "testdata/draft/book.yaml", "testdata/draft/"+name+".json", true)
			o := draftOptions(t)
			o.DraftKeys = true
			if name == "prepaid" {
				o.Commitments, err = focus.ParseCommitments(read(t, "testdata/draft/commitments.yaml"))
				require.NoError(t, err)
			}
			sum, err := focus.Export(context.Background(), s, o, may2025)
			require.NoError(t, err)
			assert.Empty(t, sum.Excluded)
			assert.True(t, sum.Consistent)
			got := table(t, filepath.Join(o.Dir, "billing_period=2025-05", "cost_and_usage.csv"))
			assert.Equal(t, byFacts(t, table(t, file)), byFacts(t, got))
		})
	}
}

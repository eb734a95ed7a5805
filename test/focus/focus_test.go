package focus

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus/check"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder/recordertest"
)

// query runs queries in DuckDB and returns the rows of each.
func query(t *testing.T, queries ...string) [][][]*string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "run.mjs")
	cmd.Stdin = strings.NewReader(strings.Join(queries, "\n") + "\n")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	require.NoError(t, cmd.Run(), complaints.String())
	var all [][][]*string
	for line := range bytes.Lines(out.Bytes()) {
		var rows [][]*string
		require.NoError(t, json.Unmarshal(line, &rows))
		all = append(all, rows)
	}
	require.Len(t, all, len(queries))
	return all
}

// generated is a ledger of generated calls at the end of one month and the
// beginning of the next. The first month is closed before the last of its calls arrive.
func generated(t *testing.T) *memory.Store {
	t.Helper()
	pipeline := recordertest.New(t, bookstore.Source{Builtin: true})
	g, err := genai.New(genai.Options{Seed: 3, Start: time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), Step: 11 * time.Minute})
	require.NoError(t, err)
	s := memory.New()
	var late []*ledger.Row
	for i := range 1500 {
		rows := pipeline.Rows(g.Next().Traces)
		if i%20 == 0 {
			late = append(late, rows...)
			continue
		}
		_, err = s.Write(t.Context(), rows)
		require.NoError(t, err)
	}
	require.NoError(t, s.ClosePeriods(t.Context(), int64(november)))
	_, err = s.Write(t.Context(), late)
	require.NoError(t, err)
	return s
}

var (
	october  = focus.PeriodOf(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	november = october.Next()
)

const prepaid = `schema: tokencost.commitments/v1
commitments:
  - {id: prepaid-1, name: Prepaid, type: Token Spend Commitment, provider: openai, from: 2026-10-26, until: 2026-11-03, currency: USD, amount: "0.05", discount: "0.15"}
  - {id: tokens-1, name: Tokens, type: Token Bundle, provider: anthropic, from: 2026-10-26, until: 2026-12-01, currency: USD, amount: "100", tokens: 7000000}
`

func options(t *testing.T, version focus.Version, format focus.Format, grain ledger.Grain, byDay bool) *focus.Options {
	t.Helper()
	c := &focus.Config{BillingAccount: focus.Account{ID: "acct-1", Name: "Acme, \"Corp\"\nLtd"}}
	commitments, err := focus.ParseCommitments([]byte(prepaid))
	require.NoError(t, err)
	return &focus.Options{
		Dir: t.TempDir(), Version: version, Format: format, Grain: grain, ByDay: byDay, Config: c, Commitments: commitments, Generator: "tokencost test",
		Now: func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) },
	}
}

// decimalColumns are those that CSV is read as.
func csvTypes(o *focus.Options) string {
	var parts []string
	for _, c := range o.Columns() {
		kind := "VARCHAR"
		switch c.Kind {
		case focus.Decimal:
			kind = fmt.Sprintf("DECIMAL(38,%d)", c.Scale)
		case focus.Instant:
			kind = "TIMESTAMP"
		}
		parts = append(parts, fmt.Sprintf("'%s': '%s'", c.Name, kind))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// from is the SQL that reads all partitions of an export.
func from(o *focus.Options) string {
	files := filepath.Join(o.Dir, "**", "cost_and_usage."+string(o.Format))
	if o.Format == focus.Parquet {
		return fmt.Sprintf("read_parquet('%s', hive_partitioning = true)", files)
	}
	return fmt.Sprintf("read_csv('%s', hive_partitioning = true, header = true, columns = %s)", files, csvTypes(o))
}

func skipUnlessAsked(t *testing.T) {
	t.Helper()
	if os.Getenv("TOKENCOST_FOCUS") == "" {
		t.Skip("set TOKENCOST_FOCUS=1, as make e2e-focus does")
	}
}

func rat(t *testing.T, s *string) *big.Rat {
	t.Helper()
	require.NotNil(t, s)
	r, ok := new(big.Rat).SetString(*s)
	require.True(t, ok, *s)
	return r
}

func TestDuckDBAgreesOnEveryTotal(t *testing.T) {
	skipUnlessAsked(t)
	s := generated(t)
	for _, version := range []focus.Version{focus.V12, focus.V13, focus.V14} {
		for _, format := range []focus.Format{focus.CSV, focus.CSVGzip, focus.Parquet} {
			for _, grain := range []ledger.Grain{ledger.Daily, ledger.Hourly} {
				for _, byDay := range []bool{false, true} {
					t.Run(fmt.Sprint(version, format, grain, byDay), func(t *testing.T) {
						o := options(t, version, format, grain, byDay)
						var sums []*focus.Summary
						for _, p := range []focus.Period{october, november} {
							sum, err := focus.Export(t.Context(), s, o, p)
							require.NoError(t, err)
							require.True(t, sum.Consistent)
							sums = append(sums, sum)
						}
						requireConform(t, o)
						agree(t, o, sums)
					})
				}
			}
		}
	}
}

func agree(t *testing.T, o *focus.Options, sums []*focus.Summary) {
	t.Helper()
	answers := query(
		t,
		fmt.Sprintf(`SELECT billing_period::VARCHAR, count(*), count(ChargeClass), sum(BilledCost), sum(EffectiveCost), sum(ContractedCost), sum(ListCost) FROM %s GROUP BY 1 ORDER BY 1`, from(o)),
		fmt.Sprintf(`SELECT count(*) FROM %s WHERE ListUnitPrice * PricingQuantity <> ListCost OR ContractedUnitPrice * PricingQuantity <> ContractedCost`, from(o)),
		fmt.Sprintf(`SELECT count(*) FROM %s WHERE strftime(BillingPeriodStart, '%%Y-%%m') <> billing_period::VARCHAR`, from(o)),
		fmt.Sprintf(`SELECT CommitmentDiscountId, sum(BilledCost) FILTER (ChargeCategory = 'Purchase'), sum(EffectiveCost) FILTER (ChargeCategory = 'Usage') FROM %s WHERE CommitmentDiscountId IS NOT NULL GROUP BY 1 ORDER BY 1`, from(o)),
		fmt.Sprintf(`SELECT count(*) FROM %s WHERE Tags IS NOT NULL AND NOT json_valid(Tags) OR SkuPriceDetails IS NOT NULL AND NOT json_valid(SkuPriceDetails)`, from(o)),
		fmt.Sprintf(`SELECT DISTINCT BillingAccountName FROM %s`, from(o)),
	)
	require.Len(t, answers[0], len(sums))
	for i, sum := range sums {
		row := answers[0][i]
		assert.Equal(t, sum.BillingPeriod, *row[0])
		assert.Equal(t, fmt.Sprint(sum.Rows), *row[1])
		assert.Equal(t, fmt.Sprint(sum.Corrections), *row[2])
		for j, want := range []focus.Money{sum.BilledCost, sum.EffectiveCost, sum.ContractedCost, sum.ListCost} {
			require.Len(t, want, 1)
			assert.Equal(t, want["USD"], rat(t, row[3+j]))
		}
	}
	assert.Positive(t, sums[1].Corrections)
	for _, none := range []int{1, 2, 4} {
		assert.Equal(t, "0", *answers[none][0][0], "query %d", none)
	}
	require.Len(t, answers[3], 2)
	for _, row := range answers[3] {
		assert.Equal(t, rat(t, row[1]), rat(t, row[2]), "usage of %s costs what its purchase did", *row[0])
	}
	assert.Equal(t, "Acme, \"Corp\"\nLtd", *answers[5][0][0])
}

// requireConform holds all files of an export to the specification.
func requireConform(t *testing.T, o *focus.Options) {
	t.Helper()
	n := 0
	require.NoError(t, filepath.WalkDir(o.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(d.Name(), "cost_and_usage.") {
			return err
		}
		n++
		r, err := check.File(path, check.Options{Version: string(o.Version)})
		require.NoError(t, err)
		assert.True(t, r.Conforms(), "%s: %v", path, r.Findings)
		return nil
	}))
	assert.GreaterOrEqual(t, n, 2)
}

// TestParquetAndCSVHoldTheSameValues compares every value of every row.
func TestParquetAndCSVHoldTheSameValues(t *testing.T) {
	skipUnlessAsked(t)
	s := generated(t)
	parquet, csv := options(t, focus.V14, focus.Parquet, ledger.Daily, false), options(t, focus.V14, focus.CSVGzip, ledger.Daily, false)
	rows := 0
	for _, o := range []*focus.Options{parquet, csv} {
		rows = 0
		for _, p := range []focus.Period{october, november} {
			sum, err := focus.Export(context.Background(), s, o, p)
			require.NoError(t, err)
			rows += sum.Rows
		}
	}
	var columns []string
	for _, c := range parquet.Columns() {
		name := c.Name
		if c.Kind == focus.Instant {
			name = fmt.Sprintf("epoch_us(%s) AS %s", c.Name, c.Name)
		}
		columns = append(columns, name)
	}
	list := strings.Join(columns, ", ")
	answers := query(
		t, "SET TimeZone = 'UTC'",
		fmt.Sprintf("SELECT count(*) FROM (SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s)", list, from(parquet), list, from(csv)),
		fmt.Sprintf("SELECT count(*) FROM (SELECT %s FROM %s INTERSECT ALL SELECT %s FROM %s)", list, from(parquet), list, from(csv)),
		fmt.Sprintf("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM %s)", from(parquet)),
	)
	assert.Equal(t, "0", *answers[1][0][0])
	assert.Equal(t, fmt.Sprint(rows), *answers[2][0][0])
	types := map[string]string{}
	for _, row := range answers[3] {
		types[*row[0]] = *row[1]
	}
	assert.Equal(t, "DECIMAL(38,24)", types["BilledCost"])
	assert.Equal(t, "DECIMAL(38,18)", types["ListUnitPrice"])
	assert.Equal(t, "DECIMAL(38,6)", types["ConsumedQuantity"])
	assert.Equal(t, "TIMESTAMP WITH TIME ZONE", types["ChargePeriodStart"])
	assert.Equal(t, "VARCHAR", types["Tags"])
}

package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder/recordertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// focusLedger is a ledger of the fixtures, priced with the test data's book. The
// file of what is estimated was priced without telling what it was calculated from.
func focusLedger(t *testing.T) string {
	t.Helper()
	now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	t.Cleanup(func() { now = time.Now })
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "ledger.db")
	out := openLedger(t, dsn)
	for i, name := range []string{"every-rule", "periods", "not-priced", "estimated"} {
		pipeline := recordertest.New(t, bookstore.Source{Files: []string{"testdata/book.yaml"}}, func(c *pricer.Config) {
			c.Attributes.Calculation = name != "estimated"
		})
		f, err := os.Open("testdata/" + name + ".json")
		require.NoError(t, err)
		requests, err := otlpfile.NewReader(f)
		require.NoError(t, err)
		for {
			r, err := requests.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			rows := pipeline.Rows(r.Traces)
			for _, row := range rows {
				row.Trace[0] = byte(i) // ids are unique within a file
			}
			_, err = out.Write(context.Background(), rows)
			require.NoError(t, err)
		}
		require.NoError(t, f.Close())
	}
	return dsn
}

func TestFocusExportWritesFilesThatConform(t *testing.T) {
	dsn := focusLedger(t)
	dir := t.TempDir()
	for _, format := range []string{"csv", "parquet", "csv.gz"} {
		out := filepath.Join(dir, format)
		got := run(t, "", "focus", "export", "--ledger", dsn, "--out", out, "--billing-account-id", "acct-1", "--billing-account-name", "Acme", "--format", format)
		require.Equal(t, Done, got.status, got.err)
		golden(t, "focus-export.txt", got.out)
		golden(t, "focus-export.err.txt", got.err)

		for _, month := range []string{"2026-10", "2026-11"} {
			got = run(t, "", "focus", "check", filepath.Join(out, "billing_period="+month, "cost_and_usage."+format))
			require.Equal(t, Done, got.status, got.out+got.err)
			assert.Contains(t, got.out, "conforms to FOCUS 1.4")
		}
	}
	rows, err := os.ReadFile(filepath.Join(dir, "csv", "billing_period=2026-11", "cost_and_usage.csv"))
	require.NoError(t, err)
	golden(t, "focus-export.csv", string(rows))
	manifest, err := os.ReadFile(filepath.Join(dir, "csv", "billing_period=2026-11", "_manifest.json"))
	require.NoError(t, err)
	golden(t, "focus-manifest.json", string(manifest))
	schemas, err := filepath.Glob(filepath.Join(dir, "csv", "metadata", "schema-*.json"))
	require.NoError(t, err)
	assert.Len(t, schemas, 1)
}

func TestFocusExportTakesMonths(t *testing.T) {
	dsn := focusLedger(t)
	out := t.TempDir()
	got := run(t, "", "focus", "export", "--ledger", dsn, "--out", out, "--billing-account-id", "a", "--from", "2026-11", "--until", "2026-12", "--output", "json")
	require.Equal(t, Done, got.status, got.err)
	assert.Contains(t, got.out, `"BillingPeriod": "2026-11"`)
	entries, err := filepath.Glob(filepath.Join(out, "billing_period=*"))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestFocusExportSaysWhatIsMissingOrWrong(t *testing.T) {
	dsn := focusLedger(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "focus.yaml")
	require.NoError(t, os.WriteFile(config, []byte("schema: tokencost.focus/v1\nbilling_account: {id: a}\nallocation: {columns: {Team: team}}\n"), 0o600))
	all := []string{"focus", "export", "--ledger", dsn, "--out", dir, "--billing-account-id", "a"}
	for want, args := range map[string][]string{
		"needs --billing-account-id": {"focus", "export", "--ledger", dsn, "--out", dir},
		"needs --out DIR":            {"focus", "export", "--ledger", dsn, "--billing-account-id", "a"},
		`--focus-version "1.1" is not allowed; use 1.2, 1.3, 1.4`:  append(all, "--focus-version", "1.1"),
		`--format "json" is not allowed; use csv, csv.gz, parquet`: append(all, "--format", "json"),
		`--from "2026-11-05" is no month`:                          append(all, "--from", "2026-11-05"),
		`--from 2026-12 is not before --until 2026-11`:             append(all, "--from", "2026-12", "--until", "2026-11"),
		`"Team" is no name of a custom column`:                     append(all, "--config", config),
		"--commitments":                                            append(all, "--commitments", filepath.Join(dir, "none.yaml")),
	} {
		got := run(t, "", args...)
		assert.NotEqual(t, Done, got.status, want)
		assert.Contains(t, got.err, want)
	}
}

func TestFocusCheckTellsWhatDoesNotConform(t *testing.T) {
	dsn := focusLedger(t)
	out := t.TempDir()
	require.Equal(t, Done, run(t, "", "focus", "export", "--ledger", dsn, "--out", out, "--billing-account-id", "a", "--format", "csv", "--draft-keys", "--focus-version", "1.3").status)
	file := filepath.Join(out, "billing_period=2026-11", "cost_and_usage.csv")
	got := run(t, "", "focus", "check", file)
	assert.Equal(t, Done, got.status, "the manifest says that draft keys are written: %s", got.out)
	assert.Contains(t, got.out, "FOCUS 1.3")

	rows, err := os.ReadFile(file)
	require.NoError(t, err)
	broken := filepath.Join(t.TempDir(), "broken.csv")
	require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(string(rows), "1000000 Tokens", "MTok", 1)), 0o600))
	got = run(t, "", "focus", "check", "--focus-version", "1.3", broken)
	assert.Equal(t, Failed, got.status)
	assert.Contains(t, got.out, "does not conform to FOCUS 1.3")
	assert.Contains(t, got.out, "MUST SkuPriceDetails: keys must begin with x_")
	assert.Contains(t, got.out, "token-direction")
	got = run(t, "", "focus", "check", filepath.Join(out, "none.csv"))
	assert.Equal(t, Failed, got.status)
}

func TestFocusPricesPrintsThePriceBook(t *testing.T) {
	now = func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	t.Cleanup(func() { now = time.Now })
	got := run(t, "", "focus", "prices", "--no-builtin", "--book", "testdata/book.yaml")
	assert.Equal(t, outcome{Done, got.out, ""}, got)
	golden(t, "focus-prices.csv", got.out)
	got = run(t, "", "focus", "prices", "--no-builtin", "--book", "testdata/book.yaml", "--rules", "none", "--format", "json")
	assert.Equal(t, outcome{Done, got.out, ""}, got)
	golden(t, "focus-prices.jsonl", got.out)
}

package focus_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

func manifest(t testing.TB, o *focus.Options, p focus.Period) *focus.Manifest {
	t.Helper()
	var m focus.Manifest
	require.NoError(t, json.Unmarshal(read(t, filepath.Join(o.Dir, "billing_period="+p.String(), focus.ManifestName)), &m))
	return &m
}

// names lists the files below a directory.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	}))
	return out
}

func twoDays(t testing.TB) ledger.Store {
	card := usd("m", tokens("input", "2"))
	return ledgerOf(t, call(t, "2025-05-02T09:00:00Z", card, 1), call(t, "2025-05-03T09:00:00Z", card, 2))
}

func TestTheManifestDescribesThePartition(t *testing.T) {
	s := twoDays(t)
	for _, format := range focus.Formats() {
		o := draftOptions(t)
		o.Format = focus.Format(format)
		sum, err := focus.Export(context.Background(), s, o, may2025)
		require.NoError(t, err)
		m := manifest(t, o, may2025)
		require.Len(t, m.Files, 1)
		data := read(t, filepath.Join(o.Dir, "billing_period=2025-05", m.Files[0].Name))
		hash := sha256.Sum256(data)
		assert.Equal(t, focus.FileInfo{Name: "cost_and_usage." + format, Rows: 2, Bytes: int64(len(data)), SHA256: hex.EncodeToString(hash[:])}, m.Files[0])
		assert.Equal(t, sum.BilledCost, m.Summary.BilledCost)
		assert.False(t, m.Complete)
		var schema focus.Schema
		require.NoError(t, json.Unmarshal(read(t, filepath.Join(o.Dir, "metadata", "schema-"+m.SchemaID+".json")), &schema))
		assert.Equal(t, "1.4", schema.FocusVersion)
		assert.Equal(t, "2025-06-03T00:00:00Z", schema.CreationDate)
		for i, c := range o.Columns() {
			assert.Equal(t, c.Name, schema.ColumnDefinition[i].ColumnName)
		}
	}
}

func TestASchemaIsWrittenOnceAndAnotherStructureIsAnotherFile(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	export := func() string {
		_, err := focus.Export(context.Background(), s, o, may2025)
		require.NoError(t, err)
		return manifest(t, o, may2025).SchemaID
	}
	first := export()
	o.Now = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	assert.Equal(t, first, export())
	o.Version = focus.V12
	second := export()
	assert.NotEqual(t, first, second)
	o.DraftKeys = true
	assert.NotEqual(t, second, export())
	schemas, err := filepath.Glob(filepath.Join(o.Dir, "metadata", "*"))
	require.NoError(t, err)
	assert.Len(t, schemas, 3)
	assert.Contains(t, string(read(t, filepath.Join(o.Dir, "metadata", "schema-"+first+".json"))), `"CreationDate": "2025-06-03T00:00:00Z"`)
}

func TestAFurtherExportReplacesThePartition(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	before := read(t, filepath.Join(o.Dir, "billing_period=2025-05", "cost_and_usage.csv"))
	_, err = focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	assert.Equal(t, before, read(t, filepath.Join(o.Dir, "billing_period=2025-05", "cost_and_usage.csv")), "equal ledgers are equal bytes")

	o.Format = focus.Parquet
	require.NoError(t, s.ClosePeriods(context.Background(), int64(month(2025, 6))))
	_, err = focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	entries, err := os.ReadDir(o.Dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "the partition and the metadata, and nothing of the way there")
	files := names(t, filepath.Join(o.Dir, "billing_period=2025-05"))
	assert.Equal(t, []string{"_manifest.json", "cost_and_usage.parquet"}, files, "the CSV file is gone")
	assert.True(t, manifest(t, o, may2025).Complete)
}

func TestPartitionsByDayHoldTheRowsOfTheirDays(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	o.ByDay = true
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	dir := filepath.Join(o.Dir, "billing_period=2025-05")
	assert.Equal(t, []string{"_manifest.json", "day=2025-05-02/cost_and_usage.csv", "day=2025-05-03/cost_and_usage.csv"}, names(t, dir))
	assert.Len(t, table(t, filepath.Join(dir, "day=2025-05-03", "cost_and_usage.csv")), 1)
	assert.Len(t, manifest(t, o, may2025).Files, 2)
}

// failing is a ledger that breaks off in the middle.
type failing struct{ ledger.Reader }

var errBroken = errors.New("connection lost")

func (f *failing) Items(ctx context.Context, g ledger.Grain, s ledger.Span, pass func(*ledger.PeriodItem) error) error {
	n := 0
	return f.Reader.Items(ctx, g, s, func(i *ledger.PeriodItem) error {
		if n++; n == 2 {
			return errBroken
		}
		return pass(i)
	})
}

func TestAnExportThatFailsLeavesThePartitionAsItWas(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	before := names(t, o.Dir)
	_, err = focus.Export(context.Background(), &failing{s}, o, may2025)
	require.ErrorIs(t, err, errBroken)
	assert.ErrorContains(t, err, "export of 2025-05")
	assert.Equal(t, before, names(t, o.Dir))
	assert.Len(t, table(t, filepath.Join(o.Dir, "billing_period=2025-05", "cost_and_usage.csv")), 2)
}

func TestWhatAWriterThatDiedLeftIsRemovedAfterADay(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	now := time.Now()
	o.Now = func() time.Time { return now }
	old, fresh := filepath.Join(o.Dir, ".billing_period=2025-04-1"), filepath.Join(o.Dir, ".billing_period=2025-04-2")
	for _, dir := range []string{old, fresh} {
		require.NoError(t, os.Mkdir(dir, 0o755))
	}
	require.NoError(t, os.Chtimes(old, now.Add(-25*time.Hour), now.Add(-25*time.Hour)))
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	assert.NoDirExists(t, old)
	assert.DirExists(t, fresh, "another writer may be at it")
}

// TestReadersSeeAllOfOneExport reads while the partition is replaced.
func TestReadersSeeAllOfOneExport(t *testing.T) {
	s, o := twoDays(t), draftOptions(t)
	_, err := focus.Export(context.Background(), s, o, may2025)
	require.NoError(t, err)
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		name := filepath.Join(o.Dir, "billing_period=2025-05", "cost_and_usage.csv")
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if data, err := os.ReadFile(name); err != nil || strings.Count(string(data), "\n") != 3 {
				done <- errors.Join(err, errors.New("read "+string(data)))
				return
			}
		}
	}()
	for range 50 {
		_, err := focus.Export(context.Background(), s, o, may2025)
		require.NoError(t, err)
	}
	close(stop)
	assert.NoError(t, <-done)
}

func TestMistakesInConfigurationsAreTold(t *testing.T) {
	for text, want := range map[string]string{
		"schema: v2":                                                           `schema "v2" is not known; use tokencost.focus/v1`,
		"schema: tokencost.focus/v1":                                           "billing_account: id is missing",
		"billing_account: {ID: x}":                                             `"ID" is not a known key`,
		valid + "billed_cost: none":                                            `billed_cost "none" is not allowed; use expected or zero`,
		valid + "accounts: {openai: {}}":                                       "accounts: openai: id is missing",
		valid + "accounts: {openai: {id: b, type: Organization}}":              "BillingAccountType may not be null",
		valid + "allocation: {tags: {a: price_of_tea}}":                        `allocation: tags: a: "price_of_tea" is no field of the ledger; use service_name, `,
		valid + "allocation: {columns: {Team: team}}":                          `"Team" is no name of a custom column`,
		valid + "allocation: {columns: {x_PriceId: team}}":                     "x_PriceId is written anyway",
		valid + "allocation: {columns: {x_Team: tags.*}}":                      `"tags.*" is no field`,
		valid + "allocation: {sub_account: {from: team}}":                      "sub_account: type is missing",
		valid + "allocation: {sub_account: {from: calculated_by, type: Team}}": `"calculated_by" is no field`,
	} {
		_, err := parseConfig([]byte(text))
		assert.ErrorContains(t, err, want, text)
	}
}

const valid = "schema: tokencost.focus/v1\nbilling_account: {id: a}\n"

func TestOptionsAreChecked(t *testing.T) {
	s := twoDays(t)
	for want, change := range map[string]func(*focus.Options){
		`FOCUS version "1.1" is not written`: func(o *focus.Options) { o.Version = "1.1" },
		`format "xls" is not written`:        func(o *focus.Options) { o.Format = "xls" },
		"there is no configuration":          func(o *focus.Options) { o.Config = nil },
		"id is missing":                      func(o *focus.Options) { o.Config.BillingAccount.ID = "" },
		"not a directory":                    func(o *focus.Options) { o.Dir = filepath.Join(o.Dir, "file", "below") },
	} {
		o := draftOptions(t)
		require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "file"), nil, 0o600))
		change(o)
		_, err := focus.Export(context.Background(), s, o, may2025)
		assert.ErrorContains(t, err, want)
	}
}

func TestPeriodsAreThoseThatSomethingIsBookedIn(t *testing.T) {
	s := ledgerOf(t)
	periods, err := focus.Periods(context.Background(), s)
	require.NoError(t, err)
	assert.Empty(t, periods)
	card := usd("m", tokens("input", "4"))
	s = ledgerOf(t, call(t, "1970-01-01T00:00:00Z", card, 1), call(t, "2025-05-02T09:00:00Z", card, 1), call(t, "2262-04-11T00:00:00Z", card, 1))
	periods, err = focus.Periods(context.Background(), s)
	require.NoError(t, err)
	assert.Equal(t, []focus.Period{month(1970, 1), may2025, month(2262, 4)}, periods)
}

package reconcile_test

import (
	"context"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder/recordertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricebook"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/reconcile/bill"
)

// generated is a ledger of generated calls of many providers.
func generated(t *testing.T) (*memory.Store, *pricebook.Book) {
	t.Helper()
	pipeline := recordertest.New(t, bookstore.Source{Builtin: true})
	g, err := genai.New(genai.Options{Seed: 5, Start: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Step: time.Hour})
	require.NoError(t, err)
	store := memory.New()
	for range 700 {
		_, err := store.Write(context.Background(), pipeline.Rows(g.Next().Traces))
		require.NoError(t, err)
	}
	return store, pipeline.Books.Book()
}

func TestAFOCUSExportOfALedgerReconcilesWithIt(t *testing.T) {
	store, book := generated(t)
	for _, version := range []focus.Version{focus.V12, focus.V13, focus.V14} {
		dir := t.TempDir()
		o := &focus.Options{
			Dir: dir, Version: version, Format: focus.CSVGzip, Grain: ledger.Daily, Generator: "test",
			Config: &focus.Config{Schema: focus.SchemaV1, BillingAccount: focus.Account{ID: "1", Name: "test", Type: "organization"}},
		}
		_, err := focus.Export(context.Background(), store, o, focus.PeriodOf(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)))
		require.NoError(t, err)
		for _, provider := range []string{"openai", "anthropic"} {
			t.Run(string(version)+" "+provider, func(t *testing.T) {
				b := &bill.Bill{Keep: func(names ...string) bool {
					for _, name := range names {
						if p := book.Provider(name); p != nil && p.ID == provider {
							return true
						}
					}
					return false
				}}
				require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
					if err != nil || !strings.HasSuffix(path, ".csv.gz") {
						return err
					}
					f, err := os.Open(path)
					require.NoError(t, err)
					defer f.Close()
					return b.Read(path, f, "", nil)
				}))
				require.NoError(t, b.Finish())
				assert.NotZero(t, b.Skipped, "rows of other providers")
				r, err := reconcile.Compare(context.Background(), store, b, &reconcile.Options{
					Provider: provider, Book: book, By: reconcile.Dimensions, Tolerance: big.NewRat(1, 1_000_000_000),
					Span: ledger.Span{From: at(1, 0).UnixNano(), Until: at(29, 0).UnixNano()},
				})
				require.NoError(t, err)
				assert.Positive(t, r.Total.Cost.Billed.Sign())
				assert.True(t, r.Within(), causes(r))
				for _, f := range r.Findings {
					if f.Amount != nil && f.Cause != reconcile.Rounding {
						assert.Zero(t, f.Amount.Sign(), "%s %s: %s", f.Cause, f.Model, f.Evidence)
					}
				}
			})
		}
	}
}

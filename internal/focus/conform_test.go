package focus_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/focus/check"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
)

// requireConform holds the files of a partition to the specification.
func requireConform(t testing.TB, o *focus.Options, p focus.Period) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(o.Dir, "billing_period="+p.String(), "cost_and_usage.*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		r, err := check.File(file, check.Options{Version: string(o.Version), DraftKeys: o.DraftKeys})
		require.NoError(t, err)
		for _, f := range r.Findings {
			assert.Fail(t, "does not conform", "%s: %s", file, f)
		}
	}
}

func TestEveryVersionFormatAndGrainConforms(t *testing.T) {
	s := record(t, "testdata/draft/book.yaml", "testdata/draft/prepaid.json", true)
	commitments, err := focus.ParseCommitments(read(t, "testdata/draft/commitments.yaml"))
	require.NoError(t, err)
	for _, version := range focus.Versions() {
		for _, format := range focus.Formats() {
			for _, grain := range []ledger.Grain{ledger.Hourly, ledger.Daily} {
				for _, draft := range []bool{false, true} {
					o := draftOptions(t)
					o.Version, o.Format, o.Grain, o.DraftKeys, o.Commitments = focus.Version(version), focus.Format(format), grain, draft, commitments
					o.Config.BillingAccount.Type = "Organization"
					o.Config.Allocation.SubAccount = focus.SubAccount{From: "service_name", Type: "Service"}
					sum, err := focus.Export(context.Background(), s, o, may2025)
					require.NoError(t, err)
					assert.Equal(t, 5, sum.Rows)
					requireConform(t, o, may2025)
				}
			}
		}
	}
}

func TestAnEmptyPeriodIsAFileWithoutRows(t *testing.T) {
	s := record(t, "testdata/draft/book.yaml", "testdata/draft/per_token.json", true)
	for _, format := range focus.Formats() {
		o := draftOptions(t)
		o.Format = focus.Format(format)
		p := focus.PeriodOf(time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC))
		sum, err := focus.Export(context.Background(), s, o, p)
		require.NoError(t, err)
		assert.Zero(t, sum.Rows)
		requireConform(t, o, p)
	}
}

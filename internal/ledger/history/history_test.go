package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/history"
)

func row(origin ledger.Origin, fingerprint int64) *ledger.Row {
	return &ledger.Row{Origin: origin, Fingerprint: fingerprint}
}

func TestVersionsFollowEachOtherAndTelemetryYieldsToRepricing(t *testing.T) {
	var versions []*ledger.Row
	for i, c := range []struct {
		row        *ledger.Row
		says       bool
		supersedes int // a version, or zero
		counts     bool
	}{
		{row(ledger.Observed, 1), false, 0, true},
		{row(ledger.Observed, 1), true, 0, false},
		{row(ledger.Repriced, 1), true, 0, false}, // the price that counts
		{row(ledger.Observed, 2), false, 1, true},
		{row(ledger.Observed, 1), true, 0, false}, // a replay
		{row(ledger.Repriced, 1), false, 2, true},
		{row(ledger.Observed, 3), false, 0, false},
		{row(ledger.Repriced, 2), false, 3, true},
		{row(ledger.Repriced, 1), false, 5, true}, // back again
	} {
		assert.Equal(t, c.says, history.Says(versions, c.row), "row %d", i)
		if c.says {
			continue
		}
		old := history.Place(versions, c.row)
		versions = append(versions, c.row)
		assert.Equal(t, len(versions), c.row.Version, "row %d", i)
		assert.Equal(t, c.counts, !c.row.Superseded, "row %d", i)
		if c.supersedes == 0 {
			assert.Nil(t, old, "row %d", i)
		} else if assert.NotNil(t, old, "row %d", i) {
			assert.Equal(t, c.supersedes, old.Version, "row %d", i)
			assert.True(t, old.Superseded)
		}
	}
}

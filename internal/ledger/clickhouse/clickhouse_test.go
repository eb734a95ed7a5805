package clickhouse_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
)

func TestALedgerInClickHouseKeepsTheRules(t *testing.T) {
	engine := clickhousetest.Start(t)
	ledgertest.Run(t, func(t *testing.T) ledger.Store { return open(t, engine.Database(t)) }, ledgertest.Atomic)
}

func open(t *testing.T, dsn string) *clickhouse.Store {
	t.Helper()
	s, err := clickhouse.Open(t.Context(), dsn)
	require.NoError(t, err)
	return s
}

package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/ledgertest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
)

func TestALedgerInPostgreSQLKeepsTheRules(t *testing.T) {
	server := postgrestest.Start(t)
	ledgertest.Run(t, func(t *testing.T) ledger.Store {
		s, err := postgres.Open(t.Context(), server.Database(t))
		require.NoError(t, err)
		return s
	})
}

func TestItDoesWithoutPreparedStatements(t *testing.T) {
	server := postgrestest.Start(t)
	ledgertest.Run(t, func(t *testing.T) ledger.Store {
		return open(t, with(t, server.Database(t), "default_query_exec_mode", "cache_describe"))
	})
	for _, mode := range []string{"exec", "simple_protocol"} {
		_, err := postgres.Open(t.Context(), with(t, server.Database(t), "default_query_exec_mode", mode))
		require.ErrorContains(t, err, "cache_describe")
	}
}

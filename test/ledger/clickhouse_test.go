package ledger

import (
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/clickhouse/clickhousetest"
)

func TestTwoCollectorsShareClickHouse(t *testing.T) {
	needs(t)
	server := clickhousetest.Start(t)
	killed(t, server.Database(t), waiting, max(2, kills(t)/4), 2)
}

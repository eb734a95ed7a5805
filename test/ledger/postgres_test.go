package ledger

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/open"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
)

func TestTwoCollectorsShareOneServer(t *testing.T) {
	needs(t)
	server := postgrestest.Start(t)
	killed(t, server.Database(t), waiting, kills(t), 2)
}

func TestAServerThatIsKilledLosesAndDoublesNothing(t *testing.T) {
	needs(t)
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	n := max(1, kills(t)/3)
	tr := newTraffic(t, 60*n)
	all := []*gateway{newGateway(t, dsn, persistent), newGateway(t, dsn, waiting)}
	var killing atomic.Bool
	killing.Store(true)
	done := make(chan int64)
	go func() { done <- tr.send(all, &killing) }()
	for range n {
		time.Sleep(time.Duration(100+rand.IntN(700)) * time.Millisecond)
		server.Kill(t)
		time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
		server.Restart(t)
	}
	killing.Store(false)
	t.Logf("%d kills of the server, %d batches, %d of them sent again", n, len(tr.batches), <-done)
	stored(t, dsn, tr.truth)
	same(t, dsn, tr.truth)
}

// A server that is down when the Collector starts is waited for; one that
// refuses the Collector ends it with what to do.
func TestAServerIsWaitedForAndAWrongPasswordIsNot(t *testing.T) {
	needs(t)
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	server.Stop(t)
	tr := newTraffic(t, 30)
	g := newGateway(t, dsn, persistent)
	other := g.follow()
	g.says("the ledger does not answer; calls wait until it does")
	for _, batch := range tr.batches {
		deliver([]*gateway{g}, batch)
	}
	other.await(tr.batches)
	server.Restart(t)
	stored(t, dsn, tr.truth)
	same(t, dsn, tr.truth)
	assert.NotContains(t, g.log(), postgrestest.Password)

	says := refused(t, strings.Replace(dsn, postgrestest.Password, "wrong-password", 1))
	assert.Contains(t, says, "the server refuses the user or password")
	assert.NotContains(t, says, "wrong-password")
	assert.Contains(t, refused(t, server.DSN("nowhere")), "the database does not exist: make it with createdb")
	server.Exec(t, dsn, "UPDATE token_cost_meta SET value = 99 WHERE key = 'schema_version'")
	assert.Contains(t, refused(t, dsn), "version")
	_, err := open.Open(context.Background(), dsn)
	require.Error(t, err)
}

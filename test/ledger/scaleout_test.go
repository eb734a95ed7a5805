package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/postgres/postgrestest"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
)

// member is a Collector of the example.
type member struct {
	t            *testing.T
	binary, file string
	grpc, http   int
	env          []string
	process      *collectorprocess.Process
}

func (m *member) start() {
	m.t.Helper()
	var err error
	m.process, err = collectorprocess.Start(m.binary, m.file, filepath.Join(m.t.TempDir(), "log.txt"),
		append(m.env, "OTLP_GRPC_PORT="+strconv.Itoa(m.grpc), "OTLP_HTTP_PORT="+strconv.Itoa(m.http))...)
	require.NoError(m.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(m.t, m.process.Ready(ctx, "127.0.0.1:"+strconv.Itoa(m.http)))
}

// Two gateways of examples/scale-out behind load_balancing share a server; they
// are killed in turn under load.
func TestGatewaysBehindLoadBalancingStoreEveryCallOnce(t *testing.T) {
	needs(t)
	const example = "../../examples/scale-out/"
	server := postgrestest.Start(t)
	dsn := server.Database(t)
	var gateways []*member
	for range 2 {
		m := &member{t: t, binary: distribution, file: example + "config.yaml", grpc: freePort(t), http: freePort(t), env: []string{"LEDGER_DSN=" + dsn}}
		m.start()
		t.Cleanup(func() { _ = m.process.Stop() })
		gateways = append(gateways, m)
	}
	edge := &member{
		t: t, binary: "../../bin/otelcol-agent", file: example + "edge.yaml", http: freePort(t),
		env: []string{fmt.Sprintf("GATEWAYS=[127.0.0.1:%d, 127.0.0.1:%d]", gateways[0].grpc, gateways[1].grpc)},
	}
	edge.start()
	t.Cleanup(func() { _ = edge.process.Stop() })
	client, err := otlphttp.NewClient("http://127.0.0.1:" + strconv.Itoa(edge.http))
	require.NoError(t, err)

	n := max(2, kills(t)/4)
	tr := newTraffic(t, 60*n)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, batch := range tr.batches {
			deliver([]*gateway{{client: client}}, batch)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for i := range n {
		time.Sleep(time.Duration(100+rand.IntN(400)) * time.Millisecond)
		gateways[i%2].process.Kill()
		gateways[i%2].start()
	}
	<-done
	stored(t, dsn, tr.truth)
	same(t, dsn, tr.truth)
}

package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/memory"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/ledger/recorder"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

const distribution = "../../bin/otelcol-tokencost"

// needs skips tests that the make target did not ask for.
func needs(t *testing.T) {
	t.Helper()
	if os.Getenv("TOKENCOST_E2E_LEDGER") == "" {
		t.Skip("run by make e2e-ledger")
	}
}

// kills is how many Collectors a test kills.
func kills(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("TOKENCOST_KILLS"))
	if err != nil {
		return 8
	}
	return n
}

type traces = ptrace.Traces

// traffic is what is sent, and what a ledger that loses nothing has of it.
type traffic struct {
	batches []ptrace.Traces
	truth   *memory.Store
}

// newTraffic generates batches of about 20 calls over a day and a half at the
// turn of a month, and records what they cost.
func newTraffic(t testing.TB, batches int) *traffic {
	t.Helper()
	books, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	cfg := pricer.DefaultConfig()
	cfg.Attributes.Calculation = true
	p, err := pricer.New(cfg, books)
	require.NoError(t, err)
	reader, err := cfg.Usage.Reader()
	require.NoError(t, err)
	r := recorder.New(recorder.Options{Prefix: "token_cost", Reader: reader})
	g, err := genai.New(genai.Options{Seed: rand.Uint64(), Start: time.Date(2026, 10, 31, 6, 0, 0, 0, time.UTC), Step: 36 * time.Hour / time.Duration(batches*20)})
	require.NoError(t, err)
	out := &traffic{truth: memory.New()}
	for range batches {
		td := ptrace.NewTraces()
		for calls := 0; calls < 20; {
			trace := g.Next()
			calls += trace.Calls()
			trace.Traces.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
		}
		priced := ptrace.NewTraces()
		td.CopyTo(priced)
		p.Traces(context.Background(), priced, nil)
		rows, _ := r.Traces(priced)
		_, err := out.truth.Write(context.Background(), rows)
		require.NoError(t, err)
		out.batches = append(out.batches, td)
	}
	return out
}

// gateway is a Collector that stores into a ledger, whose port stays when it is
// started again.
type gateway struct {
	t       *testing.T
	dir     string
	port    int
	config  string
	env     []string
	process *collectorprocess.Process
	client  *otlphttp.Client
	starts  int
}

// newGateway starts one. Queue is what stands under sending_queue.
func newGateway(t *testing.T, dsn, queue string) *gateway {
	t.Helper()
	g := &gateway{t: t, dir: t.TempDir(), port: freePort(t)}
	g.config = filepath.Join(g.dir, "config.yaml")
	require.NoError(t, os.WriteFile(g.config, []byte(fmt.Sprintf(`
receivers:
  otlp: {protocols: {http: {endpoint: 127.0.0.1:%d}}}
extensions:
  file_storage: {directory: %s/queue, create_directory: true, fsync: true}
processors:
  token_cost: {attributes: {calculation: true}}
exporters:
  cost_ledger:
    dsn: %q
    retry_on_failure: {initial_interval: 200ms, max_interval: 1s}
    sending_queue: %s
  file: {path: %s/spans.jsonl, append: true, flush_interval: 100ms}
service:
  extensions: [file_storage]
  pipelines:
    traces: {receivers: [otlp], processors: [token_cost], exporters: [cost_ledger, file]}
  telemetry: {metrics: {level: none}}
`, g.port, g.dir, dsn, queue, g.dir)), 0o600))
	var err error
	g.client, err = otlphttp.NewClient("http://127.0.0.1:" + strconv.Itoa(g.port))
	require.NoError(t, err)
	g.start()
	t.Cleanup(func() {
		_ = g.process.Stop()
		if t.Failed() {
			b, _ := os.ReadFile(g.process.LogFile())
			t.Logf("the end of the log of a Collector:\n%s", b[max(0, len(b)-4000):])
		}
	})
	return g
}

func (g *gateway) start() {
	g.t.Helper()
	g.starts++
	var err error
	g.process, err = collectorprocess.Start(distribution, g.config, filepath.Join(g.dir, fmt.Sprintf("log-%d.txt", g.starts)), g.env...)
	require.NoError(g.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(g.t, g.process.Ready(ctx, "127.0.0.1:"+strconv.Itoa(g.port)))
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// The queues that are tested: whoever sends waits until calls are stored, or a
// file keeps them until then.
const (
	waiting    = "{wait_for_result: true, num_consumers: 8, batch: {flush_timeout: 20ms, min_size: 200}}"
	persistent = "{storage: file_storage, queue_size: 100000, batch: {flush_timeout: 50ms, min_size: 400}}"
)

// whole holds every call of the traffic.
var whole = ledger.Span{From: 0, Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()}

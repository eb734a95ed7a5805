package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

// patience is how long a test waits for something that must happen. It is no
// claim about speed.
const patience = 60 * time.Second

// Binaries, relative to this directory.
const (
	root         = "../../"
	distribution = root + "bin/otelcol-tokencost"
	custom       = root + "bin/otelcol-custom"
	genaigen     = root + "bin/genaigen"
)

// needs skips the test outside of `make e2e`, and fails it if a binary is missing.
func needs(t *testing.T, binaries ...string) {
	t.Helper()
	if os.Getenv("TOKENCOST_E2E") == "" {
		t.Skip("run by make e2e")
	}
	for _, b := range binaries {
		if _, err := os.Stat(b); err != nil {
			t.Fatalf("%v: run make build custom-collector", err)
		}
	}
}

// rig is a running Collector, how to send to it, and what it writes.
type rig struct {
	t       *testing.T
	process *collectorprocess.Process
	dir     string // where it writes
	http    string // address of its OTLP/HTTP receiver
	grpc    string // address of its OTLP/gRPC receiver, where the configuration has one
	metrics string // address of its own metrics, where the configuration has them
	client  *otlphttp.Client
	output  *pricedspans.Follower
	got     map[string]pricedspans.Verdict // by span id
}

// start runs a binary with a configuration whose ports and output follow the
// environment, as in the examples. It is stopped at the end of the test.
func start(t *testing.T, binary, config string, env ...string) *rig {
	t.Helper()
	dir := t.TempDir()
	ports := freePorts(t, 3)
	r := &rig{t: t, dir: dir, http: fmt.Sprintf("127.0.0.1:%d", ports[0]), grpc: fmt.Sprintf("127.0.0.1:%d", ports[1]), metrics: fmt.Sprintf("127.0.0.1:%d", ports[2]), got: map[string]pricedspans.Verdict{}}
	env = append(append(env, "DATA_DIR="+dir), portVariables(ports)...)
	var err error
	if r.process, err = collectorprocess.Start(binary, config, filepath.Join(dir, "collector.log"), env...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.process.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("warnings and errors in the Collector's log:\n%s", complaints(r.log()))
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.process.Ready(ctx, r.http); err != nil {
		t.Fatal(err)
	}
	if r.client, err = otlphttp.NewClient("http://" + r.http); err != nil {
		t.Fatal(err)
	}
	if r.output, err = pricedspans.Follow(filepath.Join(dir, "priced-spans.jsonl")); err != nil {
		t.Fatal(err)
	}
	return r
}

// portVariables are the environment variables by which configurations choose ports.
func portVariables(ports []int) []string {
	return []string{
		fmt.Sprintf("OTLP_HTTP_PORT=%d", ports[0]), fmt.Sprintf("OTLP_GRPC_PORT=%d", ports[1]), fmt.Sprintf("METRICS_PORT=%d", ports[2]),
	}
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func (r *rig) log() string {
	b, err := os.ReadFile(r.process.LogFile())
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-64<<10):])
}

func complaints(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "\twarn\t") || strings.Contains(line, "\terror\t") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-10):], "")
}

func (r *rig) send(traces ptrace.Traces) {
	r.t.Helper()
	if err := r.client.Send(r.t.Context(), traces); err != nil {
		r.t.Fatal(err)
	}
}

// sendCalls generates and sends calls, and returns the truth about them.
func (r *rig) sendCalls(o genai.Options, calls int) (truth []genai.Span) {
	r.t.Helper()
	g, err := genai.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	for n := 0; n < calls; {
		trace := g.Next()
		r.send(trace.Traces)
		truth = append(truth, trace.Spans...)
		n += trace.Calls()
	}
	return truth
}

// settle waits until everything that was sent has come back. Pipelines without
// batching keep the order of requests, so one more call tells.
func (r *rig) settle() {
	r.t.Helper()
	last := r.sendCalls(genai.Options{Seed: 1, Dialects: []string{"otel"}}, 1)[0].SpanID
	await(r.t, "a verdict on the last span", func() bool {
		err := r.output.Read(func(traces ptrace.Traces) {
			pricedspans.Verdicts(traces, func(v pricedspans.Verdict) { r.got[v.SpanID] = v })
		})
		if err != nil {
			r.t.Fatal(err)
		}
		_, ok := r.got[last]
		return ok
	})
	delete(r.got, last) // a second settle must wait for its own
}

// await waits until the condition holds.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

package metrics

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlphttp"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedcall"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// collector is a distribution that runs the example's configuration with the
// prices that the truth is computed with, short intervals, and a file of what
// it wrote on spans. Its ports stay when it restarts.
type collector struct {
	t       *testing.T
	config  string
	dir     string
	ports   []int // OTLP over HTTP, over gRPC, cost metrics, own metrics
	process *collectorprocess.Process
	client  *otlphttp.Client
	spans   *pricedspans.Follower
	broken  bool // it loses what it gets: only its own metrics are of interest
}

// newCollector starts one. Changes go on top of the configuration.
func newCollector(t *testing.T, changes section) *collector {
	t.Helper()
	c := &collector{t: t, dir: t.TempDir(), ports: freePorts(t, 4)}
	changed := section{
		"processors": section{"token_cost": section{"price_book": section{"builtin": false, "files": []string{absolute(t, prices)}}}},
		"connectors": section{"token_cost": section{"metrics_flush_interval": "1s"}},
		"exporters":  section{"file": section{"path": filepath.Join(c.dir, "spans.jsonl"), "flush_interval": "100ms", "append": true}},
		"service": section{"pipelines": section{"traces": section{
			"receivers": []string{"otlp"}, "processors": []string{"memory_limiter", "token_cost"}, "exporters": []string{"token_cost", "file"},
		}}},
	}
	merge(changed, changes)
	c.config = adapted(t, example+"config.yaml", changed)
	var err error
	if c.client, err = otlphttp.NewClient("http://" + address(c.ports[0])); err != nil {
		t.Fatal(err)
	}
	if c.spans, err = pricedspans.Follow(filepath.Join(c.dir, "spans.jsonl")); err != nil {
		t.Fatal(err)
	}
	c.start()
	t.Cleanup(func() {
		c.stop()
		if t.Failed() {
			t.Logf("warnings and errors in the Collector's log:\n%s", complaints(c.process.LogFile()))
		}
	})
	return c
}

func (c *collector) start() {
	c.t.Helper()
	env := []string{
		"DATA_DIR=" + c.dir,
		fmt.Sprintf("OTLP_HTTP_PORT=%d", c.ports[0]), fmt.Sprintf("OTLP_GRPC_PORT=%d", c.ports[1]),
		fmt.Sprintf("COST_METRICS_PORT=%d", c.ports[2]), fmt.Sprintf("METRICS_PORT=%d", c.ports[3]),
	}
	var err error
	if c.process, err = collectorprocess.Start(distribution, c.config, filepath.Join(c.dir, "collector.log"), env...); err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.process.Ready(ctx, address(c.ports[0])); err != nil {
		c.t.Fatal(err)
	}
}

func (c *collector) stop() {
	if err := c.process.Stop(); err != nil {
		c.t.Error(err)
	}
}

// restart stops the Collector as an operator would, and starts it again.
func (c *collector) restart() {
	c.t.Helper()
	c.stop()
	c.start()
}

// send delivers traces and returns when the Collector has taken them.
func (c *collector) send(traces ...ptrace.Traces) {
	c.t.Helper()
	for _, td := range traces {
		if err := c.client.Send(c.t.Context(), td); err != nil {
			c.t.Fatal(err)
		}
	}
}

// failing is a configuration in which everything goes wrong that the alerts
// know of: nobody takes what is exported, queues are full, and there is room
// for one series.
func failing() section {
	nobody := "http://" + address(1)
	toNobody := []string{"token_cost", "otlp_http/lost", "otlp_http/full"}
	return section{
		"connectors": section{"token_cost": section{"series": section{"limit": 1}}},
		"exporters": section{
			"otlp_http/lost": section{"endpoint": nobody, "retry_on_failure": section{"enabled": false}},
			"otlp_http/full": section{"endpoint": nobody, "retry_on_failure": section{"initial_interval": "1m"}, "sending_queue": section{"queue_size": 1, "num_consumers": 1}},
		},
		"service": section{"pipelines": section{
			"traces":  section{"exporters": toNobody},
			"logs":    section{"exporters": toNobody},
			"metrics": section{"exporters": []string{"prometheus", "otlp_http/lost", "otlp_http/full"}},
		}},
	}
}

// fail sends spans and log records to a Collector that does not take them all.
func (c *collector) fail(batches []ptrace.Traces) {
	c.t.Helper()
	failures := 0
	for _, td := range batches {
		if err := c.client.Send(c.t.Context(), td); err != nil {
			failures++
		}
		ld := plog.NewLogs()
		ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("nothing")
		var wire plog.ProtoMarshaler
		body, err := wire.MarshalLogs(ld)
		if err != nil {
			c.t.Fatal(err)
		}
		resp, err := http.Post("http://"+address(c.ports[0])+"/v1/logs", "application/x-protobuf", bytes.NewReader(body))
		if err != nil {
			c.t.Fatal(err)
		}
		resp.Body.Close()
	}
	if failures == 0 {
		c.t.Error("the broken Collector took everything")
	}
}

// results reads what was written on spans since the last time. Of a span that
// came twice, the result that is no duplicate's counts.
func (c *collector) results(into map[string]pricedcall.Call) {
	c.t.Helper()
	reader := pricedcall.NewReader("token_cost")
	err := c.spans.Read(func(td ptrace.Traces) {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					var r pricedcall.Call
					id := span.SpanID().String()
					if _, known := into[id]; reader.Read(span.Attributes(), &r) && (!known || !r.Reasons.Has(status.DuplicateCall)) {
						into[id] = r
					}
				}
			}
		}
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// complaints are the last warnings and errors of a log.
func complaints(file string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, "\twarn\t") || strings.Contains(line, "\terror\t") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-10):], "")
}

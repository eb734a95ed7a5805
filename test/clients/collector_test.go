package clients

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/collectorprocess"
)

const distribution = "../../bin/otelcol-tokencost"

// patience is how long the driver waits for what must happen. It is no claim about speed.
const patience = 60 * time.Second

// declared begins the names of files where facts are declared that emitters cannot tell.
const declared = "declared-"

// sentinel is the service that tells that everything before it has arrived.
const sentinel = "e2e-clients-sentinel"

// collector is a running Collector, and what it has written since a case began.
type collector struct {
	http, grpc string // addresses of its receivers
	dir        string
	offsets    map[string]int64 // by file
	sentinels  int
}

// startCollector runs the distribution with a configuration of token_cost, until the test ends.
func startCollector(t *testing.T, tokenCost string) *collector {
	t.Helper()
	c := &collector{dir: t.TempDir(), offsets: map[string]int64{}}
	ports := freePorts(t, 2)
	c.http, c.grpc = fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
	p, err := collectorprocess.Start(distribution, "testdata/collector.yaml", filepath.Join(c.dir, "collector.log"), "DATA_DIR="+c.dir,
		"TOKEN_COST="+tokenCost, fmt.Sprintf("OTLP_HTTP_PORT=%d", ports[0]), fmt.Sprintf("OTLP_GRPC_PORT=%d", ports[1]))
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, p.Ready(ctx, c.http))
	return c
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// collect waits until everything that was sent is written, and returns the lines that
// are new, by file: "traces", "raw-traces", and so on. Pipelines keep the order of
// requests, so that a request of our own tells.
func (c *collector) collect(ctx context.Context) (map[string][][]byte, error) {
	c.sentinels++
	mark := fmt.Sprintf("%s-%d.", sentinel, c.sentinels)
	for path, body := range map[string]string{
		"/v1/traces":  `{"resourceSpans":[{"resource":%s,"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","name":"s"}]}]}]}`,
		"/v1/logs":    `{"resourceLogs":[{"resource":%s,"scopeLogs":[{"logRecords":[{"severityText":"s"}]}]}]}`,
		"/v1/metrics": `{"resourceMetrics":[{"resource":%s,"scopeMetrics":[{"metrics":[{"name":"s","gauge":{"dataPoints":[{"asInt":"1"}]}}]}]}]}`,
	} {
		resource := `{"attributes":[{"key":"service.name","value":{"stringValue":"` + mark + `"}}]}`
		if err := post(ctx, "http://"+c.http+path, fmt.Sprintf(body, resource)); err != nil {
			return nil, err
		}
	}
	all := map[string][][]byte{}
	for _, signal := range signals {
		for _, name := range []string{signal, declared + signal, "raw-" + signal} {
			lines, err := c.until(ctx, name, mark)
			if err != nil {
				return nil, err
			}
			all[name] = lines
		}
	}
	return all, nil
}

// until reads what is new in a file up to the line with the mark.
func (c *collector) until(ctx context.Context, name, mark string) (lines [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		found, err := c.readNew(name, mark, &lines)
		if found || err != nil {
			return lines, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the Collector to write %s: %w", name, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *collector) readNew(name, mark string, lines *[][]byte) (found bool, err error) {
	f, err := os.Open(filepath.Join(c.dir, name+".jsonl"))
	if err != nil {
		return false, err
	}
	defer f.Close()
	if _, err := f.Seek(c.offsets[name], io.SeekStart); err != nil {
		return false, err
	}
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return false, nil // a line that is still being written is read again
		}
		if err != nil {
			return false, err
		}
		c.offsets[name] += int64(len(line))
		if bytes.Contains(line, []byte(mark)) {
			return true, nil
		}
		*lines = append(*lines, line)
	}
}

func post(ctx context.Context, url, body string) error {
	return request(ctx, http.MethodPost, url, strings.NewReader(body), nil)
}

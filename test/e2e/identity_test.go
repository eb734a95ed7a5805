package e2e

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
)

// carried are the signals that are compared: the key that tells them in OTLP
// JSON, their name, and where the Collector's file is.
var carried = []struct{ key, name, file string }{
	{`{"resourceSpans":`, "traces", "priced-spans.jsonl"},
	{`{"resourceLogs":`, "logs", "logs.jsonl"},
	{`{"resourceMetrics":`, "metrics", "metrics.jsonl"},
}

// TestTheCommandLinePricesLikeTheCollector sends every captured request through
// a running Collector and through `tokencost price`, and demands equal bytes.
func TestTheCommandLinePricesLikeTheCollector(t *testing.T) {
	needs(t, distribution)
	t.Run("as dialects declare", func(t *testing.T) { compareWithTheCollector(t, "[]", 200, 10, 0) })
	t.Run("all in metrics", func(t *testing.T) { compareWithTheCollector(t, "[{signal: metrics}]", 0, 0, 20) })
}

// compareWithTheCollector prices the captures in the signals given, of which at
// least as many costs have to come out for each of carried.
func compareWithTheCollector(t *testing.T, signals string, least ...int) {
	files, err := filepath.Glob(root + "internal/dialect/testdata/captures/*.otlp.json*")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	r := start(t, distribution, "testdata/signals.yaml", "SIGNALS="+signals)
	config := filepath.Join(r.dir, "config.yaml")
	if err := os.WriteFile(config, []byte("signals: "+signals+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := make([][]string, len(carried))
	for _, file := range files {
		var stdout, stderr bytes.Buffer
		if status := cli.Run(t.Context(), []string{"price", "--config", config, file}, cli.Streams{In: &bytes.Buffer{}, Out: &stdout, Err: &stderr}); status != cli.Done {
			t.Fatalf("tokencost price %s: status %d: %s", file, status, stderr.String())
		}
		priced := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
		for i, line := range lines(t, file) {
			for s, signal := range carried {
				if strings.HasPrefix(priced[i], signal.key) && len(priced[i]) > len(signal.key+"[]}") { // a receiver drops an empty request
					r.postBody(signal.name, []byte(line))
					want[s] = append(want[s], priced[i])
				}
			}
		}
	}
	for s, signal := range carried {
		var got []string
		await(t, "every request to come back in "+signal.file, func() bool {
			data, _ := os.ReadFile(filepath.Join(r.dir, signal.file))
			got = strings.Split(string(data), "\n")
			got = got[:len(got)-1] // empty, or a line that is still being written
			return len(got) >= len(want[s])
		})
		costs := 0
		for i := range want[s] {
			if want[s][i] != got[i] {
				t.Fatalf("%s, request %d differs\ntokencost price: %s\nCollector:       %s", signal.name, i, want[s][i], got[i])
			}
			costs += strings.Count(got[i], `"token_cost.total"`) + strings.Count(got[i], `"token_cost.spend"`)
		}
		t.Logf("%s: %d requests are equal, with %d costs", signal.name, len(want[s]), costs)
		if costs < least[s] {
			t.Errorf("%s: only %d costs were compared", signal.name, costs)
		}
	}
}

// lines returns the requests of a file, which may be gzipped.
func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

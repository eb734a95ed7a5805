package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
)

// requests unmarshals the lines of a file that hold spans.
func requests(t *testing.T, data []byte) (out []ptrace.Traces) {
	t.Helper()
	for line := range bytes.Lines(data) {
		if !bytes.Contains(line, []byte(`"resourceSpans"`)) {
			continue
		}
		var u ptrace.JSONUnmarshaler
		traces, err := u.UnmarshalTraces(line)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, traces)
	}
	return out
}

func encode(t *testing.T, traces ptrace.Traces) []byte {
	t.Helper()
	b, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTheCommandLinePricesLikeTheCollector sends every captured request through
// a running Collector and through `tokencost price`, and demands equal output.
func TestTheCommandLinePricesLikeTheCollector(t *testing.T) {
	needs(t, distribution)
	files, err := filepath.Glob(root + "internal/dialect/testdata/captures/*.otlp.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	r := start(t, distribution, root+"examples/quickstart/config.yaml")
	var want, got []ptrace.Traces
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, traces := range requests(t, data) {
			r.send(traces)
		}
		var stdout, stderr bytes.Buffer
		if status := cli.Run(t.Context(), []string{"price", file}, cli.Streams{In: &bytes.Buffer{}, Out: &stdout, Err: &stderr}); status != cli.Done {
			t.Fatalf("tokencost price %s: status %d: %s", file, status, stderr.String())
		}
		want = append(want, requests(t, stdout.Bytes())...)
	}
	if len(want) < 100 {
		t.Fatalf("only %d requests in the fixtures", len(want))
	}
	await(t, "every request to come back", func() bool {
		if err := r.output.Read(func(traces ptrace.Traces) { got = append(got, traces) }); err != nil {
			t.Fatal(err)
		}
		return len(got) >= len(want)
	})
	priced := 0
	for i := range want {
		w, g := encode(t, want[i]), encode(t, got[i])
		if !bytes.Equal(w, g) {
			t.Fatalf("request %d differs\ntokencost price: %s\nCollector:       %s", i, w, g)
		}
		priced += bytes.Count(w, []byte(`"token_cost.total"`))
	}
	if priced < 100 {
		t.Errorf("only %d priced calls were compared", priced)
	}
}

package tokencostconnector

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

const clientsGolden = "testdata/interactions_of_clients.txt"

// What agents, frameworks and SDKs were seen to send: their runs become the
// interactions that a reader of their spans sees. UPDATE_GOLDEN=1 writes the
// file anew.
func TestInteractionsOfRealClients(t *testing.T) {
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	p, err := pricer.New(pricer.DefaultConfig(), store)
	require.NoError(t, err)
	var out strings.Builder
	for _, run := range clientRuns(t) {
		fmt.Fprintf(&out, "%s: %s\n", run.name, runInteractions(t, p, run.files))
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(clientsGolden, []byte(out.String()), 0o600))
	}
	want, err := os.ReadFile(clientsGolden)
	require.NoError(t, err)
	assert.Equal(t, string(want), out.String())
}

type clientRun struct {
	name  string
	files []string
}

// clientRuns are the recorded runs in which more is done than one call.
func clientRuns(t *testing.T) (runs []clientRun) {
	t.Helper()
	const dir = "../../internal/dialect/testdata"
	files, err := filepath.Glob(dir + "/captures/*")
	require.NoError(t, err)
	more, err := filepath.Glob(dir + "/agents/*.json")
	require.NoError(t, err)
	byName := map[string][]string{}
	for _, f := range append(files, more...) {
		name, kind, _ := strings.Cut(filepath.Base(f), ".")
		if strings.HasPrefix(kind, "metrics") || strings.HasPrefix(kind, "truth") {
			continue
		}
		for _, scenario := range []string{"agent", "tool", "tools", "retry", "retry-429", "subagent", "agent-stream", "twoturns"} {
			if strings.HasSuffix(name, "__"+scenario) || strings.HasSuffix(name, "-"+scenario) {
				byName[name] = append(byName[name], f)
				break
			}
		}
	}
	for name, files := range byName {
		runs = append(runs, clientRun{name, files})
	}
	slices.SortFunc(runs, func(a, b clientRun) int { return strings.Compare(a.name, b.name) })
	return runs
}

// runInteractions prices a run and sums up its interactions.
func runInteractions(t *testing.T, p *pricer.Pricer, files []string) string {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	cfg, set := withInteractions(t, nil), connectortest.NewNopSettings(metadata.Type)
	tr, err := NewFactory().CreateTracesToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	lg, err := NewFactory().CreateLogsToMetrics(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	require.NoError(t, tr.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, lg.Start(t.Context(), componenttest.NewNopHost()))
	for _, f := range files {
		priceFile(t, p, f, tr, lg)
	}
	require.NoError(t, tr.Shutdown(t.Context()))
	require.NoError(t, lg.Shutdown(t.Context()))
	all := sink.AllMetrics()
	if len(all) == 0 {
		return "none"
	}
	got := readTold(all[len(all)-1])
	line := fmt.Sprintf("%d of %v calls, depth %v", got.counts["interaction.calls"], got.sums["interaction.calls"], got.sums["interaction.depth"])
	if n := got.counts["interaction.overhead"]; n > 0 {
		line += fmt.Sprintf(", overhead %.4g", got.sums["interaction.overhead"]/float64(n))
	}
	for _, role := range slices.Sorted(maps.Keys(got.calls)) {
		line += fmt.Sprintf(", %d %s", got.calls[role], role)
	}
	return line
}

func priceFile(t *testing.T, p *pricer.Pricer, name string, tr connector.Traces, lg connector.Logs) {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	r, err := otlpfile.NewReader(f)
	require.NoError(t, err)
	for {
		request, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		if request.HasTraces() {
			p.Traces(t.Context(), request.Traces, nil)
			require.NoError(t, tr.ConsumeTraces(t.Context(), request.Traces))
		}
		if request.HasLogs() {
			p.Logs(t.Context(), request.Logs, nil)
			require.NoError(t, lg.ConsumeLogs(t.Context(), request.Logs))
		}
	}
}

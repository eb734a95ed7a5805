package tokencostprocessor

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/pmetrictest"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/ptracetest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadata"
)

// TestGolden prices testdata/golden/<case>/input.yaml as config.yaml says and
// compares with output.yaml. Every folder is a rule. The book of a case is
// book.yaml beside it, or testdata/golden/book.yaml. The signal is that of the
// input.
func TestGolden(t *testing.T) {
	cases, err := filepath.Glob("testdata/golden/*/input.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, input := range cases {
		dir := filepath.Dir(input)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(input)
			require.NoError(t, err)
			cfg, want := loadConfig(t, dir), filepath.Join(dir, "output.yaml")
			switch {
			case bytes.HasPrefix(text, []byte("resourceSpans:")):
				compare(t, input, want, golden.ReadTraces, golden.WriteTracesToFile, plainly(ptracetest.CompareTraces), func(td ptrace.Traces) ptrace.Traces { return run(t, cfg, td) })
			case bytes.HasPrefix(text, []byte("resourceLogs:")):
				compare(t, input, want, golden.ReadLogs, golden.WriteLogsToFile, plainly(plogtest.CompareLogs), func(ld plog.Logs) plog.Logs { return runLogs(t, cfg, ld) })
			case bytes.HasPrefix(text, []byte("resourceMetrics:")):
				compare(t, input, want, golden.ReadMetrics, writeMetrics, plainly(pmetrictest.CompareMetrics), func(md pmetric.Metrics) pmetric.Metrics { return runMetrics(t, cfg, md) })
			default:
				t.Fatalf("%s begins with none of resourceSpans:, resourceLogs:, resourceMetrics:", input)
			}
		})
	}
}

// compare reads, prices and compares, or writes what came out as what is wanted.
func compare[T any](t *testing.T, input, want string, read func(string) (T, error), write func(string, T) error, differ func(T, T) error, price func(T) T) {
	t.Helper()
	in, err := read(input)
	require.NoError(t, err)
	got := price(in)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, write(want, got))
	}
	expected, err := read(want)
	require.NoError(t, err)
	require.NoError(t, differ(expected, got))
}

// plainly drops the options of a comparison.
func plainly[T, O any](differ func(T, T, ...O) error) func(T, T) error {
	return func(a, b T) error { return differ(a, b) }
}

func loadConfig(t *testing.T, dir string) *Config {
	t.Helper()
	cfg, ok := createDefaultConfig().(*Config)
	require.True(t, ok)
	cfg.PriceBook.Builtin = false
	cfg.PriceBook.Files = []string{"testdata/golden/book.yaml"}
	if _, err := os.Stat(filepath.Join(dir, "book.yaml")); err == nil {
		cfg.PriceBook.Files = []string{filepath.Join(dir, "book.yaml")}
	}
	if _, err := os.Stat(filepath.Join(dir, "config.yaml")); err == nil {
		conf, err := confmaptest.LoadConf(filepath.Join(dir, "config.yaml"))
		require.NoError(t, err)
		require.NoError(t, conf.Unmarshal(cfg))
	}
	require.NoError(t, confmap.Validate(cfg))
	return cfg
}

// run sends one batch through a processor and returns what comes out.
func run(t *testing.T, cfg *Config, td ptrace.Traces) ptrace.Traces {
	t.Helper()
	sink := new(consumertest.TracesSink)
	p, err := NewFactory().CreateTraces(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()
	require.NoError(t, p.ConsumeTraces(t.Context(), td))
	require.Len(t, sink.AllTraces(), 1)
	return sink.AllTraces()[0]
}

// runLogs does the same with log records.
func runLogs(t *testing.T, cfg *Config, ld plog.Logs) plog.Logs {
	t.Helper()
	sink := new(consumertest.LogsSink)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()
	require.NoError(t, p.ConsumeLogs(t.Context(), ld))
	require.Len(t, sink.AllLogs(), 1)
	return sink.AllLogs()[0]
}

// runMetrics does the same with metrics.
func runMetrics(t *testing.T, cfg *Config, md pmetric.Metrics) pmetric.Metrics {
	t.Helper()
	sink := new(consumertest.MetricsSink)
	p, err := NewFactory().CreateMetrics(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()
	require.NoError(t, p.ConsumeMetrics(t.Context(), md))
	require.Len(t, sink.AllMetrics(), 1)
	return sink.AllMetrics()[0]
}

// writeMetrics writes metrics with their times, in the order in which they came.
func writeMetrics(file string, md pmetric.Metrics) error {
	text, err := golden.MarshalMetricsYAML(md)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

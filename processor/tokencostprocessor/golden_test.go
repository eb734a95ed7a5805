package tokencostprocessor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/ptracetest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-tokencost/otelcol-tokencost/processor/tokencostprocessor/internal/metadata"
)

// TestGolden prices testdata/golden/<case>/input.yaml as config.yaml says and
// compares with output.yaml. Every folder is a rule. The book of a case is
// book.yaml beside it, or testdata/golden/book.yaml.
func TestGolden(t *testing.T) {
	cases, err := filepath.Glob("testdata/golden/*/input.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, input := range cases {
		dir := filepath.Dir(input)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			td, err := golden.ReadTraces(input)
			require.NoError(t, err)
			got := run(t, loadConfig(t, dir), td)
			want := filepath.Join(dir, "output.yaml")
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, golden.WriteTracesToFile(want, got))
			}
			expected, err := golden.ReadTraces(want)
			require.NoError(t, err)
			require.NoError(t, ptracetest.CompareTraces(expected, got))
		})
	}
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

package e2e

import (
	"math"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// backendRow is a line of the table in the page of examples/otlp-backends.
type backendRow struct{ name, endpoint, headers, preset, temporality, metrics string }

func backendRows(t *testing.T) (rows []backendRow) {
	t.Helper()
	page, err := os.ReadFile(root + "examples/otlp-backends/README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile("(?m)^\\| (\\w[\\w ]*) \\| `(http[^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\|$")
	for _, m := range line.FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, backendRow{m[1], m[2], m[3], m[4], m[5], m[6]})
	}
	return rows
}

// costKey is the attribute under which a preset has the whole cost.
var costKey = map[string]string{
	"semconv": "gen_ai.usage.cost.amount", "signoz": "_signoz.gen_ai.total_cost", "openinference": "llm.cost.total",
	"langfuse": "langfuse.observation.cost_details",
}

// Every row of the table is used as a reader would use it, but for the host.
func TestEveryBackendOfTheTableGetsCosts(t *testing.T) {
	needs(t, distribution)
	rows := backendRows(t)
	if len(rows) != 8 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := startBackend(t)
			address, err := url.Parse(row.endpoint)
			if err != nil {
				t.Fatal(err)
			}
			headers := strings.ReplaceAll(row.headers, "…", "sesame")
			r := start(t, distribution, root+"examples/otlp-backends/config.yaml", "BACKEND_ENDPOINT="+b.URL+address.Path, "BACKEND_HEADERS="+headers,
				"COST_PRESET="+row.preset, "TEMPORALITY="+row.temporality, "METRICS_EXPORTER="+row.metrics, "FLUSH_INTERVAL=500ms")
			truth := r.sendCalls(genai.Options{Seed: 4, Dialects: []string{"otel"}}, 30)
			await(t, "all spans", func() bool { return len(b.arrived()) >= len(truth) })
			checkHeaders(t, b, headers)
			total := checkPreset(t, b.arrived(), row.preset)
			if row.metrics == "debug" {
				await(t, "metrics in the log", func() bool { return strings.Contains(r.log(), "token_cost.spend") })
				return
			}
			await(t, "the spend", func() bool { return math.Abs(added(b.told("token_cost.spend", "service.name"))-total) < 1e-9 })
			b.sums("token_cost.spend", func(_ pmetric.ResourceMetrics, s pmetric.Sum, _ pmetric.NumberDataPoint) {
				if got := strings.ToLower(s.AggregationTemporality().String()); got != row.temporality {
					t.Errorf("temporality is %s", got)
				}
			})
		})
	}
}

func checkHeaders(t *testing.T, b *backend, want string) {
	t.Helper()
	var headers map[string]string
	if err := yaml.Unmarshal([]byte(want), &headers); err != nil {
		t.Fatal(err)
	}
	for key, value := range headers {
		if got := b.header(key); got != value || !strings.Contains(want, "sesame") {
			t.Errorf("header %s is %q, not %q", key, got, value)
		}
	}
}

// checkPreset demands the preset's cost beside ours on every span that has one,
// and returns the sum.
func checkPreset(t *testing.T, spans []span, preset string) (sum float64) {
	t.Helper()
	costs := 0
	for _, s := range spans {
		total, ok := s.attributes.Get("token_cost.total")
		if !ok {
			continue
		}
		costs++
		sum += total.Double()
		told, ok := s.attributes.Get(costKey[preset])
		switch {
		case !ok:
			t.Fatalf("preset %s: %s is missing", preset, costKey[preset])
		case told.Type() == pcommon.ValueTypeDouble:
			if told.Double() != total.Double() {
				t.Errorf("%s is %v, not %v", costKey[preset], told.Double(), total.Double())
			}
		default:
			var details map[string]float64
			if err := yaml.Unmarshal([]byte(told.Str()), &details); err != nil || details["total"] != total.Double() {
				t.Errorf("%s is %s, not %v", costKey[preset], told.Str(), total.Double())
			}
		}
	}
	if costs == 0 {
		t.Error("no span has a cost")
	}
	return sum
}

func added(values map[string]float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

package e2e

import (
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

const existing = root + "examples/existing-collector/"

// The lines that the page adds to one configuration make the other.
func TestThePageShowsWhatToAddToAnExistingCollector(t *testing.T) {
	page, err := os.ReadFile(existing + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, diff, _ := strings.Cut(string(page), "```diff\n")
	diff, _, _ = strings.Cut(diff, "```")
	for file, not := range map[string]string{"before.yaml": "+", "config.yaml": "-"} {
		var shown strings.Builder
		for line := range strings.Lines(diff) {
			if !strings.HasPrefix(line, not) {
				shown.WriteString(line[1:])
			}
		}
		config, err := os.ReadFile(existing + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(config), shown.String()) {
			t.Errorf("%s does not end as the page shows:\n%s", file, shown.String())
		}
	}
}

// Before and after, one trace in ten is stored; after, the spend of all is known.
func TestAnExistingCollectorSamplesAsBeforeAndCountsAll(t *testing.T) {
	needs(t, custom)
	if out, err := exec.Command(custom, "validate", "--config", existing+"before.yaml").CombinedOutput(); err != nil {
		t.Fatalf("before.yaml: %v\n%s", err, out)
	}
	options := genai.Options{Seed: 17, Dialects: []string{"otel"}}
	stored := map[string]int{}
	for _, file := range []string{"before.yaml", "config.yaml"} {
		b := startBackend(t)
		r := start(t, custom, existing+file, "BACKEND_ENDPOINT="+b.URL, "FLUSH_INTERVAL=500ms")
		truth := r.sendCalls(options, 300)
		if file == "config.yaml" {
			calls := 0
			for i := range truth {
				if truth[i].Status != "not_billable" {
					calls++
				}
			}
			await(t, "all billed calls in the metrics", func() bool { return added(b.told("token_cost.calls", "service.name")) >= float64(calls) })
			kept := checkStored(t, b.arrived())
			if spend := added(b.told("token_cost.spend", "service.name")); spend <= 2*kept || math.IsNaN(spend) {
				t.Errorf("the spend of all is %v, that of what was stored %v", spend, kept)
			}
		}
		if err := r.process.Stop(); err != nil { // which sends what batches hold
			t.Fatal(err)
		}
		stored[file] = len(b.arrived())
		if n := len(b.arrived()); n == 0 || n > len(truth)/2 {
			t.Errorf("%s: %d of %d spans are stored", file, n, len(truth))
		}
	}
	if stored["before.yaml"] != stored["config.yaml"] {
		t.Errorf("the same traces are not stored: %v", stored)
	}
}

// checkStored sums up what stored spans cost.
func checkStored(t *testing.T, spans []span) (sum float64) {
	t.Helper()
	for _, s := range spans {
		if total, ok := s.attributes.Get("token_cost.total"); ok {
			sum += total.Double()
		}
	}
	return sum
}

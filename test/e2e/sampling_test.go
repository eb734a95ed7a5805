package e2e

import (
	"bytes"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

var sampledSpans = regexp.MustCompile(`(?m)^otelcol_connector_token_cost_sampled_spans(?:_total)?(?:\{.*\})? (\d+)$`)

// A Collector that samples before it counts says so once, and counts what it
// saw of it, in every mode of the sampler.
func TestASamplerBeforeTheConnectorIsNoticed(t *testing.T) {
	needs(t, custom)
	for _, c := range []struct {
		mode       string
		percentage int
		noticed    bool
	}{
		{"hash_seed", 50, true}, {"proportional", 50, true}, {"equalizing", 50, true}, {"proportional", 100, false},
	} {
		t.Run(c.mode+" "+strconv.Itoa(c.percentage), func(t *testing.T) {
			r := start(t, custom, "testdata/sampled.yaml", "MODE="+c.mode, "PERCENTAGE="+strconv.Itoa(c.percentage))
			r.sendCalls(genai.Options{Seed: 2, Dialects: []string{"otel"}}, 60)
			await(t, "priced spans in the log", func() bool { return strings.Contains(r.log(), "token_cost.total") })
			warnings := func() int {
				log, err := os.ReadFile(r.process.LogFile()) // all of it
				if err != nil {
					t.Fatal(err)
				}
				return bytes.Count(log, []byte("spans were sampled before this connector"))
			}
			if c.noticed {
				await(t, "the warning", func() bool { return warnings() > 0 })
			}
			if err := r.process.Stop(); err != nil {
				t.Fatal(err)
			}
			if got := warnings(); c.noticed != (got == 1) {
				t.Errorf("%d warnings", got)
			}
		})
	}
}

// The metric is there to be alerted on.
func TestSampledSpansAreCounted(t *testing.T) {
	needs(t, custom)
	r := start(t, custom, "testdata/sampled.yaml", "MODE=proportional", "PERCENTAGE=50")
	r.sendCalls(genai.Options{Seed: 2, Dialects: []string{"otel"}}, 60)
	_, port, err := net.SplitHostPort(r.metrics)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	await(t, "the count", func() bool {
		m := sampledSpans.FindStringSubmatch(scrape(t, n))
		if m == nil {
			return false
		}
		count, err := strconv.Atoi(m[1])
		return err == nil && count >= 10 && count <= 50
	})
}

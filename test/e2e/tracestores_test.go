package e2e

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

func TestJaegerAndTempoGetAmountsAndClasses(t *testing.T) {
	needs(t, distribution)
	jaeger, tempo := startBackend(t), startBackend(t)
	r := start(t, distribution, root+"examples/jaeger-and-tempo/config.yaml", "JAEGER_ENDPOINT="+jaeger.URL, "TEMPO_ENDPOINT="+tempo.URL)
	truth := r.sendCalls(genai.Options{Seed: 11}, 300)
	await(t, "all spans at both", func() bool { return len(jaeger.arrived()) >= len(truth) && len(tempo.arrived()) >= len(truth) })
	classes, keys := map[string]int{}, map[string]bool{"service.name": true}
	for _, s := range jaeger.arrived() {
		for key := range s.attributes.All() {
			keys[key] = true
		}
		class := ""
		if v, ok := s.attributes.Get("cost.class"); ok {
			class = v.Str()
		}
		want := ""
		if total, ok := s.attributes.Get("token_cost.total"); ok {
			if total.Type() != pcommon.ValueTypeDouble {
				t.Fatalf("the total is %s", total.Type())
			}
			want = classOf(total.Double())
		}
		if class != want {
			t.Errorf("class %q, not %q", class, want)
		}
		classes[class]++
	}
	if len(classes) != 4 { // three, and none
		t.Errorf("not every class was seen: %v", classes)
	}
	if a, b := len(jaeger.arrived()), len(tempo.arrived()); a != b {
		t.Errorf("%d spans at one, %d at the other", a, b)
	}
	checkQueries(t, keys)
}

func classOf(total float64) string {
	switch {
	case total >= 0.1:
		return "above 10 cents"
	case total >= 0.01:
		return "1 to 10 cents"
	}
	return "below 1 cent"
}

// notGenerated are attributes of queries that the generator has no source for;
// others of the project's tests do.
var notGenerated = []string{"token_cost.team", "error.type"}

// checkQueries demands that what the page's queries name is what spans have.
func checkQueries(t *testing.T, keys map[string]bool) {
	t.Helper()
	page, err := os.ReadFile(root + "examples/jaeger-and-tempo/README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(?:span|resource)\.([a-z_]+(?:\.[a-z_]+)+)`).FindAllStringSubmatch(string(page), -1)
	if len(named) < 15 {
		t.Errorf("only %d attributes are in queries", len(named))
	}
	for _, m := range named {
		if !keys[m[1]] && !slices.Contains(notGenerated, m[1]) {
			t.Errorf("a query names %s, which no span has", m[1])
		}
	}
}

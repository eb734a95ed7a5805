package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

// exampleBinary is the binary that an example's configuration is for.
func exampleBinary(name string) string {
	if name == "custom-collector" {
		return custom
	}
	return distribution
}

// Every folder of examples/ is tested: one without a configuration or a page fails.
func TestEveryExampleIsValidAndPricesCalls(t *testing.T) {
	needs(t, distribution, custom)
	folders, err := os.ReadDir(root + "examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		name := folder.Name()
		t.Run(name, func(t *testing.T) {
			dir, err := filepath.Abs(root + "examples/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(dir + "/README.md"); err != nil {
				t.Errorf("an example needs a page that says what you should see: %v", err)
			}
			config := dir + "/config.yaml"
			prices := "PRICES=" + dir + "/prices.yaml" // for examples that have one; their default is relative to the repository
			validate := exec.Command(exampleBinary(name), "validate", "--config", config)
			validate.Env = append(os.Environ(), prices)
			if out, err := validate.CombinedOutput(); err != nil {
				t.Fatalf("validate: %v\n%s", err, out)
			}
			r := start(t, exampleBinary(name), config, prices)
			r.sendCalls(genai.Options{Seed: 3, Dialects: []string{"otel"}}, 20)
			await(t, "priced spans in the log", func() bool { return strings.Contains(r.log(), "token_cost.total") })
		})
	}
}

func TestTheQuickstartShowsWhatCallsCost(t *testing.T) {
	needs(t, distribution, genaigen)
	ports := freePorts(t, 3)
	binary, err := filepath.Abs(genaigen)
	if err != nil {
		t.Fatal(err)
	}
	demo := exec.Command(binary, "demo", "--once", "--calls", "200", "--data", t.TempDir())
	demo.Dir = root
	demo.Env = append(os.Environ(), portVariables(ports)...)
	out, err := demo.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"openai", "gpt-4o", "claude-sonnet-4-5", "exact", "estimated", "unpriced", "not_billable", " USD", "total"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the table does not show %q", want)
		}
	}
	if strings.Contains(string(out), "without a verdict") || t.Failed() {
		t.Errorf("it shows:\n%s", out)
	}
}

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

// exampleBinary is the binary that an example's configuration is for.
func exampleBinary(name string) string {
	if name == "custom-collector" || name == "existing-collector" {
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
			// Prices are for examples that have some; their default is relative to the repository. Nothing listens as ClickHouse or PostgreSQL.
			env := []string{"PRICES=" + dir + "/prices.yaml", "CREATE_SCHEMA=false", "LEDGER_DSN=sqlite://" + filepath.Join(t.TempDir(), "ledger.db")}
			validate := exec.Command(exampleBinary(name), "validate", "--config", config)
			validate.Env = append(os.Environ(), env...)
			if out, err := validate.CombinedOutput(); err != nil {
				t.Fatalf("validate: %v\n%s", err, out)
			}
			r := start(t, exampleBinary(name), config, env...)
			r.sendCalls(genai.Options{Seed: 3, Dialects: []string{"otel"}}, 20)
			await(t, "priced spans in the log", func() bool { return strings.Contains(r.log(), "token_cost.total") })
		})
	}
}

// What the page of the example promises: the same calls that are estimated in the
// quickstart are exact once the facts are declared, and one service bears overhead.
func TestDeclaredFactsMakeCallsExact(t *testing.T) {
	needs(t, distribution)
	options := genai.Options{Seed: 8, Start: time.Now(), Dialects: []string{"ai-sdk-7", "otel"}}
	billed := func(example string) (verdicts map[string]pricedspans.Verdict) {
		r := start(t, distribution, root+"examples/"+example+"/config.yaml")
		truth := r.sendCalls(options, 100)
		r.settle()
		verdicts = map[string]pricedspans.Verdict{}
		for _, s := range truth {
			if s.Billed() && s.Provider != "google.gemini" { // whose tool results no emitter counts
				verdicts[s.SpanID] = r.got[s.SpanID]
			}
		}
		return verdicts
	}
	plain, declared := billed("quickstart"), billed("assume-and-overhead")
	changed := 0
	for id, v := range declared {
		if v.Status != "exact" {
			t.Errorf("%s of %s is %s for %v although everything is declared", v.Name, v.Service, v.Status, v.Reasons)
		}
		if v.Total != plain[id].Total {
			t.Errorf("%s costs %s, and %s once facts are declared", v.Name, plain[id].Total, v.Total)
		}
		if plain[id].Status == "estimated" {
			changed++
		}
		if overhead := v.Service == "support"; overhead != v.HasLoaded {
			t.Errorf("service %s: loaded cost %v", v.Service, v.HasLoaded)
		}
	}
	if changed == 0 {
		t.Error("no call was estimated before")
	}
}

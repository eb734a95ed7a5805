package metrics

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ruleFile is a file of rules, as far as it is looked at.
type ruleFile struct {
	Groups []ruleGroup `yaml:"groups"`
}

type ruleGroup struct {
	Name     string `yaml:"name"`
	Interval string `yaml:"interval"`
	Rules    []rule `yaml:"rules"`
}

type rule struct {
	Record      string            `yaml:"record,omitempty"`
	Alert       string            `yaml:"alert,omitempty"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for,omitempty"`
	Labels      map[string]string `yaml:"labels,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// rules reads the rules of the example, by file.
func rules(t *testing.T) map[string]ruleFile {
	t.Helper()
	files, err := filepath.Glob(example + "rules/*.rules.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of rules, %v", len(files), err)
	}
	out := map[string]ruleFile{}
	for _, file := range files {
		var r ruleFile
		loadYAML(t, file, &r)
		out[filepath.Base(file)] = r
	}
	return out
}

// ruleInterval is how long a minute of the rules lasts in the tests.
const ruleInterval = "5s"

// fastRules writes the rules with minutes of some seconds, so that a test need
// not wait, and returns where they are.
func fastRules(t *testing.T, minute string) string {
	t.Helper()
	dir := t.TempDir()
	shorter := strings.NewReplacer("[1m]", "["+minute+"]", "offset 1m", "offset "+minute)
	for name, file := range rules(t) {
		for i := range file.Groups {
			g := &file.Groups[i]
			g.Interval = minute
			for j := range g.Rules {
				g.Rules[j].Expr, g.Rules[j].For = shorter.Replace(g.Rules[j].Expr), ""
			}
		}
		saveYAML(t, filepath.Join(dir, name), file)
	}
	return filepath.Join(dir, "*.rules.yaml")
}

func TestRulesDoWhatTheirTestsSay(t *testing.T) {
	needs(t)
	files, err := filepath.Glob(example + "rules/*_test.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of tests, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if out, err := exec.Command("promtool", "test", "rules", file).CombinedOutput(); err != nil {
				t.Errorf("promtool test rules %s: %v\n%s", file, err, out)
			}
		})
	}
}

// Every alert has a case in which it fires, and one in which it is silent.
func TestEveryAlertIsTestedFiringAndSilent(t *testing.T) {
	files, err := filepath.Glob(example + "rules/*_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		var tests struct {
			Tests []struct {
				Alerts []struct {
					Name     string `yaml:"alertname"`
					Expected []any  `yaml:"exp_alerts"`
				} `yaml:"alert_rule_test"`
			} `yaml:"tests"`
		}
		loadYAML(t, file, &tests)
		for _, test := range tests.Tests {
			for _, a := range test.Alerts {
				fires[a.Name] = fires[a.Name] || len(a.Expected) > 0
				silent[a.Name] = silent[a.Name] || len(a.Expected) == 0
			}
		}
	}
	n := 0
	for name, file := range rules(t) {
		for _, g := range file.Groups {
			for _, r := range g.Rules {
				if r.Alert == "" {
					continue
				}
				n++
				if !fires[r.Alert] || !silent[r.Alert] {
					t.Errorf("%s: %s is tested firing: %v, silent: %v", name, r.Alert, fires[r.Alert], silent[r.Alert])
				}
			}
		}
	}
	if n == 0 {
		t.Error("there is no alert")
	}
}

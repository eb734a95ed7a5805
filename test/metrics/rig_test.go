package metrics

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	root         = "../../"
	distribution = root + "bin/otelcol-tokencost"
	example      = root + "examples/prometheus-grafana/"
	prices       = "../e2e/testdata/prices.yaml"

	// patience is how long a test waits for something that must happen. It is no
	// claim about speed.
	patience = 60 * time.Second

	host = "127.0.0.1:"
)

// needs skips the test outside of make e2e-metrics, and fails it where
// something that it runs is missing.
func needs(t *testing.T) {
	t.Helper()
	if os.Getenv("TOKENCOST_E2E_METRICS") == "" {
		t.Skip("run by make e2e-metrics")
	}
	if _, err := os.Stat(distribution); err != nil {
		t.Fatalf("%v: run make build", err)
	}
	for _, program := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%v: run %sinstall-prometheus.sh", err, example)
		}
	}
}

// await waits until the condition holds; it says at the end what was seen last.
func await(t *testing.T, what string, condition func() (seen any, ok bool)) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		seen, ok := condition()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s; seen last: %v", what, seen)
		}
	}
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", host+"0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func address(port int) string { return fmt.Sprint(host, port) }

// section is a part of a configuration.
type section = map[string]any

// adapted writes the configuration of a file with changes to a temporary file:
// sections are merged, anything else is replaced.
func adapted(t *testing.T, file string, changes section) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config := section{}
	if err := yaml.Unmarshal(b, &config); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	merge(config, changes)
	if b, err = yaml.Marshal(config); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(out, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

func merge(into, changes section) {
	for key, v := range changes {
		if below, ok := v.(section); ok {
			if inner, ok := into[key].(section); ok {
				merge(inner, below)
				continue
			}
		}
		into[key] = v
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func loadYAML(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func saveYAML(t *testing.T, file string, v any) {
	t.Helper()
	b, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

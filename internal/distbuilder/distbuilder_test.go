package distbuilder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/progress"
)

func TestAManifestMustSayNameAndOutputPath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "manifest.yaml")
	if err := os.WriteFile(file, []byte("dist: {name: otelcol}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readManifest(file); err == nil || !strings.Contains(err.Error(), "dist.output_path") {
		t.Errorf("got %v", err)
	}
	if _, err := readManifest(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a missing manifest is no error")
	}
}

func TestBuildFailuresSayWhatTheCompilerSaid(t *testing.T) {
	var out strings.Builder
	task := progress.Start(&out, "Compiling", 2)
	said := follow(strings.NewReader("net/http\nexample.com/broken\n# example.com/broken\n./a.go:3:1: syntax error\n"), task, 2)
	task.Done("")
	if got, want := string(said), "# example.com/broken\n./a.go:3:1: syntax error\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAMissingBuilderIsAnErrorThatNamesIt(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "manifest.yaml")
	if err := os.WriteFile(file, []byte("dist: {name: otelcol-x, output_path: "+filepath.Join(dir, "_build")+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := Build(t.Context(), Options{Manifest: file, OCB: filepath.Join(dir, "no-ocb"), Output: filepath.Join(dir, "x"), Progress: &out})
	if err == nil || !strings.Contains(err.Error(), "no-ocb") || !strings.Contains(err.Error(), "otelcol-x") {
		t.Errorf("got %v", err)
	}
}

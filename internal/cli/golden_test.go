package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

var update = flag.Bool("update", false, "write the golden files")

// outcome is what a run of the command line left.
type outcome struct {
	status   int
	out, err string
}

func run(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	status := Run(context.Background(), args, Streams{In: strings.NewReader(stdin), Out: &out, Err: &errs})
	return outcome{status, out.String(), errs.String()}
}

// golden compares a text with a file of testdata/golden, in which the words
// that explain reasons, which are package status' own, are left out.
func golden(t *testing.T, name, got string) {
	t.Helper()
	for i := range status.NumReasons {
		r := status.Reason(i)
		got = strings.ReplaceAll(got, r.Text(), "("+r.Code()+" explained)")
	}
	file := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "see %s; go test -update writes it", file)
}

var fixtures = []string{"every-rule", "periods", "not-priced", "estimated", "signals"}

// priced are flags that make results depend on nothing but the test data.
var priced = []string{"--no-builtin", "--book", "testdata/book.yaml", "--config", "testdata/config.yaml"}

func withFlags(command string, more ...string) []string {
	return append(append([]string{command}, priced...), more...)
}

func TestPriceAddsCostsToEveryFixture(t *testing.T) {
	for _, name := range fixtures {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", withFlags("price", "testdata/"+name+".json")...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			golden(t, name+".price.json", got.out)
		})
	}
}

func TestExplainTellsHowEveryFixtureWasPriced(t *testing.T) {
	for _, name := range fixtures {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", withFlags("explain", "testdata/"+name+".json")...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			golden(t, name+".explain.txt", got.out)

			got = run(t, "", withFlags("explain", "--output", "json", "testdata/"+name+".json")...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			golden(t, name+".explain.json", got.out)
		})
	}
}

func TestPricesCommandsPrintTablesAndJSON(t *testing.T) {
	for name, args := range map[string][]string{
		"list.txt":         {"list", "--at", "2026-11-02"},
		"list.json":        {"list", "--at", "2026-11-02", "--provider", "OpenAI", "--search", "latest", "--output", "json"},
		"show.txt":         {"show", "anthropic/claude-test-1-20260101"},
		"show-at.txt":      {"show", "openai/gpt-test", "--at", "2026-05-01"},
		"show.json":        {"show", "openai/gpt-test-latest", "--output", "json"},
		"show-derived.txt": {"show", "acme/inherits", "--book", "testdata/inherits.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", append([]string{"prices"}, append(args, "--no-builtin", "--book", "testdata/book.yaml")...)...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			golden(t, "prices-"+name, got.out)
		})
	}
	for name, args := range map[string][]string{
		"diff.txt":  {"testdata/book.yaml", "testdata/book-later.yaml"},
		"diff.json": {"--output", "json", "testdata/book.yaml", "testdata/book-later.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, "", append([]string{"prices", "diff"}, args...)...)
			assert.Equal(t, outcome{Done, got.out, ""}, got)
			golden(t, "prices-"+name, got.out)
		})
	}
}

package threads_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:generate go test -run TestThePageIsCurrent -update .

var update = flag.Bool("update", false, "write the page of errors anew")

const pageFile = "../../docs/known-errors.md"

const pageHead = `# Known errors of others

<!-- Generated from test/threads/threads.yaml by make generate; do not edit. -->

What users reported of systems that price GenAI telemetry, with the numbers of those who reported it, and what this project makes of the same telemetry. Each row
is a regression test: [threads.yaml](../test/threads/threads.yaml) has the telemetry, how the expected figures follow, and the rates. Amounts are in USD at the
price in force at the time of the test, which can be another than that of the thread. [Statuses](statuses.md) has what the reasons mean; most calls are
` + "`estimated`" + ` only because their emitter does not tell a fact such as the service tier, which ` + "`assume:`" + ` in the configuration declares.

| thread | what went wrong | wrong figure | off by | here | status | reasons |
| --- | --- | --- | --- | --- | --- | --- |
`

// page writes the table of threads.
func page(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(pageHead)
	for _, e := range readExamples(t, "threads.yaml") {
		repository, number, _ := strings.Cut(e.Thread, "#")
		sum := e.check(t).FloatString(12)
		sum = strings.TrimSuffix(strings.TrimRight(sum, "0"), ".")
		statuses, reasons := e.reasonsOf()
		fmt.Fprintf(&b, "| [%s](https://github.com/%s/issues/%s) | %s | %s | %s | %s | %s | %s |\n",
			e.Thread, repository, number, e.Wrong, cmp.Or(e.Figure, "not stated"), cmp.Or(e.Factor, "not stated"), sum, code(statuses), code(reasons))
	}
	return b.String()
}

func code(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

// TestThePageIsCurrent compares the committed page with the tests' own results.
func TestThePageIsCurrent(t *testing.T) {
	want := page(t)
	if *update {
		require.NoError(t, os.WriteFile(pageFile, []byte(want), 0o644))
		return
	}
	got, err := os.ReadFile(pageFile)
	require.NoError(t, err)
	if string(got) != want {
		t.Error("docs/known-errors.md is out of date; run make generate")
	}
}

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// post sends a file of an example as it is.
func (r *rig) post(signal, file string) {
	r.t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	r.postBody(signal, body)
}

func (r *rig) postBody(signal string, body []byte) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, "http://"+r.http+"/v1/"+signal, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		r.t.Fatalf("/v1/%s: %s", signal, response.Status)
	}
}

// lines are those of a file that the Collector writes.
func (r *rig) lines(name string) [][]byte {
	b, err := os.ReadFile(filepath.Join(filepath.Dir(r.process.LogFile()), name))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(bytes.Split(b, []byte("\n")), func(line []byte) bool { return len(line) == 0 })
}

// account is the table that the example's page prints.
type account struct {
	cost            money.Amount
	calls, unpriced int
}

// costsBy sums what calls cost by an attribute.
func costsBy(t *testing.T, by string, calls []pcommon.Map) map[string]account {
	t.Helper()
	out := map[string]account{}
	for _, a := range calls {
		who := "(not told)"
		if v, ok := a.Get(by); ok {
			who = v.Str()
		}
		sum := out[who]
		sum.calls++
		if total, ok := a.Get("token_cost.total"); ok {
			cost, err := money.Parse(fmt.Sprintf("%.12f", total.Double()))
			if err != nil {
				t.Fatal(err)
			}
			sum.cost = sum.cost.Add(cost)
		} else {
			sum.unpriced++
		}
		out[who] = sum
	}
	return out
}

// The page of the example shows what a reader gets: every line of its tables is
// checked against what the Collector wrote.
func TestTheTablesOfTheAttributionExampleAreTrue(t *testing.T) {
	needs(t, distribution)
	example := root + "examples/attribution/"
	r := start(t, distribution, example+"config.yaml")
	r.post("traces", example+"traces.json")
	r.post("logs", example+"logs.json")
	await(t, "both files", func() bool { return len(r.lines("priced-spans.jsonl")) == 1 && len(r.lines("priced-logs.jsonl")) == 1 })

	var calls []pcommon.Map
	td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(r.lines("priced-spans.jsonl")[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, rs := range td.ResourceSpans().All() {
		for _, span := range rs.ScopeSpans().At(0).Spans().All() {
			calls = append(calls, span.Attributes())
		}
	}
	ld, err := new(plog.JSONUnmarshaler).UnmarshalLogs(r.lines("priced-logs.jsonl")[0])
	if err != nil {
		t.Fatal(err)
	}
	calls = append(calls, ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes())
	if len(calls) != 7 {
		t.Fatalf("%d calls", len(calls))
	}

	page, err := os.ReadFile(example + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []string{"token_cost.team", "token_cost.customer", "token_cost.user"} {
		_, table, _ := strings.Cut(string(page), "--arg by "+by)
		table, _, _ = strings.Cut(table, "\n\n")
		costs := costsBy(t, by, calls)
		if rows := strings.Count(table, "\t") / 3; rows != len(costs) {
			t.Errorf("%s: the page has %d rows, and there are %d", by, rows, len(costs))
		}
		for who, sum := range costs {
			if row := fmt.Sprintf("    %s\t%s\t%d\t%d\n", who, sum.cost, sum.calls, sum.unpriced); !strings.Contains(table+"\n", row) {
				t.Errorf("%s: the page lacks %q", by, row)
			}
		}
	}
	for _, name := range []string{"jane", "joe", "364ac40e4d44edee", "f3c1d0d2-7a44-4a0e-9d32-5f4f4f4b8a11"} {
		if out := string(r.lines("priced-spans.jsonl")[0]) + string(r.lines("priced-logs.jsonl")[0]); strings.Contains(out, name) {
			t.Errorf("%s reaches the backend", name)
		}
	}
}

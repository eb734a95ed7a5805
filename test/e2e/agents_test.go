package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// agentTelemetry is what real agents sent, with what was billed.
const agentTelemetry = root + "internal/dialect/testdata/agents/"

// teams of the agents in this test, and the user that each is told to be of.
var agentTeams = map[string]struct{ team, user string }{
	"claude-code": {"search", "jane"}, "codex": {"search", "joe"}, "gemini-cli": {"support", "jane"},
}

// sendAgent sends the log records of a run, with the header that tells the team
// and a user on the resource.
func sendAgent(t *testing.T, r *rig, agent, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		ld, err := new(plog.JSONUnmarshaler).UnmarshalLogs(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, rl := range ld.ResourceLogs().All() {
			rl.Resource().Attributes().PutStr("user.id", agentTeams[agent].user)
		}
		body, err := new(plog.ProtoMarshaler).MarshalLogs(ld)
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+r.http+"/v1/logs", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-protobuf")
		request.Header.Set("x-team", agentTeams[agent].team)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatal(response.Status)
		}
	}
}

// billedCalls is how many calls of a run the provider billed.
func billedCalls(t *testing.T, file string) int {
	t.Helper()
	var bill struct {
		Calls []struct {
			Billable map[string]int64 `json:"billable"`
		} `json:"calls"`
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &bill); err != nil {
		t.Fatal(err)
	}
	return len(bill.Calls)
}

// Every call that real agents logged is priced once, and its cost is found under
// the agent, the team and a user who has no name.
func TestCostsOfCodingAgentsByTeamAndUser(t *testing.T) {
	needs(t, distribution)
	port := freePorts(t, 1)[0]
	r := start(t, distribution, root+"examples/coding-agents/config.yaml", "FLUSH_INTERVAL=300ms", fmt.Sprintf("COST_METRICS_PORT=%d", port))
	sent, billed := 0, 0
	for agent := range agentTeams {
		files, err := filepath.Glob(agentTelemetry + agent + "-*.logs.json")
		if err != nil || len(files) < 4 {
			t.Fatalf("%s: %d files, %v", agent, len(files), err)
		}
		for _, file := range files {
			sendAgent(t, r, agent, file)
			data, _ := os.ReadFile(file)
			sent += bytes.Count(data, []byte("\n"))
			billed += billedCalls(t, strings.Replace(file, ".logs.json", ".truth.json", 1))
		}
	}
	await(t, "all log records", func() bool { return len(r.lines("priced-logs.jsonl")) >= sent })

	priced, claudes := 0, 0.0
	by := map[[2]string]float64{}
	for _, record := range loggedCalls(t, r) {
		total, ok := record.Get("token_cost.total")
		if !ok {
			continue
		}
		priced++
		team, _ := record.Get("token_cost.team")
		user, _ := record.Get("token_cost.user")
		by[[2]string{team.Str(), user.Str()}] += total.Double()
		if reported, ok := record.Get("cost_usd"); ok {
			if searched := math.Abs(reported.Double()-total.Double()) > 1e-9; searched {
				claudes++ // searches are in Claude Code's own cost, and its events do not tell them
			}
		}
	}
	if priced != billed {
		t.Errorf("%d calls are priced, %d were billed", priced, billed)
	}
	if claudes != 1 {
		t.Errorf("%v calls of Claude Code cost something else than it says itself; one has searches", claudes)
	}
	if len(by) != 3 {
		t.Errorf("spend by team and user: %v", by)
	}
	checkScrape(t, port, by)
	for _, name := range []string{"jane", "joe"} {
		if strings.Contains(string(bytes.Join(r.lines("priced-logs.jsonl"), nil)), name) {
			t.Errorf("%s is named in what goes to a backend", name)
		}
	}
}

func loggedCalls(t *testing.T, r *rig) (out []pcommon.Map) {
	t.Helper()
	for _, line := range r.lines("priced-logs.jsonl") {
		ld, err := new(plog.JSONUnmarshaler).UnmarshalLogs(line)
		if err != nil {
			t.Fatal(err)
		}
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, l := range sl.LogRecords().All() {
					out = append(out, l.Attributes())
				}
			}
		}
	}
	return out
}

var spendLine = regexp.MustCompile(`(?m)^token_cost_spend_total\{(.*)\} (\S+)$`)

// checkScrape waits until what Prometheus would scrape is what the records say.
func checkScrape(t *testing.T, port int, want map[[2]string]float64) {
	t.Helper()
	label := func(labels, name string) string {
		_, rest, _ := strings.Cut(labels, name+`="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	await(t, "the spend at Prometheus' address", func() bool {
		got := map[[2]string]float64{}
		for _, m := range spendLine.FindAllStringSubmatch(scrape(t, port), -1) {
			value, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			got[[2]string{label(m[1], "token_cost_team"), label(m[1], "token_cost_user")}] += value
		}
		if len(got) != len(want) {
			return false
		}
		for key, value := range want {
			if math.Abs(got[key]-value) > 1e-9 {
				return false
			}
		}
		return true
	})
}

func scrape(t *testing.T, port int) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/metrics", port), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

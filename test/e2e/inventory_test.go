package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// What the page of the example promises: three events, and after a restart on
// the same storage none.
func TestTheInventoryTellsFirstSightsOnceAcrossARestart(t *testing.T) {
	needs(t, distribution)
	example := root + "examples/inventory/"
	config := storedIn(t, example+"config.yaml", t.TempDir())
	run := func() *rig {
		r := start(t, distribution, config)
		r.post("traces", example+"traces.json")
		return r
	}
	r := run()
	want := []string{
		"false reports sent its first request to api.anthropic.com (anthropic)",
		"false reports sent its first request to eu.llm.corp.example (corp)",
		"true support made its first call of gpt-4o-2024-08-06 (openai)",
	}
	await(t, "three events", func() bool { return len(r.sights()) == len(want) })
	if got := r.sights(); !slices.Equal(got, want) {
		t.Errorf("events:\n%s\nbut the page says:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if err := r.process.Stop(); err != nil {
		t.Fatal(err)
	}
	before := r.firstSeen()
	r = run()
	await(t, "metrics after the restart", func() bool { return len(r.firstSeen()) == len(want) })
	if err := r.process.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := r.sights(); len(got) > 0 {
		t.Errorf("told again after a restart: %s", got)
	}
	for id, at := range r.firstSeen() {
		if before[id] != at {
			t.Errorf("%s was first seen at %d, and at %d after a restart", id, before[id], at)
		}
	}
}

// storedIn returns a copy of a configuration that stores in a directory which
// outlives the run, unlike DATA_DIR.
func storedIn(t *testing.T, config, dir string) string {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	const storage = "${env:DATA_DIR:-data/inventory}/storage"
	if !bytes.Contains(text, []byte(storage)) {
		t.Fatalf("%s does not store in %s", config, storage)
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(storage), []byte(dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sights are the events of the inventory: whether approved, and the text.
func (r *rig) sights() (out []string) {
	var u plog.JSONUnmarshaler
	for _, line := range r.lines("events.jsonl") {
		ld, err := u.UnmarshalLogs(line)
		if err != nil {
			break // the last line is being written
		}
		for _, record := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			approved, _ := record.Attributes().Get("token_cost.approved")
			out = append(out, approved.Str()+" "+record.Body().Str())
		}
	}
	slices.Sort(out)
	return out
}

// firstSeen is the gauge of the inventory, by provider and host or model.
func (r *rig) firstSeen() map[string]int64 {
	out := map[string]int64{}
	var u pmetric.JSONUnmarshaler
	for _, line := range r.lines("metrics.jsonl") {
		md, err := u.UnmarshalMetrics(line)
		if err != nil {
			break
		}
		for _, m := range md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
			if m.Name() != "token_cost.inventory.first_seen" {
				continue
			}
			for _, p := range m.Gauge().DataPoints().All() {
				id := ""
				for _, key := range []string{"service.name", "gen_ai.provider.name", "gen_ai.response.model", "server.address"} {
					if v, ok := p.Attributes().Get(key); ok {
						id += v.Str() + " "
					}
				}
				out[id] = p.IntValue()
			}
		}
	}
	return out
}

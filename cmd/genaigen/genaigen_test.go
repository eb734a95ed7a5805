package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
)

func execute(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&log)
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestTheSameSeedAndStartGiveTheSameLines(t *testing.T) {
	args := []string{"--output", "-", "--calls", "50", "--start", "2026-11-23T12:00:00Z"}
	a, err := execute(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := execute(t, args...); err != nil || a != b {
		t.Errorf("two runs differ, error %v", err)
	}
	var decoder ptrace.JSONUnmarshaler
	for _, line := range strings.Split(strings.TrimSpace(a), "\n") {
		if _, err := decoder.UnmarshalTraces([]byte(line)); err != nil {
			t.Fatalf("a line is no OTLP JSON: %v", err)
		}
	}
}

func TestTheTruthTellsOfEveryCall(t *testing.T) {
	dir := t.TempDir()
	out, truth := filepath.Join(dir, "calls.jsonl"), filepath.Join(dir, "truth.json")
	if _, err := execute(t, "--output", out, "--truth", truth, "--calls", "40", "--dialects", "otel,ai-sdk-7"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	var got genai.Truth
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	spans, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Spans) < 40 {
		t.Errorf("the truth tells of %d spans", len(got.Spans))
	}
	for _, s := range got.Spans {
		if !bytes.Contains(spans, []byte(s.SpanID)) {
			t.Errorf("span %s was not written", s.SpanID)
		}
	}
}

func TestWrongUseIsStatusTwoAndNamesTheFlag(t *testing.T) {
	for _, args := range [][]string{
		{"--calls", "0"},
		{"--rate", "-1"},
		{"--start", "yesterday"},
		{"--dialects", "morse"},
		{"--endpoint", "localhost"},
		{"--output", "-", "--endpoint", "http://127.0.0.1:1"},
		{"--nonsense"},
	} {
		_, err := execute(t, args...)
		if err == nil || exitStatus(err) != 2 || !strings.Contains(err.Error(), args[0]) {
			t.Errorf("%v: error %v", args, err)
		}
	}
}

func TestAReceiverThatDoesNotListenIsStatusOne(t *testing.T) {
	_, err := execute(t, "--endpoint", "http://127.0.0.1:1")
	if err == nil || exitStatus(err) != 1 || !strings.Contains(err.Error(), "http://127.0.0.1:1/v1/traces") {
		t.Errorf("got %v", err)
	}
}

func TestActionsHaveTheRoleOfEveryCall(t *testing.T) {
	dir := t.TempDir()
	truth := filepath.Join(dir, "truth.json")
	if _, err := execute(t, "--actions", "--output", filepath.Join(dir, "calls.jsonl"), "--truth", truth, "--calls", "100"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	var got genai.Truth
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	roles := map[string]int{}
	for _, s := range got.Spans {
		roles[s.Role]++
	}
	for _, role := range []string{"primary", "retry", "tool", "retrieval"} {
		if roles[role] == 0 {
			t.Errorf("no call has role %s: %v", role, roles)
		}
	}
}

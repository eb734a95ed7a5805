package clickhouse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/cli"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
)

// row is a span as the exporter inserts it (v0.161.0, exporter_traces.go):
// attributes are text, by pcommon.Value.AsString.
type row struct {
	Timestamp          string
	TraceID            string `json:"TraceId"`
	SpanID             string `json:"SpanId"`
	SpanName           string
	SpanKind           string
	ServiceName        string
	ResourceAttributes map[string]string
	ScopeName          string
	SpanAttributes     map[string]string
	Duration           uint64
	StatusCode         string
}

// priced returns generated calls as the Collector writes them.
func priced(t *testing.T) []ptrace.Traces {
	t.Helper()
	g, err := genai.New(genai.Options{Seed: 5, Start: time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC), Step: 5 * time.Minute})
	require.NoError(t, err)
	var in bytes.Buffer
	for range 200 {
		line, err := new(ptrace.JSONMarshaler).MarshalTraces(g.Next().Traces)
		require.NoError(t, err)
		in.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "calls.jsonl")
	require.NoError(t, os.WriteFile(file, in.Bytes(), 0o600))
	var out, complaints bytes.Buffer
	require.Equal(t, cli.Done, cli.Run(t.Context(), []string{"price", file}, cli.Streams{In: &bytes.Buffer{}, Out: &out, Err: &complaints}), complaints.String())
	var all []ptrace.Traces
	for line := range bytes.Lines(out.Bytes()) {
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(line)
		require.NoError(t, err)
		all = append(all, td)
	}
	return all
}

func text(m pcommon.Map) map[string]string {
	out := map[string]string{}
	for key, v := range m.All() {
		out[key] = v.AsString()
	}
	return out
}

func rows(all []ptrace.Traces) (out []row) {
	for _, td := range all {
		for _, rs := range td.ResourceSpans().All() {
			service, _ := rs.Resource().Attributes().Get("service.name")
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					out = append(out, row{
						Timestamp: s.StartTimestamp().AsTime().Format("2006-01-02 15:04:05.000000000"), TraceID: s.TraceID().String(), SpanID: s.SpanID().String(),
						SpanName: s.Name(), SpanKind: s.Kind().String(), ServiceName: service.Str(), ResourceAttributes: text(rs.Resource().Attributes()),
						ScopeName: ss.Scope().Name(), SpanAttributes: text(s.Attributes()), Duration: uint64(s.EndTimestamp() - s.StartTimestamp()), StatusCode: s.Status().Code().String(),
					})
				}
			}
		}
	}
	return out
}

// ask runs queries over the rows, with the views of the example.
func ask(t *testing.T, in []row, queries ...string) [][][]any {
	t.Helper()
	dir := t.TempDir()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	for i := range in {
		require.NoError(t, encoder.Encode(in[i]))
	}
	file := filepath.Join(dir, "rows.jsonl")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	engine := exec.CommandContext(t.Context(), "node", "run.mjs", "testdata/otel_traces.sql", file, "../../examples/clickhouse/views.sql", filepath.Join(dir, "db"))
	engine.Stdin = strings.NewReader(strings.Join(queries, "\n"))
	var complaints bytes.Buffer
	engine.Stderr = &complaints
	out, err := engine.Output()
	require.NoError(t, err, complaints.String())
	var answers [][][]any
	for line := range bytes.Lines(out) {
		var answer [][]any
		require.NoError(t, json.Unmarshal(line, &answer), string(line))
		answers = append(answers, answer)
	}
	require.Len(t, answers, len(queries))
	return answers
}

// truth is what the views have to say, worked out from the spans with exact amounts.
type truth struct {
	spend      map[string]string // by day and service
	total      money.Amount
	n, without int // calls, and those without a price
}

var noCalls = []string{"roll_up", "duplicate_call", "no_inference", "priced_in_other_signal"}

func work(t *testing.T, in []row) truth {
	t.Helper()
	out, spend := truth{}, map[string]money.Amount{}
	for _, r := range in {
		status := r.SpanAttributes["token_cost.status"]
		if status == "" || says(r.SpanAttributes["token_cost.reasons"], noCalls) {
			continue
		}
		out.n++
		if status == "unpriced" {
			out.without++
		}
		day := r.Timestamp[:10] + " " + r.ServiceName
		amount := money.Amount{}
		if total := r.SpanAttributes["token_cost.total"]; total != "" {
			var f float64
			_, err := fmt.Sscan(total, &f)
			require.NoError(t, err)
			amount, err = money.Parse(fmt.Sprintf("%.12f", f))
			require.NoError(t, err)
		}
		spend[day], out.total = spend[day].Add(amount), out.total.Add(amount)
	}
	out.spend = map[string]string{}
	for day, amount := range spend {
		out.spend[day] = amount.String()
	}
	return out
}

func says(reasons string, any []string) bool {
	for _, r := range any {
		if strings.Contains(reasons, `"`+r+`"`) {
			return true
		}
	}
	return false
}

func TestTheViewsSayWhatTheSpansSay(t *testing.T) {
	if os.Getenv("TOKENCOST_CLICKHOUSE") == "" {
		t.Skip("run by make e2e-clickhouse")
	}
	in := rows(priced(t))
	want := work(t, in)
	require.Greater(t, len(want.spend), 5)
	require.NotZero(t, want.without, "no call lacks a price")
	answers := ask(t, append(in, in[:len(in)/3]...), // a third was inserted twice
		"SELECT concat(toString(day), ' ', service), sum(spend) FROM otel.token_cost_daily GROUP BY day, service",
		"SELECT sum(calls), sum(unpriced), sum(spend) FROM otel.token_cost_daily",
		"SELECT sum(calls), sum(unpriced), sum(spend) FROM otel.token_cost_traces",
		"SELECT count(), sum(cost) = sum(cost_input + cost_cache_read + cost_cache_write + cost_output + cost_fees), countIf(model = '' OR provider = '' AND cost IS NOT NULL) FROM otel.token_cost_calls",
		"SELECT reason, sum(calls) FROM otel.token_cost_unpriced GROUP BY reason ORDER BY reason",
		"SELECT sum(spend_input + spend_cache_read + spend_cache_write) > 0, sum(spend_cache_read) > 0 FROM otel.token_cost_cache",
	)
	spend := map[string]string{}
	for _, r := range answers[0] {
		spend[r[0].(string)] = amount(t, r[1])
	}
	assert.Equal(t, want.spend, spend, "by day and service")
	for _, whole := range answers[1:3] {
		assert.EqualValues(t, want.n, whole[0][0])
		assert.EqualValues(t, want.without, whole[0][1])
		assert.Equal(t, want.total.String(), amount(t, whole[0][2]))
	}
	assert.EqualValues(t, want.n, answers[3][0][0])
	assert.EqualValues(t, 1, answers[3][0][1], "the parts do not add up")
	assert.EqualValues(t, 0, answers[3][0][2], "calls without a model, or with a cost and no provider")
	assert.NotEmpty(t, answers[4])
	assert.Equal(t, []any{1.0, 1.0}, answers[5][0])
	t.Logf("%d calls, %d without a price, %s USD; unpriced: %v", want.n, want.without, want.total, answers[4])
}

// amount normalises a decimal.
func amount(t *testing.T, v any) string {
	t.Helper()
	a, err := money.Parse(fmt.Sprint(v))
	require.NoError(t, err)
	return a.String()
}

package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const agentDir = "testdata/agents"

// agentNames lists the runs of agents that there is telemetry of.
func agentNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(agentDir, "*.json"))
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		name, _, _ := strings.Cut(filepath.Base(f), ".")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	require.NotEmpty(t, names)
	return names
}

// agentRun is the telemetry of a run, one export request in each entry.
type agentRun struct {
	traces  []ptrace.Traces
	logs    []plog.Logs
	metrics []pmetric.Metrics
}

func readAgentRun(t *testing.T, name string) (run agentRun) {
	t.Helper()
	lines := func(signal Signal) [][]byte {
		data, err := os.ReadFile(filepath.Join(agentDir, name+"."+signal.String()+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		require.NoError(t, err)
		var all [][]byte
		for line := range strings.Lines(string(data)) {
			all = append(all, []byte(line))
		}
		return all
	}
	for _, line := range lines(Traces) {
		td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(line)
		require.NoError(t, err)
		run.traces = append(run.traces, td)
	}
	for _, line := range lines(Logs) {
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(line)
		require.NoError(t, err)
		run.logs = append(run.logs, ld)
	}
	for _, line := range lines(Metrics) {
		md, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(line)
		require.NoError(t, err)
		run.metrics = append(run.metrics, md)
	}
	return run
}

// seenCall is a call as it was read, and what it was read from.
type seenCall struct {
	from string
	call call.Call
	kept bool // and no duplicate within its request
}

// read reads a run in one signal, each request for itself, as a Collector does.
func (run *agentRun) read(t *testing.T, r *Reader, signal Signal) (seen []seenCall) {
	t.Helper()
	var s Scratch
	var d Duplicates
	var numbers []int
	begin := len(seen)
	add := func(from string, sc *Scope, at *Place, c call.Call) {
		n := -1
		if at != nil {
			n = d.Add(sc, *at, &c)
		}
		numbers = append(numbers, n)
		seen = append(seen, seenCall{from: from, call: c})
	}
	settle := func() {
		for i := begin; i < len(seen); i++ {
			n := numbers[i]
			seen[i].kept = n < 0 || !d.Duplicate(n)
			if n >= 0 && d.Contradicted(n) {
				seen[i].call.Reasons.Add(status.UsageContradictory)
			}
		}
		d.Reset()
		begin = len(seen)
	}
	switch signal {
	case Traces:
		for _, td := range run.traces {
			for _, rs := range td.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					sc := r.Scope(rs.Resource(), ss.Scope(), ss.SchemaUrl(), &s)
					for _, span := range ss.Spans().All() {
						var c call.Call
						if at := PlaceOf(span); r.Span(sc, span, &s, &c) {
							add(span.Name(), sc, &at, c)
						}
					}
				}
			}
			settle()
		}
	case Logs:
		for _, ld := range run.logs {
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					sc := r.Scope(rl.Resource(), sl.Scope(), sl.SchemaUrl(), &s)
					for _, record := range sl.LogRecords().All() {
						var c call.Call
						if at := (Place{Trace: record.TraceID(), End: record.Timestamp()}); r.Log(sc, record, &s, &c) {
							add(eventOf(record), sc, &at, c)
						}
					}
				}
			}
			settle()
		}
	case Metrics:
		for _, md := range run.metrics {
			for _, rm := range md.ResourceMetrics().All() {
				for _, sm := range rm.ScopeMetrics().All() {
					sc := r.Scope(rm.Resource(), sm.Scope(), sm.SchemaUrl(), &s)
					var g Groups
					require.Zero(t, r.Metrics(sc, sm.Metrics(), 1000, &g))
					for i := range g.All() {
						var c call.Call
						r.Group(sc, &g.All()[i], &s, &c)
						add(sm.Metrics().At(g.All()[i].Metric).Name(), sc, nil, c)
					}
				}
			}
			settle()
		}
	}
	return seen
}

func eventOf(record plog.LogRecord) string {
	if v, ok := record.Attributes().Get(attrkey.EventName); ok {
		return v.Str()
	}
	return record.Body().AsString()
}

// inference tells whether something is a call, or might be one.
func (s *seenCall) inference() bool {
	return s.kept && (s.call.Kind == call.Inference || s.call.Kind == call.Unclear)
}

// describe writes a call in a line.
func (s *seenCall) describe() string {
	c := &s.call
	line := fmt.Sprintf("%s: %s, %s", s.from, c.Dialect, describeCall(c))
	for _, word := range []struct{ name, value string }{
		{"provider", c.Provider}, {"served", c.ResponseModel}, {"asked", c.RequestModel}, {"mode", c.Mode}, {"id", c.ResponseID},
	} {
		if word.value != "" {
			line += " " + word.name + "=" + word.value
		}
	}
	if c.ReportedUnit != call.NoCost {
		line += fmt.Sprintf(" reported=%v", c.ReportedCost)
		if c.ReportedUnit == call.Credits {
			line += " credits"
		}
	}
	if c.Failed {
		line += " failed"
	}
	if !s.kept {
		line += " again"
	}
	return line
}

// agentReader reads calls where the dialects declare that they are priced, or where rules say.
func agentReader(t *testing.T, rules ...SignalRule) *Reader {
	t.Helper()
	r, err := NewReader(Options{Signals: rules})
	require.NoError(t, err)
	return r
}

// What agents send is read as the golden file of the run says. Its last lines
// say how the calls compare with what was billed if they are priced in each of
// the signals: right, flagged (those that differ say why), or none told.
// UPDATE_GOLDEN=1 writes the files anew.
func TestAgentsAreReadAsTheirGoldenFilesSay(t *testing.T) {
	for _, name := range agentNames(t) {
		t.Run(name, func(t *testing.T) {
			run := readAgentRun(t, name)
			bill, billed := agentBill(t, name)
			var b strings.Builder
			for _, signal := range []Signal{Traces, Logs, Metrics} {
				fmt.Fprintf(&b, "%s\n", signal)
				for _, s := range run.read(t, agentReader(t), signal) {
					fmt.Fprintf(&b, "  %s\n", s.describe())
				}
			}
			for _, signal := range []Signal{Traces, Logs, Metrics} {
				if !billed {
					break // made by hand
				}
				r := agentReader(t, SignalRule{Signal: signal})
				var calls []call.Call
				for _, s := range run.read(t, r, signal) {
					if s.inference() {
						calls = append(calls, s.call)
					}
				}
				how, why := "none", ""
				if len(calls) > 0 {
					how, why = verdict(bill, calls)
				}
				assert.NotEqual(t, "WRONG", how, "%s: %s", signal, why)
				fmt.Fprintf(&b, "priced in %s: %s\n", signal, how)
			}
			golden := filepath.Join(agentDir, name+".golden")
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), b.String())
		})
	}
}

// agentBill reads what the provider billed for a run, if it is known.
func agentBill(t *testing.T, name string) (bill truth, known bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(agentDir, name+".truth.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return bill, false
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &bill))
	return bill, true
}

// A call is priced in one signal: with every choice of signals, the others hold
// nothing that has a price.
func TestAgentsCallsArePricedInOneSignal(t *testing.T) {
	for _, name := range agentNames(t) {
		run := readAgentRun(t, name)
		for _, priced := range []Signal{Traces, Logs, Metrics} {
			r := agentReader(t, SignalRule{Signal: priced})
			for _, signal := range []Signal{Traces, Logs, Metrics} {
				for _, s := range run.read(t, r, signal) {
					if signal != priced && s.inference() {
						assert.NotZero(t, s.call.Reasons.Only(status.NotBillable), "%s, priced in %s: %s", name, priced, s.describe())
					}
				}
			}
		}
	}
}

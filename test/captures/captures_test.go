// Package captures_test prices telemetry of real clients and compares with what
// the provider billed.
package captures_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/otlpfile"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// captured is an entry of testdata/bills.json: what the provider billed at the
// list prices of November 2026, and the signals whose attributes tell enough to know.
type captured struct {
	BillUSD  string   `json:"bill_usd"`
	Complete []string `json:"complete"`
	Files    []string `json:"files"`

	bill *big.Rat
}

// dir is where the captures are: those of package dialect, or any others.
func dir() string {
	if d := os.Getenv("CAPTURES"); d != "" {
		return d
	}
	return "../../internal/dialect/testdata/captures"
}

const (
	toolPrompt = "the bill leaves out the tokens of tool results, which Google counts as input (toolUsePromptTokenCount)"
	noModel    = "the metrics of Strands name no model"
	separate   = "two instrumentations tell of one call in separate requests; grouped by trace it is found"
)

// exceptions are captures that tell enough and do not come out true, and why.
// That a capture tells enough was found by looking for the true counts among
// its values, which is a hint and no proof.
var exceptions = map[string]string{
	"openinference-openai__openai__tier-downgraded":      "the span tells the tier that was asked for; the one that was served is only in the recorded response body",
	"ai-sdk-6__gemini__tool-prompt":                      toolPrompt,
	"ai-sdk-7__gemini__tool-prompt":                      toolPrompt,
	"langchain-stacked-anthropic__anthropic__simple":     separate,
	"langchain-stacked-anthropic__anthropic__tool":       separate,
	"langchain-stacked-openai-chat__openai__simple":      separate,
	"strands-ts-anthropic__anthropic__retry":             noModel,
	"strands-ts-anthropic__anthropic__simple":            noModel,
	"strands-ts-openai-responses__openai__simple":        noModel,
	"langchain-openinference-anthropic__anthropic__tool": "cache writes have no attribute: they sit inside the input, and the number that looks like them is another",
	"langchain-traceloop-openai-chat__openai__tool":      "cached tokens have no attribute",
	"langchain-traceloop-openai-responses__openai__tool": "spans of the Responses API carry no usage",
}

// way is a way of pricing the captures: as the dialects declare, or all in one
// signal.
type way struct {
	name    string
	signals []pricer.SignalConfig
	grouped bool // the spans of a trace come in one batch, as groupbytrace sends them
}

var ways = [...]way{
	{name: "default"},
	{name: "grouped by trace", grouped: true},
	{name: "traces", signals: []pricer.SignalConfig{{Signal: "traces"}}},
	{name: "logs", signals: []pricer.SignalConfig{{Signal: "logs"}}},
	{name: "metrics", signals: []pricer.SignalConfig{{Signal: "metrics"}}},
}

// outcome is what the calls of a capture came to.
type outcome struct {
	total   *big.Rat
	priced  int
	seen    [dialect.Metrics + 1]bool // signals that the capture has
	flagged bool                      // some call is not exact
	reasons status.Set
}

type verdict int

const (
	right verdict = iota
	flagged
	wrong
	verdicts
)

// judge compares with the bill, to a billionth of it. What differs must say so.
func (o *outcome) judge(bill *big.Rat) verdict {
	diff := new(big.Rat).Sub(o.total, bill)
	limit := new(big.Rat).Mul(bill, big.NewRat(1, 1_000_000_000))
	switch {
	case diff.Abs(diff).Cmp(limit) <= 0:
		return right
	case o.flagged || o.priced == 0:
		return flagged
	}
	return wrong
}

// TestCapturesComeOutTrueToTheBillOrSayWhyNot prices every capture in every
// way. Never may all calls say exact and their capture differ from the bill,
// and where a signal tells enough it has to come out true.
func TestCapturesComeOutTrueToTheBillOrSayWhyNot(t *testing.T) {
	index := bills(t)
	store, err := bookstore.Open(bookstore.Source{Builtin: true})
	require.NoError(t, err)
	type tally [verdicts]int
	table := map[string]*[len(ways)]tally{}
	sums := [len(ways)]tally{}
	excused := map[string]bool{}
	for w, way := range ways {
		cfg := pricer.DefaultConfig()
		cfg.Signals = way.signals
		p, err := pricer.New(cfg, store)
		require.NoError(t, err)
		for _, name := range slices.Sorted(maps.Keys(index)) {
			c := index[name]
			o := price(t, p, c, way.grouped)
			if !c.covers(way.name, o) {
				continue
			}
			v := o.judge(c.bill)
			client, _, _ := strings.Cut(name, "__")
			if table[client] == nil {
				table[client] = new([len(ways)]tally)
			}
			table[client][w][v]++
			sums[w][v]++
			got := o.total.FloatString(9)
			switch {
			case v == wrong:
				t.Errorf("%s, %s: says exact and is wrong: bill %s, got %s", way.name, name, c.BillUSD, got)
			case v == flagged && c.complete(way.name) && exceptions[name] != "":
				excused[name] = true
			case v == flagged && c.complete(way.name):
				t.Errorf("%s, %s: is complete and not true: bill %s, got %s: %s", way.name, name, c.BillUSD, got, o.reasons)
			}
		}
	}
	for name, why := range exceptions {
		if !excused[name] {
			t.Errorf("%s comes out true and is no exception any more: %s", name, why)
		}
	}
	header := ""
	for _, way := range ways {
		header += fmt.Sprintf("%-22s", way.name)
	}
	t.Logf("%-42s %s", "true / flagged / silently wrong", header)
	row := func(name string, cells *[len(ways)]tally) {
		line := ""
		for w := range ways {
			line += padded(cells[w])
		}
		t.Logf("%-42s %s", name, line)
	}
	for _, client := range slices.Sorted(maps.Keys(table)) {
		row(client, table[client])
	}
	row("all", &sums)
	require.GreaterOrEqual(t, sums[0][right], 170, "captures that come out true")
}

func padded(cell [verdicts]int) string {
	if cell == [verdicts]int{} {
		return "      -               "
	}
	data, _ := json.Marshal(cell)
	return strings.ReplaceAll(string(data)+strings.Repeat(" ", max(0, 22-len(data))), ",", " / ")[:22]
}

// covers tells whether the capture says anything about a way of pricing.
func (c *captured) covers(way string, o *outcome) bool {
	signal, err := dialect.ParseSignal(way)
	return err != nil || o.seen[signal]
}

// complete tells whether the telemetry of the signal tells enough; by default,
// whether that of any signal does.
func (c *captured) complete(way string) bool {
	if _, err := dialect.ParseSignal(way); err != nil {
		return len(c.Complete) > 0
	}
	return slices.Contains(c.Complete, way)
}

func bills(t *testing.T) map[string]*captured {
	t.Helper()
	index := map[string]*captured{}
	data, err := os.ReadFile(filepath.Join("testdata", "bills.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &index))
	for name, c := range index {
		var ok bool
		c.bill, ok = new(big.Rat).SetString(c.BillUSD)
		require.True(t, ok, name)
	}
	return index
}

// price adds up the calls of all files of a capture.
func price(t *testing.T, p *pricer.Pricer, c *captured, grouped bool) *outcome {
	t.Helper()
	o := &outcome{total: new(big.Rat)}
	traces := map[pcommon.TraceID]ptrace.Traces{}
	for _, name := range c.Files {
		in := open(t, filepath.Join(dir(), name))
		r, err := otlpfile.NewReader(in)
		require.NoError(t, err, name)
		for {
			request, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			switch {
			case !request.HasTraces():
			case grouped:
				group(traces, request.Traces)
			default:
				o.seen[dialect.Traces] = true
				p.Traces(t.Context(), request.Traces, o.add)
			}
			if request.HasLogs() {
				o.seen[dialect.Logs] = true
				p.Logs(t.Context(), request.Logs, o.add)
			}
			if request.HasMetrics() {
				o.seen[dialect.Metrics] = true
				p.Metrics(t.Context(), request.Metrics, o.add)
			}
		}
		require.NoError(t, in.Close())
	}
	for _, td := range traces {
		p.Traces(t.Context(), td, o.add)
	}
	return o
}

// group adds each span to the batch of its trace.
func group(traces map[pcommon.TraceID]ptrace.Traces, td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				batch, ok := traces[span.TraceID()]
				if !ok {
					batch = ptrace.NewTraces()
					traces[span.TraceID()] = batch
				}
				r := batch.ResourceSpans().AppendEmpty()
				rs.Resource().CopyTo(r.Resource())
				s := r.ScopeSpans().AppendEmpty()
				ss.Scope().CopyTo(s.Scope())
				span.CopyTo(s.Spans().AppendEmpty())
			}
		}
	}
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(name)
	if os.IsNotExist(err) {
		f, err = os.Open(name + ".gz")
	}
	require.NoError(t, err)
	return f
}

func (o *outcome) add(v *pricer.Visited) {
	r := v.Result
	o.reasons |= r.Reasons
	if r.Status.Priced() {
		o.priced++
		o.total.Add(o.total, r.Total.Rat())
	}
	switch r.Status {
	case status.Exact, status.NotBillable:
	default:
		o.flagged = true
	}
}

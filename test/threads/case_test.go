// Package threads_test holds what others got wrong, with their users' own
// numbers, and the traps that wait for whoever reads GenAI telemetry. Each case
// is telemetry, sent through the whole of the pricer with the built-in price
// book, and what has to come out of it, worked out by hand.
package threads_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/bookstore"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/dialect"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/money"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricer"
)

// example is telemetry and what has to come out of it.
type example struct {
	Name string `yaml:"name"`
	// Thread is where users reported the error: owner/repository#number.
	Thread string `yaml:"thread"`
	// Fact is where a trap is documented.
	Fact string `yaml:"fact"`
	// Wrong says what went wrong there, and Figure the amount that came out.
	Wrong  string `yaml:"wrong"`
	Figure string `yaml:"figure"`
	Factor string `yaml:"factor"` // how far off that is
	// Right is the amount that the thread states as the true one, as precisely as it does.
	Right string `yaml:"right"`
	// Derived says how the expected quantities follow from the numbers of the thread.
	Derived string `yaml:"derived"`

	Config map[string]any `yaml:"config"` // under token_cost:
	Book   string         `yaml:"book"`   // a layer above the built-in book
	At     string         `yaml:"at"`     // when the calls started, 2026-11-20T12:00:00Z if not said
	Groups []group        `yaml:"telemetry"`
}

// group is the spans of one scope of one resource.
type group struct {
	Resource map[string]any `yaml:"resource"`
	Scope    string         `yaml:"scope"`
	Version  string         `yaml:"version"`
	Spans    []span         `yaml:"spans"`
	Records  []span         `yaml:"records"` // log records; of a span's fields, what they have
}

// span is one span, and its verdict if it is to have one.
type span struct {
	ID     uint64         `yaml:"id"`     // its place in the list, from 1, if not said
	Parent uint64         `yaml:"parent"` // none if not said
	Trace  uint64         `yaml:"trace"`  // 1 if not said
	Name   string         `yaml:"name"`
	Kind   string         `yaml:"kind"`   // client if not said
	Error  bool           `yaml:"error"`  // the span has status error
	Millis [2]int64       `yaml:"millis"` // start and end after the start of the example
	With   map[string]any `yaml:"attributes"`

	Status  string            `yaml:"status"` // empty if the span is to be left alone
	Reasons []string          `yaml:"reasons"`
	Usage   map[string]int64  `yaml:"usage"`  // inclusive counts as read
	Billed  map[string]string `yaml:"billed"` // disjoint meters: "tokens x rate per million"
	Fees    map[string]string `yaml:"fees"`   // "items x price of one"
	Model   string            `yaml:"model"`  // provider/model that was priced
	Basis   string            `yaml:"basis"`
}

func readExamples(t *testing.T, name string) []example {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var all []example
	require.NoError(t, decoder.Decode(&all))
	names := map[string]bool{}
	for i := range all {
		require.NotEmpty(t, all[i].Name)
		require.False(t, names[all[i].Name], "two examples are named %q", all[i].Name)
		names[all[i].Name] = true
	}
	return all
}

// stores are the price books in use, by the layer above the built-in one.
var stores = map[string]*bookstore.Store{}

func openBook(t testing.TB, layer string) *bookstore.Store {
	t.Helper()
	if stores[layer] != nil {
		return stores[layer]
	}
	source := bookstore.Source{Builtin: true}
	if layer != "" {
		file := filepath.Join(t.TempDir(), "layer.yaml")
		require.NoError(t, os.WriteFile(file, []byte(layer), 0o600))
		source.Files = []string{file}
	}
	store, err := bookstore.Open(source)
	require.NoError(t, err)
	stores[layer] = store
	return store
}

// newPricer makes the pricer of an example.
func newPricer(t testing.TB, config map[string]any, layer string) *pricer.Pricer {
	t.Helper()
	cfg := pricer.DefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	p, err := pricer.New(cfg, openBook(t, layer))
	require.NoError(t, err)
	return p
}

// seenIn is where a call of an example was seen: a span, or a log record by its
// number.
type seenIn struct {
	span   pcommon.SpanID
	record int64
}

// traces makes OTLP of an example, and tells which span is which.
func (e *example) traces(t *testing.T) (ptrace.Traces, map[seenIn]*span) {
	t.Helper()
	td, known := ptrace.NewTraces(), map[seenIn]*span{}
	n := uint64(0)
	for i := range e.Groups {
		g := &e.Groups[i]
		rs := td.ResourceSpans().AppendEmpty()
		require.NoError(t, rs.Resource().Attributes().FromRaw(g.Resource))
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(g.Scope)
		ss.Scope().SetVersion(g.Version)
		for j := range g.Spans {
			s := &g.Spans[j]
			n++
			s.ID = cmp.Or(s.ID, n)
			out := ss.Spans().AppendEmpty()
			s.fill(t, out, e.start(t))
			at := seenIn{span: out.SpanID()}
			require.Nil(t, known[at], "two spans have id %d", s.ID)
			known[at] = s
		}
	}
	return td, known
}

// logs makes OTLP of the log records of an example, numbered by the time at
// which they were observed.
func (e *example) logs(t *testing.T) (plog.Logs, map[seenIn]*span) {
	t.Helper()
	ld, known := plog.NewLogs(), map[seenIn]*span{}
	for i := range e.Groups {
		g := &e.Groups[i]
		rl := ld.ResourceLogs().AppendEmpty()
		require.NoError(t, rl.Resource().Attributes().FromRaw(g.Resource))
		sl := rl.ScopeLogs().AppendEmpty()
		sl.Scope().SetName(g.Scope)
		sl.Scope().SetVersion(g.Version)
		for j := range g.Records {
			s := &g.Records[j]
			out := sl.LogRecords().AppendEmpty()
			out.Body().SetStr(s.Name)
			out.SetTimestamp(pcommon.NewTimestampFromTime(e.start(t)))
			out.SetObservedTimestamp(pcommon.Timestamp(len(known) + 1))
			require.NoError(t, out.Attributes().FromRaw(s.With))
			s.ID = uint64(len(known) + 1)
			known[seenIn{record: int64(len(known) + 1)}] = s
		}
	}
	return ld, known
}

func (e *example) start(t *testing.T) time.Time {
	t.Helper()
	start, err := time.Parse(time.RFC3339, cmp.Or(e.At, "2026-11-20T12:00:00Z"))
	require.NoError(t, err)
	return start
}

func (s *span) fill(t *testing.T, out ptrace.Span, start time.Time) {
	t.Helper()
	kinds := map[string]ptrace.SpanKind{"": ptrace.SpanKindClient, "client": ptrace.SpanKindClient, "server": ptrace.SpanKindServer, "internal": ptrace.SpanKindInternal}
	kind, ok := kinds[s.Kind]
	require.True(t, ok, "kind %q", s.Kind)
	out.SetName(s.Name)
	out.SetKind(kind)
	out.SetTraceID(traceID(cmp.Or(s.Trace, 1)))
	out.SetSpanID(spanID(s.ID))
	if s.Parent != 0 {
		out.SetParentSpanID(spanID(s.Parent))
	}
	out.SetStartTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(s.Millis[0]) * time.Millisecond)))
	out.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(max(s.Millis[1], s.Millis[0]+100)) * time.Millisecond)))
	if s.Error {
		out.Status().SetCode(ptrace.StatusCodeError)
	}
	require.NoError(t, out.Attributes().FromRaw(s.With))
}

func traceID(n uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}

// check prices an example and compares every span. It returns the sum.
func (e *example) check(t *testing.T) *big.Rat {
	t.Helper()
	p := newPricer(t, e.Config, e.Book)
	td, known := e.traces(t)
	ld, records := e.logs(t)
	maps.Copy(known, records)
	sum, seen := new(big.Rat), map[*span]bool{}
	visit := func(v *pricer.Visited) {
		at := seenIn{}
		if v.Signal == dialect.Logs {
			at.record = int64(v.Record.ObservedTimestamp())
		} else {
			at.span = v.Span.SpanID()
		}
		s := known[at]
		seen[s] = true
		s.check(t, v)
		if v.Result.Status.Priced() {
			sum.Add(sum, v.Result.Total.Rat())
		}
	}
	p.Traces(context.Background(), td, visit)
	p.Logs(context.Background(), ld, visit)
	for _, s := range known {
		if seen[s] != (s.Status != "") {
			t.Errorf("span or record %d is taken for a call: %t, and should be: %t", s.ID, seen[s], s.Status != "")
		}
	}
	return sum
}

// check compares the verdict on a span with what is expected.
func (s *span) check(t *testing.T, v *pricer.Visited) {
	t.Helper()
	r := v.Result
	var reasons []string
	for reason := range r.Reasons.All() {
		reasons = append(reasons, reason.Code())
	}
	slices.Sort(reasons)
	slices.Sort(s.Reasons)
	s.equal(t, "status", s.Status, r.Status.String())
	s.equal(t, "reasons", strings.Join(s.Reasons, " "), strings.Join(reasons, " "))
	if s.Usage != nil {
		s.equal(t, "usage as read", s.Usage, read(v.Call))
	}
	if s.Basis != "" {
		s.equal(t, "basis", s.Basis, v.Call.Basis.String())
	}
	if !r.Status.Priced() {
		s.equal(t, "tokens billed without a price", 0, len(s.Billed))
		return
	}
	if s.Model != "" {
		s.equal(t, "model", s.Model, r.Price.Model.Provider.ID+"/"+r.Price.Model.ID)
	}
	s.equal(t, "tokens as billed", quantities(s.Billed), billed(v))
	want := new(big.Rat)
	for name, line := range s.Billed {
		want.Add(want, amount(t, name, line, 1_000_000))
	}
	for name, line := range s.Fees {
		want.Add(want, amount(t, name, line, 1))
	}
	total, ok := money.FromRat(want)
	require.True(t, ok)
	s.equal(t, "total", total.String(), r.Total.String())
}

// equal reports a difference in one line.
func (s *span) equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("span %d: %s:\n  want %v\n  got  %v", s.ID, what, want, got)
	}
}

// read lists the inclusive counts of a call that are not zero.
func read(c *call.Call) map[string]int64 {
	out := map[string]int64{}
	for _, n := range c.Usage.Tokens() {
		if n.Tokens > 0 {
			out[n.Meter.String()] = n.Tokens
		}
	}
	for f := range meter.NumFees {
		if n, _ := c.Usage.Fee(meter.Fee(f)); n > 0 {
			out[meter.Fee(f).String()] = n
		}
	}
	return out
}

// billed lists the disjoint tokens that a price took.
func billed(v *pricer.Visited) map[string]string {
	out := map[string]string{}
	if v.Result.Price == nil { // the total is the emitter's own
		return out
	}
	for i, m := range v.Result.Price.Meters {
		if n := v.Result.Quantities[i]; n > 0 {
			out[m.String()] = big.NewInt(n).String()
		}
	}
	return out
}

func quantities(billed map[string]string) map[string]string {
	out := map[string]string{}
	for name, line := range billed {
		out[name], _, _ = strings.Cut(line, " x ")
	}
	return out
}

// amount computes "quantity x rate", the rate being for so many.
func amount(t *testing.T, name, line string, per int64) *big.Rat {
	t.Helper()
	quantity, rate, ok := strings.Cut(line, " x ")
	require.True(t, ok, "%s: %q is not quantity x rate", name, line)
	n, ok := new(big.Rat).SetString(quantity)
	require.True(t, ok, "%s: %q is no number", name, quantity)
	each, ok := new(big.Rat).SetString(rate)
	require.True(t, ok, "%s: %q is no number", name, rate)
	n.Mul(n, each)
	return n.Quo(n, big.NewRat(per, 1))
}

// rounded gives an amount with as many decimals as another has.
func rounded(amount *big.Rat, like string) string {
	_, decimals, _ := strings.Cut(like, ".")
	return amount.FloatString(len(decimals))
}

// reasonsOf lists all reasons of an example's spans.
func (e *example) reasonsOf() (statuses, reasons []string) {
	for _, g := range e.Groups {
		for _, s := range g.Spans {
			if s.Status != "" && !slices.Contains(statuses, s.Status) {
				statuses = append(statuses, s.Status)
			}
			for _, r := range s.Reasons {
				if !slices.Contains(reasons, r) {
					reasons = append(reasons, r)
				}
			}
		}
	}
	return statuses, reasons
}

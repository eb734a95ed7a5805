package tokencostconnector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// stocked is a connector with an inventory between traces and both metrics and
// logs, with what comes out of it.
type stocked struct {
	connector.Traces
	t       testing.TB
	events  *consumertest.LogsSink
	metrics *consumertest.MetricsSink
	refuse  atomic.Bool
	stop    func()
}

func withInventory(change func(*InventoryConfig)) func(*Config) {
	return func(c *Config) {
		i := defaultInventory()
		if change != nil {
			change(&i)
		}
		c.Inventory = configoptional.Some(i)
	}
}

func startInventory(t testing.TB, m *memory, change func(*Config)) *stocked {
	t.Helper()
	s := &stocked{t: t, events: new(consumertest.LogsSink), metrics: new(consumertest.MetricsSink)}
	events, err := consumer.NewLogs(func(ctx context.Context, ld plog.Logs) error {
		if s.refuse.Load() {
			return errors.New("full")
		}
		return s.events.ConsumeLogs(ctx, ld)
	})
	require.NoError(t, err)
	cfg := configured(t, func(c *Config) {
		change(c)
		if m != nil {
			c.Storage = &memoryID
		}
	})
	require.NoError(t, confmap.Validate(cfg))
	set := connectortest.NewNopSettings(metadata.Type)
	s.Traces, err = NewFactory().CreateTracesToLogs(context.Background(), set, cfg, events)
	require.NoError(t, err)
	toMetrics, err := NewFactory().CreateTracesToMetrics(context.Background(), set, cfg, s.metrics)
	require.NoError(t, err)
	h := host{}
	if m != nil {
		h[memoryID] = m
	}
	require.NoError(t, s.Start(context.Background(), h))
	require.NoError(t, toMetrics.Start(context.Background(), h))
	s.stop = func() {
		require.NoError(t, s.Shutdown(context.Background()))
		require.NoError(t, toMetrics.Shutdown(context.Background()))
	}
	return s
}

func (s *stocked) send(td ptrace.Traces) {
	s.t.Helper()
	td.MarkReadOnly()
	require.NoError(s.t, s.ConsumeTraces(context.Background(), td))
}

// entries are the points of the inventory at the last flush, as text.
func (s *stocked) entries() (out []string) {
	all := s.metrics.AllMetrics()
	if len(all) == 0 {
		return nil
	}
	for _, m := range all[len(all)-1].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
		if !strings.HasPrefix(m.Name(), "token_cost.inventory.") {
			continue
		}
		var points pmetric.NumberDataPointSlice
		if m.Type() == pmetric.MetricTypeSum {
			points = m.Sum().DataPoints()
		} else {
			points = m.Gauge().DataPoints()
		}
		for _, p := range points.All() {
			value := fmt.Sprint(p.IntValue())
			if p.ValueType() == pmetric.NumberDataPointValueTypeDouble {
				value = fmt.Sprint(p.DoubleValue())
			}
			out = append(out, fmt.Sprintf("%s %s %v %s", m.Name(), m.Unit(), p.Attributes().AsRaw(), value))
		}
	}
	slices.Sort(out)
	return out
}

// told are the events, in words.
func (s *stocked) told() (out []string) {
	for _, ld := range s.events.AllLogs() {
		for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			out = append(out, r.Body().Str())
		}
	}
	slices.Sort(out)
	return out
}

// callsOf feeds traces to a connector and returns its points of
// token_cost.inventory.calls, with the events.
func callsOf(t *testing.T, change func(*InventoryConfig), batches ...ptrace.Traces) (calls, told []string) {
	t.Helper()
	s := startInventory(t, nil, withInventory(change))
	for _, td := range batches {
		s.send(td)
	}
	s.stop()
	for _, e := range s.entries() {
		if rest, ok := strings.CutPrefix(e, "token_cost.inventory.calls {call} map["); ok {
			calls = append(calls, rest)
		}
	}
	return calls, s.told()
}

// spans makes traces of a service by hand.
type spans struct {
	ptrace.Traces
	in ptrace.SpanSlice
}

func spansOf(service string) spans {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", service)
	return spans{td, rs.ScopeSpans().AppendEmpty().Spans()}
}

func (s spans) add(id, parent byte, kind ptrace.SpanKind, attrs ...string) ptrace.Span {
	span := s.in.AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{id})
	if parent != 0 {
		span.SetParentSpanID(pcommon.SpanID{parent})
	}
	span.SetKind(kind)
	for i := 0; i < len(attrs); i += 2 {
		span.Attributes().PutStr(attrs[i], attrs[i+1])
	}
	return span
}

func (s spans) call(id, parent byte) {
	span := s.in.AppendEmpty()
	exact("gpt-4o", 0.0125).fill(span)
	span.SetSpanID(pcommon.SpanID{id})
	span.SetParentSpanID(pcommon.SpanID{parent})
}

func (s spans) request(id, parent byte) {
	s.add(id, parent, ptrace.SpanKindClient, "http.request.method", "POST", "server.address", "api.openai.com")
}

const (
	genAIEntry = "gen_ai.provider.name:openai gen_ai.response.model:gpt-4o service.name:shop token_cost.approved:unknown token_cost.priced:true token_cost.source:genai] "
	httpEntry  = "gen_ai.provider.name:openai server.address:api.openai.com service.name:shop token_cost.approved:unknown token_cost.priced:false token_cost.source:http] "
)

// golden compares with a file. UPDATE_GOLDEN=1 writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "inventory", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "what the inventory tells differs from %s", file)
}

func TestTheInventoryTellsWhoCallsWhatAndSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInventory(t, nil, withInventory(func(c *InventoryConfig) {
			c.Approved = []ApprovedConfig{{Provider: "openai", Model: "gpt-4o*", Service: "shop"}}
		}))
		td := spansOf("shop")
		td.call(1, 0)
		td.call(2, 0)
		unpriced := spanOf{service: "shop", provider: "vllm", model: "mine", status: "unpriced", reasons: []any{"unknown_model"}}
		unpriced.append(td.Traces)
		s.send(td.Traces)
		time.Sleep(time.Minute)
		td = spansOf("crm")
		td.request(1, 0)
		td.add(2, 0, ptrace.SpanKindClient, "server.address", "api.anthropic.com")
		s.send(td.Traces)
		td = spansOf("shop")
		td.call(1, 0)
		s.send(td.Traces)
		s.stop()
		var text strings.Builder
		for _, e := range s.entries() {
			text.WriteString(e + "\n")
		}
		for _, ld := range s.events.AllLogs() {
			assert.Equal(t, 1, ld.ResourceLogs().Len())
			for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
				assert.Equal(t, "token_cost.inventory.first_seen", r.EventName())
				assert.False(t, r.TraceID().IsEmpty())
			}
		}
		lines := []string{}
		for _, ld := range s.events.AllLogs() {
			for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
				lines = append(lines, fmt.Sprintf("%s %s %s %v", r.Timestamp().AsTime().Format(time.TimeOnly), r.SeverityText(), r.Body().Str(), r.Attributes().AsRaw()))
			}
		}
		slices.Sort(lines)
		golden(t, "entries.txt", text.String()+"\n"+strings.Join(lines, "\n")+"\n")
	})
}

func TestARequestWithoutACallIsAnEntryOfItsHost(t *testing.T) {
	td := spansOf("shop")
	td.request(1, 0)
	td.add(2, 0, ptrace.SpanKindClient, "server.address", "db.internal")
	td.add(3, 0, ptrace.SpanKindServer, "server.address", "api.openai.com")
	td.add(4, 0, ptrace.SpanKindInternal, "url.full", "https://api.openai.com/v1")
	calls, told := callsOf(t, nil, td.Traces)
	assert.Equal(t, []string{httpEntry + "1"}, calls)
	assert.Equal(t, []string{"shop sent its first request to api.openai.com (openai)"}, told)
}

func TestTheRequestOfACallInItsBatchIsTheCall(t *testing.T) {
	for name, build := range map[string]func(spans){
		"right below":         func(s spans) { s.call(1, 0); s.request(2, 1) },
		"before the call":     func(s spans) { s.request(2, 1); s.call(1, 0) },
		"each retry":          func(s spans) { s.call(1, 0); s.request(2, 1); s.request(3, 1) },
		"below a transport":   func(s spans) { s.call(1, 0); s.add(2, 1, ptrace.SpanKindInternal); s.request(3, 2) },
		"a client in another": func(s spans) { s.call(1, 0); s.request(2, 1); s.request(3, 2) },
	} {
		td := spansOf("shop")
		build(td)
		calls, _ := callsOf(t, nil, td.Traces)
		assert.Equal(t, []string{genAIEntry + "1"}, calls, name)
	}
}

func TestARequestThatNoCallSentIsARequest(t *testing.T) {
	for name, build := range map[string]func(spans){
		"beside a call":           func(s spans) { s.add(1, 0, ptrace.SpanKindServer); s.call(2, 1); s.request(3, 1) },
		"without parent":          func(s spans) { s.call(1, 0); s.request(3, 0) },
		"parent not in the batch": func(s spans) { s.call(1, 0); s.request(3, 9) },
		"of another service that a call reached": func(s spans) {
			s.call(1, 0)
			s.add(2, 1, ptrace.SpanKindServer)
			s.request(3, 2)
		},
		"of a tool that an agent called below a call": func(s spans) {
			s.call(1, 0)
			s.add(2, 1, ptrace.SpanKindInternal, "gen_ai.operation.name", "execute_tool")
			s.request(3, 2)
		},
		"in a circle": func(s spans) {
			s.call(1, 0)
			s.add(2, 3, ptrace.SpanKindInternal)
			s.add(3, 2, ptrace.SpanKindInternal)
			s.request(4, 3)
		},
	} {
		td := spansOf("shop")
		build(td)
		calls, _ := callsOf(t, nil, td.Traces)
		assert.Equal(t, []string{genAIEntry + "1", httpEntry + "1"}, calls, name)
	}
}

func TestARequestInsideARequestToTheSameHostIsTheSame(t *testing.T) {
	td := spansOf("shop")
	td.request(1, 0)
	td.request(2, 1)
	calls, _ := callsOf(t, nil, td.Traces)
	assert.Equal(t, []string{httpEntry + "1"}, calls)
}

// The price of looking at one batch at a time: both entries are there, and
// nothing is added up, because the source tells them apart.
func TestACallAndItsRequestInTwoBatchesAreTwoEntries(t *testing.T) {
	call, request := spansOf("shop"), spansOf("shop")
	call.call(1, 0)
	request.request(2, 1)
	calls, told := callsOf(t, nil, request.Traces, call.Traces)
	assert.Equal(t, []string{genAIEntry + "1", httpEntry + "1"}, calls)
	assert.Len(t, told, 2)
}

func TestASpanOfGenAIWithoutAResultIsNoRequest(t *testing.T) {
	td := spansOf("shop")
	td.add(1, 0, ptrace.SpanKindClient, "server.address", "api.openai.com", "gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", "gen_ai.request.model", "gpt-4o")
	calls, told := callsOf(t, nil, td.Traces)
	assert.Empty(t, calls)
	assert.Empty(t, told)
}

func TestRollUpsAndDuplicatesAreNoCallsOfTheInventory(t *testing.T) {
	duplicate := exact("gpt-4o", 0)
	duplicate.status, duplicate.reasons = "not_billable", []any{"duplicate_call"}
	calls, _ := callsOf(t, nil, traces(exact("gpt-4o", 1), duplicate))
	assert.Equal(t, []string{genAIEntry + "1"}, calls)
}

func TestConfiguredHostsAreLookedFor(t *testing.T) {
	td := spansOf("shop")
	td.add(1, 0, ptrace.SpanKindClient, "url.full", "https://eu.llm.corp.example/v1/chat/completions")
	calls, _ := callsOf(t, func(c *InventoryConfig) { c.Hosts = []HostConfig{{Host: "*.llm.corp.example", Provider: "corp"}} }, td.Traces)
	require.Len(t, calls, 1)
	assert.Contains(t, calls[0], "gen_ai.provider.name:corp server.address:eu.llm.corp.example")
}

func TestCallsBeyondTheLimitAreCountedAndMakeNoEvent(t *testing.T) {
	td := spansOf("shop")
	for i := range 5 {
		exact(fmt.Sprint("model-", i), 1).append(td.Traces)
	}
	td.request(1, 0)
	calls, told := callsOf(t, func(c *InventoryConfig) { c.Limit = 3 }, td.Traces)
	assert.Len(t, calls, 5)
	assert.Contains(t, calls, "otel.metric.overflow:true token_cost.priced:true token_cost.source:genai] 2")
	assert.Contains(t, calls, "otel.metric.overflow:true token_cost.priced:false token_cost.source:http] 1")
	assert.Len(t, told, 3)
}

func TestFirstSeenSurvivesARestartAndItsEventIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		batch := func() ptrace.Traces {
			td := spansOf("shop\xff") // whatever a name is
			td.call(1, 0)
			td.request(2, 0)
			return td.Traces
		}
		first := startInventory(t, m, withInventory(nil))
		first.send(batch())
		first.stop()
		require.Len(t, first.told(), 2)
		before := gauges(first, "first_seen")
		require.Len(t, before, 2)
		time.Sleep(time.Hour)

		second := startInventory(t, m, withInventory(nil))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, before, gauges(second, "first_seen"), "also before anything new was seen")
		second.send(batch())
		second.stop()
		assert.Empty(t, second.told())
		assert.Equal(t, before, gauges(second, "first_seen"))
		assert.NotEqual(t, gauges(first, "last_seen"), gauges(second, "last_seen"))
		assert.Zero(t, m.open, "the store is closed")

		time.Sleep(31 * 24 * time.Hour)
		third := startInventory(t, m, withInventory(nil))
		third.send(batch())
		third.stop()
		assert.Len(t, third.told(), 2, "entries expire in the store too")
	})
}

func gauges(s *stocked, name string) (out []string) {
	for _, e := range s.entries() {
		if strings.HasPrefix(e, "token_cost.inventory."+name+" ") {
			out = append(out, e)
		}
	}
	return out
}

func TestAnEventThatIsRefusedIsSentAgain(t *testing.T) {
	for _, temporality := range []string{cumulative, delta} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			s := startInventory(t, m, func(c *Config) {
				withInventory(nil)(c)
				c.Temporality = temporality
			})
			s.refuse.Store(true)
			s.send(traces(exact("gpt-4o", 1)))
			time.Sleep(time.Minute)
			synctest.Wait()
			assert.Empty(t, s.told())
			assert.NotContains(t, string(m.data[inventoryKey]), "gpt-4o", "what was not told is not stored as told")
			s.refuse.Store(false)
			time.Sleep(time.Minute)
			synctest.Wait()
			assert.Len(t, s.told(), 1)
			assert.Contains(t, string(m.data[inventoryKey]), "gpt-4o")
			s.stop()
			assert.Len(t, s.told(), 1)
		})
	}
}

func TestADamagedStoreAndAFullOneDoNotStopTheInventory(t *testing.T) {
	m := newMemory()
	m.data[inventoryKey] = []byte("{")
	m.full = true
	s := startInventory(t, m, withInventory(nil))
	s.send(traces(exact("gpt-4o", 1)))
	s.stop()
	assert.Len(t, s.told(), 1)
}

func TestThereIsNoInventoryUnlessTheSectionIsThere(t *testing.T) {
	load := func(raw map[string]any) *Config {
		cfg, ok := createDefaultConfig().(*Config)
		require.True(t, ok)
		require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
		return cfg
	}
	assert.False(t, load(map[string]any{}).Inventory.HasValue())
	section := load(map[string]any{"inventory": nil}).Inventory
	require.True(t, section.HasValue())
	assert.Equal(t, 10_000, section.Get().Limit)
	assert.Equal(t, 7, load(map[string]any{"inventory": map[string]any{"limit": 7}}).Inventory.Get().Limit)

	for key, change := range map[string]func(*InventoryConfig){
		"limit":      func(c *InventoryConfig) { c.Limit = 0 },
		"expiration": func(c *InventoryConfig) { c.Expiration = -1 },
		"host":       func(c *InventoryConfig) { c.Hosts = []HostConfig{{Host: "https://x.example", Provider: "x"}} },
		"provider":   func(c *InventoryConfig) { c.Hosts = []HostConfig{{Host: "x.example"}} },
	} {
		cfg := configured(t, withInventory(change))
		assert.ErrorContains(t, confmap.Validate(cfg), key+": ")
	}
}

// webSpans is a batch of HTTP client spans as any service has them, to hosts
// that are no AI APIs, with some requests to such.
func webSpans(n, every int) ptrace.Traces {
	td := spansOf("shop")
	for i := range n {
		host := "orders.internal.example.com"
		if every > 0 && i%every == 0 {
			host = "api.openai.com"
		}
		span := td.add(byte(i), 0, ptrace.SpanKindClient,
			"http.request.method", "POST", "server.address", host, "url.full", "https://"+host+"/v1/items?id=1", "network.protocol.version", "1.1",
			"user_agent.original", "python-requests/2.32", "url.scheme", "https", "thread.name", "main", "error.type", "none")
		span.SetTraceID(pcommon.TraceID{byte(i), byte(i >> 8)})
	}
	return td.Traces
}

func benchInventory(t testing.TB, on bool) connector.Traces {
	s := startInventory(t, nil, func(c *Config) {
		if on {
			withInventory(nil)(c)
		}
		c.MetricsFlushInterval = time.Hour
	})
	t.Cleanup(s.stop)
	return s
}

func TestKnownEntriesAndOrdinarySpansAllocateNothing(t *testing.T) {
	c := benchInventory(t, true)
	for name, td := range map[string]ptrace.Traces{"ordinary": webSpans(100, 0), "requests": webSpans(100, 10), "calls": traces(exact("gpt-4o", 1))} {
		for range 3 {
			require.NoError(t, c.ConsumeTraces(context.Background(), td))
		}
		assert.Zero(t, testing.AllocsPerRun(20, func() { assert.NoError(t, c.ConsumeTraces(context.Background(), td)) }), name)
	}
}

// An HTTP client span of eight attributes that is none to an AI API, with the
// inventory off and on, and with each tenth to one.
func BenchmarkOrdinaryClientSpan(b *testing.B) {
	for _, c := range []struct {
		name  string
		on    bool
		every int
	}{{"off", false, 0}, {"on", true, 0}, {"on, a tenth to an AI API", true, 10}} {
		b.Run(c.name, func(b *testing.B) {
			connector, td := benchInventory(b, c.on), webSpans(1000, c.every)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if err := connector.ConsumeTraces(context.Background(), td); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*td.SpanCount()), "ns/span")
		})
	}
}

func TestManyGoroutinesKeepOneInventory(t *testing.T) {
	m := newMemory()
	s := startInventory(t, m, func(c *Config) {
		withInventory(nil)(c)
		c.MetricsFlushInterval = 100 * time.Millisecond
	})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 200 {
				td := spansOf(fmt.Sprint("service-", (g+i)%10))
				td.call(1, 0)
				td.request(2, 1)
				td.request(3, 0)
				assert.NoError(t, s.ConsumeTraces(context.Background(), td.Traces))
			}
		})
	}
	wg.Wait()
	s.stop()
	calls := 0
	for _, e := range s.entries() {
		if strings.HasPrefix(e, "token_cost.inventory.calls") {
			assert.True(t, strings.HasSuffix(e, "] 80"), e)
			calls++
		}
	}
	assert.Equal(t, 20, calls)
	assert.Len(t, s.told(), 20)
}

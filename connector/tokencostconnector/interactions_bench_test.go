package tokencostconnector

import (
	"context"
	"encoding/binary"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/connector/tokencostconnector/internal/metadata"
)

// ordinary fills a span of an HTTP client with twelve attributes.
func ordinary(s ptrace.Span) {
	s.SetName("GET /items")
	for i, key := range []string{
		"http.request.method", "http.response.status_code", "http.route", "server.address", "server.port", "url.full", "url.scheme",
		"network.protocol.version", "user_agent.original", "client.address", "thread.id", "thread.name",
	} {
		s.Attributes().PutStr(key, fmt.Sprint("value ", i))
	}
}

// manyTraces makes traces of n spans each, with one id to be set for each trace.
func manyTraces(traces, n int, fill func(i int, s ptrace.Span)) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for range traces {
		for i := range n {
			s := spans.AppendEmpty()
			fill(i, s)
			s.SetSpanID(pcommon.SpanID{1, byte(i + 1)})
			s.SetParentSpanID(pcommon.SpanID{})
			if i > 0 {
				s.SetParentSpanID(pcommon.SpanID{1, 1})
			}
		}
	}
	return td
}

// renumber gives every trace an id that none had before.
func renumber(td ptrace.Traces, n int, next *uint64) {
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	var id pcommon.TraceID
	for i := range spans.Len() {
		if i%n == 0 {
			*next++
			binary.BigEndian.PutUint64(id[8:], *next*0x9e3779b97f4a7c15)
		}
		spans.At(i).SetTraceID(id)
	}
}

func anAction(i int, s ptrace.Span) {
	switch i {
	case 0:
		s.SetName("invoke_agent support")
		s.Attributes().PutStr("gen_ai.operation.name", "invoke_agent")
		s.Attributes().PutStr("gen_ai.agent.name", "support")
	case 1:
		s.SetName("execute_tool lookup")
		s.Attributes().PutStr("gen_ai.operation.name", "execute_tool")
	default:
		exact("gpt-4o", 0.0125).fill(s)
	}
}

func benched(b testing.TB, interactions bool) connector.Traces {
	cfg := withInteractions(b, func(c *InteractionsConfig) { c.Enabled = interactions })
	cfg.MetricsFlushInterval = time.Hour
	c, err := NewFactory().CreateTracesToMetrics(context.Background(), connectortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(b, err)
	require.NoError(b, c.Start(context.Background(), componenttest.NewNopHost()))
	return c
}

// processor is the time that the process had a processor for, which does not
// depend on what else runs on the machine.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What interactions add to a span: to one that is not of GenAI, in traces of
// its like, and to one of an action with an agent, a tool and two calls.
func BenchmarkInteractions(b *testing.B) {
	for _, what := range []struct {
		name string
		n    int
		fill func(int, ptrace.Span)
	}{{"ordinary", 16, func(_ int, s ptrace.Span) { ordinary(s) }}, {"action", 4, anAction}} {
		for _, on := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/interactions=%t", what.name, on), func(b *testing.B) {
				c := benched(b, on)
				td := manyTraces(1024/what.n, what.n, what.fill)
				next := uint64(0)
				b.ReportAllocs()
				spent := time.Duration(0)
				for b.Loop() {
					renumber(td, what.n, &next)
					before := processor()
					if err := c.ConsumeTraces(context.Background(), td); err != nil {
						b.Fatal(err)
					}
					spent += processor() - before
				}
				b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N*td.SpanCount()), "cpu-ns/span")
				require.NoError(b, c.Shutdown(context.Background()))
			})
		}
	}
}

func TestOrdinarySpansAllocateNothingForInteractions(t *testing.T) {
	c := benched(t, true)
	td := manyTraces(16, 16, func(_ int, s ptrace.Span) { ordinary(s) })
	next := uint64(0)
	consume := func() {
		renumber(td, 16, &next)
		assert.NoError(t, c.ConsumeTraces(context.Background(), td))
	}
	for range 100 { // every shard knows the name of the roots
		consume()
	}
	assert.Zero(t, testing.AllocsPerRun(20, consume))
	require.NoError(t, c.Shutdown(context.Background()))
}

func TestInteractionsAllocateNothingOnceTheirMemoryIsUsedAgain(t *testing.T) {
	c := benched(t, true)
	td := manyTraces(10, 4, anAction)
	next := uint64(0)
	consume := func() {
		renumber(td, 4, &next)
		assert.NoError(t, c.ConsumeTraces(context.Background(), td))
	}
	for range 2500 { // until the memory of closed interactions is used again
		consume()
	}
	assert.Zero(t, testing.AllocsPerRun(100, consume))
	require.NoError(t, c.Shutdown(context.Background()))
}

// Package spans makes the spans that benchmarks process: of known widths, and
// requests in the shape that real instrumentations send.
package spans

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// BatchSize is how many spans every Batch has.
const BatchSize = 100

// Batch is a batch of alike spans, each with Attributes attributes. Nobody changes
// it: subjects work on copies.
type Batch struct {
	Name       string
	Attributes int
	Traces     ptrace.Traces
}

// start is when the first span of a batch begins; any instant after the first
// price of the books does.
var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// newBatch makes a batch of one scope. As in real batches, every span has ids of
// its own: calls that share them would be taken for one call seen twice.
func newBatch(name, scope string, fill func(i int, s ptrace.Span)) Batch {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "support")
	rs.Resource().Attributes().PutStr("deployment.environment.name", "production")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName(scope)
	for i := range BatchSize {
		s := ss.Spans().AppendEmpty()
		identify(i, s)
		fill(i, s)
	}
	return Batch{Name: name, Attributes: In(td).At(0).Attributes().Len(), Traces: td}
}

// identify gives a span ids and times of its own. The ids are random, as real ones
// are, and the same in every run.
func identify(i int, s ptrace.Span) {
	random := rand.New(rand.NewPCG(uint64(i), 0))
	id := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, random.Uint64()), random.Uint64())
	s.SetTraceID(pcommon.TraceID(id))
	s.SetSpanID(pcommon.SpanID(binary.BigEndian.AppendUint64(nil, random.Uint64())))
	s.SetKind(ptrace.SpanKindClient)
	at := start.Add(time.Duration(i) * time.Millisecond)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Second)))
}

// In returns the spans of a batch, which are all in one scope.
func In(td ptrace.Traces) ptrace.SpanSlice {
	return td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
}

// plainScope is the scope of plain spans.
const plainScope = "io.opentelemetry.java-http-client"

// Plain makes spans that have nothing to do with GenAI.
func Plain() Batch { return newBatch("not GenAI", plainScope, fillPlain) }

// fillPlain makes a call of an HTTP client of a span.
func fillPlain(i int, s ptrace.Span) {
	s.SetName("GET")
	a := s.Attributes()
	a.PutStr("http.request.method", "GET")
	a.PutStr("url.full", fmt.Sprintf("https://example.com/orders/%d?page=1", i))
	a.PutStr("url.scheme", "https")
	a.PutStr("server.address", "example.com")
	a.PutInt("server.port", 443)
	a.PutInt("http.response.status_code", 200)
	a.PutStr("network.protocol.version", "1.1")
	a.PutStr("network.peer.address", "192.0.2.1")
	a.PutStr("user_agent.original", "curl/8")
	a.PutStr("http.route", "/orders/{id}")
	a.PutStr("client.address", "192.0.2.2")
	a.PutStr("thread.name", "main")
}

// Calls says which GenAI calls to make.
type Calls struct {
	Name       string
	Attributes int // at least 12
	Model      func(span int) string
	NoTier     bool // the service tier is not told, on which the price depends
	ToolUse    bool // it is told that there was no tool use, on which prices of the built-in book depend
}

// GenAI makes calls to a provider, in the way of the semantic conventions.
func GenAI(c Calls) Batch {
	return newBatch(c.Name, "opentelemetry.instrumentation.openai_v2", c.fill)
}

func (c *Calls) fill(i int, s ptrace.Span) {
	model := c.Model(i)
	s.SetName("chat " + model)
	a := s.Attributes()
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutStr("gen_ai.request.model", model)
	a.PutStr("server.address", "api.openai.com")
	if c.ToolUse {
		a.PutInt("token_usage.web_search", 0)
	} else {
		a.PutInt("server.port", 443)
	}
	conversation(a, c.Attributes-12)
	a.PutStr("gen_ai.response.model", model)
	a.PutStr("gen_ai.response.id", "chatcmpl-"+s.TraceID().String())
	if c.NoTier {
		a.PutInt("gen_ai.request.seed", 42)
	} else {
		a.PutStr("openai.response.service_tier", "default")
	}
	a.PutInt("gen_ai.usage.input_tokens", int64(1250+i))
	a.PutInt("gen_ai.usage.cache_read.input_tokens", int64(1000+i/2))
	a.PutInt("gen_ai.usage.cache_write.input_tokens", 0)
	a.PutInt("gen_ai.usage.output_tokens", int64(80+i))
}

// conversation adds n attributes of the kinds that make GenAI spans wide: request
// parameters, what the application adds, and messages under numbered keys.
func conversation(a pcommon.Map, n int) {
	if n > 0 {
		a.PutDouble("gen_ai.request.temperature", 0.7)
	}
	if n > 1 {
		a.PutInt("gen_ai.request.max_tokens", 1024)
	}
	for i := 2; i < min(n, 8); i++ {
		a.PutStr(fmt.Sprintf("app.support.label_%d", i), "a value of the application's own")
	}
	for i := 8; i < n; i++ {
		part := "role"
		if i%2 == 1 {
			part = "content"
		}
		a.PutStr(fmt.Sprintf("gen_ai.prompt.%d.%s", (i-8)/2, part), "What is the state of my order, and when will it arrive at my house?")
	}
}

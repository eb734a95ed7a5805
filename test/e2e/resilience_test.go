package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/genai"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/pricedspans"
)

// call is a span that is exact with testdata/prices.yaml: 1,000 tokens in, none out.
func call(id byte) ptrace.Traces {
	traces := ptrace.NewTraces()
	scope := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	scope.Scope().SetName("opentelemetry.instrumentation.genai.openai")
	span := scope.Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{id})
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	a := span.Attributes()
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutStr("gen_ai.request.model", "gpt-4o")
	a.PutStr("gen_ai.response.model", "gpt-4o-2024-08-06")
	a.PutStr("server.address", "api.openai.com")
	a.PutStr("openai.response.service_tier", "default")
	a.PutInt("gen_ai.usage.input_tokens", 1000)
	a.PutInt("gen_ai.usage.output_tokens", 0)
	a.PutInt("gen_ai.usage.cache_read.input_tokens", 0)
	return traces
}

// price sends a call and returns its verdict.
func (r *rig) price(id byte) pricedspans.Verdict {
	r.t.Helper()
	r.send(call(id))
	r.settle()
	v, ok := r.got[pcommon.SpanID{id}.String()]
	if !ok {
		r.t.Fatal("no verdict")
	}
	return v
}

func TestAChangedPriceFileIsUsedAndABrokenOneNever(t *testing.T) {
	needs(t, distribution)
	book, err := os.ReadFile("testdata/prices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "prices.yaml")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	put(string(book))
	r := start(t, distribution, "testdata/truth.yaml", "PRICES="+file)
	if got := r.price(1).Total.String(); got != "0.0025" {
		t.Errorf("at first the call costs %s, want 0.0025", got)
	}
	put(strings.Replace(string(book), "input: 2.5,", "input: 5,", 1))
	await(t, "the new price", func() bool { return r.price(2).Total.String() == "0.005" })
	put("schema: tokencost.pricebook/v1\nproviders: {openai: {models: {gpt-4o: {prices: [{rates: {input: -1}}]}}}}\n")
	await(t, "a complaint about the broken file", func() bool { return strings.Contains(r.log(), "rates.input") })
	if v := r.price(3); v.Total.String() != "0.005" {
		t.Errorf("with a broken file the call costs %s, want the last good price 0.005", v.Total)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // several reloads
	if v := r.price(4); v.Total.String() != "0.005" {
		t.Errorf("without a file the call costs %s, want the last good price 0.005", v.Total)
	}
}

// hostile are calls of strangers: what they cost is unknown or absurd, and must
// not disturb the calls of others.
func hostile() ptrace.Traces {
	traces := ptrace.NewTraces()
	id := byte(100)
	edit := func(f func(pcommon.Map)) {
		t := call(id)
		id++
		f(t.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes())
		t.ResourceSpans().MoveAndAppendTo(traces.ResourceSpans())
	}
	edit(func(m pcommon.Map) { m.PutInt("gen_ai.usage.input_tokens", -1) })
	edit(func(m pcommon.Map) { m.PutInt("gen_ai.usage.input_tokens", 1<<62) })
	edit(func(m pcommon.Map) { m.PutDouble("gen_ai.usage.input_tokens", 1e300) })
	edit(func(m pcommon.Map) { m.PutStr("gen_ai.usage.input_tokens", "0x7fffffffffffffff") })
	edit(func(m pcommon.Map) { m.PutBool("gen_ai.usage.output_tokens", true) })
	edit(func(m pcommon.Map) { m.PutEmptyMap("gen_ai.response.model").PutStr("a", "b") })
	edit(func(m pcommon.Map) { m.PutStr("gen_ai.response.model", strings.Repeat("gpt-4o/", 100_000)) })
	edit(func(m pcommon.Map) { m.PutStr("gen_ai.provider.name", "\xff\x00"+strings.Repeat("a", 1<<20)) })
	edit(func(m pcommon.Map) { m.PutStr("ai.response.providerMetadata", strings.Repeat(`{"a":[`, 200_000)) })
	edit(func(m pcommon.Map) { m.PutStr("langfuse.observation.usage_details", `{"input":1e999,"output":"`) })
	edit(func(m pcommon.Map) { m.PutDouble("token_cost.total", 1e-300); m.PutStr("token_cost.status", "exact") })
	edit(func(m pcommon.Map) {
		for i := range 5000 {
			m.PutInt("token_usage.cache_write."+time.Duration(i).String(), int64(i))
		}
	})
	return traces
}

func TestHostileInputDisturbsNobodyElse(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, "testdata/truth.yaml", "PRICES=testdata/prices.yaml")
	for range 20 {
		r.send(hostile())
	}
	for _, body := range []string{"", "\x00\x01\x02", strings.Repeat("\x0a\xff", 1000)} {
		resp, err := http.Post("http://"+r.http+"/v1/traces", "application/x-protobuf", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	if v := r.price(1); v.Total.String() != "0.0025" {
		t.Errorf("after hostile input the call costs %s (%s %v), want 0.0025", v.Total, v.Status, v.Reasons)
	}
	for id := byte(100); id < 110; id++ {
		v, ok := r.got[pcommon.SpanID{id}.String()]
		if !ok {
			t.Errorf("hostile call %d has no verdict", id)
		} else if v.HasTotal && v.Status == "exact" && v.Total.String() != "0.0025" {
			t.Errorf("hostile call %d is exact and costs %s", id, v.Total)
		}
	}
	select {
	case <-r.process.Exited():
		t.Error(r.process.Failure())
	default:
	}
}

func TestTheCollectorsOwnMetricsCountCallsByStatus(t *testing.T) {
	needs(t, distribution)
	r := start(t, distribution, "testdata/truth.yaml", "PRICES=testdata/prices.yaml")
	r.sendCalls(genai.Options{Seed: 5}, 100)
	r.settle()
	resp, err := http.Get("http://" + r.metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`token_cost`, `status="exact"`, `status="estimated"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the metrics do not have %q", want)
		}
	}
}

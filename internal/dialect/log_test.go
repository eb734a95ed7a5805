package dialect

import (
	"errors"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

const readAt = 1_793_613_600_000_000_000

// logged makes a log record with a body, which may name its event.
func logged(body string, attrs ...any) plog.LogRecord {
	lr := plog.NewLogRecord()
	lr.SetTimestamp(readAt)
	if body != "" {
		lr.Body().SetStr(body)
	}
	put(lr.Attributes(), attrs...)
	return lr
}

// readLog reads a record with a reader that prices logs.
func readLog(t *testing.T, scope string, lr plog.LogRecord, rules ...SignalRule) (call.Call, string) {
	t.Helper()
	r, err := NewReader(Options{Signals: append(rules, SignalRule{Signal: Logs})})
	if err != nil {
		t.Fatal(err)
	}
	sc := pcommon.NewInstrumentationScope()
	sc.SetName(scope)
	var s Scratch
	var c call.Call
	if !r.Log(r.Scope(pcommon.NewResource(), sc, "", &s), lr, &s, &c) {
		return c, "no call"
	}
	checkCall(t, &c)
	return c, describeCall(&c)
}

// Which log records tell of calls follows from the names of their events, and
// from usage under the names of the conventions.
func TestLogRecords(t *testing.T) {
	const claudeScope, codexScope = "com.anthropic.claude_code.events", "codex_otel.log_only"
	tokens := []any{"input_tokens", "10", "output_tokens", 5}
	with := func(more ...any) []any { return append(more, tokens...) }
	codexTokens := []any{"event.name", "codex.sse_event", "event.kind", "response.completed", "model", "gpt-5", "input_token_count", "905", "output_token_count", "45", "cached_token_count", 768, "cache_write_token_count", 0, "reasoning_token_count", 0, "tool_token_count", "950"}
	geminiTokens := []any{"event.name", "gemini_cli.api_response", "model", "gemini-2.5-pro", "input_token_count", 6151, "output_token_count", 278, "cached_content_token_count", 4096, "thoughts_token_count", 640, "tool_token_count", 11, "total_token_count", 7080}
	spec := []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5}
	for name, c := range map[string]struct {
		scope string
		lr    plog.LogRecord
		want  string
	}{
		"no attributes":                           {"x", logged("hello"), "no call"},
		"an agent's request":                      {claudeScope, logged("claude_code.api_request", with("event.name", "api_request")...), "inference exclusive:rule input=10 output=5"},
		"the request by its body alone":           {claudeScope, logged("claude_code.api_request", tokens...), "inference exclusive:rule input=10 output=5"},
		"the request through another logger":      {"app", logged("claude_code.api_request", tokens...), "inference exclusive:rule input=10 output=5"},
		"a common name through another logger":    {"app", logged("", with("event.name", "api_request")...), "no call"},
		"another event of the agent":              {claudeScope, logged("claude_code.user_prompt", "event.name", "user_prompt", "prompt_length", 5), "no call"},
		"a failed request":                        {claudeScope, logged("claude_code.api_error", "event.name", "api_error", "model", "m"), "no call"},
		"Codex' response":                         {codexScope, logged("", codexTokens...), "inference inclusive:arithmetic input=905 output=45 cache_read=768 cache_write=0 reasoning=0"},
		"Codex' stream event":                     {codexScope, logged("", "event.name", "codex.sse_event", "event.kind", "response.created"), "no call"},
		"Codex' stream event at the end":          {codexScope, logged("", "event.name", "codex.sse_event", "event.kind", "response.completed"), "no call"},
		"Gemini CLI's response":                   {"gemini-cli", logged("API response", geminiTokens...), "inference inclusive:rule input=6162 output=918 cache_read=4096 reasoning=640 tool_prompt=11"},
		"Gemini CLI's repetition":                 {"gemini-cli", logged("GenAI operation details", append([]any{"event.name", "gen_ai.client.inference.operation.details"}, spec...)...), "inference inclusive:rule input=10 output=5 [duplicate_call]"},
		"operation details":                       {"x", logged("", append([]any{"event.name", "gen_ai.client.inference.operation.details"}, spec...)...), "inference inclusive:default input=10 output=5"},
		"operation details of a request":          {"x", logged("", "event.name", "gen_ai.client.inference.operation.details", "gen_ai.operation.name", "chat"), "no call"},
		"a message":                               {"x", logged("", "event.name", "gen_ai.user.message", "gen_ai.system", "openai"), "no call"},
		"usage that somebody logs":                {"x", logged("answered", spec...), "inference inclusive:default input=10 output=5"},
		"usage without an operation":              {"x", logged("answered", spec[2:]...), "unclear inclusive:default input=10 output=5 [operation_unknown]"},
		"what absence tells on spans is not told": {"@openlit/instrumentation-openai", logged("", append([]any{"event.name", "gen_ai.client.inference.operation.details"}, spec...)...), "inference inclusive:rule input=10 output=5"},
		"Cursor's request":                        {"cursor.telemetry", logged("api_request", "cursor.api.request.input_tokens", 10, "cursor.api.request.output_tokens", 5, "cursor.api.request.cache_read_tokens", 90, "cursor.api.request.cache_creation_tokens", 0), "inference exclusive:arithmetic input=100 output=5 cache_read=90 cache_write=0"},
		"Cursor's free request":                   {"cursor.telemetry", logged("api_request", "cursor.api.request.input_tokens", 10, "cursor.api.request.output_tokens", 5, "cursor.api.billable", false), "inference exclusive:rule input=10 output=5 [not_billed]"},
	} {
		if _, got := readLog(t, c.scope, c.lr); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestALogRecordNamesTheModelThatServed(t *testing.T) {
	c, _ := readLog(t, "com.anthropic.claude_code.events", logged("claude_code.api_request", "model", "claude-sonnet-4-5-20250929", "anthropic.provider", "firstParty", "request_id", "req_1", "input_tokens", 1, "output_tokens", 2))
	if c.ResponseModel != "claude-sonnet-4-5-20250929" || c.Provider != "anthropic" || c.ResponseID != "req_1" || !c.Told.Has(call.ServedModel) {
		t.Errorf("%+v", c)
	}
	if c.Told.Has(call.CacheReads) {
		t.Error("counts that are not there tell nothing")
	}
}

// A log record is written at the end of a call, and the price is that of its start.
func TestACallStartsBeforeItsLogRecord(t *testing.T) {
	for duration, want := range map[any]uint64{
		1500: readAt - 1_500_000_000, "1500": readAt - 1_500_000_000, -5: readAt, 86_400_001: readAt - maxDuration*1e6, 1 << 40: readAt, "soon": readAt,
	} {
		c, got := readLog(t, "com.anthropic.claude_code.events", logged("claude_code.api_request", "duration_ms", duration, "input_tokens", 1, "output_tokens", 2))
		if c.StartUnixNano != want {
			t.Errorf("%v: %d, not %d: %s", duration, c.StartUnixNano, want, got)
		}
	}
	lr := logged("claude_code.api_request", "input_tokens", 1, "output_tokens", 2)
	lr.SetTimestamp(0)
	lr.SetObservedTimestamp(7)
	if c, _ := readLog(t, "com.anthropic.claude_code.events", lr); c.StartUnixNano != 7 {
		t.Errorf("a record without a time has that of its observation, not %d", c.StartUnixNano)
	}
}

func TestACallIsPricedInOneSignal(t *testing.T) {
	details := []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5}
	agent := []any{"span.type", "llm_request", "input_tokens", 10, "output_tokens", 5}
	for name, c := range map[string]struct {
		rules      []SignalRule
		span, log  bool // whether the convention's are priced
		agentSpan  bool
		agentEvent bool
	}{
		"as dialects declare":           {nil, true, false, false, true},
		"all in logs":                   {[]SignalRule{{Signal: Logs}}, false, true, false, true},
		"all in metrics":                {[]SignalRule{{Signal: Metrics}}, false, false, false, false},
		"one dialect":                   {[]SignalRule{{Dialect: "claude-code", Signal: Traces}}, true, false, true, false},
		"dialects by pattern":           {[]SignalRule{{Dialect: "claude*", Signal: Traces}}, true, false, true, false},
		"one scope":                     {[]SignalRule{{Scope: "app*", Signal: Logs}}, false, true, false, true},
		"another scope":                 {[]SignalRule{{Scope: "shop", Signal: Logs}}, true, false, false, true},
		"one service":                   {[]SignalRule{{Service: "s*", Signal: Metrics}}, false, false, false, false},
		"another service":               {[]SignalRule{{Service: "t", Signal: Metrics}}, true, false, false, true},
		"the first that fits":           {[]SignalRule{{Scope: "app", Signal: Logs}, {Signal: Metrics}}, false, true, false, false},
		"scope and service and dialect": {[]SignalRule{{Scope: "app", Service: "s", Dialect: "claude-code", Signal: Traces}}, true, false, false, true},
	} {
		r, err := NewReader(Options{Signals: c.rules})
		if err != nil {
			t.Fatal(err)
		}
		var s Scratch
		priced := func(scope string, attrs []any, log bool) bool {
			res, sc, sp := span(scope, "", attrs...)
			put(res.Attributes(), "service.name", "s")
			known := r.Scope(res, sc, "", &s)
			var out call.Call
			if log {
				lr := logged("", attrs...)
				lr.SetEventName("gen_ai.client.inference.operation.details")
				if scope != "app" {
					lr.SetEventName("claude_code.api_request")
				}
				r.Log(known, lr, &s, &out)
			} else {
				r.Span(known, sp, &s, &out)
			}
			return !out.Reasons.Has(status.PricedInOtherSignal)
		}
		got := [...]bool{priced("app", details, false), priced("app", details, true), priced("com.anthropic.claude_code", agent, false), priced("com.anthropic.claude_code", agent, true)}
		if want := [...]bool{c.span, c.log, c.agentSpan, c.agentEvent}; got != want {
			t.Errorf("%s: priced are %v, not %v (span, log, agent's span, agent's event)", name, got, want)
		}
	}
	if _, err := NewReader(Options{Signals: []SignalRule{{Dialect: "claude", Signal: Logs}}}); !errors.Is(err, ErrOption) {
		t.Errorf("a dialect that nobody knows: %v", err)
	}
	if _, err := ParseSignal("spans"); !errors.Is(err, ErrOption) {
		t.Errorf("a signal that nobody knows: %v", err)
	}
}

func TestReadingLogsAllocatesNothing(t *testing.T) {
	r := newReader(t, Options{})
	for name, lr := range map[string]plog.LogRecord{
		"ordinary": logged("request served", ordinary...),
		"agent":    logged("claude_code.api_request", "event.name", "api_request", "model", "claude-sonnet-4-5", "input_tokens", "10", "output_tokens", 5, "cost_usd", "0.5"),
	} {
		for _, scope := range []string{"app", "com.anthropic.claude_code.events"} {
			sc := pcommon.NewInstrumentationScope()
			sc.SetName(scope)
			var s Scratch
			var c call.Call
			res := pcommon.NewResource()
			if n := testing.AllocsPerRun(100, func() { r.Log(r.Scope(res, sc, "", &s), lr, &s, &c) }); n != 0 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	}
}

func BenchmarkLogOrdinary12(b *testing.B) {
	r := newReader(b, Options{})
	lr := logged("request served", ordinary...)
	var s Scratch
	var c call.Call
	known := r.Scope(pcommon.NewResource(), pcommon.NewInstrumentationScope(), "", &s)
	b.ReportAllocs()
	for b.Loop() {
		r.Log(known, lr, &s, &c)
	}
}

// FuzzLog reads log records of OTLP JSON: nothing panics, counts are never
// negative and fit into each other, and reading twice gives the same.
func FuzzLog(f *testing.F) {
	for _, lr := range []plog.LogRecord{
		logged("claude_code.api_request", "event.name", "api_request", "model", "m", "input_tokens", "10", "cache_read_tokens", 90, "duration_ms", 7, "cost_usd", "0.5"),
		logged("", "event.name", "codex.sse_event", "event.kind", "response.completed", "input_token_count", "905", "tool_token_count", "950"),
		logged("", "gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 10),
		logged("api_request", "cursor.api.request.input_tokens", 10, "cursor.api.billable", false),
	} {
		ld := plog.NewLogs()
		lr.CopyTo(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		raw, err := (&plog.JSONMarshaler{}).MarshalLogs(ld)
		if err != nil {
			f.Fatal(err)
		}
		for _, scope := range []string{"", "com.anthropic.claude_code.events", "codex_otel", "gemini-cli", "cursor.telemetry"} {
			f.Add(raw, scope)
		}
	}
	r := newReader(f, Options{Signals: []SignalRule{{Signal: Logs}}})
	f.Fuzz(func(t *testing.T, raw []byte, scope string) {
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(raw)
		if err != nil {
			return
		}
		var s Scratch
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				if scope != "" {
					sl.Scope().SetName(scope)
				}
				for _, lr := range sl.LogRecords().All() {
					known := r.Scope(rl.Resource(), sl.Scope(), sl.SchemaUrl(), &s)
					var a, b call.Call
					if !r.Log(known, lr, &s, &a) {
						continue
					}
					checkCall(t, &a)
					if !r.Log(known, lr, &s, &b) || a.Usage != b.Usage || !sameCall(&a, &b) {
						t.Fatal("reading twice differs")
					}
				}
			}
		}
	})
}

package dialect

import (
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/meter"
)

// describe reads one span and writes the call in one line: kind, dialect,
// basis, counts, reasons and facts told, for tables that read as a specification.
func describe(t *testing.T, o Options, kind ptrace.SpanKind, scope, version string, attrs ...any) (call.Call, string) {
	t.Helper()
	res, sc, sp := span(scope, version, attrs...)
	sp.SetKind(kind)
	return describeSpan(t, o, res, sc, sp)
}

func describeSpan(t *testing.T, o Options, res pcommon.Resource, sc pcommon.InstrumentationScope, sp ptrace.Span) (call.Call, string) {
	t.Helper()
	r := newReader(t, o)
	var s Scratch
	var c call.Call
	c.Usage.Set(meter.Citations, 1) // must go
	if !r.Span(r.Scope(res, sc, "", &s), sp, &s, &c) {
		return c, "no GenAI span"
	}
	return c, describeCall(&c)
}

func describeCall(c *call.Call) string {
	var b strings.Builder
	b.WriteString([]string{"none", "inference", "roll-up", "other", "unclear"}[c.Kind])
	if s := c.Basis.String(); s != "" {
		b.WriteString(" " + s)
	}
	if c.Contradicted {
		b.WriteString(" contradicted")
	}
	for _, k := range c.Usage.Tokens() {
		b.WriteString(" " + k.Meter.String() + "=" + itoa(k.Tokens))
	}
	for f := range meter.NumFees {
		if n, ok := c.Usage.Fee(meter.Fee(f)); ok {
			b.WriteString(" " + meter.Fee(f).String() + "=" + itoa(n))
		}
	}
	if c.Reasons != 0 {
		b.WriteString(" [" + c.Reasons.String() + "]")
	}
	return b.String()
}

func itoa(n int64) string {
	var d [20]byte
	i := len(d)
	for {
		i--
		d[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(d[i:])
		}
	}
}

// What a span is follows from its operation and the marks of its dialect.
func TestKinds(t *testing.T) {
	usage := []any{"gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 5}
	with0 := func(in, out int) []any {
		return []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", in, "gen_ai.usage.output_tokens", out}
	}
	with := func(attrs ...any) []any { return append(attrs, usage...) }
	for name, c := range map[string]struct {
		kind  ptrace.SpanKind
		scope string
		attrs []any
		want  string
	}{
		"no attributes":              {0, "x", nil, "no GenAI span"},
		"only common attributes":     {0, "x", []any{"server.address", "a", "error.type", "b", "rpc.method", "c"}, "no GenAI span"},
		"a mode alone":               {0, "x", []any{"token_usage.mode", "batch"}, "no GenAI span"},
		"bare keys of a stranger":    {0, "x", []any{"input_tokens", 1, "output_tokens", 2, "model", "m"}, "no GenAI span"},
		"chat":                       {0, "x", with("gen_ai.operation.name", "chat"), "inference inclusive:default input=10 output=5"},
		"embeddings":                 {0, "x", []any{"gen_ai.operation.name", "embeddings", "gen_ai.usage.input_tokens", 10}, "inference inclusive:default input=10"},
		"an agent sums its calls up": {0, "x", with("gen_ai.operation.name", "invoke_agent"), "roll-up [roll_up]"},
		"an agent without usage":     {0, "x", []any{"gen_ai.operation.name", "invoke_agent"}, "roll-up"},
		"a tool":                     {0, "x", []any{"gen_ai.operation.name", "execute_tool"}, "other"},
		"reading a stored response":  {0, "x", with("gen_ai.operation.name", "fetch_response"), "other [no_inference]"},
		"usage without an operation": {0, "x", with("gen_ai.system", "openai"), "unclear inclusive:default input=10 output=5 [operation_unknown]"},
		"older client spans":         {ptrace.SpanKindClient, "x", with("gen_ai.system", "openai", "gen_ai.request.model", "gpt-4o"), "inference inclusive:default input=10 output=5"},
		"a client span with an operation that nobody knows": {ptrace.SpanKindClient, "x", with("gen_ai.operation.name", "dance", "gen_ai.request.model", "gpt-4o"), "unclear inclusive:default input=10 output=5 [operation_unknown]"},
		"OpenLLMetry's request type":                        {0, "x", with("llm.request.type", "chat"), "inference inclusive:default input=10 output=5"},
		"OpenLLMetry's workflow":                            {0, "x", []any{"traceloop.span.kind", "workflow"}, "roll-up"},
		"OpenInference LLM":                                 {0, "x", with("openinference.span.kind", "LLM"), "inference inclusive:default input=10 output=5"},
		"OpenInference agent":                               {0, "x", with("openinference.span.kind", "AGENT", "gen_ai.operation.name", "chat"), "roll-up [roll_up]"},
		"OpenInference tool":                                {0, "x", []any{"openinference.span.kind", "TOOL"}, "other"},
		"agent of claude-agent-sdk":                         {0, "@arizeai/openinference-instrumentation-claude-agent-sdk", with("openinference.span.kind", "AGENT"), "inference exclusive:rule input=10 output=5 [usage_estimated_by_emitter]"},
		"AI SDK call":                                       {0, "ai", with("ai.operationId", "ai.generateText.doGenerate"), "inference inclusive:rule input=10 output=5"},
		"AI SDK root":                                       {0, "ai", with("ai.operationId", "ai.generateText"), "roll-up [roll_up]"},
		"AI SDK call under a foreign scope":                 {0, "mine", with("ai.operationId", "ai.streamText.doStream"), "inference inclusive:default input=10 output=5"},
		"AI SDK tool":                                       {0, "ai", []any{"ai.operationId", "ai.toolCall"}, "other"},
		"Langfuse generation":                               {0, "langfuse-sdk", with("langfuse.observation.type", "generation"), "inference inclusive:default input=10 output=5"},
		"Langfuse agent":                                    {0, "langfuse-sdk", with("langfuse.observation.type", "agent"), "roll-up [roll_up]"},
		"Genkit generate":                                   {0, "genkit-tracer", []any{"genkit:type", "util", "genkit:metadata:subtype", "util"}, "roll-up"},
		"MLflow chat model":                                 {0, "x", with("mlflow.spanType", `"CHAT_MODEL"`), "inference inclusive:default input=10 output=5"},
		"LangSmith chain":                                   {0, "langsmith", with("langsmith.span.kind", "chain"), "roll-up [roll_up]"},
		"Codex leaf":                                        {0, "codex_exec", usage, "roll-up [roll_up]"},
		"vLLM":                                              {ptrace.SpanKindServer, "vllm.llm_engine", []any{"gen_ai.usage.prompt_tokens", 10, "gen_ai.usage.completion_tokens", 5}, "inference inclusive:rule input=10 output=5"},
		"LiteLLM":                                           {0, "litellm", with("llm.request.type", "acompletion"), "inference inclusive:rule input=10 output=5"},
		"LiteLLM's embedding has no output":                 {0, "litellm", []any{"llm.request.type", "aembedding", "gen_ai.usage.input_tokens", 10}, "inference inclusive:rule input=10"},
		"LiteLLM's own cache answered":                      {0, "litellm", with("llm.request.type", "completion", "hidden_params", `{"cache_key":"abc","model_id":"1"}`), "inference inclusive:rule input=10 output=5 [cache_replay]"},
		"LiteLLM without a cache":                           {0, "litellm", with("llm.request.type", "completion", "hidden_params", `{"cache_key":null}`), "inference inclusive:rule input=10 output=5"},
		"LiteLLM on a span of the application":              {0, "app", with("gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-4o", "litellm.call_id", "1"), "inference inclusive:rule input=10 output=5 [sighting_uncertain]"},
		"LiteLLM on a span of a framework":                  {0, "strands.telemetry.tracer", with("gen_ai.operation.name", "chat", "litellm.call_id", "1"), "inference inclusive:rule input=10 output=5 [sighting_uncertain]"},
		"LiteLLM under its own scope":                       {0, "litellm", with("gen_ai.operation.name", "chat", "litellm.call_id", "1"), "inference inclusive:rule input=10 output=5"},
		"TanStack AI's iteration":                           {ptrace.SpanKindClient, "app", with("gen_ai.operation.name", "chat", "gen_ai.system", "openai", "tanstack.ai.iteration", 0), "inference inclusive:rule input=10 output=5"},
		"TanStack AI's sum of iterations":                   {0, "app", with("gen_ai.system", "openai", "tanstack.ai.iterations", 2), "roll-up [roll_up]"},
		"a call without usage":                              {0, "x", []any{"gen_ai.operation.name", "chat"}, "inference [usage_missing]"},
		"a failed call":                                     {0, "x", []any{"gen_ai.operation.name", "chat", "error.type", "429"}, "inference [failed_call]"},
		"a failed call with usage":                          {0, "x", with("gen_ai.operation.name", "chat", "error.type", "timeout"), "inference inclusive:default input=10 output=5"},
		"an aborted stream":                                 {0, "x", []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 10}, "inference inclusive:default input=10 [output_not_reported]"},
		"output alone":                                      {0, "x", []any{"gen_ai.operation.name", "chat", "gen_ai.usage.output_tokens", 10}, "inference output=10 [usage_missing]"},
		"a zero for want of the input":                      {0, "x", with0(0, 50), "inference inclusive:default input=0 output=50 [usage_missing]"},
		"a zero beside a cache that makes the input":        {0, "com.anthropic.claude_code.tracing", []any{"span.type", "llm_request", "input_tokens", 0, "output_tokens", 7, "cache_read_tokens", 90}, "inference exclusive:arithmetic input=90 output=7 cache_read=90"},
		"a zero that somebody states":                       {0, "x", append(with0(0, 50), "token_usage.input", 0), "inference inclusive:rule input=0 output=50"},
		"images out of nothing":                             {0, "x", []any{"gen_ai.operation.name", "image_generation", "gen_ai.usage.input_tokens", 0, "gen_ai.usage.output_tokens", 50}, "inference inclusive:default input=0 output=50 [usage_missing]"},
		"zeros for want of usage":                           {0, "x", []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 0, "gen_ai.usage.output_tokens", 0}, "inference inclusive:default input=0 output=0 [usage_missing]"},
	} {
		if _, got := describe(t, Options{}, c.kind, c.scope, "", c.attrs...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// tanStackCall is what all iterations of TanStack AI have.
func tanStackCall(provider, model string) []any {
	return []any{"gen_ai.operation.name", "chat", "gen_ai.system", provider, "gen_ai.request.model", model, "tanstack.ai.iteration", 0, "gen_ai.usage.output_tokens", 50}
}

// Whether input includes cache is decided by rule, then proof, then convention.
func TestInputSide(t *testing.T) {
	claude := func(attrs ...any) []any {
		return append([]any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "anthropic", "gen_ai.usage.output_tokens", 50}, attrs...)
	}
	in, read, write, sum := "gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.total_tokens"
	for name, c := range map[string]struct {
		o              Options
		scope, version string
		attrs          []any
		want           string
	}{
		"rule, inclusive":                     {Options{}, "opentelemetry.instrumentation.anthropic", "0.62.1", claude(in, 900, read, 200, write, 100), "inference inclusive:rule input=900 output=50 cache_read=200 cache_write=100"},
		"rule, exclusive":                     {Options{}, "@traceloop/instrumentation-anthropic", "0.27.0", claude(in, 900, read, 200, write, 100), "inference exclusive:rule input=1200 output=50 cache_read=200 cache_write=100"},
		"a later version that was not seen":   {Options{}, "@traceloop/instrumentation-anthropic", "0.28.0", claude(in, 900, read, 200), "inference inclusive:default input=900 output=50 cache_read=200 [input_side_ambiguous]"},
		"no version where versions differ":    {Options{}, "@traceloop/instrumentation-anthropic", "", claude(in, 1000, read, 400), "inference inclusive:default input=1000 output=50 cache_read=400 [input_side_ambiguous]"},
		"a version that is none":              {Options{}, "logfire.anthropic", "nightly", claude(in, 1000, read, 400), "inference inclusive:default input=1000 output=50 cache_read=400 [input_side_ambiguous]"},
		"no version, and the counts decide":   {Options{}, "@traceloop/instrumentation-anthropic", "", claude(in, 100, read, 400), "inference exclusive:arithmetic input=500 output=50 cache_read=400"},
		"no version, and nothing is cached":   {Options{}, "logfire.anthropic", "", claude(in, 1000, read, 0), "inference inclusive:default input=1000 output=50 cache_read=0"},
		"a version before the change":         {Options{}, "logfire.anthropic", "4.30.1", claude(in, 1000, read, 400), "inference exclusive:rule input=1400 output=50 cache_read=400"},
		"a version after the change":          {Options{}, "logfire.anthropic", "4.31.0", claude(in, 1000, read, 400), "inference inclusive:rule input=1000 output=50 cache_read=400"},
		"no version where one side differs":   {Options{}, "gcp.vertex.agent", "", []any{"gen_ai.operation.name", "chat", "gen_ai.request.model", "gemini-2.5-pro", in, 100, "gen_ai.usage.output_tokens", 20, read, 40}, "inference inclusive:rule input=100 output=20 cache_read=40 [output_side_ambiguous,tool_prompt_not_reported]"},
		"more cached than input proves":       {Options{}, "opentelemetry.instrumentation.anthropic", "0.62.1", claude(in, 10, read, 200), "inference exclusive:arithmetic contradicted input=210 output=50 cache_read=200"},
		"a sum with cache proves":             {Options{}, "opentelemetry.instrumentation.anthropic", "0.62.1", claude(in, 900, read, 200, sum, 1150), "inference exclusive:arithmetic contradicted input=1100 output=50 cache_read=200"},
		"an emitter's own sum proves nothing": {Options{}, "@traceloop/instrumentation-anthropic", "0.27.0", claude(in, 900, read, 200, sum, 950), "inference exclusive:rule input=1100 output=50 cache_read=200"},
		"a sum that is more than the parts":   {Options{}, "@traceloop/instrumentation-anthropic", "0.27.0", claude(in, 900, sum, 2000), "inference exclusive:rule input=900 output=50 [usage_contradictory]"},
		"convention, nothing cached":          {Options{}, "x", "", claude(in, 900, read, 0), "inference inclusive:default input=900 output=50 cache_read=0"},
		"convention, another provider":        {Options{}, "x", "", []any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", in, 900, "gen_ai.usage.output_tokens", 50, read, 200}, "inference inclusive:default input=900 output=50 cache_read=200"},
		"ambiguous":                           {Options{}, "x", "", claude(in, 900, read, 200), "inference inclusive:default input=900 output=50 cache_read=200 [input_side_ambiguous]"},
		"ambiguous, exclusive assumed":        {Options{AmbiguousInput: AmbiguousExclusive}, "x", "", claude(in, 900, read, 200), "inference exclusive:default input=1100 output=50 cache_read=200 [input_side_ambiguous]"},
		"ambiguous, not to be used":           {Options{AmbiguousInput: AmbiguousUnpriced}, "x", "", claude(in, 900, read, 200), "inference inclusive:default output=50 [input_side_ambiguous,usage_missing]"},
		"ambiguous, old names":                {Options{}, "x", "", []any{"gen_ai.operation.name", "chat", "gen_ai.system", "anthropic", in, 900, "gen_ai.usage.output_tokens", 50, "gen_ai.usage.cache_read_input_tokens", 200}, "inference exclusive:default input=1100 output=50 cache_read=200 [input_side_ambiguous]"},
		"Claude behind another cloud":         {Options{}, "x", "", []any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "gcp.vertex_ai", "gen_ai.request.model", "claude-opus-4-5", in, 900, "gen_ai.usage.output_tokens", 50, read, 200}, "inference inclusive:default input=900 output=50 cache_read=200 [input_side_ambiguous]"},
		"a user's rule":                       {Options{Rules: []Rule{{Scope: "my.*", Versions: ">=1 <2", Provider: "anthropic", Input: call.Exclusive}}}, "my.app", "1.4", claude(in, 900, read, 200), "inference exclusive:rule input=1100 output=50 cache_read=200"},
		"a user's rule of another version":    {Options{Rules: []Rule{{Scope: "my.*", Versions: ">=1 <2", Provider: "anthropic", Input: call.Exclusive}}}, "my.app", "2.0", claude(in, 900, read, 200), "inference inclusive:default input=900 output=50 cache_read=200 [input_side_ambiguous]"},
		"a user's rule beats a built-in one":  {Options{Rules: []Rule{{Scope: "@traceloop/*", Input: call.Inclusive}}}, "@traceloop/instrumentation-anthropic", "0.27.0", claude(in, 900, read, 200), "inference inclusive:rule input=900 output=50 cache_read=200"},
		"TanStack AI under any scope":         {Options{}, "app", "", append(tanStackCall("anthropic", "claude-sonnet-4-5"), in, 900, read, 200, write, 100, sum, 950), "inference exclusive:rule input=1200 output=50 cache_read=200 cache_write=100"},
		"TanStack AI and OpenAI":              {Options{}, "app", "", append(tanStackCall("openai", "gpt-4o"), in, 900, read, 200, sum, 950), "inference inclusive:arithmetic input=900 output=50 cache_read=200"},
		"TanStack AI and a router to Claude":  {Options{}, "app", "", append(tanStackCall("openrouter", "anthropic/claude-sonnet-4.5"), in, 900, read, 200, sum, 950), "inference inclusive:default input=900 output=50 cache_read=200 [input_side_ambiguous]"},
		"TanStack AI and Gemini's total":      {Options{}, "app", "", append(tanStackCall("gemini", "gemini-2.5-pro"), in, 900, read, 200, "gen_ai.usage.reasoning.output_tokens", 40, sum, 1000), "inference inclusive:rule input=910 output=90 cache_read=200 reasoning=40 tool_prompt=10"},
		"uncached input told apart":           {Options{}, "ai", "", claude(in, 900, "ai.usage.inputTokenDetails.noCacheTokens", 700, read, 200), "inference inclusive:arithmetic input=900 output=50 cache_read=200"},
		"retentions make the write":           {Options{}, "com.anthropic.claude_code.tracing", "", []any{"span.type", "llm_request", "input_tokens", 5, "output_tokens", 7, "cache_read_tokens", 0, "cache_creation_5m_tokens", 30, "cache_creation_1h_tokens", 70}, "inference exclusive:arithmetic input=105 output=7 cache_read=0 cache_write=100 cache_write.5m=30 cache_write.1h=70"},
		"retentions that are too much":        {Options{}, "x", "", claude(in, 900, write, 10, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", 20), "inference inclusive:default input=900 output=50 cache_write=20 cache_write.1h=20 [input_side_ambiguous,usage_contradictory]"},
	} {
		if _, got := describe(t, c.o, 0, c.scope, c.version, c.attrs...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

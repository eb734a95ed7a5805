package dialect

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otelcol-tokencost/otelcol-tokencost/internal/attrkey"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
)

// Whether output includes reasoning, and input tool prompts, is decided alike.
func TestOutputSide(t *testing.T) {
	gemini := func(attrs ...any) []any {
		return append([]any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "gcp.gemini", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20}, attrs...)
	}
	openai := func(attrs ...any) []any {
		return append([]any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20}, attrs...)
	}
	reason, sum := "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.total_tokens"
	for name, c := range map[string]struct {
		o     Options
		scope string
		attrs []any
		want  string
	}{
		"convention":                            {Options{}, "x", []any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, reason, 5}, "inference inclusive:default input=100 output=20 reasoning=5"},
		"more reasoning than output proves":     {Options{}, "x", gemini(reason, 50), "inference inclusive:default input=100 output=70 reasoning=50"},
		"a sum proves":                          {Options{}, "x", gemini(reason, 5, sum, 125), "inference inclusive:default input=100 output=25 reasoning=5"},
		"Gemini, nobody tells":                  {Options{}, "x", gemini(), "inference inclusive:default input=100 output=20 [output_side_ambiguous]"},
		"Gemini, it could be either":            {Options{}, "x", gemini(reason, 5), "inference inclusive:default input=100 output=20 reasoning=5 [output_side_ambiguous]"},
		"Gemini, no reasoning":                  {Options{}, "x", gemini(reason, 0), "inference inclusive:default input=100 output=20 reasoning=0"},
		"Gemini, embeddings":                    {Options{}, "x", []any{"gen_ai.operation.name", "embeddings", "gen_ai.provider.name", "gcp.gemini", "gen_ai.usage.input_tokens", 100}, "inference inclusive:default input=100"},
		"rule, thoughts untold":                 {Options{}, "gemini-cli", gemini(), "inference inclusive:rule input=100 output=20 [reasoning_not_reported,tool_prompt_not_reported]"},
		"rule, thoughts told":                   {Options{}, "@traceloop/instrumentation-google-generativeai 0.27.0", gemini(reason, 5, sum, 125), "inference inclusive:rule input=100 output=25 reasoning=5"},
		"the provider's sum tells tool prompts": {Options{}, "@traceloop/instrumentation-google-generativeai 0.27.0", gemini(reason, 5, sum, 425), "inference inclusive:rule input=400 output=25 reasoning=5 tool_prompt=300"},
		"without a sum they are not told":       {Options{}, "@traceloop/instrumentation-google-generativeai 0.27.0", gemini(reason, 5), "inference inclusive:rule input=100 output=25 reasoning=5 [tool_prompt_not_reported]"},
		"a release that nobody saw":             {Options{}, "@traceloop/instrumentation-google-generativeai 0.28.0", gemini(reason, 5), "inference inclusive:rule input=100 output=20 reasoning=5 [output_side_ambiguous,tool_prompt_not_reported]"},
		"a sum that is too small":               {Options{}, "x", openai(sum, 50), "inference inclusive:default input=100 output=20 [usage_contradictory]"},
		"a sum of nothing":                      {Options{}, "x", openai(sum, 0), "inference inclusive:default input=100 output=20 [usage_contradictory]"},
		"a sum below zero":                      {Options{}, "x", openai(sum, -1), "inference inclusive:default input=100 output=20 [usage_contradictory]"},
		"a sum below zero, in digits":           {Options{}, "x", openai(sum, "-1"), "inference inclusive:default input=100 output=20 [usage_contradictory]"},
		"a sum without what is told apart":      {Options{}, "@openlit/instrumentation-anthropic", []any{"gen_ai.operation.name", "chat", "gen_ai.provider.name", "anthropic", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20, "gen_ai.usage.cache_read.input_tokens", 40, sum, 120}, "inference exclusive:rule input=140 output=20 cache_read=40"},
		"a worse spelling below zero":           {Options{}, "x", openai("gen_ai.usage.prompt_tokens", -100), "inference inclusive:default input=100 output=20 [usage_contradictory]"},
		"a part below zero":                     {Options{}, "x", openai("gen_ai.usage.cache_read.input_tokens", -1.0), "inference inclusive:default input=100 output=20 [usage_invalid]"},
		"the provider's sum is too small":       {Options{}, "@traceloop/instrumentation-google-generativeai 0.27.0", gemini(sum, 90), "inference inclusive:rule input=100 output=20 [tool_prompt_not_reported,usage_contradictory]"},
		"a user's rule":                         {Options{Rules: []Rule{{Scope: "x", Output: call.Exclusive}}}, "x", gemini(reason, 5), "inference inclusive:default input=100 output=25 reasoning=5"},
		"reasoning that contradicts a rule":     {Options{Rules: []Rule{{Scope: "x", Output: call.Inclusive}}}, "x", gemini(reason, 50), "inference inclusive:default contradicted input=100 output=70 reasoning=50"},
		"audio that is more than the output":    {Options{}, "x", gemini(reason, 0, "gen_ai.usage.audio.output_tokens", 21), "inference inclusive:default input=100 output=20 reasoning=0 [usage_contradictory]"},
	} {
		scope, version, _ := strings.Cut(c.scope, " ")
		if _, got := describe(t, c.o, 0, scope, version, c.attrs...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// JSON that carries usage is read where attributes leave something open.
func TestBlobs(t *testing.T) {
	langfuse := func(usage string) []any {
		return []any{"langfuse.observation.type", "generation", "langfuse.observation.model.name", "gpt-4o", "langfuse.observation.usage_details", usage}
	}
	langChain := func(provider, usage string, more ...any) []any {
		return append(append(langfuse(usage), "langfuse.observation.model.name", "claude-sonnet-4-5", "langfuse.observation.metadata.ls_provider", provider), more...)
	}
	for name, c := range map[string]struct {
		blobs Blobs
		scope string
		attrs []any
		want  string
	}{
		"Langfuse's buckets are disjoint": {
			0, "langfuse-sdk", langfuse(`{"input":10,"input_cached_tokens":5,"input_audio_tokens":2,"output":7,"output_reasoning_tokens":3,"total":27}`),
			"inference exclusive:rule input=17 output=10 cache_read=5 reasoning=3 input.audio=2",
		},
		"Langfuse's sum tells what is missing": {0, "langfuse-sdk", langfuse(`{"input":10,"output":7,"total":27}`), "inference exclusive:rule input=10 output=7 [usage_contradictory]"},
		"a provider's own shape is inclusive":  {0, "langfuse-sdk", langfuse(`{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4}}`), "inference inclusive:rule input=10 output=7 cache_read=4"},
		"LangChain under Langfuse, its version": {
			0, "langfuse-sdk", langChain("anthropic", `{"input":7919,"output":211,"total":9666,"input_cache_creation":512,"input_cache_read":1024}`, "langfuse.observation.metadata.versions", `{"@langchain/core":"1.4.0","@langchain/anthropic":"1.5.11"}`),
			"inference exclusive:rule input=9455 output=211 cache_read=1024 cache_write=512",
		},
		"LangChain under Langfuse, no version": {
			0, "langfuse-sdk", langChain("anthropic", `{"input":6383,"output":211,"total":8130,"input_cache_creation":512,"input_cache_read":1024}`),
			"inference exclusive:rule input=7919 output=211 cache_read=1024 cache_write=512 [input_side_ambiguous]",
		},
		"LangChain under Langfuse, cache taken off twice": {
			0, "langfuse-sdk", langChain("anthropic", `{"input":0,"output":211,"total":1022,"input_cache_creation":0,"input_cache_read":9216}`),
			"inference exclusive:arithmetic input=10027 output=211 cache_read=9216 [usage_contradictory]",
		},
		"LangChain under Langfuse, nothing cached": {
			0, "langfuse-sdk", langChain("anthropic", `{"input":900,"output":50,"total":950,"input_cache_creation":0,"input_cache_read":0}`),
			"inference exclusive:rule input=900 output=50 cache_read=0",
		},
		"LangChain in Python under Langfuse": {
			0, "langfuse-sdk", langChain(`"anthropic"`, `{"input":900,"output":50,"input_cache_creation":0,"input_cache_read":600}`),
			"inference exclusive:rule input=1500 output=50 cache_read=600",
		},
		"off":                              {BlobsOff, "langfuse-sdk", langfuse(`{"input":10,"output":7}`), "inference [usage_missing]"},
		"cut off":                          {0, "langfuse-sdk", langfuse(`{"input":10,"output":7`), "inference [usage_missing]"},
		"no object":                        {0, "langfuse-sdk", langfuse(`10`), "inference [usage_missing]"},
		"something behind it":              {0, "langfuse-sdk", langfuse(`{"input":10,"output":7} x`), "inference [usage_missing]"},
		"a count that is none":             {0, "langfuse-sdk", langfuse(`{"input":10.5,"output":7}`), "inference output=7 [usage_invalid]"},
		"a bucket below zero":              {0, "langfuse-sdk", langfuse(`{"input":10,"output":7,"input_more_tokens":-3}`), "inference exclusive:rule input=10 output=7 [usage_contradictory]"},
		"a number with an exponent":        {0, "langfuse-sdk", langfuse(`{"input":1e1,"output":7.0}`), "inference exclusive:rule input=10 output=7"},
		"null is absent":                   {0, "langfuse-sdk", langfuse(`{"input":10,"output":7,"input_cached_tokens":null}`), "inference exclusive:rule input=10 output=7"},
		"LangSmith's retention":            {0, "langsmith", []any{"langsmith.span.kind", "llm", "gen_ai.system", "anthropic", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 9, "gen_ai.usage.input_token_details", `{"cache_read":40,"ephemeral_5m_input_tokens":10,"ephemeral_1hr_input_tokens":20}`}, "inference inclusive:rule input=100 output=9 cache_read=40 cache_write=30 cache_write.5m=10 cache_write.1h=20"},
		"LiteLLM, as Python prints it":     {BlobsDialect, "litellm", []any{"gen_ai.operation.name", "chat", "gen_ai.system", "anthropic", "gen_ai.request.model", "claude-sonnet-4-5", "gen_ai.usage.prompt_tokens", 900, "gen_ai.usage.completion_tokens", 50, "metadata.usage_object", `{'completion_tokens': 50, 'prompt_tokens': 900, 'completion_tokens_details': None, 'prompt_tokens_details': {'cached_tokens': 600, 'text': "it's"}, 'cache_creation_input_tokens': 200, 'cache_read_input_tokens': 600}`}, "inference inclusive:rule input=900 output=50 cache_read=600 cache_write=200"},
		"LangChain that tells its version": {BlobsDialect, "@arizeai/openinference-instrumentation-langchain", []any{"openinference.span.kind", "LLM", "llm.model_name", "claude-sonnet-4-5", "llm.token_count.prompt", 900, "llm.token_count.completion", 50, "llm.token_count.prompt_details.cache_read", 600, "metadata", `{"ls_provider":"anthropic","versions":{"@langchain/core":"1.4.0","@langchain/anthropic":"1.5.11"}}`}, "inference inclusive:rule input=900 output=50 cache_read=600"},
		"LangChain that tells no version":  {BlobsDialect, "@arizeai/openinference-instrumentation-langchain", []any{"openinference.span.kind", "LLM", "llm.model_name", "claude-sonnet-4-5", "llm.token_count.prompt", 900, "llm.token_count.completion", 50, "llm.token_count.prompt_details.cache_read", 600, "metadata", `{"ls_provider":"anthropic"}`}, "inference inclusive:default input=900 output=50 cache_read=600 [input_side_ambiguous]"},
		"LiteLLM, objects":                 {BlobsDialect, "litellm", []any{"gen_ai.operation.name", "chat", "gen_ai.system", "openai", "gen_ai.request.model", "gpt-5", "gen_ai.usage.prompt_tokens", 900, "gen_ai.usage.completion_tokens", 50, "metadata.usage_object", `{'prompt_tokens_details': PromptTokensDetailsWrapper(audio_tokens=None, cached_tokens=600, kinds=('a', 'b')), 'completion_tokens_details': CompletionTokensDetailsWrapper(reasoning_tokens=40)}`}, "inference inclusive:rule input=900 output=50 cache_read=600 reasoning=40"},
		"LiteLLM, cut off":                 {BlobsDialect, "litellm", []any{"gen_ai.operation.name", "chat", "gen_ai.system", "openai", "gen_ai.request.model", "gpt-5", "gen_ai.usage.prompt_tokens", 900, "gen_ai.usage.completion_tokens", 50, "metadata.usage_object", `{'prompt_tokens_details': {'cached_tokens': 600, 'audio`}, "inference inclusive:rule input=900 output=50"},
		"Genkit, Anthropic":                {0, "genkit-tracer", []any{"genkit:metadata:subtype", "model", "genkit:name", "anthropic/claude-sonnet-4-5", "genkit:output", `{"message":{"content":[{"text":"{\"usage\":{\"inputTokens\":99}}"}]},"usage":{"inputTokens":10,"outputTokens":7,"custom":{"cache_read_input_tokens":5,"cache_creation_input_tokens":3,"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":0}}}`}, "inference exclusive:rule input=18 output=7 cache_read=5 cache_write=3 cache_write.5m=3 cache_write.1h=0"},
		"Genkit, Gemini":                   {0, "genkit-tracer", []any{"genkit:metadata:subtype", "model", "genkit:name", "googleai/gemini-2.5-pro", "genkit:output", `{"usage":{"inputTokens":10,"outputTokens":7,"thoughtsTokens":4,"cachedContentTokens":2,"totalTokens":21}}`}, "inference inclusive:arithmetic input=10 output=11 cache_read=2 reasoning=4"},
		"Genkit, OpenAI":                   {0, "genkit-tracer", []any{"genkit:metadata:subtype", "model", "genkit:name", "openai/gpt-4o", "genkit:output", `{"usage":{"inputTokens":10,"outputTokens":7},"raw":{"usage":{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":6}},"service_tier":"default"}}`}, "inference inclusive:rule input=10 output=7 cache_read=6"},
		"MLflow":                           {0, "x", []any{"mlflow.spanType", `"LLM"`, "mlflow.llm.model", `"gpt-4o"`, "mlflow.llm.provider", `"openai"`, "mlflow.chat.tokenUsage", `{"input_tokens":10,"output_tokens":7,"total_tokens":17}`}, "inference inclusive:default input=10 output=7"},
		"a body is content":                {0, "gcp.vertex.agent", []any{"gen_ai.system", "gcp.vertex.agent", "gen_ai.request.model", "gemini-2.5-pro", "gen_ai.operation.name", "generate_content", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 7, "gcp.vertex.agent.llm_response", `{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":7,"thoughtsTokenCount":4,"totalTokenCount":21}}`}, "inference inclusive:rule input=10 output=7 [output_side_ambiguous,tool_prompt_not_reported]"},
		"a body that may be read":          {BlobsContent, "gcp.vertex.agent", []any{"gen_ai.system", "gcp.vertex.agent", "gen_ai.request.model", "gemini-2.5-pro", "gen_ai.operation.name", "generate_content", "gen_ai.usage.input_tokens", 10, "gen_ai.usage.output_tokens", 7, "gcp.vertex.agent.llm_response", `{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":7,"thoughtsTokenCount":4,"totalTokenCount":21}}`}, "inference inclusive:rule input=10 output=11 reasoning=4"},
	} {
		if _, got := describe(t, Options{Blobs: c.blobs}, 0, c.scope, "", c.attrs...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Some exporters send a map where others send JSON.
func TestMapsAreReadLikeJSON(t *testing.T) {
	res, sc, sp := span("x", "", "mlflow.spanType", `"LLM"`, "mlflow.llm.model", `"gpt-4o"`)
	m := sp.Attributes().PutEmptyMap("mlflow.chat.tokenUsage")
	put(m, "input_tokens", 10, "output_tokens", 7)
	c, got := describeSpan(t, Options{}, res, sc, sp)
	if want := "inference inclusive:default input=10 output=7"; got != want || c.RequestModel != "gpt-4o" {
		t.Errorf("got %s, model %q", got, c.RequestModel)
	}
}

// Names are as told, but for what stands in their place.
func TestNames(t *testing.T) {
	type names struct{ provider, response, request, host, id string }
	base := []any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 1, "gen_ai.usage.output_tokens", 1}
	for name, c := range map[string]struct {
		scope string
		attrs []any
		want  names
	}{
		"as told":                       {"x", []any{"gen_ai.provider.name", "aws.bedrock", "gen_ai.request.model", "a", "gen_ai.response.model", "b", "server.address", "h", "gen_ai.response.id", "i"}, names{"aws.bedrock", "b", "a", "h", "i"}},
		"a framework is no provider":    {"x", []any{"gen_ai.system", "spring_ai"}, names{}},
		"nor is it in capitals":         {"x", []any{"gen_ai.system", "Langchain"}, names{}},
		"the API is no part of it":      {"x", []any{"gen_ai.system", "openai.responses"}, names{provider: "openai"}},
		"a made-up host":                {"@openlit/instrumentation-anthropic", []any{"server.address", "api.anthropic.com"}, names{}},
		"the deployment, not the alias": {"litellm", []any{"gen_ai.request.model", "gpt-4o-2024-08-06", "gen_ai.response.model", "my-alias"}, names{response: "gpt-4o-2024-08-06", request: "my-alias"}},
		"LiteLLM's provider model":      {"litellm", []any{"gen_ai.request.model", "group", "gen_ai.response.model", "group", "litellm.provider.model", "azure/gpt-4o"}, names{response: "azure/gpt-4o", request: "group"}},
		"a vendor's name is no model":   {"@arizeai/openinference-instrumentation-bedrock", []any{"llm.model_name", "anthropic", "llm.provider", "aws"}, names{provider: "aws"}},
		"the model of OpenInference":    {"@arizeai/openinference-instrumentation-langchain", []any{"llm.model_name", "gpt-5", "llm.system", "openai"}, names{provider: "openai", request: "gpt-5"}},
		"Claude Code on another cloud":  {"com.anthropic.claude_code.tracing", []any{"gen_ai.provider.name", "anthropic", "anthropic.provider", "bedrock"}, names{provider: "bedrock"}},
	} {
		got, _ := describe(t, Options{}, 0, c.scope, "", append(base[:len(base):len(base)], c.attrs...)...)
		if n := (names{got.Provider, got.ResponseModel, got.RequestModel, got.Host, got.ResponseID}); n != c.want {
			t.Errorf("%s: %+v; want %+v", name, n, c.want)
		}
	}
}

// A cost that the telemetry carries is passed on with its unit.
func TestReportedCost(t *testing.T) {
	for name, c := range map[string]struct {
		attrs []any
		want  float64
		unit  call.CostUnit
	}{
		"none":            {nil, 0, call.NoCost},
		"OpenLIT":         {[]any{"gen_ai.usage.cost", 0.25}, 0.25, call.USD},
		"the best one":    {[]any{"gen_ai.usage.cost", 0.25, "gen_ai.usage.cost.amount", 0.5}, 0.5, call.USD},
		"credits":         {[]any{"github.copilot.cost", 3}, 3, call.Credits},
		"negative":        {[]any{"gen_ai.usage.cost", -0.25}, 0, call.NoCost},
		"in JSON":         {[]any{"langfuse.observation.cost_details", `{"input":0.1,"total":0.3}`}, 0.3, call.USD},
		"an integer zero": {[]any{"gen_ai.usage.cost", 0}, 0, call.USD},
		"in dollars":      {[]any{"gen_ai.usage.cost.amount", 0.5, "gen_ai.usage.cost.currency", "usd"}, 0.5, call.USD},
		"in euros":        {[]any{"gen_ai.usage.cost.amount", 0.5, "gen_ai.usage.cost.currency", "EUR"}, 0.5, call.Credits},
		"euros first":     {[]any{"gen_ai.usage.cost.currency", "EUR", "gen_ai.usage.cost", 0.5}, 0.5, call.Credits},
		"a sibling":       {[]any{"llm.cost.total", 0.5, "llm.cost.currency", "CNY"}, 0.5, call.Credits},
		"two currencies":  {[]any{"gen_ai.usage.cost.currency", "EUR", "gen_ai.cost.currency", "USD", "gen_ai.usage.cost", 0.5}, 0.5, call.Credits},
		"no currency":     {[]any{"gen_ai.usage.cost.amount", 0.5, "gen_ai.usage.cost.currency", ""}, 0.5, call.USD},
		"a number there":  {[]any{"gen_ai.usage.cost.amount", 0.5, "gen_ai.usage.cost.currency", 978}, 0.5, call.Credits},
		"a currency only": {[]any{"gen_ai.usage.cost.currency", "EUR"}, 0, call.NoCost},
	} {
		attrs := append([]any{"gen_ai.operation.name", "chat", "gen_ai.usage.input_tokens", 1, "gen_ai.usage.output_tokens", 1}, c.attrs...)
		if got, _ := describe(t, Options{}, 0, "x", "", attrs...); got.ReportedCost != c.want || got.ReportedUnit != c.unit {
			t.Errorf("%s: %v in unit %d", name, got.ReportedCost, got.ReportedUnit)
		}
	}
}

// Costs that backends read, and that we write ourselves, change nothing about
// how a call is read but the cost that it reports.
func TestCostsSelectNothing(t *testing.T) {
	costs := []any{
		attrkey.SemconvCostAmount, 0.5, attrkey.SemconvCostCurrency, "USD", attrkey.OpenLITCost, 0.5,
		attrkey.OpenInferenceCostTotal, 0.5, attrkey.OpenInferenceCostPrompt, 0.2, attrkey.OpenInferenceCostCompletion, 0.3,
		attrkey.LangfuseCostDetails, `{"input":0.2,"output":0.3,"total":0.5}`,
		attrkey.SentryCostTotal, 0.5, attrkey.SentryCostInput, 0.2, attrkey.SentryCostOutput, 0.3,
		attrkey.SigNozCostTotal, 0.5, attrkey.SigNozCostInput, 0.2, attrkey.SigNozCostOutput, 0.3,
		attrkey.SigNozCostCacheRead, 0.1, attrkey.SigNozCostCacheWrite, 0.1,
		"operation.cost", 0.5, "litellm.cost.total", 0.5, "mlflow.llm.cost", `{"total_cost":0.5}`,
	}
	base := []any{
		"gen_ai.operation.name", "chat", "gen_ai.provider.name", "gcp.gemini", "gen_ai.usage.input_tokens", 100, "gen_ai.usage.output_tokens", 20,
		"gen_ai.usage.cache_read.input_tokens", 40, "gen_ai.usage.reasoning.output_tokens", 5,
	}
	for _, scope := range []string{"x", "ai", "@traceloop/instrumentation-anthropic", "com.anthropic.claude_code.tracing"} {
		want, _ := describe(t, Options{}, 0, scope, "1.0", base...)
		for i := 0; i < len(costs); i += 2 {
			got, _ := describe(t, Options{}, 0, scope, "1.0", append(slices.Clone(base), costs[i:i+2]...)...)
			got.ReportedCost, got.ReportedUnit = want.ReportedCost, want.ReportedUnit
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s with %s:\n got %+v\nwant %+v", scope, costs[i], got, want)
			}
		}
	}
	if _, got := describe(t, Options{}, 0, "x", "", costs...); got != "no GenAI span" {
		t.Errorf("costs alone: %s", got)
	}
}

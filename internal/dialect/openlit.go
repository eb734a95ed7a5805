package dialect

import (
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/call"
	"github.com/otelcol-tokencost/otelcol-tokencost/internal/status"
)

// cacheFacts are told by emitters that leave cache keys out only where nothing was cached.
const cacheFacts = call.CacheReads | call.CacheWrites

// openLIT is OpenLIT in Python and JavaScript. It passes the provider's input
// on, puts cache keys only where they are not zero (JavaScript), and makes the
// server address up.
var openLIT = dialect{
	name: "openlit",
	keys: []key{
		count("gen_ai.client.token.usage", total, 30),
		count("gen_ai.usage.prompt_tokens_details.cache_read", cacheRead, 21),
		count("gen_ai.usage.prompt_tokens_details.cache_write", cacheWrite, 21),
		count("gen_ai.usage.completion_tokens_details.reasoning", reasoning, 21),
		flag("gen_ai.request.is_stream", streaming),
	},
	emitters: []emitter{
		{
			name:       "OpenLIT JS anthropic",
			scopes:     []string{"@openlit/instrumentation-anthropic"},
			hostMadeUp: true,
			clauses: []clause{
				{when: ifSystemOnly, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{when: ifStreamed, in: call.Exclusive, out: call.Inclusive, tells: cacheFacts, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Exclusive, out: call.Inclusive, tells: cacheFacts},
			},
			note:   "Streamed output has the count of message_start added. No retention, tier or searches. Before 1.10 there are no cache keys; the scope tells 1.0.0 always.",
			source: "seen with 1.7.0 and 1.15.0, and source of the packages",
		},
		{
			name:       "OpenLIT JS bedrock",
			scopes:     []string{"@openlit/instrumentation-bedrock"},
			hostMadeUp: true,
			clauses:    []clause{{in: call.Exclusive, out: call.Inclusive, tells: cacheFacts}},
			note:       "No retention of cache writes.",
			source:     "seen with 1.15.0",
		},
		{
			name:       "OpenLIT JS google-ai, vertexai",
			scopes:     []string{"@openlit/instrumentation-google-ai", "@openlit/instrumentation-vertexai"},
			hostMadeUp: true,
			clauses: []clause{
				{when: ifStreamed, in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
				{in: call.Inclusive, out: call.Exclusive, tells: call.CacheReads | call.Reasoning, lacks: status.Of(status.ToolPromptNotReported)},
			},
			note:   "Streams lose cached tokens and thoughts.",
			source: "seen with 1.15.0",
		},
		{
			name:         "OpenLIT JS openai, and Chat Completions under the vLLM scope",
			openAIClient: true,
			scopes:       []string{"@openlit/instrumentation-openai", "@openlit/instrumentation-vllm", "@openlit/instrumentation-groq", "@openlit/instrumentation-azure-ai-inference"},
			hostMadeUp:   true,
			clauses: []clause{
				{when: ifStreamedPlain, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{when: ifSystemOnly, in: call.Inclusive, out: call.Inclusive},
				{in: call.Inclusive, out: call.Inclusive, tells: cacheFacts},
			},
			note:   "Streams without usage get a tokenizer's counts under the same keys; a stream with cached tokens or reasoning has the provider's.",
			source: "seen with 1.15.0, and source of the package",
		},
		{
			name:       "OpenLIT JS langchain",
			scopes:     []string{"@openlit/instrumentation-langchain"},
			hostMadeUp: true,
			wrapper:    true,
			clauses: []clause{
				{when: ifStreamedPlain, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			source: "source of 1.15.0",
		},
		{
			name:       "OpenLIT JS claude-agent-sdk",
			scopes:     []string{"@openlit/instrumentation-claude-agent-sdk"},
			hostMadeUp: true,
			clauses:    []clause{{in: call.Inclusive, out: call.Inclusive, tells: cacheFacts}},
			source:     "source of 1.15.0",
		},
		{
			name:       "OpenLIT Python anthropic, bedrock",
			scopes:     []string{"openlit.instrumentation.anthropic", "openlit.instrumentation.bedrock"},
			hostMadeUp: true,
			clauses:    []clause{{in: call.Exclusive, out: call.Inclusive, tells: cacheFacts}},
			note:       "No retention, tier or searches. ConverseStream and InvokeModel have no spans.",
			source:     "seen with 1.45.0",
		},
		{
			name:       "OpenLIT Python google",
			scopes:     []string{"openlit.instrumentation.google_ai_studio", "openlit.instrumentation.vertexai"},
			hostMadeUp: true,
			clauses:    []clause{{in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)}},
			note:       "Thoughts are told if there are any.",
			source:     "seen with 1.45.0",
		},
		{
			name:       "OpenLIT Python frameworks",
			scopes:     []string{"openlit.instrumentation.langchain*", "openlit.instrumentation.litellm", "openlit.instrumentation.claude_agent_sdk"},
			hostMadeUp: true,
			wrapper:    true,
			clauses: []clause{
				{when: ifStreamedPlain, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			source: "source of 1.45.0",
		},
		{
			name:       "OpenLIT Python openai and others",
			scopes:     []string{"openlit.instrumentation.*"},
			hostMadeUp: true,
			clauses: []clause{
				{when: ifStreamedPlain, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "Streams without usage get a tokenizer's counts under the same keys.",
			source: "seen with openai 1.45.0",
		},
		{
			name:       "OpenLIT, other scopes",
			scopes:     []string{"openlit*", "@openlit/*"},
			hostMadeUp: true,
			clauses: []clause{
				{families: anthropic | bedrock, in: call.Exclusive, out: call.Inclusive, lacks: status.Of(status.InputSideAmbiguous)},
				{families: google, in: call.Inclusive, out: call.Exclusive, lacks: status.Of(status.ReasoningNotReported, status.ToolPromptNotReported)},
				{when: ifStreamedPlain, in: call.Inclusive, out: call.Inclusive, lacks: status.Of(status.UsageEstimatedByEmitter)},
				{in: call.Inclusive, out: call.Inclusive},
			},
			note:   "Anthropic's and Bedrock's own integrations count without cache, LangChain, LiteLLM and claude-agent-sdk with it, and such a scope does not tell which it was. Streams without usage get counts of its own.",
			source: "source of 1.45.0",
		},
	},
}
